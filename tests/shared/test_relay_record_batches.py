"""A batch on its way: what breaks in the middle leaves what was handed over, and keeps back what comes behind it."""

import asyncio
from typing import Any

from aiokafka.errors import (
    KafkaConnectionError,
    KafkaTimeoutError,
    MessageSizeTooLargeError,
    TopicAuthorizationFailedError,
)
from aiokafka.partitioner import DefaultPartitioner
from aiokafka.producer.message_accumulator import BatchBuilder
from pydantic import SecretStr

from shared.messaging.kafka import MAX_RECORD_BYTES, security
from shared.messaging.relay.record_batches import OutboxRecord, RecordBatch, RecordBatches, send_record_batches
from shared.settings import KafkaSettings

ONE_RECORD = 60  # bytes: a batch of this size takes one record, whatever its length


class Producer:
    """aiokafka's producer as far as it is used, with an answer for each batch in turn (sent, where there is none)."""

    def __init__(self, *answers: BaseException | None, partitions: int = 1, batch_size: int = 10_000) -> None:
        self.client = self
        self.cluster = self
        self.sent: list[tuple[int, int]] = []  # partition, records
        self._answers = list(answers)
        self._partitions = set(range(partitions))
        self._batch_size = batch_size

    def topics(self) -> set[str]:
        return {"t"}

    async def partitions_for(self, _: str) -> set[int]:
        return self._partitions

    def create_batch(self) -> BatchBuilder:
        return BatchBuilder(self._batch_size, 0)

    async def send_batch(self, batch: BatchBuilder, _: str, *, partition: int) -> "asyncio.Future[object]":
        error = self._answers.pop(0) if self._answers else None
        if error is not None:
            raise error
        self.sent.append((partition, batch.record_count()))
        future: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        future.set_result(None)
        return future


def row(number: int, key: str, *, payload: bytes = b"") -> Any:
    return {"id": number, "topic": "t", "key": key, "headers": {}, "payload": payload}


def item(number: int, key: str) -> OutboxRecord:
    return OutboxRecord(id=number, ordering_key=("t", key), key=key.encode(), value=b"", headers=())


def ids(items: list[OutboxRecord]) -> list[int]:
    return [each.id for each in items]


async def test_a_key_goes_where_every_client_of_kafka_would_send_it() -> None:
    sender: Any = Producer(partitions=12)
    keys = [f"key {number}" for number in range(100)]
    await send_record_batches(sender, [row(number, key) for number, key in enumerate(keys)])
    chosen = [DefaultPartitioner()(key.encode(), list(range(12)), []) for key in keys]
    assert sorted(sender.sent) == [(number, chosen.count(number)) for number in range(12)]


async def test_what_does_not_fit_into_a_batch_is_in_the_next() -> None:
    sender: Any = Producer(batch_size=ONE_RECORD)
    batches = await send_record_batches(sender, [row(number, "a", payload=b"x" * 100) for number in range(3)])
    assert (sender.sent, [ids(list(batch.items)) for batch in batches.accepted]) == ([(0, 1)] * 3, [[0], [1], [2]])


async def test_what_comes_behind_a_producer_that_is_full_waits() -> None:
    sender: Any = Producer(None, KafkaTimeoutError(), batch_size=ONE_RECORD)
    batches = await send_record_batches(sender, [row(1, "a"), row(2, "b"), row(3, "c")])
    arrived, failed = batches.results()
    assert (ids(arrived), failed, batches.count) == ([1], {}, 1)
    assert isinstance(batches.broken, KafkaTimeoutError)


async def test_a_key_whose_first_record_is_refused_sends_none_of_the_others() -> None:
    sender: Any = Producer()
    large = row(1, "a", payload=b"x" * MAX_RECORD_BYTES)
    batches = await send_record_batches(sender, [large, row(2, "b"), row(3, "a")])
    assert (
        sender.sent,
        {ordering_key: type(error) for ordering_key, error in batches.refused.items()},
        batches.broken,
    ) == (
        [(0, 1)],
        {("t", "a"): MessageSizeTooLargeError},
        None,
    )


async def test_a_topic_that_is_refused_sends_none_of_what_is_left_for_it() -> None:
    error = TopicAuthorizationFailedError("t")
    sender: Any = Producer(error, batch_size=ONE_RECORD)
    batches = await send_record_batches(sender, [row(1, "a"), row(2, "a"), row(3, "b")])
    assert (sender.sent, batches.refused) == ([], {("t", "a"): error, ("t", "b"): error})


async def test_what_arrived_behind_something_that_did_not_is_sent_again() -> None:
    done, lost, waiting = (asyncio.get_running_loop().create_future() for _ in range(3))
    done.set_result(None)
    lost.set_exception(KafkaConnectionError())
    sent = [(done, "a"), (lost, "a"), (done, "ab"), (waiting, "c")]
    batches = RecordBatches(
        accepted=[
            RecordBatch(items=[item(10 * number + place, key) for place, key in enumerate(keys)], future=future)
            for number, (future, keys) in enumerate(sent)
        ]
    )
    arrived, failed = batches.results()
    assert ids(arrived) == [0, 21]
    assert {key: type(error) for (_, key), error in failed.items()} == {
        "a": KafkaConnectionError,
        "c": KafkaTimeoutError,
    }


def test_a_connection_is_as_safe_as_the_settings_say() -> None:
    plain = security(KafkaSettings(security_protocol="PLAINTEXT"))
    assert plain == {"security_protocol": "PLAINTEXT"}
    certified = security(KafkaSettings(security_protocol="SASL_SSL", username="u", password=SecretStr("p")))
    assert (certified["sasl_mechanism"], certified["ssl_context"].check_hostname) == ("SCRAM-SHA-512", True)
