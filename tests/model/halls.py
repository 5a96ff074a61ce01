"""What the models write: facts of halls, each under the lock of its hall's row, by the shell of production."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from shared.application import Aggregate, execute, no_jobs
from shared.contracts import Fact
from shared.contracts.ids import derived_id
from shared.contracts.registration import MEETING, MeetingOpened
from shared.database import Connection
from shared.kernel import Actor, Command, Key
from tests.model.work_statements import LOCK_HALL, OPEN_HALL, SEAT
from tests.shared.bus import AT

TOPIC = MEETING.name
ACTOR = Actor(subject="tester")
SOURCE = "/eoffice/registration/meeting"
SEATS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat(Command):
    """Take `count` seats at once: as many facts."""

    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Hall:
    """A hall as its row says."""

    hall: UUID
    taken: int
    version: int


def hall_of(name: str) -> UUID:
    """The identifier of a hall."""
    return derived_id("hall", name)


async def open_halls(connection: Connection, names: Sequence[str]) -> None:
    """Rows for the halls."""
    for name in names:
        await connection.execute(OPEN_HALL, str(hall_of(name)), SEATS)


def _decide(hall: Hall, command: Seat) -> Sequence[Fact]:
    return [MeetingOpened(meeting_id=hall.hall)] * command.count


def _evolve(hall: Hall, _: Fact) -> Hall:
    return replace(hall, taken=hall.taken + 1, version=hall.version + 1)


async def _load(connection: Connection, key: Key, _: Seat) -> Hall:
    row = await connection.fetchrow(LOCK_HALL, str(key))
    assert row is not None
    return Hall(hall=UUID(str(key)), taken=row["taken"], version=row["version"])


async def _save(connection: Connection, before: Hall, after: Hall, _: Sequence[Fact]) -> None:
    await connection.execute(SEAT, str(before.hall), after.taken, after.version)


HALLS: Aggregate[Hall, Seat] = Aggregate(
    name="meeting", decide=_decide, evolve=_evolve, plan=no_jobs, load=_load, save=_save
)


async def seat(connection: Connection, name: str, count: int = 1) -> int:
    """Write `count` facts of a hall; returns its version after them."""
    outcome = await execute(connection, HALLS, hall_of(name), Seat(actor=ACTOR, at=AT, count=count))
    return outcome.state.version
