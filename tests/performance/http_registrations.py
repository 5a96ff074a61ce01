"""HTTP registrations and reading one's own, beside the raw application; one hot meeting has its exact capacity."""

import asyncio
from collections.abc import Sequence
from itertools import count
from typing import Any

from deploy.local.issuer import issue_token
from deploy.local.system import System
from pasum.api import Client
from tests.performance.bench_environment import Server, analyse, execute, raw, registration
from tests.performance.figures import Figure, Round, compare
from tests.performance.load import get, post, send

MEETINGS = 50
REQUESTS = 1_500
ROUNDS = 9
_numbers = count(10_000_000)

MEETING: dict[str, Any] = {
    "title": {"lo": "ກອງປະຊຸມ", "en": "Meeting"},
    "venue": {"lo": "ນະຄອນຫຼວງວຽງຈັນ"},
    "starts_at": "2030-01-01T01:30:00Z",
    "ends_at": "2030-01-01T05:00:00Z",
    "organiser": "MTC",
    "chair": {"given_name": "ປະທານ", "rank": 50, "email": "chair@example.la"},
    "capacity": 100_000,
}


def measure(started: System) -> dict[str, Figure]:
    """Rounds in turn: raw, spread, hot, raw, …; the first of each is a warm-up."""
    ours, limit = registration(started), raw(started)
    meetings = open_meetings(started)
    own = own_views(started, meetings)
    rounds: dict[str, list[Round]] = {"raw": [], "spread": [], "hot": [], "raw own": [], "own": []}
    for _ in range(ROUNDS + 1):
        rounds["raw"].append(one_round(limit, meetings))
        rounds["spread"].append(one_round(ours, meetings))
        rounds["hot"].append(one_round(ours, meetings[:1]))
        rounds["raw own"].append(_sent(limit, own, expected=200))
        rounds["own"].append(_sent(ours, own, expected=200))
        analyse(started, "registration")
    taken = {name: found[1:] for name, found in rounds.items()}
    note = "FastAPI + asyncpg, two rows in one statement"
    return {
        "http registration, spread": compare(taken["spread"], taken["raw"], unit="requests/s", note=note),
        "http registration, one hot meeting": compare(taken["hot"], taken["raw"], unit="requests/s", note=note),
        "http own registration": compare(
            taken["own"], taken["raw own"], unit="requests/s", note="FastAPI + asyncpg, one row by its key"
        ),
    }


def one_round(server: Server, meetings: list[str]) -> Round:
    """Registrations of new persons, spread over these meetings."""
    return _sent(server, [answer(meetings[number % len(meetings)]) for number in range(REQUESTS)], expected=201)


def _sent(server: Server, requests: Sequence[bytes], *, expected: int) -> Round:
    before = server.cpu_seconds()
    seconds = asyncio.run(send(server.url, requests, expected=expected))
    return Round(rate=len(requests) / seconds, cpu_us=(server.cpu_seconds() - before) / len(requests) * 1e6)


def own_views(started: System, meetings: Sequence[str]) -> list[bytes]:
    """People of all meetings who look at their registrations, in the queue of none; each has a ticket."""
    found = []
    with Client(started.urls["registration"], organiser(started)) as client:
        for meeting in meetings:
            path = f"/v1/meetings/{meeting}/registrations"
            told = client.post(path, somebody())
            found.append(get(f"{path}/{told['registration_id']}", registration_code=told["code"]))
    execute(started, "registration", "UPDATE registration SET ticket_serial = 1")
    return [found[number % len(found)] for number in range(REQUESTS)]


def answer(meeting: str) -> bytes:
    """The registration of somebody new, as a request."""
    return post(f"/v1/meetings/{meeting}/registrations", somebody())


def somebody() -> dict[str, Any]:
    """Somebody new."""
    mobile = f"+85620{55_000_000 + next(_numbers) % 5_000_000}"
    return {"organisation": "MOF", "person": {"given_name": "ສົມພອນ", "rank": 80, "mobile": mobile}}


def organiser(started: System) -> str:
    """A token of the organiser of the bench's meetings."""
    folder, issuer = started.folder / "issuer", started.urls["issuer"]
    return issue_token(folder, issuer=issuer, roles=["organiser"], organisation="MTC", subject="bench")


def open_meetings(started: System, *, count: int = MEETINGS) -> list[str]:
    """Open meetings of the bench's own."""
    found = []
    with Client(started.urls["registration"], organiser(started)) as client:
        for _ in range(count):
            meeting = client.post("/v1/meetings", MEETING)["meeting_id"]
            client.post(f"/v1/meetings/{meeting}/open")
            found.append(meeting)
    return found
