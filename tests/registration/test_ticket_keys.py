"""Keys of tickets are changed while people register and desks work without a network; stolen ones are replaced."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from pasum.api import ADDRESSES
from pasum.main import app
from services.registration.settings import RegistrationSettings
from shared.messaging.jobs import Worker
from tests.registration.desk_devices import desks
from tests.registration.running_service import RegistrationService, code_of, together
from tests.registration.test_desk_program import served
from tests.registration.ticket_keys import Processes, signed_by, states, uses
from tests.shared.bus import running, until
from tests.shared.provider import ISSUER, Provider

WHY = {"why": "ກະແຈຮົ່ວໄຫຼ"}
SOON = datetime.now(UTC) + timedelta(hours=1)
COMING = {"starts_at": SOON.isoformat(), "ends_at": (SOON + timedelta(hours=3)).isoformat()}


@pytest.fixture
def processes(settings_with_database: RegistrationSettings, provider: Provider, tmp_path: Path) -> Processes:
    return Processes(settings_with_database, provider, tmp_path)


async def ticketed(service: RegistrationService, path: str, *numbers: int) -> list[str]:
    """The tickets of these people, who register now."""
    seats = [await service.registered(path, number) for number in numbers]
    await service.worked()
    tickets = await service.tickets()
    return [tickets[seat["registration_id"]] for seat in seats]


async def test_a_desk_without_a_network_knows_the_next_key_before_it_signs(
    processes: Processes, tmp_path: Path
) -> None:
    async with processes.started("1", coming="2") as before:
        path = await before.opened(**COMING)
        (old,) = await ticketed(before, path, 0)
        assert await states(before) == {"1": "signing", "2": "next"}
        async with desks(before, tmp_path, path, count=1) as (desk,):
            async with processes.started("2", retired="1") as after:
                (new,) = await ticketed(after, path, 1)
                assert await states(after) == {"1": "retired", "2": "signing"}
            assert (signed_by(old), signed_by(new)) == ("1", "2")
            assert [desk.scanned(ticket).outcome for ticket in (old, new)] == ["checked-in", "checked-in"]


async def test_keys_change_and_change_back_while_people_register(processes: Processes) -> None:
    """Two processes side by side in each step, the second one restarted with the settings of the next step."""
    stages: list[dict[str, str]] = [
        {"signs": "1"},
        {"signs": "1", "coming": "2"},
        {"signs": "2", "retired": "1"},
        {"signs": "1", "coming": "2"},
    ]
    async with processes.started("1") as service:
        path = await service.opened(**COMING)
    for step, (one, other) in enumerate(pairwise(stages)):
        async with processes.started(**one) as first, processes.started(**other) as second:
            numbers = range(10 * step, 10 * step + 10)
            seats = await together(*((first, second)[n % 2].registered(path, n) for n in numbers))
            await together(first.worked(), second.worked())
            tickets = await first.tickets()
            scans = [{"ticket": tickets[seat["registration_id"]]} for seat in seats]
            came = [await second.scanned(path, *scans[:5]), await first.scanned(path, *scans[5:])]
            assert came == [[("checked-in", None)] * 5] * 2
    assert sum(signed_by(ticket) == "2" for ticket in tickets.values()) + await service_count(processes, "1") == 30


async def service_count(processes: Processes, key_id: str) -> int:
    """How many good tickets the key has signed."""
    async with processes.started("1", coming="2") as service:
        return (await uses(service))[key_id][1]


async def test_a_retired_key_is_published_until_its_last_ticket_is_over(processes: Processes) -> None:
    async with processes.started("1") as former:
        path = await former.opened()
        await ticketed(former, path, 0)
        await former.organiser.post(f"{path}/start", {"at": "2022-09-19T08:30:00+07:00"})
    async with processes.started("2", retired="1") as service:
        assert (await states(service), (await uses(service))["1"]) == (
            {"1": "retired", "2": "signing"},
            ("retired", 1),
        )
        await service.organiser.post(f"{path}/end", {"at": "2022-09-19T11:30:00+07:00"})
    async with processes.started("2", retired="1") as service:
        assert (await states(service), (await uses(service))["1"]) == ({"2": "signing"}, ("retired", 0))


async def test_a_key_stays_while_it_is_not_known_which_key_has_signed_a_ticket(processes: Processes) -> None:
    async with processes.started("1") as former:
        await ticketed(former, await former.opened(**COMING), 0)
        async with former.database.transaction() as connection:  # as the version before this column has written it
            await connection.execute("UPDATE registration SET ticket_key = NULL")
    async with processes.started("3", retired="2") as service:
        assert await states(service) == {"2": "retired", "3": "signing"}
        assert await uses(service) == {"2": ("retired", 0), "3": ("signing", 0), None: (None, 1)}


async def test_tickets_of_a_stolen_key_are_replaced_and_the_old_ones_refused(processes: Processes) -> None:
    async with processes.started("1", coming="2") as former:
        path = await former.opened(**COMING)
        old = await ticketed(former, path, 0, 1)
        gone = await former.registered(path, 2)
        await former.worked()
        await former.withdrawn(path, gone)
    async with processes.started("2", retired="1") as service:
        ordered = await service.as_("operator", subject="operator").post("/v1/ticket-keys/1/reissue", WHY)
        again = await service.as_("operator").post("/v1/ticket-keys/1/reissue", WHY)
        assert (ordered.json(), again.json()) == ({"tickets": 2, "next": None}, {"tickets": 2, "next": None})
        await service.worked()
        new = [ticket for ticket in (await service.tickets()).values() if signed_by(ticket) == "2"]
        scans = [{"ticket": ticket} for ticket in (*old, *new)]
        assert await service.scanned(path, *scans) == [("refused", "revoked")] * 2 + [("checked-in", None)] * 2
        assert (await uses(service))["1"] == ("retired", 0)
        acts = (await service.as_("operator").get("/v1/operator-actions")).json()["items"]
        assert [(one["who"], one["act"], one["what"], one["count"]) for one in acts[-1:]] == [
            ("operator", "reissue-tickets", "1", 2)
        ]


async def test_a_process_that_still_signs_with_the_stolen_key_leaves_the_work_to_others(processes: Processes) -> None:
    async with processes.started("1", coming="2") as former, processes.started("2", retired="1") as service:
        path = await former.opened(**COMING)
        await ticketed(former, path, 0)
        await service.as_("operator").post("/v1/ticket-keys/1/reissue", WHY)

        async def refused() -> bool:
            return bool(await former.value("SELECT count(*) FROM job WHERE state = 'ready' AND attempts > 0"))

        async with running(Worker(former.database, former.built.effects)):
            await until(refused)
        await service.worked()
        assert [signed_by(ticket) for ticket in (await service.tickets()).values()] == ["2"]


@pytest.mark.parametrize(
    ("kid", "refusal"), [("1", (409, "TicketKeySigns", None)), ("9", (404, "NotFound", None))], ids=["signs", "unknown"]
)
async def test_only_tickets_of_a_key_that_has_signed_are_replaced(
    kid: str, refusal: Any, shared_service: RegistrationService
) -> None:
    assert code_of(await shared_service.as_("operator").post(f"/v1/ticket-keys/{kid}/reissue", WHY)) == refusal


@contextmanager
def running_here(url: str, provider: Provider, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As if `make run` had written where registration is."""
    monkeypatch.chdir(folder)
    ADDRESSES.parent.mkdir()
    services = {"registration": url, "issuer": ISSUER, "issuer_folder": str(provider.folder)}
    ADDRESSES.write_text(json.dumps({"services": services}), encoding="utf-8")
    yield


async def test_the_command_replaces_all_and_says_how_far_it_is(
    processes: Processes, provider: Provider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def said(*words: str) -> str:
        told = CliRunner(env={"COLUMNS": "200"}).invoke(app, ["tickets", *words])
        assert told.exit_code == 0, told.output
        return told.output

    async with processes.started("1", coming="2") as former:
        await ticketed(former, await former.opened(**COMING), *range(5))
    async with processes.started("2", retired="1") as service, served(service) as url:
        with running_here(url, provider, tmp_path, monkeypatch):
            async with running(Worker(service.database, service.built.effects)):
                told = await asyncio.to_thread(said, "reissue", "--key", "1", "--why", "stolen")
            keys = await asyncio.to_thread(said, "keys")
    lines = [line for line in told.splitlines() if "[" not in line]  # those in brackets are the log of the service
    assert (lines[0], lines[-1]) == ("5 new tickets ordered", "all old tickets are revoked")
    words = [" ".join(line.replace("│", " ").split()[:4]) for line in keys.splitlines() if "registration" in line]
    assert words == ["registration 1 retired 0", "registration 2 signing 5"]
