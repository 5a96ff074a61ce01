"""Kafka as a model: the part of aiokafka and FastStream that production uses, and no more.

What a producer has sent arrives in order, once, and sometime; of one that was killed, what was on its way may still
arrive, or not. A member of a group learns of a rebalance by its heartbeat, gives its partitions up, joins; who does not
come back in time is put out, and its commits are refused.
"""

import asyncio
import contextlib
from collections.abc import Iterator, Sequence
from typing import Any
from unittest.mock import patch

from aiokafka.errors import KafkaConnectionError, UnknownTopicOrPartitionError

from shared.messaging.consumer import consumer as consuming
from shared.messaging.kafka import faulty
from shared.messaging.relay import fencing
from shared.messaging.relay import relay as relaying
from tests.model.cluster import Kafka
from tests.model.fetching import Broker
from tests.model.producing import Producer


@contextlib.contextmanager
def pretending(kafka: Kafka) -> Iterator[None]:
    """For as long as the block lasts, relays and consumers find this Kafka."""

    def producer(_: Any, *, client_id: str) -> Producer:  # noqa: ARG001 -- the signature
        return Producer(kafka)

    def epoch_producer(_: Any, *, client_id: str) -> Producer:
        return Producer(kafka, transactional_id=client_id)

    def broker(_: Any, *, client_id: str) -> Broker:  # noqa: ARG001 -- the signature
        return Broker(kafka)

    async def reach(_: Any, *, client_id: str, topics: Sequence[str] = ()) -> None:
        await asyncio.sleep(kafka.delay())
        if kafka.away:
            raise faulty(KafkaConnectionError(), client_id)
        missing = sorted(set(topics) - kafka.topics())
        if missing:
            raise faulty(UnknownTopicOrPartitionError(), ", ".join(missing))

    with (
        patch.object(relaying, "producer", producer),
        patch.object(relaying, "reach", reach),
        patch.object(fencing, "epoch_producer", epoch_producer),
        patch.object(consuming, "broker", broker),
        patch.object(consuming, "reach", reach),
    ):
        yield
