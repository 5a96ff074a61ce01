"""Every hostile text in every text member of every event: read, or refused as unreadable; heard by whoever reads it."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from json import dumps
from pathlib import Path
from typing import Final
from uuid import uuid4

import asyncpg
import pytest

import services
from services.archive import subscribers as archive
from services.minutes import subscribers as minutes
from services.notification import subscribers as notification
from services.registration import subscribers as registration
from shared.contracts import CATALOGUE
from shared.contracts.base import Contract
from shared.database import Database
from shared.messaging.cloudevents import Envelope, Unreadable, attributes, parse_headers, read
from shared.messaging.cloudevents import dumps as body
from shared.messaging.consumer.handlers import Handler, handle_run
from shared.migrations import upgrade
from tests.conftest import FreshDatabase
from tests.hostile.fields import Document
from tests.hostile.texts import BLANK, LINES, TAKEN, UNUSABLE
from tests.shared.bus import Sent
from tests.stack import Databases

HEARING: Final[Mapping[str, Handler]] = {
    "registration": registration.handle,
    "notification": notification.hear,
    "minutes": minutes.handle,
    "archive": archive.handler(settle=timedelta(0)),
}
TEXTS: Final = {**BLANK, **UNUSABLE, **TAKEN, **LINES}
HEARD: Final = 12
"""Of so many events that could be read one is also heard: each by all its readers, on a real database."""
HASHES: Final = dict.fromkeys(("sha256", "link_sha256", "package_sha256", "log_root"), "ab" * 32)


def written(contract: Contract) -> Iterator[Sent]:
    """The events of one type, with each text in each text member."""
    schema = contract.model.model_json_schema()
    document = Document(root=schema, known={"organisation": "MTC", "organiser": "MTC", **HASHES})
    for path, _ in document.leaves(schema):
        for text in TEXTS.values():
            subject = str(uuid4())
            headers = attributes(
                event_id=uuid4(),
                source=f"/eoffice/{contract.topic.owner}/{contract.topic.name.split('.')[2]}",
                type_=contract.type,
                time=datetime.now(UTC),
                subject=subject,
                sequence=1,
                actor="tester",
                cause=None,
            )
            payload = dumps(document.holding(schema, path, text)).encode()
            yield Sent(key=subject.encode(), value=payload, headers=parse_headers(headers), topic=contract.topic.name)


def readable(record: Sent) -> Envelope | None:
    try:
        return read(record)
    except Unreadable:
        return None


@pytest.fixture
async def readers(databases: Databases, fresh_database: FreshDatabase) -> AsyncIterator[dict[str, Database]]:
    opened = {}
    for name in HEARING:
        migrate = partial(upgrade, Path(services.__file__).parent / name / "migrations")
        template = await databases.template(name, migrate)
        opened[name] = Database(await fresh_database(template), pool_size=1)
        await opened[name].open()
    yield opened
    for database in opened.values():
        await database.close()


def test_what_a_fact_takes_its_readers_can_read() -> None:
    """So a fact that was made can be published: nobody has to read it once more before."""
    records = [record for contract in CATALOGUE.values() for record in written(contract)]
    facts = [event.data for event in map(readable, records) if event is not None and event.data is not None]
    made = [type(fact)(**dict(fact)) for fact in facts]
    assert len(made) >= 4_000
    assert [fact for fact in made if body(type(fact).model_validate_json(body(fact))) != body(fact)] == []


async def test_no_text_in_an_event_stops_its_readers(
    readers: dict[str, Database], record_property: Callable[[str, object], None]
) -> None:
    records = [record for contract in CATALOGUE.values() for record in written(contract)]
    events = [event for event in map(readable, records) if event is not None and event.data is not None]
    troubles = []
    for event in events[::HEARD]:
        for name in CATALOGUE[event.type].topic.readers:
            troubles += await trouble(readers[name], HEARING[name], event)
    record_property("hostile_inputs", len(records))
    record_property("read", len(events))
    assert troubles == []
    assert len(events) >= 4_000
    assert len(records) >= 2_000


async def trouble(database: Database, hear: Handler, event: Envelope) -> list[str]:
    """What came of it, were it not what PostgreSQL cannot store: then this event alone is put aside."""
    try:
        async with database.transaction() as connection:
            await handle_run(connection, hear, [event])
    except asyncpg.DataError:
        return []
    except Exception as error:  # noqa: BLE001 -- each is a finding
        return [f"{event.type}: {error!r}"[:300]]
    return []
