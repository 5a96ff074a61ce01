"""Replay and rebuild on the real Kafka: what was said before changes nothing, or is learnt and not acted upon."""

from collections.abc import Callable, Sequence

import pytest

from shared.database import Connection, Database
from shared.kernel import Job
from shared.messaging.cloudevents import Envelope
from shared.messaging.consumer.groups import GroupAlive, rewind
from shared.messaging.consumer.handlers import Handler, one_by_one
from shared.messaging.consumer.rebuild import NotEmpty, ProjectionHasEffects, RebuildTarget, rebuild
from shared.messaging.jobs import enqueue
from tests.shared.bus import event, execute, heard, key_of, listener, note, produce, rows, running, until, value
from tests.shared.offsets import NAMES, all_committed, committed, each_once_and_in_order, events
from tests.stack import Servers

JOBS = "SELECT count(*) FROM job"


async def act(connection: Connection, envelope: Envelope) -> None:
    """A handler: it keeps the event, and something must be done outside."""
    await note(connection, envelope)
    await enqueue(connection, [Job(kind="send", name=envelope.id, key=envelope.subject)])


def learner(kernel: Database, topic: str, projection: Handler | None = None) -> RebuildTarget:
    return RebuildTarget(
        database=kernel, group=f"tests.{topic}", topics=[topic], projection=projection or one_by_one(note)
    )


async def learn(kernel: Database, stack: Servers, topic: str, projection: Handler | None = None) -> int:
    return await rebuild(learner(kernel, topic, projection), stack.kafka, client_id="tests")


async def again(stack: Servers, topic: str) -> int:
    return await rewind(stack.kafka, group=f"tests.{topic}", topics=[topic], client_id="tests")


async def test_a_replay_after_the_inbox_was_pruned_changes_nothing(
    kernel: Database, stack: Servers, create_topic: Callable[..., str]
) -> None:
    topic = create_topic(partitions=3)
    await produce(stack.kafka, topic, events(1, 3))
    async with running(listener(kernel, stack.kafka, topic)):
        await until(lambda: all_committed(stack.kafka, topic, 120))
    before = await rows(kernel, "SELECT * FROM stream_position ORDER BY source, subject")
    await execute(kernel, "DELETE FROM inbox")
    assert (await again(stack, topic), await committed(stack.kafka, topic)) == (120, 0)
    async with running(listener(kernel, stack.kafka, topic)):
        await until(lambda: all_committed(stack.kafka, topic, 120))
    assert await value(kernel, "SELECT count(*) FROM inbox") == 120  # they did come again
    assert await each_once_and_in_order(kernel, 3)
    assert await rows(kernel, "SELECT * FROM stream_position ORDER BY source, subject") == before


async def test_a_group_that_is_alive_is_not_rewound(
    kernel: Database, stack: Servers, create_topic: Callable[..., str]
) -> None:
    topic = create_topic()
    await produce(stack.kafka, topic, events(1, 1))
    async with running(listener(kernel, stack.kafka, topic)):
        await until(lambda: all_committed(stack.kafka, topic, 40))
        with pytest.raises(GroupAlive):
            await again(stack, topic)
    assert await committed(stack.kafka, topic) == 40


async def test_a_new_consumer_learns_what_was_said_and_acts_on_what_is_said_afterwards(
    kernel: Database, stack: Servers, create_topic: Callable[..., str]
) -> None:
    topic = create_topic(partitions=3)
    await produce(stack.kafka, topic, events(1, 3))
    assert await learn(kernel, stack, topic) == 120
    assert (await value(kernel, JOBS), await each_once_and_in_order(kernel, 3)) == (0, True)
    await produce(stack.kafka, topic, events(4, 4))
    async with running(listener(kernel, stack.kafka, topic, act)):
        await until(lambda: all_committed(stack.kafka, topic, 160))
    assert (await value(kernel, JOBS), await each_once_and_in_order(kernel, 4)) == (len(NAMES), True)


async def test_a_lost_database_is_rebuilt_up_to_where_its_consumer_had_come(
    kernel: Database, stack: Servers, create_topic: Callable[..., str]
) -> None:
    """What nobody has acted upon yet is left to the consumer."""
    topic = create_topic()
    await produce(stack.kafka, topic, events(1, 1))
    async with running(listener(kernel, stack.kafka, topic)):
        await until(lambda: all_committed(stack.kafka, topic, 40))
    await produce(stack.kafka, topic, events(2, 2))
    await execute(kernel, "TRUNCATE inbox, stream_position, heard")
    assert await learn(kernel, stack, topic) == 40
    async with running(listener(kernel, stack.kafka, topic, act)):
        await until(lambda: all_committed(stack.kafka, topic, 80))
    assert (await value(kernel, JOBS), await each_once_and_in_order(kernel, 2)) == (40, True)


async def test_a_rebuild_that_broke_off_is_run_again_up_to_the_same_switch(
    kernel: Database, stack: Servers, create_topic: Callable[..., str]
) -> None:
    topic = create_topic()
    await produce(stack.kafka, topic, [event("a", number) for number in range(1, 1_001)])
    calls: list[int] = []

    async def breaking(connection: Connection, events: Sequence[Envelope]) -> None:
        calls.append(len(events))
        if len(calls) > 1:
            raise KeyboardInterrupt
        for one in events:
            await note(connection, one)

    with pytest.raises(KeyboardInterrupt):
        await learn(kernel, stack, topic, breaking)
    await produce(stack.kafka, topic, [event("a", 1_001)])
    await learn(kernel, stack, topic)
    assert await heard(kernel, "a") == list(range(1, 1_001))


async def test_a_projection_that_wants_something_done_is_stopped_before_it_is_written(
    kernel: Database, stack: Servers, create_topic: Callable[..., str]
) -> None:
    topic = create_topic()
    await produce(stack.kafka, topic, events(1, 1))
    with pytest.raises(ProjectionHasEffects):
        await learn(kernel, stack, topic, one_by_one(act))
    found = [await value(kernel, f"SELECT count(*) FROM {table}") for table in ("job", "heard", "inbox", "dead_letter")]  # noqa: S608 -- constants
    assert found == [0, 0, 0, 0]


async def test_a_living_database_is_not_rebuilt(
    kernel: Database, stack: Servers, create_topic: Callable[..., str]
) -> None:
    async with kernel.transaction() as connection:
        await enqueue(connection, [Job(kind="send", name="1", key="1")])
    with pytest.raises(NotEmpty):
        await learn(kernel, stack, create_topic())


async def test_what_cannot_be_learnt_is_a_dead_letter_and_the_rest_goes_on(
    kernel: Database, stack: Servers, create_topic: Callable[..., str]
) -> None:
    topic = create_topic()
    await produce(stack.kafka, topic, events(1, 2, ["a", "b"]))

    @one_by_one
    async def refusing(connection: Connection, envelope: Envelope) -> None:
        await note(connection, envelope)
        if envelope.subject == str(key_of("a")):
            raise KeyError

    assert await learn(kernel, stack, topic, refusing) == 4
    assert (await heard(kernel, "b"), await rows(kernel, "SELECT state FROM dead_letter ORDER BY id")) == (
        [1, 2],
        [("dead",), ("parked",)],
    )
