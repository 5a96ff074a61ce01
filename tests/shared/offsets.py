"""What the tests of the consumer ask: how far a group has come, and what was heard."""

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import GroupCoordinatorNotAvailableError

from shared.database import Database
from shared.messaging.kafka import security
from shared.observability.faults import standing
from shared.settings import KafkaSettings
from tests.shared.bus import (
    Sent,
    event,
    key_of,
    rows,
    value,
)

NAMES = [f"aggregate {number}" for number in range(40)]


def events(first: int, last: int, names: list[str] = NAMES) -> list[Sent]:
    return [event(name, number) for number in range(first, last + 1) for name in names]


async def count(database: Database) -> int:
    return int(await value(database, "SELECT count(*) FROM heard"))


async def each_once_and_in_order(database: Database, last: int, names: list[str] = NAMES) -> bool:
    expected = {str(key_of(name)): list(range(1, last + 1)) for name in names}
    return (
        dict(await rows(database, "SELECT subject, array_agg(seq ORDER BY n) FROM heard GROUP BY subject")) == expected
    )


async def committed(kafka: KafkaSettings, topic: str) -> int:
    """How many records of the topic the group need not see again."""
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers, **security(kafka))
    await admin.start()
    try:
        offsets = await admin.list_consumer_group_offsets(f"tests.{topic}")
    except GroupCoordinatorNotAvailableError:
        return 0
    finally:
        await admin.close()
    return sum(offset.offset for offset in offsets.values())


async def all_committed(kafka: KafkaSettings, topic: str, records: int) -> bool:
    return await committed(kafka, topic) == records


async def at_least(database: Database, wanted: int) -> bool:
    return await count(database) >= wanted


def faults_of_the_consumer() -> list[str]:
    """The codes of the faults that the consumer of this process has."""
    return [fault["code"] for fault in standing() if "consumer" in fault["parts"]]
