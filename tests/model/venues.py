"""What the models write: facts of venues, each under the lock of its venue's row, by the shell of production."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from shared.application import Aggregate, execute, no_jobs
from shared.contracts import Fact
from shared.contracts.ids import derived_id
from shared.contracts.registration import MEETING, MeetingOpened
from shared.database import Connection
from shared.kernel import Actor, Command, Key
from tests.model.work_statements import LOCK_VENUE, OPEN_VENUE, SEAT
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
class Venue:
    """A venue as its row says."""

    venue: UUID
    taken: int
    version: int


def venue_of(name: str) -> UUID:
    """The identifier of a venue."""
    return derived_id("hall", name)  # another word makes other schedules, and the seeds were chosen for these


async def open_venues(connection: Connection, names: Sequence[str]) -> None:
    """Rows for the venues."""
    for name in names:
        await connection.execute(OPEN_VENUE, str(venue_of(name)), SEATS)


def _decide(venue: Venue, command: Seat) -> Sequence[Fact]:
    return [MeetingOpened(meeting_id=venue.venue)] * command.count


def _evolve(venue: Venue, _: Fact) -> Venue:
    return replace(venue, taken=venue.taken + 1, version=venue.version + 1)


async def _load(connection: Connection, key: Key, _: Seat) -> Venue:
    row = await connection.fetchrow(LOCK_VENUE, str(key))
    assert row is not None
    return Venue(venue=UUID(str(key)), taken=row["taken"], version=row["version"])


async def _save(connection: Connection, before: Venue, after: Venue, _: Sequence[Fact]) -> None:
    await connection.execute(SEAT, str(before.venue), after.taken, after.version)


VENUES: Aggregate[Venue, Seat] = Aggregate(
    name="meeting", decide=_decide, evolve=_evolve, plan=no_jobs, load=_load, save=_save
)


async def seat(connection: Connection, name: str, count: int = 1) -> int:
    """Write `count` facts of a venue; returns its version after them."""
    outcome = await execute(connection, VENUES, venue_of(name), Seat(actor=ACTOR, at=AT, count=count))
    return outcome.state.version
