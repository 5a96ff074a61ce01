"""One batch of outbox rows on its way to Kafka: what the producer took, what it or the broker refused, what broke off the whole."""

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
    """Give the rows to the producer one after the other, which keeps their order; what it refuses holds back the rest of its line."""
    parcels = Parcels()
    closed: dict[str, KafkaError] = {}  # topics that are refused as a whole: asking again takes 20 s each time
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
            if not isinstance(error, TOO_LARGE):
                closed[line[0]] = error
        except KafkaError as error:
            parcels.broken = error
            break
        else:
            parcels.accepted.append(Parcel(id=row["id"], line=line, future=future))
    return parcels
