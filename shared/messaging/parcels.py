"""One batch of outbox rows on its way to Kafka: what was taken, what was refused, what broke off the whole."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import asyncpg
from aiokafka import AIOKafkaProducer
from aiokafka.errors import (
    InvalidTopicError,
    KafkaError,
    KafkaTimeoutError,
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    TopicAuthorizationFailedError,
    UnknownTopicOrPartitionError,
)

from shared.messaging.wire import parse_headers

TOO_LARGE = (MessageSizeTooLargeError, RecordListTooLargeError)
# What no number of tries will send.
HOPELESS = (*TOO_LARGE, TopicAuthorizationFailedError, InvalidTopicError, UnknownTopicOrPartitionError)

Line: TypeAlias = tuple[str, str]
"""Topic and key: what keeps its order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One row in the producer's hands; `future` is done when the broker has answered."""

    id: int
    line: Line
    future: "asyncio.Future[object]"


@dataclass(slots=True)
class Parcels:
    """What became of a batch; `refused` is hopeless, `broken` may pass."""

    accepted: list[Parcel] = field(default_factory=list)
    refused: dict[Line, KafkaError] = field(default_factory=dict)
    broken: KafkaError | None = None

    def results(self) -> tuple[list[Parcel], dict[Line, BaseException]]:
        """What has arrived, and the first error of each line; what came after it counts as not arrived."""
        arrived: list[Parcel] = []
        failed: dict[Line, BaseException] = {}
        for parcel in self.accepted:
            error = parcel.future.exception() if parcel.future.done() else KafkaTimeoutError()
            if error is not None:
                failed.setdefault(parcel.line, error)
            elif parcel.line not in failed:
                arrived.append(parcel)
        return arrived, failed


async def hand_over(sender: AIOKafkaProducer, rows: Sequence[asyncpg.Record]) -> Parcels:
    """Give the rows to the producer one by one, which keeps their order; what it refuses holds back its line."""
    parcels = Parcels()
    closed: dict[str, KafkaError] = await _unknown(sender, {row["topic"] for row in rows})
    for row in rows:
        line = (row["topic"], row["key"])
        if line in parcels.refused:
            continue
        if line[0] in closed:
            parcels.refused[line] = closed[line[0]]
            continue
        try:
            future = await sender.send(
                line[0], value=row["payload"], key=line[1].encode(), headers=parse_headers(row["headers"])
            )
        except HOPELESS as error:
            parcels.refused[line] = error
        except KafkaError as error:
            parcels.broken = error
            break
        else:
            parcels.accepted.append(Parcel(id=row["id"], line=line, future=future))
    return parcels


async def _unknown(sender: AIOKafkaProducer, topics: set[str]) -> dict[str, KafkaError]:
    """Topics that Kafka does not know, or does not show us; `send` would wait 20 s for each, and all lanes with it."""
    for wait in (0.0, 1.0):  # a new topic is known everywhere a moment later
        topics = topics - sender.client.cluster.topics()
        if topics:
            await asyncio.sleep(wait)
            topics -= (await sender.client.fetch_all_metadata()).topics()
    return {topic: UnknownTopicOrPartitionError(topic) for topic in topics}
