"""What the tests of single batches say: records taken, handlers that refuse, letters redriven."""

from collections.abc import Sequence

from shared.database import Connection, Database
from shared.messaging.cloudevents import Envelope
from shared.messaging.consumer import dead_letters
from shared.messaging.consumer.batch import process_batch
from shared.messaging.consumer.handlers import EventHandler, one_by_one
from shared.operations import redrive
from shared.operations.actions import ActedBy
from tests.shared.bus import (
    Sent,
    key_of,
    note,
)

GROUP = "eoffice.test"


WAITING = "SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"


LETTERS = 'SELECT "offset", state, error FROM dead_letter ORDER BY id'


async def take(
    database: Database, records: Sequence[Sent], handler: EventHandler = note, *, dead_in_a_row: int = 0
) -> int:
    return await process_batch(database, GROUP, one_by_one(handler), records, dead_in_a_row=dead_in_a_row)


def refusing(*numbers: int, name: str = "a", error: Exception | None = None) -> EventHandler:
    """`note`, but for some events of one aggregate."""

    async def handler(connection: Connection, envelope: Envelope) -> None:
        await note(connection, envelope)
        if envelope.subject == str(key_of(name)) and envelope.sequence in numbers:
            raise error or KeyError(envelope.sequence)

    return handler


async def redrive_all(database: Database, letter: int, handler: EventHandler = note) -> int:
    async with database.transaction() as connection:
        row = await dead_letters.lock(connection, letter)
        assert row is not None
        return await redrive.redrive(connection, one_by_one(handler), row, ActedBy(who="operator", why="mended"))
