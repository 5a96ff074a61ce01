"""Databases restored to different points in time: what a reader does then, and that the check finds it before."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from io import StringIO
from uuid import UUID

import pytest
import typer
from rich.console import Console

from pasum.restore_check import Comparison, compare, show_comparison
from shared.contracts import SERVICE_NAMES
from shared.database import Database
from tests.conftest import FreshDatabase
from tests.shared.batches import take
from tests.shared.bus import create_kernel_tables, event, execute, heard, numbered, rows, say
from tests.stack import Databases

MEETING = "eoffice.registration.meeting.v1"
IDS = "SELECT event_id FROM outbox ORDER BY id"


@pytest.fixture
async def reader(databases: Databases, fresh_database: FreshDatabase) -> AsyncIterator[Database]:
    """The database of notification, which reads the meetings."""
    opened = Database(await fresh_database(await databases.template("kernel", create_kernel_tables)))
    await opened.open()
    yield opened
    await opened.close()


async def made(owner: Database, *numbers: int) -> list[UUID]:
    """Registration commits facts of one meeting; returns their identifiers."""
    await say(owner, MEETING, "a", numbers)
    return [event_id for (event_id,) in await rows(owner, IDS)]


async def process(reader: Database, ids: Mapping[int, UUID]) -> None:
    """Notification processes facts of the meeting: their numbers and identifiers."""
    await take(reader, numbered([event("a", number, event_id=ids[number]) for number in ids], topic=MEETING))


async def compared(owner: Database, reader: Database) -> Comparison:
    found = await compare({"registration": owner.dsn, "notification": reader.dsn}, hours=1)
    [one] = [each for each in found if each.reader == "notification"]
    return one


async def test_a_reader_from_an_earlier_point_gets_what_it_misses(kernel: Database, reader: Database) -> None:
    first, *_ = await made(kernel, 1, 2, 3)
    await process(reader, {1: first})
    assert await compared(kernel, reader) == Comparison(
        reader="notification", owner="registration", forgotten=0, missing=2
    )


async def test_an_owner_from_an_earlier_point_is_found(kernel: Database, reader: Database) -> None:
    ids = await made(kernel, 1, 2, 3)
    await process(reader, dict(enumerate(ids, 1)))
    await execute(kernel, "DELETE FROM outbox WHERE aggregate_seq = 3")  # registration is as it was before it
    assert (await compared(kernel, reader)).forgotten == 1


async def test_a_fact_with_a_number_that_was_given_before_is_skipped(kernel: Database, reader: Database) -> None:
    """Why the check must come first: nobody would notice."""
    ids = await made(kernel, 1, 2, 3)
    await process(reader, dict(enumerate(ids, 1)))
    await execute(kernel, "DELETE FROM outbox WHERE aggregate_seq = 3")
    other = (await made(kernel, 3))[-1]
    await process(reader, {3: other})
    assert await heard(reader) == [1, 2, 3]


async def test_operators_see_a_table_and_an_exit_code(
    kernel: Database, reader: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    for service in SERVICE_NAMES:
        dsn = reader.dsn if service == "notification" else kernel.dsn
        monkeypatch.setenv(f"{service.upper()}_DATABASE_DSN", dsn)
    ids = await made(kernel, 1, 2)
    await process(reader, {1: ids[0]})
    shown = StringIO()
    console = Console(file=shown, width=100)
    assert await asyncio.to_thread(show_comparison, console, hours=24) == 0
    await process(reader, {2: ids[1]})
    await execute(kernel, "DELETE FROM outbox WHERE aggregate_seq = 2")
    assert await asyncio.to_thread(show_comparison, console, hours=24) == 1
    assert shown.getvalue().count("registration: restored to an earlier point than its readers") == 1


def test_facts_that_are_not_kept_any_more_are_not_compared() -> None:
    with pytest.raises(typer.BadParameter, match="between 1 and 144"):
        show_comparison(Console(file=StringIO()), hours=200)
