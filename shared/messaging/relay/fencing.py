"""One relay writes at a time, and Kafka itself refuses the one before.

A lock says who may read and delete the outbox; it cannot call back what a former owner has handed to its producer and
Kafka has not yet taken. So all relays of an outbox write under one producer id, and each new owner under the next epoch
of it: a partition that has seen the newer epoch refuses the older one. What arrives late arrives before its followers,
or not at all. Id and epoch are Kafka's own, given for a transactional id (KIP-98): the fencing of its transactions,
without the transactions.
"""

import asyncio

from aiokafka import AIOKafkaProducer
from aiokafka.producer.transaction_manager import PidAndEpoch

from shared.messaging.kafka import REQUEST_MS, security
from shared.settings import KafkaSettings


async def take_over(sender: AIOKafkaProducer, settings: KafkaSettings, *, client_id: str) -> None:
    """Make `sender`, started and still unused, the one that Kafka obeys; the caller holds the lock of the outbox.

    All relays of an outbox have one `client_id`. Raises `KafkaError`, or `TimeoutError` where Kafka does not answer.
    """
    announced = epoch_producer(settings, client_id=client_id)
    try:
        async with asyncio.timeout(REQUEST_MS / 1000):
            await announced.start()
        given = announced._txn_manager  # noqa: SLF001 -- aiokafka has no public way to have an epoch and no transaction
        sender._txn_manager._pid_and_epoch = PidAndEpoch(  # noqa: SLF001 -- as above
            given.producer_id, given.producer_epoch
        )
    finally:
        await announced.stop()


def epoch_producer(settings: KafkaSettings, *, client_id: str) -> AIOKafkaProducer:
    """A producer that has an id and an epoch from Kafka when it is started, the next one each time; it writes nothing.

    Its transactional id is `eoffice.<client_id>`: a right of the principal, beside its topics.
    """
    return AIOKafkaProducer(
        bootstrap_servers=settings.bootstrap_servers,
        client_id=client_id,
        transactional_id=f"eoffice.{client_id}",
        request_timeout_ms=REQUEST_MS,
        retry_backoff_ms=100,
        **security(settings),
    )
