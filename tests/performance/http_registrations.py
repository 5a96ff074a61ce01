"""HTTP registrations: spread over meetings, and one hot meeting with exact capacity, beside the raw application."""

import asyncio
from itertools import count
from typing import Any

from deploy.local.issuer import issue_token
from deploy.local.system import System
from pasum.api import Client
from tests.performance.bench_environment import Server, analyse, raw, registration
from tests.performance.figures import Figure, Round, compare
from tests.performance.load import post, send

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
    rounds: dict[str, list[Round]] = {"raw": [], "spread": [], "hot": []}
    for _ in range(ROUNDS + 1):
        rounds["raw"].append(one_round(limit, meetings))
        rounds["spread"].append(one_round(ours, meetings))
        rounds["hot"].append(one_round(ours, meetings[:1]))
        analyse(started, "registration")
    taken = {name: found[1:] for name, found in rounds.items()}
    note = "FastAPI + asyncpg, two rows in one statement"
    return {
        "http registration, spread": compare(taken["spread"], taken["raw"], unit="requests/s", note=note),
        "http registration, one hot meeting": compare(taken["hot"], taken["raw"], unit="requests/s", note=note),
    }


def one_round(server: Server, meetings: list[str]) -> Round:
    """Registrations of new persons, spread over these meetings."""
    requests = [answer(meetings[number % len(meetings)]) for number in range(REQUESTS)]
    before = server.cpu_seconds()
    seconds = asyncio.run(send(server.url, requests))
    return Round(rate=REQUESTS / seconds, cpu_us=(server.cpu_seconds() - before) / REQUESTS * 1e6)


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
