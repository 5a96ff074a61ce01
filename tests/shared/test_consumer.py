"""The consumer on the real broker: nothing is lost or done twice, and neither data nor failures stop a partition."""

import asyncio
import gc
from collections.abc import Callable
from functools import partial

import asyncpg
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from shared.database import Connection, Database
from shared.kernel import Unavailable
from shared.messaging.cloudevents import Envelope
from shared.messaging.kafka import security
from shared.settings import KafkaSettings
from tests.shared.bus import (
    Sent,
    event,
    execute,
    heard,
    listener,
    note,
    produce,
    quiet,
    rows,
    running,
    until,
    value,
)
from tests.shared.offsets import all_committed, at_least, committed, count, each_once_and_in_order, events
from tests.stack import Servers


async def forget_offsets(kafka: KafkaSettings, topic: str, partitions: int) -> None:
    """As if no commit of offsets had ever arrived."""
    nobody = AIOKafkaConsumer(
        bootstrap_servers=kafka.bootstrap_servers,
        group_id=f"tests.{topic}",
        enable_auto_commit=False,
        **security(kafka),
    )
    await nobody.start()
    nobody.assign([TopicPartition(topic, number) for number in range(partitions)])
    await nobody.commit(dict.fromkeys(nobody.assignment(), 0))
    await nobody.stop()


async def test_a_duplicator_changes_nothing(kernel: Database, stack: Servers, create_topic: Callable[..., str]) -> None:
    topic = create_topic(partitions=3)
    await produce(stack.kafka, topic, [twice for each in events(1, 50) for twice in (each, each)])
    async with running(listener(kernel, stack.kafka, topic)):
        await until(lambda: all_committed(stack.kafka, topic, 4_000))
    assert await each_once_and_in_order(kernel, 50)


async def test_a_member_that_dies_before_its_offsets_are_committed_does_nothing_twice(
    kernel: Database, stack: Servers, create_topic: Callable[..., str]
) -> None:
    topic = create_topic(partitions=3)
    await produce(stack.kafka, topic, events(1, 10))
    async with running(listener(kernel, stack.kafka, topic)):
        await until(lambda: all_committed(stack.kafka, topic, 400))
    await forget_offsets(stack.kafka, topic, 3)
    await produce(stack.kafka, topic, events(11, 12))
    async with running(listener(kernel, stack.kafka, topic)):
        await until(lambda: all_committed(stack.kafka, topic, 480))
    await execute(kernel, "DELETE FROM inbox")  # and months later
    await forget_offsets(stack.kafka, topic, 3)
    async with running(listener(kernel, stack.kafka, topic)):
        await until(lambda: all_committed(stack.kafka, topic, 480))
    assert await each_once_and_in_order(kernel, 12)


async def test_a_member_that_is_killed_in_the_middle_of_a_batch_has_done_nothing(
    kernel: Database, stack: Servers, create_topic: Callable[..., str]
) -> None:
    topic = create_topic()
    await produce(stack.kafka, topic, events(1, 5))
    begun = asyncio.Event()

    async def hangs(connection: Connection, envelope: Envelope) -> None:
        await note(connection, envelope)
        begun.set()
        if envelope.sequence == 3:
            await asyncio.Future()

    async with running(listener(kernel, stack.kafka, topic, hangs)) as killed:
        await begun.wait()
        killed.cancel()
        await asyncio.wait({killed})
        assert await heard(kernel) == []
    async with running(listener(kernel, stack.kafka, topic)):
        await until(lambda: all_committed(stack.kafka, topic, 200))
    assert await each_once_and_in_order(kernel, 5)


async def test_a_second_member_that_joins_and_leaves_while_events_flow_changes_nothing(
    kernel: Database, stack: Servers, create_topic: Callable[..., str]
) -> None:
    topic = create_topic(partitions=4)

    async def flow() -> None:
        for number in range(1, 41):
            await produce(stack.kafka, topic, events(number, number))

    flowing = asyncio.create_task(flow())
    first, second = (listener(kernel, stack.kafka, topic) for _ in range(2))
    async with running(first):
        await until(lambda: count(kernel))
        async with running(second):
            await until(lambda: first.ready and second.ready)
            seen = await count(kernel)
            await until(lambda: _more(kernel, seen + 200))
        await flowing
        await until(lambda: all_committed(stack.kafka, topic, 1_600))
    assert await each_once_and_in_order(kernel, 40)


async def _more(database: Database, than: int) -> bool:
    return await count(database) >= min(than, 1_600)


async def test_no_record_whatever_stops_its_partition(
    kernel: Database, stack: Servers, create_topic: Callable[..., str]
) -> None:
    topic = create_topic()
    structured = (
        b'{"specversion": "1.0", "id": "s-1", "source": "/partner", "type": "registration.meeting-opened.v1",'
        b' "subject": "s",'
        b' "time": "2022-09-19T08:00:00+07:00", "data": {"meeting_id": "01900000-0000-7000-8000-000000000000"}}'
    )
    strange = [
        Sent(key=b"", value=None),
        Sent(key=b"\xff\x00", value=b"\xff\x00", headers=[("ce_id", b"\xff\xfe"), ("", b""), ("\x00", b"\x00")]),
        Sent(key=b"k", value=b"{" * 10_000, headers=[("content-type", b"application/cloudevents+json")]),
        event("a", 2, value=b"not JSON"),
        event("a", 2, headers={"ce_type": "registration.something-new.v9"}),
        event("a", 2, headers={"ce_subject": "\x00"}),
    ]
    partner = Sent(key=b"p", value=structured, headers=[("content-type", b"application/cloudevents+json")])
    await produce(stack.kafka, topic, [event("a", 1), *strange, partner, event("a", 3)])
    async with running(listener(kernel, stack.kafka, topic)):
        await until(lambda: all_committed(stack.kafka, topic, 9))
    assert (await heard(kernel, "a"), await value(kernel, "SELECT count(*) FROM heard WHERE subject = 's'")) == (
        [1, 3],
        1,
    )
    assert await rows(kernel, 'SELECT "offset", state FROM dead_letter ORDER BY 1') == [
        (n, "dead") for n in (1, 2, 3, 4, 6)
    ]


async def test_trouble_that_passes_delays_and_loses_nothing(
    kernel: Database, stack: Servers, create_topic: Callable[..., str]
) -> None:
    topic = create_topic(partitions=2)
    troubles = [Unavailable("elsewhere"), asyncpg.DeadlockDetectedError("x")]
    beats: list[None] = []

    async def handler(connection: Connection, envelope: Envelope) -> None:
        await note(connection, envelope)
        if envelope.sequence == 2 and troubles:
            raise troubles.pop()

    await produce(stack.kafka, topic, events(1, 3))
    async with running(listener(kernel, stack.kafka, topic, handler), lambda: beats.append(None)):
        await until(lambda: all_committed(stack.kafka, topic, 120))
    assert await each_once_and_in_order(kernel, 3)
    assert (troubles, beats == []) == ([], False)


async def test_too_many_dead_letters_in_a_row_halt_it_until_the_handler_is_mended(
    kernel: Database, stack: Servers, create_topic: Callable[..., str]
) -> None:
    topic = create_topic()
    broken = True

    async def handler(connection: Connection, envelope: Envelope) -> None:
        await note(connection, envelope)
        if broken:
            raise KeyError

    consumer = listener(kernel, stack.kafka, topic, handler)
    async with running(consumer):
        await until(lambda: consumer.ready)
        await produce(stack.kafka, topic, [event(f"only {number}", 1) for number in range(50)])
        await until(lambda: all_committed(stack.kafka, topic, 50))
        await produce(stack.kafka, topic, [event(f"only {number}", 1) for number in range(50, 60)])
        await until(lambda: consumer.halted)
        assert not consumer.ready
        assert await value(kernel, "SELECT count(*) FROM dead_letter") == 50
        broken = False
        await until(lambda: consumer.ready)
        await until(lambda: all_committed(stack.kafka, topic, 60))
    assert (await count(kernel), await value(kernel, "SELECT count(*) FROM dead_letter")) == (10, 50)


async def test_it_stops_at_once_while_it_waits_for_better_times(
    kernel: Database, stack: Servers, create_topic: Callable[..., str]
) -> None:
    topic = create_topic()
    tried = asyncio.Event()

    async def handler(_: Connection, __: Envelope) -> None:
        tried.set()
        raise Unavailable("elsewhere")

    await produce(stack.kafka, topic, events(1, 1))
    async with running(listener(kernel, stack.kafka, topic, handler)):
        await tried.wait()
    async with running(listener(kernel, stack.kafka, topic)):
        await until(lambda: all_committed(stack.kafka, topic, 40))
    assert await each_once_and_in_order(kernel, 1)


async def test_it_stops_in_the_middle_of_a_stream_and_goes_on_where_it_was(
    kernel: Database, stack: Servers, create_topic: Callable[..., str]
) -> None:
    topic = create_topic(partitions=2)
    await produce(stack.kafka, topic, events(1, 100))
    for wanted in (500, 1_500, 4_000):
        async with running(listener(kernel, stack.kafka, topic)):
            await until(partial(at_least, kernel, wanted))
        assert await committed(stack.kafka, topic) == await count(kernel)
    assert await each_once_and_in_order(kernel, 100)


async def test_what_was_taken_is_let_go_of_though_a_timer_that_was_set_meanwhile_lives_on(
    kernel: Database, stack: Servers, create_topic: Callable[..., str]
) -> None:
    topic, timers = create_topic(), list[asyncio.TimerHandle]()

    async def sets_a_timer(connection: Connection, envelope: Envelope) -> None:
        await note(connection, envelope)
        timers.append(asyncio.get_running_loop().call_later(300.0, quiet))

    def in_memory() -> bool:
        return any(isinstance(each, ConsumerRecord) and each.topic == topic for each in gc.get_objects())

    await produce(stack.kafka, topic, events(1, 5))
    async with running(listener(kernel, stack.kafka, topic, sets_a_timer)):
        await until(lambda: all_committed(stack.kafka, topic, 200))
        await until(lambda: not in_memory())
    for timer in timers:
        timer.cancel()
