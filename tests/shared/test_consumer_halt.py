"""A consumer that has halted: operators see it, and let it keep so many more dead letters and no more."""

from collections.abc import Callable

import pytest

from shared.database import Connection, Database
from shared.messaging.cloudevents import Envelope
from shared.messaging.consumer import halt
from shared.messaging.consumer.batch import MAX_DEAD_IN_A_ROW
from shared.messaging.consumer.halt import TooManyDeadLetters
from shared.observability.faults import Fault
from shared.operations.maintenance import Maintenance
from tests.shared.batches import GROUP, take
from tests.shared.bus import Sent, event, execute, listener, numbered, produce, rows, running, sample, until, value
from tests.shared.offsets import all_committed, faults_of_the_consumer
from tests.shared.operator_client import OperatorClient
from tests.stack import Servers

LEFT = "SELECT allowed FROM consumer_halt"
DEAD = "SELECT count(*) FROM dead_letter"


async def broken(_: Connection, __: Envelope) -> None:
    """A release in which nothing works."""
    raise KeyError


def strangers(number: int) -> list[Sent]:
    """So many events, each of an aggregate of its own."""
    return [event(f"only {one}", 1) for one in range(number)]


async def allow(kernel: Database, letters: int) -> None:
    async with kernel.transaction() as connection:
        await halt.allow(connection, GROUP, letters)


async def test_what_an_operator_lets_pass_is_counted_exactly(kernel: Database) -> None:
    await allow(kernel, 12)
    in_a_row = await take(kernel, numbered(strangers(MAX_DEAD_IN_A_ROW + 10)), broken)
    assert (await value(kernel, DEAD), await value(kernel, LEFT)) == (MAX_DEAD_IN_A_ROW + 10, 2)
    with pytest.raises(TooManyDeadLetters):
        await take(kernel, numbered(strangers(80)[-3:], first=100), broken, dead_in_a_row=in_a_row)
    assert await value(kernel, LEFT) == 2  # the batch was rolled back
    await take(kernel, numbered(strangers(80)[-2:], first=100), broken, dead_in_a_row=in_a_row)
    assert await value(kernel, LEFT) == 0


async def test_what_an_operator_lets_pass_is_not_for_ever(kernel: Database) -> None:
    await allow(kernel, 1_000)
    await execute(kernel, "UPDATE consumer_halt SET allowed_until = now() - interval '1 second'")
    with pytest.raises(TooManyDeadLetters):
        await take(kernel, numbered(strangers(MAX_DEAD_IN_A_ROW + 1)), broken)
    assert await value(kernel, DEAD) == 0


async def test_a_consumer_that_has_halted_is_seen_and_goes_on_when_an_operator_lets_it(
    kernel: Database, stack: Servers, create_topic: Callable[..., str], operators: OperatorClient
) -> None:
    topic = create_topic()
    operators.app.state.group = f"tests.{topic}"
    consumer = listener(kernel, stack.kafka, topic, broken)
    await produce(stack.kafka, topic, strangers(MAX_DEAD_IN_A_ROW + 10))
    async with running(consumer), running(Maintenance(kernel)):
        await until(lambda: value(kernel, "SELECT count(*) > 0 FROM consumer_halt"))
        shown = await operators.get("/v1/consumer")
        assert (shown["topic"], shown["reason"].split(" ")[0], consumer.ready) == (topic, "KeyError", False)
        await until(lambda: faults_of_the_consumer() == [Fault.CONSUMER_HALTED])
        await operators.post("/v1/consumer/resume", letters=500)
        await until(lambda: all_committed(stack.kafka, topic, MAX_DEAD_IN_A_ROW + 10))
        await until(lambda: consumer.ready)
    shown = await operators.get("/v1/consumer")
    assert (shown["halted_at"], shown["allowed"] in range(440, 500)) == (None, True)
    assert await value(kernel, DEAD) == MAX_DEAD_IN_A_ROW + 10


async def test_a_halted_consumer_shows_in_the_metrics(kernel: Database) -> None:
    halted = halt.Halt(kernel, GROUP)
    await halted.enter(TooManyDeadLetters("t", "KeyError"))
    async with running(Maintenance(kernel)):
        await until(lambda: sample("pasum_consumer_halted", consumer=GROUP) == 1)
    await halted.leave()
    async with running(Maintenance(kernel)):
        await until(lambda: sample("pasum_consumer_halted", consumer=GROUP) == 0)
    assert await rows(kernel, "SELECT consumer, halted_at FROM consumer_halt") == [(GROUP, None)]
