"""The last seats and many racers, across two processes that serve the same meeting."""

import json
import sys
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from itertools import cycle
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.local.ports import free_ports
from deploy.local.processes import Processes, Program, http_ready, inherited
from services.registration.settings import RegistrationSettings
from tests.registration.running_service import RegistrationService, answer, person, together

RACERS, SEATS, LEAVING = 500, 50, 20
AT_ONCE = 100  # connections; PostgreSQL and Kafka of other tests run on the same machine
GIVEN = ("database_dsn", "oidc_issuer", "oidc_audience", "oidc_jwks_url", "sealing_keys", "ticket_key_file")
FACTS = "SELECT type, payload FROM outbox WHERE aggregate_id = $1 AND type = ANY($2::text[]) ORDER BY aggregate_seq"
QUEUE = """
SELECT registration_id::text AS id FROM registration WHERE meeting_id::text = $1 AND state = 'waitlisted'
ORDER BY position
"""
COUNTED = "SELECT count(*) FROM registration WHERE state = 'confirmed'"
REGISTERED, PROMOTED = "registration.participant-registered.v1", "registration.participant-promoted.v1"


def environment(settings: RegistrationSettings, *, http: int, metrics: int) -> dict[str, str]:
    """The variables of a process with the settings of the test and ports of its own."""
    given = {name: getattr(settings, name) for name in GIVEN}
    plain = {name: getattr(value, "get_secret_value", lambda value=value: value)() for name, value in given.items()}
    many = dict.fromkeys(("anonymous_writes_per_minute", "answers_per_meeting_per_minute"), 1_000_000)
    many["unproven_seats_per_client"] = 0  # any number
    own = {**plain, **many, "http_port": http, "metrics_port": metrics, "database_pool": 8}
    return {f"REGISTRATION_{name.upper()}": str(value) for name, value in own.items()}


@pytest.fixture
def addresses(settings_with_database: RegistrationSettings, tmp_path: Path) -> Iterator[list[str]]:
    """Where the two processes listen."""
    ports = free_ports(4)
    with Processes(tmp_path) as processes:
        started = []
        for number, (http, metrics) in enumerate(zip(ports[:2], ports[2:], strict=True)):
            own = environment(settings_with_database, http=http, metrics=metrics)
            argv = [sys.executable, "-m", "services.registration.main", "serve", "--roles", "api"]
            log = tmp_path / f"api-{number}.log"
            program = Program(name=f"api-{number}", argv=argv, log=log, environment=inherited(**own))
            started.append((processes.start(program), http_ready(f"http://127.0.0.1:{http}/readyz")))
        for process, ready in started:
            process.wait_until_ready(ready)
        yield [f"http://127.0.0.1:{http}" for http in ports[:2]]


@pytest.fixture
async def clients(addresses: list[str]) -> AsyncIterator[list[httpx.AsyncClient]]:
    limits = httpx.Limits(max_connections=AT_ONCE // len(addresses))
    opened = [httpx.AsyncClient(base_url=address, limits=limits, timeout=60.0) for address in addresses]
    yield opened
    for client in opened:
        await client.aclose()


Requests = Sequence[tuple[str, dict[str, Any]]]


async def sent(
    clients: list[httpx.AsyncClient],
    requests: Requests,
    headers: Mapping[str, str] | None = None,
) -> list[dict[str, Any]]:
    """All at once, to the processes in turn; the answers in the order of the requests."""
    calls = (
        client.post(path, json=body, headers=headers)
        for client, (path, body) in zip(cycle(clients), requests, strict=False)
    )
    answers = await together(*calls)
    assert {one.status_code for one in answers} <= {200, 201}
    return [one.json() for one in answers]


async def facts(service: RegistrationService, path: str, *types: str) -> list[dict[str, Any]]:
    rows = await service.rows(FACTS, path.rpartition("/")[2], list(types))
    return [json.loads(row["payload"]) for row in rows]


async def waiting(service: RegistrationService, path: str) -> list[str]:
    return [row["id"] for row in await service.rows(QUEUE, path.rpartition("/")[2])]


async def test_of_500_racers_for_50_seats_exactly_50_are_confirmed_and_the_queue_is_in_order(
    service: RegistrationService, clients: list[httpx.AsyncClient]
) -> None:
    path = await service.opened(capacity=SEATS)
    seats = await sent(clients, [(f"{path}/registrations", answer(number)) for number in range(RACERS)])
    confirmed = [seat for seat in seats if seat["state"] == "confirmed"]
    assert len(confirmed) == SEATS
    told = {seat["position"]: seat["registration_id"] for seat in seats if seat["state"] == "waitlisted"}
    queue = await waiting(service, path)
    assert [told[place] for place in range(1, RACERS - SEATS + 1)] == queue
    registered = await facts(service, path, REGISTERED)
    assert [fact["registration_id"] for fact in registered if fact["position"]] == queue

    leaving = [(f"{path}/registrations/{seat['registration_id']}", seat["code"]) for seat in confirmed[:LEAVING]]
    newcomers = [(f"{path}/registrations", answer(RACERS + number)) for number in range(LEAVING)]
    withdrawals = [(f"{seat}/withdraw", {"code": code}) for seat, code in leaving]
    mixed = [each for pair in zip(withdrawals, newcomers, strict=True) for each in pair]
    await sent(clients, mixed)
    promoted = await facts(service, path, PROMOTED)
    assert [fact["registration_id"] for fact in promoted] == queue[:LEAVING]
    assert (await waiting(service, path))[: RACERS - SEATS - LEAVING] == queue[LEAVING:]
    assert [await service.value("SELECT confirmed FROM meeting"), await service.value(COUNTED)] == [SEATS, SEATS]


GROUPS, SIZE = 100, 4
STATES = "SELECT registration_id::text AS id, state, organisation FROM registration"
LIMITS = [{"organisation": "MOF", "most": 20}, {"organisation": "MOH", "reserved": 10}]


async def test_of_500_racers_groups_sit_whole_and_within_all_limits_while_they_are_approved_and_leave(
    service: RegistrationService, clients: list[httpx.AsyncClient]
) -> None:
    path = await service.opened(capacity=SEATS, policy="with-approval", organisation_seats=LIMITS)

    def group(number: int) -> dict[str, Any]:
        first = number * SIZE
        bodies = ("MOF", "MOF", "MOH", "MOH")
        people = [{**person(first + place), "organisation": body} for place, body in enumerate(bodies)]
        return {"organisation": "MTC", "people": people}

    alone = [(f"{path}/registrations", answer(GROUPS * SIZE + number, body="MTC")) for number in range(100)]
    asked = await sent(clients, [*((f"{path}/groups", group(number)) for number in range(GROUPS)), *alone])
    groups = [[one["registration_id"] for one in each["people"]] for each in asked[:GROUPS]]
    singles = [one["registration_id"] for one in asked[GROUPS:]]
    first = [*(each[0] for each in groups), *singles]
    approvals: Requests = [(f"{path}/registrations/{one}/approve", {}) for one in first]
    leaving = [each["people"][-1] for each in asked[:LEAVING]]
    seats = [(f"{path}/registrations/{one['registration_id']}", one["code"]) for one in leaving]
    withdrawals: Requests = [(f"{seat}/withdraw", {"code": code}) for seat, code in seats]
    early, late = withdrawals[: LEAVING // 2], withdrawals[LEAVING // 2 :]
    await together(sent(clients, approvals, service.organiser.headers), sent(clients, early))
    await sent(clients, late)
    rows = {row["id"]: (row["state"], row["organisation"]) for row in await service.rows(STATES)}
    seated = [body for state, body in rows.values() if state == "confirmed"]
    kept = max(10 - seated.count("MOH"), 0)
    left = SEATS - kept - len(seated)  # fewer than a group at the head of the queue needs
    assert (0 <= left < SIZE, seated.count("MOF") <= 20) == (True, True)
    assert {state for state, _ in rows.values()} == {"confirmed", "waitlisted", "withdrawn"}
    gone = {one["registration_id"] for one in leaving}
    for each in groups:
        assert len({rows[one][0] for one in each if one not in gone}) == 1
    taken = await service.value("SELECT taken FROM meeting")
    assert taken == {"MOF": seated.count("MOF"), "MOH": seated.count("MOH")}
    registered = await facts(service, path, REGISTERED)
    waits = [fact["registration_id"] for fact in registered if fact["position"]]
    queue = await waiting(service, path)
    assert queue == [one for one in waits if one in set(queue)]
