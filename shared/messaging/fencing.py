"""One relay writes at a time, and Kafka itself refuses the one before.

A lock says who may read and delete the outbox; it cannot call back what a former owner has handed to its producer and
Kafka has not yet taken. So all relays of a service write under one producer id, and each new owner under the next epoch
of it: a partition that has seen the newer epoch refuses the older one. This is how Kafka fences zombies (KIP-98),
without its transactions. What arrives late arrives before its followers, or not at all.
"""

from typing import Final

import asyncpg
from aiokafka import AIOKafkaProducer
from aiokafka.producer.transaction_manager import PidAndEpoch

# After the last epoch (it has 16 bits) the id of the new producer begins another series.
_TAKE: Final = """
INSERT INTO producer_epoch AS held (producer_id, epoch) VALUES ($1, 0)
ON CONFLICT (one) DO UPDATE SET
    producer_id = CASE WHEN held.epoch < 32767 THEN held.producer_id ELSE excluded.producer_id END,
    epoch = CASE WHEN held.epoch < 32767 THEN held.epoch + 1 ELSE 0 END
RETURNING producer_id, epoch
"""
_FORGET: Final = "DELETE FROM producer_epoch"


async def take_over(connection: "asyncpg.Connection[asyncpg.Record]", sender: AIOKafkaProducer) -> None:
    """Make `sender`, started and still unused, the one that Kafka obeys; the caller holds the relay's lock.

    The epoch must be on the disk before anything is sent: one that is given twice would mix two producers' sequences.
    """
    manager = sender._txn_manager  # noqa: SLF001 -- aiokafka has no public way to take an epoch without a transaction
    (row,) = await connection.fetch(_TAKE, manager.producer_id)
    manager._pid_and_epoch = PidAndEpoch(row["producer_id"], row["epoch"])  # noqa: SLF001 -- as above


async def begin_anew(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Begin another series: where Kafka refuses the lock's holder, the database is older than Kafka (a backup)."""
    await connection.execute(_FORGET)
