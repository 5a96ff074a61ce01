"""Fencing: makes Kafka refuse records of a former relay once its successor has begun to write.

The advisory lock decides which relay may read and delete outbox rows. It cannot call back records that a former owner
has given to its producer but Kafka has not received yet. So all relays of an outbox use the same producer id, and each
new owner the next epoch of it: a partition that has seen the newer epoch refuses the older one. A late record therefore
arrives before its successors or not at all. Kafka assigns id and epoch to a transactional id (KIP-98): this uses the
fencing of Kafka's transactions, but no transactions.
"""

import asyncio

from aiokafka import AIOKafkaProducer
from aiokafka.producer.transaction_manager import PidAndEpoch

from shared.messaging.kafka import REQUEST_MS, security
from shared.settings import KafkaSettings


async def take_over(sender: AIOKafkaProducer, settings: KafkaSettings, *, client_id: str) -> None:
    """Give `sender` the next producer epoch, so that Kafka refuses all earlier relays; the caller holds the lock.

    `sender` must be started and must not have sent anything. All relays of an outbox must have the same `client_id`.
    Raises `KafkaError`, or `TimeoutError` if Kafka does not answer within `REQUEST_MS`.
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
    """A producer that only gets its id and its next epoch from Kafka when it is started; it sends nothing.

    Its transactional id is `eoffice.<client_id>`; the Kafka user needs the right to use it.
    """
    return AIOKafkaProducer(
        bootstrap_servers=settings.bootstrap_servers,
        client_id=client_id,
        transactional_id=f"eoffice.{client_id}",
        request_timeout_ms=REQUEST_MS,
        retry_backoff_ms=100,
        **security(settings),
    )
