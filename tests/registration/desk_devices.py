"""Desks without a network, for tests: devices with clocks of their own, and a meeting with tickets."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from pasum.desk.clock import Clock, Reading
from pasum.desk.entrance import Entrance, Said
from pasum.desk.exchange import Synced, fetch, send
from pasum.desk.file import DeskFile
from pasum.main import app
from tests.registration.running_service import START, Caller, RegistrationService


def at(moment: datetime, *, wrong: timedelta = timedelta(0), boot: str = "1") -> Clock:
    """A clock that shows `moment`, and is `wrong` by as much since the start `boot` of its device."""
    return lambda: Reading(at=moment, boot=boot, ahead=wrong.total_seconds())


RIGHT = at(START)


@dataclass(frozen=True, slots=True)
class Api:
    """The running service, asked from a thread, as the command asks it."""

    caller: Caller
    loop: asyncio.AbstractEventLoop

    def get(self, path: str, **params: str | int) -> Any:
        return asyncio.run_coroutine_threadsafe(self.caller.get(path, **params), self.loop).result().json()

    def get_if_changed(self, path: str, known: str | None, **params: str | int) -> tuple[Any, str | None]:
        headers = {**self.caller.headers, **({"if-none-match": known} if known else {})}
        asked = self.caller.http.get(path, params=params, headers=headers)
        response = asyncio.run_coroutine_threadsafe(asked, self.loop).result()
        return (None, known) if response.status_code == 304 else (response.json(), response.headers["etag"])

    def post(self, path: str, body: Any = None) -> Any:
        return asyncio.run_coroutine_threadsafe(self.caller.post(path, body), self.loop).result().json()


@dataclass(frozen=True, slots=True)
class Desk:
    """A device at the entrance."""

    path: Path
    device: str
    api: Api

    async def fetched(self, meeting: str) -> None:
        def work() -> None:
            file = DeskFile(self.path, create=True)
            fetch(file, self.api, meeting.rpartition("/")[2], device=self.device)
            file.close()

        await asyncio.to_thread(work)

    def scanned(self, ticket: str, clock: Clock = RIGHT, *, leaving: bool = False) -> Said:
        file = DeskFile(self.path)
        said = Entrance(file, leaving=leaving, clock=clock).ticket(ticket)
        file.close()
        return said

    def typed(self, *lines: str, leaving: bool = False) -> list[str]:
        """What the command says to these lines, in Lao, without warnings."""
        typed = "".join(f"{line}\n" for line in lines)
        options = [f"--file={self.path}", *(["--exit"] if leaving else [])]
        told = CliRunner(env={"COLUMNS": "200"}).invoke(app, ["desk", "scan", *options], input=typed)
        said = [line for line in told.output.splitlines() if not line.startswith("   !")]
        return [line.partition(" · ")[0].strip() for line in said]

    async def sent(self, clock: Clock = RIGHT) -> Synced:
        def work() -> Synced:
            file = DeskFile(self.path)
            synced = send(file, self.api, clock=clock)
            file.close()
            return synced

        return await asyncio.to_thread(work)


@asynccontextmanager
async def desks(service: RegistrationService, folder: Path, path: str, *, count: int) -> AsyncIterator[list[Desk]]:
    api = Api(service.as_("desk"), asyncio.get_running_loop())
    opened = [Desk(folder / f"desk-{number}.sqlite", f"desk-{number}", api) for number in range(count)]
    for desk in opened:
        await desk.fetched(path)
    yield opened


async def meeting_with_tickets(service: RegistrationService, *, people: int) -> tuple[str, list[str], list[Any]]:
    path = await service.opened()
    seats = [await service.registered(path, number) for number in range(people)]
    await service.worked()
    tickets = await service.tickets()
    return path, [tickets[seat["registration_id"]] for seat in seats], seats
