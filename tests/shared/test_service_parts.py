"""A service without topics and without aggregates, and background parts of its own, on the real runtime."""

import asyncio
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from shared.database import Database
from shared.http.server import HttpServer
from shared.kernel import Unavailable
from shared.observability.faults import standing
from shared.runtime import Loop, Part, Runtime
from shared.service import ALL_ROLES, ProcessRole, Service, command_line, parts
from shared.settings import KafkaSettings, ServiceSettings
from tests.shared.lines import Lines
from tests.shared.provider import Provider
from tests.shared.test_runtime import Recorded, crashing, until

NO_KAFKA = KafkaSettings(bootstrap_servers="127.0.0.1:1")


def portal(dsn: str, background: Mapping[ProcessRole, Sequence[Part]], *, keys: str | None = None) -> Service:
    """It consumes nothing, publishes nothing and has no jobs."""
    return Service(
        name="portal",
        title="Portal",
        settings=ServiceSettings(database_dsn=SecretStr(dsn), http_port=0, metrics_port=0, oidc_jwks_url=keys),
        database=Database(dsn, pool_size=2),
        routers=[],
        background=background,
    )


async def test_a_service_without_topics_serves_and_runs_its_own_part(kernel: Database, provider: Provider) -> None:
    polled: list[str] = []

    async def poll(stop: asyncio.Event, beat: Callable[[], None]) -> None:
        beat()
        polled.append("began")
        await stop.wait()
        polled.append("finished what was in hand")

    runtime = Runtime("portal", drain_seconds=5)
    service = portal(kernel.dsn, {ProcessRole.WORKER: [Loop("poller", poll)]}, keys=provider.url)
    made = parts(service, runtime, ALL_ROLES, NO_KAFKA)
    running = asyncio.create_task(runtime.run(made))
    await until(lambda: polled == ["began"])
    health = made[0]
    assert isinstance(health, HttpServer)
    await until(lambda: health.port != 0)
    async with httpx.AsyncClient() as http:
        while (answer := await http.get(f"http://127.0.0.1:{health.port}/readyz")).status_code != httpx.codes.OK:
            pass
    assert set(answer.json()["parts"]) == {
        *("management", "database", "identity", "notifier", "poller", "worker", "maintenance", "http"),
        "process",
    }
    runtime.drain()
    assert (await running, polled) == (0, ["began", "finished what was in hand"])


async def never() -> None:
    raise Unavailable("object store: it does not answer")


@pytest.mark.parametrize("role", ALL_ROLES)
async def test_a_store_is_asked_for_by_those_who_read_and_write_it(role: ProcessRole) -> None:
    service = replace(portal("postgresql://nobody@127.0.0.1:1/none", {}), needs={"documents": never})
    asked = [part for part in parts(service, Runtime("portal"), [role], NO_KAFKA) if part.name == "documents"]
    assert [await part.ready() for part in asked] == [False] * (role in {ProcessRole.API, ProcessRole.WORKER})
    for part in asked:
        (fault,) = standing()
        assert (fault["code"], fault["what"]) == ("object-store-unavailable", "object store: it does not answer")
        await part.stop()


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (ProcessRole.WORKER, ["database", "notifier", "session", "worker"]),
        (ProcessRole.API, ["database", "notifier", "identity"]),
    ],
)
async def test_a_part_belongs_to_the_processes_of_its_role_and_starts_before_the_roles_own(
    role: ProcessRole, expected: list[str]
) -> None:
    service = portal("postgresql://nobody@127.0.0.1:1/none", {ProcessRole.WORKER: [Recorded("session", [])]})
    made = parts(service, Runtime("portal"), [role], NO_KAFKA)
    assert [part.name for part in made if not isinstance(part, HttpServer)] == expected


async def test_a_background_part_that_dies_takes_its_process_with_it(
    kernel: Database, provider: Provider, lines: Lines
) -> None:
    runtime = Runtime("portal", drain_seconds=5)
    service = portal(kernel.dsn, {ProcessRole.API: [Loop("session", crashing)]}, keys=provider.url)
    assert await runtime.run(parts(service, runtime, [ProcessRole.API], NO_KAFKA)) == 1
    assert "part-died" in [line["event"] for line in lines.all()]


@pytest.mark.usefixtures("lines")  # the command line changes where log lines go
@pytest.mark.parametrize("command", ["replay", "rebuild"])
def test_what_was_never_consumed_cannot_come_again(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    service = portal("postgresql://nobody@127.0.0.1:1/none", {})
    monkeypatch.setattr(sys, "argv", ["main", command])
    with pytest.raises(SystemExit) as ended:
        command_line("portal", lambda: service, migrations=Path())
    assert ended.value.code == 2
    assert f"portal consumes no topics: there is nothing to {command}" in capsys.readouterr().err
