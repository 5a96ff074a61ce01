"""All work-arounds for FastStream: what it does differently from what our consumer needs.

- It creates its aiokafka client itself: `broker` makes it create a `TolerantConsumer`.
- Its parser stops a partition for ever at a header that is not UTF-8: `_parse` passes the records on undecoded.
- It holds the batch in a context variable for as long as the context exists: `outside_its_context`.
- When its membership in the group has ended, it continues to poll and reports nothing: `why_not_member`.
"""

import asyncio
from collections.abc import Coroutine, Sequence
from contextvars import Context
from functools import partial
from typing import Any, Final

from aiokafka import ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage
from faststream.security import BaseSecurity, SASLScram512

from shared.messaging.consumer.tolerant_consumer import TolerantConsumer
from shared.messaging.kafka import REQUEST_MS, ssl_context
from shared.settings import KafkaSettings

MAX_RECORDS: Final = 250
FETCH_BYTES: Final = 128 * 1024
"""The most that is fetched of one partition at a time, which limits memory; a larger record is fetched alone."""


class _TolerantBroker(KafkaBroker):
    """A broker whose subscribers use a `TolerantConsumer`."""

    async def _connect(self) -> Any:
        builder: Any = await super()._connect()
        self.config.broker_config.builder = partial(TolerantConsumer, *builder.args, **builder.keywords)
        return self.config.broker_config.builder


def broker(settings: KafkaSettings, *, client_id: str) -> KafkaBroker:
    """A FastStream broker, not started; it logs nothing (otherwise two lines a message) and converts no types."""
    return _TolerantBroker(
        settings.bootstrap_servers.split(","),
        client_id=client_id,
        security=_security(settings),
        logger=None,
        apply_types=False,
        graceful_timeout=20.0,
        allow_auto_create_topics=False,
        request_timeout_ms=REQUEST_MS,
        retry_backoff_ms=100,
    )


def batch_subscriber(
    source: KafkaBroker, topics: Sequence[str], *, group: str, listener: ConsumerRebalanceListener
) -> Any:
    """One subscriber for all topics; it gets tuples of at most `MAX_RECORDS` records and commits no offsets."""
    return source.subscriber(
        *topics,
        group_id=group,
        batch=True,
        max_records=MAX_RECORDS,
        batch_timeout_ms=10,
        ack_policy=AckPolicy.MANUAL,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
        rebalance_timeout_ms=60_000,
        session_timeout_ms=10_000,
        heartbeat_interval_ms=2_000,
        fetch_max_wait_ms=100,
        max_partition_fetch_bytes=FETCH_BYTES,
        listener=listener,
        parser=_parse,
        decoder=_decode,
    )


def why_not_member(subscriber: Any) -> KafkaError | None:
    """Why the subscriber's membership in its group has ended, or None; aiokafka tells it only to those who ask."""
    try:
        subscriber.consumer._coordinator.check_errors()  # noqa: SLF001 -- there is no public way to ask
    except KafkaError as error:
        return error
    return None


def has_joined(subscriber: Any) -> bool:
    """Whether the subscriber belongs to its group and knows its partitions, of which there may be none."""
    subscription = subscriber.consumer._subscription.subscription  # noqa: SLF001 -- there is no public way to ask
    return subscription is not None and subscription.assignment is not None and why_not_member(subscriber) is None


async def outside_its_context(work: Coroutine[Any, Any, None], context: Context) -> None:
    """Run `work` in a copy of `context` instead of FastStream's context, and wait for it.

    FastStream's context refers to the records and would keep them in memory: asyncpg sets a timer of five minutes for
    each prepared statement, and a timer holds the context in which it was set.
    """
    await asyncio.create_task(work, context=context.copy())


def _security(settings: KafkaSettings) -> BaseSecurity | None:
    context = ssl_context(settings) if settings.security_protocol.endswith("SSL") else None
    if settings.security_protocol.startswith("SASL"):
        return SASLScram512(
            username=settings.username or "",
            password=settings.password.get_secret_value() if settings.password else "",
            ssl_context=context,
            use_ssl=context is not None,
        )
    return BaseSecurity(ssl_context=context, use_ssl=True) if context else None


async def _parse(records: tuple[Any, ...], original: object) -> KafkaMessage:  # noqa: ARG001 -- FastStream's signature
    return KafkaMessage(raw_message=records, body=b"", consumer=_NO_CONSUMER)


async def _decode(message: KafkaMessage, original: object) -> object:  # noqa: ARG001 -- FastStream's signature
    return message.raw_message


class _NoConsumer:
    async def commit(self) -> None:
        """Offsets are committed by `Consumer`, never by FastStream."""

    def seek(self, partition: TopicPartition, offset: int) -> None:
        """Positions are moved by `Consumer`, never by FastStream."""


_NO_CONSUMER = _NoConsumer()
