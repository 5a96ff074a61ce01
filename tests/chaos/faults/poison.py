"""Records that no consumer can take, put into a topic past the services."""

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Final
from uuid import uuid4

from aiokafka import AIOKafkaProducer

from pasum.kafka import settings_of
from shared.contracts import CATALOGUE
from shared.messaging.kafka import security
from tests.chaos.history import Poison
from tests.chaos.schedule import Planned
from tests.chaos.testbed import Testbed

Headers = Sequence[tuple[str, bytes]]

_SECONDS: Final = 20.0
_NOISE: Final = b"\xff\xfe\x00 no event"


@asynccontextmanager
async def poison(testbed: Testbed, fault: Planned) -> AsyncIterator[None]:
    """One record that is no event, and one that is an event of the topic but cannot have happened."""
    environment = testbed.system.stack.kafka_environment()
    settings = settings_of({name.removeprefix("KAFKA_").lower(): value for name, value in environment.items()})
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.bootstrap_servers,
        enable_idempotence=True,
        request_timeout_ms=10_000,
        **security(settings),
    )
    await producer.start()
    try:
        for headers, value in ((_undecodable(), _NOISE), (_impossible(fault.target), b'{"impossible": true}')):
            key = str(uuid4()).encode()  # a key of its own: no real event must wait behind it
            sent = await producer.send_and_wait(fault.target, value, key=key, headers=headers)
            testbed.journal.write(
                Poison(at=time.time(), topic=fault.target, partition=sent.partition, offset=sent.offset)
            )
    finally:
        await producer.stop()
    yield


def _undecodable() -> Headers:
    return [("ce_id", _NOISE), ("content-type", b"application/json")]


def _impossible(topic: str) -> Headers:
    """A complete CloudEvent of a type that this topic carries, so that every reader opens it."""
    type_ = next(
        type_ for type_, contract in CATALOGUE.items() if contract.topic.name == topic and not contract.tombstone
    )
    subject = str(uuid4())
    headers = {
        "ce_specversion": "1.0",
        "ce_id": str(uuid4()),
        "ce_source": "/chaos/poison",
        "ce_type": type_,
        "ce_time": datetime.now(UTC).isoformat(),
        "ce_subject": subject,
        "ce_sequence": "1",
        "content-type": "application/json",
    }
    return [(name, value.encode()) for name, value in headers.items()]
