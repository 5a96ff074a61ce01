"""A batch on its way: what breaks in the middle leaves what was handed over, and keeps back what comes behind it."""

import asyncio
from typing import Any

from aiokafka.errors import KafkaConnectionError, KafkaTimeoutError, MessageSizeTooLargeError

from shared.messaging.kafka import security
from shared.messaging.parcels import Parcel, Parcels, hand_over
from shared.settings import KafkaSettings


class Producer:
    """aiokafka's producer as far as it is used, with an answer for each key."""

    def __init__(self, answers: dict[str, BaseException | None]) -> None:
        self.client = self
        self.cluster = self
        self.sent: list[str] = []
        self._answers = answers

    def topics(self) -> set[str]:
        return {"t"}

    async def send(self, _: str, *, key: bytes, **__: Any) -> "asyncio.Future[object]":
        error = self._answers[key.decode()]
        if error is not None:
            raise error
        self.sent.append(key.decode())
        future: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        future.set_result(None)
        return future


def row(number: int, key: str) -> Any:
    return {"id": number, "topic": "t", "key": key, "value": b"", "headers": {}, "payload": b""}


async def test_what_comes_behind_a_producer_that_is_full_waits() -> None:
    sender: Any = Producer({"a": None, "b": KafkaTimeoutError(), "c": None})
    parcels = await hand_over(sender, [row(1, "a"), row(2, "b"), row(3, "c")])
    arrived, failed = parcels.results()
    assert (sender.sent, [parcel.id for parcel in arrived], failed) == (["a"], [1], {})
    assert isinstance(parcels.broken, KafkaTimeoutError)


async def test_a_key_whose_first_record_is_refused_sends_none_of_the_others() -> None:
    error = MessageSizeTooLargeError()
    sender: Any = Producer({"a": error, "b": None})
    parcels = await hand_over(sender, [row(1, "a"), row(2, "b"), row(3, "a")])
    assert (sender.sent, parcels.refused, parcels.broken) == (["b"], {("t", "a"): error}, None)


async def test_what_arrived_behind_something_that_did_not_is_sent_again() -> None:
    done, lost, waiting = (asyncio.get_running_loop().create_future() for _ in range(3))
    done.set_result(None)
    lost.set_exception(KafkaConnectionError())
    futures = [("a", done), ("a", lost), ("a", done), ("b", done), ("c", waiting)]
    parcels = Parcels(
        accepted=[Parcel(id=n, line=("t", key), future=future) for n, (key, future) in enumerate(futures)]
    )
    arrived, failed = parcels.results()
    assert [parcel.id for parcel in arrived] == [0, 3]
    assert {key: type(error) for (_, key), error in failed.items()} == {
        "a": KafkaConnectionError,
        "c": KafkaTimeoutError,
    }


def test_a_connection_is_as_safe_as_the_settings_say() -> None:
    plain = security(KafkaSettings(security_protocol="PLAINTEXT"))
    assert plain == {"security_protocol": "PLAINTEXT"}
    certified = security(KafkaSettings(security_protocol="SASL_SSL", username="u"))
    assert (certified["sasl_mechanism"], certified["ssl_context"].check_hostname) == ("SCRAM-SHA-512", True)
