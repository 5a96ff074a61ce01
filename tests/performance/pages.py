"""The page of an invitation and that of one's own registration, beside reading the same of registration itself."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from deploy.local.system import System
from pasum.api import Client
from tests.performance.bench_environment import Server, execute, portal, registration
from tests.performance.figures import Figure, Round, compare
from tests.performance.http_registrations import open_meetings, organiser, somebody
from tests.performance.load import get, send

MEETINGS = 20
REQUESTS = 400
ROUNDS = 5


def measure(started: System) -> dict[str, Figure]:
    """Rounds in turn: a page, what it asks registration for, …; the first of each is a warm-up."""
    pages, api = portal(started), registration(started)
    links, own = _links(started)
    asked: dict[str, tuple[Server, Sequence[bytes]]] = {
        "invitation": (pages, [get(f"/a/{each}") for each in links]),
        "api invitation": (api, [get("/v1/invitation", invitation_token=each) for each in links]),
        "own": (pages, [get(f"/t/{each}") for each in own]),
        "api own": (api, [get("/v1/registration", registration_token=each) for each in own]),
    }
    rounds: dict[str, list[Round]] = {name: [] for name in asked}
    for _ in range(ROUNDS + 1):
        for name, (server, requests) in asked.items():
            rounds[name].append(_sent(server, requests))
    taken = {name: found[1:] for name, found in rounds.items()}
    note = "GET of the same by its link, from registration itself"
    return {
        "page of an invitation": compare(taken["invitation"], taken["api invitation"], unit="requests/s", note=note),
        "page of one's own registration": compare(taken["own"], taken["api own"], unit="requests/s", note=note),
    }


def _sent(server: Server, requests: Sequence[bytes]) -> Round:
    all_ = [requests[number % len(requests)] for number in range(REQUESTS)]
    before = server.cpu_seconds()
    seconds = asyncio.run(send(server.url, all_, expected=200))
    return Round(rate=len(all_) / seconds, cpu_us=(server.cpu_seconds() - before) / len(all_) * 1e6)


def _links(started: System) -> tuple[list[str], list[str]]:
    """The tokens of an invitation to each meeting, and of the registration of somebody who has followed it."""
    until = (datetime.now(UTC) + timedelta(days=30)).isoformat()
    invited, own = [], []
    with Client(started.urls["registration"], organiser(started)) as client:
        for meeting in open_meetings(started, count=MEETINGS):
            path = f"/v1/meetings/{meeting}"
            body = {"organisation": "MOF", "seats": 100, "expires_at": until, "contact": somebody()["person"]}
            token = client.post(f"{path}/invitations", body)["token"]
            answer = client.post(f"{path}/registrations", {**somebody(), "invitation": token})
            invited.append(token)
            own.append(answer["own_token"])
    execute(started, "registration", "UPDATE registration SET ticket_serial = 1; ANALYZE")
    return invited, own
