"""The shell: a command leads to facts, state, outbox and jobs in one commit, or to nothing at all."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from uuid import UUID

import asyncpg
import pytest

from shared.application import Aggregate, Outcome, execute, no_jobs
from shared.contracts import Fact
from shared.contracts.registration import MeetingCancelled, MeetingOpened
from shared.database import Connection, Database, after_commit, savepoint
from shared.kernel import Actor, Command, Job, Key, NotPermitted, Refusal, Role, StaleVersion, Unavailable
from shared.messaging.outbox import FactInvalid
from tests.shared.bus import AT, key_of, rows, sample, value

VENUE = key_of("venue")
DESK = Actor(subject="desk-1", roles=frozenset({Role.DESK}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Take(Command):
    """Take seats, one after the other."""

    seats: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Venue:
    """A venue with so many seats."""

    id: UUID
    seats: int
    taken: int
    version: int


class VenueFull(Refusal):
    """No seat is left."""


def decide(venue: Venue, command: Take) -> Sequence[Fact]:
    if Role.DESK not in command.actor.roles:
        raise NotPermitted
    if venue.taken + command.seats > venue.seats:
        raise VenueFull
    return [MeetingOpened(meeting_id=venue.id)] * command.seats


def evolve(venue: Venue, _: Fact) -> Venue:
    return replace(venue, taken=venue.taken + 1, version=venue.version + 1)


def plan(venue: Venue, _: Fact) -> Sequence[Job]:
    return [Job(kind="greet", name=f"{venue.id}:{venue.taken}", key=str(venue.id))]


async def load(connection: Connection, key: Key, _: Take) -> Venue:
    row = await connection.fetchrow("SELECT seats, taken, version FROM venue WHERE id = $1 FOR UPDATE", str(key))
    assert row is not None
    return Venue(id=UUID(str(key)), **row)


async def save(connection: Connection, before: Venue, after: Venue, _: Sequence[Fact]) -> None:
    query = "UPDATE venue SET taken = $2, version = $3 WHERE id = $1 AND version = $4"
    if await connection.execute(query, str(after.id), after.taken, after.version, before.version) != "UPDATE 1":
        raise StaleVersion


COUNTED: list[tuple[int, Fact]] = []


def count(venue: Venue, fact: Fact) -> None:
    COUNTED.append((venue.taken, fact))


VENUES: Aggregate[Venue, Take] = Aggregate(
    name="venue", decide=decide, evolve=evolve, plan=plan, load=load, save=save, count=count
)


@pytest.fixture(autouse=True)
async def venue(kernel: Database) -> None:
    COUNTED.clear()
    async with kernel.transaction() as connection:
        await connection.execute("INSERT INTO venue VALUES ($1, 5, 0, 0)", str(VENUE))


def built(_: Venue, __: Take) -> Sequence[Fact]:
    return [MeetingCancelled(meeting_id=VENUE, reason=" ", sequence=1)]


async def test_a_fact_that_breaks_its_contract_is_refused_and_nothing_is_written(kernel: Database) -> None:
    with pytest.raises(FactInvalid) as refused:
        async with kernel.transaction() as connection:
            await execute(connection, replace(VENUES, decide=built), VENUE, Take(actor=DESK, at=AT))
    assert (refused.value.status, await rows(kernel, "SELECT 1 FROM outbox")) == (422, [])


async def take(
    database: Database, seats: int = 1, *, actor: Actor = DESK, venues: Aggregate[Venue, Take] = VENUES
) -> Outcome[Venue]:
    async with database.transaction() as connection:
        return await execute(connection, venues, VENUE, Take(actor=actor, at=AT, seats=seats))


async def everything(database: Database) -> tuple[object, ...]:
    venue = await rows(database, "SELECT taken, version FROM venue")
    return (
        venue[0],
        await value(database, "SELECT count(*) FROM outbox"),
        await value(database, "SELECT count(*) FROM job"),
    )


async def test_facts_state_outbox_and_jobs_are_one_commit(kernel: Database) -> None:
    outcome = await take(kernel, 2)
    assert (outcome.state.version, outcome.facts) == (2, (MeetingOpened(meeting_id=VENUE),) * 2)
    assert await everything(kernel) == ((2, 2), 2, 2)
    await take(kernel)
    written = await rows(
        kernel, "SELECT aggregate_type, aggregate_id, aggregate_seq, key, headers->>'ce_actor' FROM outbox ORDER BY id"
    )
    assert written == [("venue", str(VENUE), number, str(VENUE), "desk-1") for number in (1, 2, 3)]
    assert await rows(kernel, "SELECT name FROM job ORDER BY id") == [(f"{VENUE}:{number}",) for number in (1, 2, 3)]


async def test_a_command_is_counted_when_it_is_committed(kernel: Database) -> None:
    labels = {"aggregate": "venue", "command": "Take", "outcome": "accepted", "refusal": ""}
    before = sample("pasum_commands_total", **labels)
    with suppress(Unavailable):
        async with kernel.transaction() as connection:
            await execute(connection, VENUES, VENUE, Take(actor=DESK, at=AT))
            raise ConnectionError
    assert sample("pasum_commands_total", **labels) == before
    await take(kernel)
    assert sample("pasum_commands_total", **labels) == before + 1


async def test_a_column_that_is_added_meanwhile_asks_for_another_try(kernel: Database) -> None:
    async def look() -> int:
        async with kernel.transaction() as connection:
            return len(await connection.fetchrow("SELECT * FROM venue") or ())

    assert await look() == 4
    async with kernel.transaction() as connection:
        await connection.execute("ALTER TABLE venue ADD COLUMN floor integer")
    with pytest.raises(Unavailable):
        await look()
    assert await look() == 5


async def test_a_refusal_writes_nothing_and_is_counted(kernel: Database) -> None:
    labels = {"aggregate": "venue", "command": "Take", "outcome": "refused", "refusal": "VenueFull"}
    before = sample("pasum_commands_total", **labels)
    with pytest.raises(VenueFull):
        await take(kernel, 6)
    assert (await everything(kernel), sample("pasum_commands_total", **labels)) == (((0, 0), 0, 0), before + 1)


async def test_a_right_that_is_missing_is_counted_by_itself(kernel: Database) -> None:
    before = sample("pasum_rights_refused_total", code="NotPermitted")
    with pytest.raises(NotPermitted):
        await take(kernel, actor=Actor(subject="anybody"))
    assert (await everything(kernel), sample("pasum_rights_refused_total", code="NotPermitted")) == (
        ((0, 0), 0, 0),
        before + 1,
    )


async def test_a_command_that_changes_nothing_writes_nothing(kernel: Database) -> None:
    outcome = await take(kernel, 0)
    assert (outcome.facts, outcome.state.version, await everything(kernel)) == ((), 0, ((0, 0), 0, 0))


async def test_twenty_racers_for_five_seats_are_exactly_five(kernel: Database) -> None:
    results = await asyncio.gather(*[take(kernel) for _ in range(20)], return_exceptions=True)
    assert sum(isinstance(result, Outcome) for result in results) == 5
    assert sum(isinstance(result, VenueFull) for result in results) == 15
    assert await everything(kernel) == ((5, 5), 5, 5)
    assert await rows(kernel, "SELECT aggregate_seq FROM outbox ORDER BY id") == [(number,) for number in range(1, 6)]


async def test_whoever_saves_on_a_version_that_is_gone_is_refused_and_writes_nothing(kernel: Database) -> None:
    async def unlocked(connection: Connection, key: Key, command: Take) -> Venue:
        state = await load(connection, key, command)
        return replace(state, version=state.version - 1)

    with pytest.raises(StaleVersion):
        await take(kernel, venues=replace(VENUES, load=unlocked))
    assert await everything(kernel) == ((0, 0), 0, 0)


async def test_what_fails_after_the_state_was_saved_takes_the_state_back(kernel: Database) -> None:
    def nothing_storable(_: Venue, __: Fact) -> Sequence[Job]:
        return [Job(kind="greet", name="n", key="k", payload={"text": "\x00"})]

    with pytest.raises(asyncpg.UntranslatableCharacterError):
        await take(kernel, venues=replace(VENUES, plan=nothing_storable))
    assert await everything(kernel) == ((0, 0), 0, 0)


async def test_an_aggregate_without_jobs_writes_none(kernel: Database) -> None:
    await take(kernel, venues=replace(VENUES, plan=no_jobs))
    assert await everything(kernel) == ((1, 1), 1, 0)


async def test_a_fact_that_is_in_no_contract_is_a_defect(kernel: Database) -> None:
    class Unheard(Fact):
        """Not in the catalogue."""

    with pytest.raises(KeyError):
        await take(kernel, venues=replace(VENUES, decide=lambda _, __: [Unheard()]))
    assert await everything(kernel) == ((0, 0), 0, 0)


async def test_facts_are_counted_once_they_are_committed(kernel: Database) -> None:
    async with kernel.transaction() as connection:
        await execute(connection, VENUES, VENUE, Take(actor=DESK, at=AT, seats=2))
        assert COUNTED == []
    assert [(2, MeetingOpened(meeting_id=VENUE))] * 2 == COUNTED


async def test_facts_that_are_rolled_back_are_never_counted(kernel: Database) -> None:
    with suppress(ZeroDivisionError):
        async with kernel.transaction() as connection:
            await execute(connection, VENUES, VENUE, Take(actor=DESK, at=AT))
            raise ZeroDivisionError
    async with kernel.transaction() as connection:
        await execute(connection, VENUES, VENUE, Take(actor=DESK, at=AT))
    assert [taken for taken, _ in COUNTED] == [1]


async def test_facts_undone_by_a_savepoint_are_not_counted_and_those_around_it_are(kernel: Database) -> None:
    async with kernel.transaction() as connection:
        await execute(connection, VENUES, VENUE, Take(actor=DESK, at=AT))
        with suppress(ZeroDivisionError):
            async with savepoint(connection):
                await execute(connection, VENUES, VENUE, Take(actor=DESK, at=AT))
                raise ZeroDivisionError
        async with savepoint(connection):
            await execute(connection, VENUES, VENUE, Take(actor=DESK, at=AT))
    assert [taken for taken, _ in COUNTED] == [1, 2]


async def test_what_is_to_follow_a_commit_follows_at_once_outside_of_a_transaction() -> None:
    happened: list[str] = []
    after_commit(lambda: happened.append("at once"))
    assert happened == ["at once"]
