"""The relay on the real broker: every committed fact arrives, in order, whatever is killed or cannot be sent."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import asyncpg
import pytest
from confluent_kafka.admin import AclOperation, ResourceType

from shared.contracts.registration import MeetingCancelled, MeetingOpened, PersonErased
from shared.database import Database
from shared.messaging import outbox
from shared.messaging.cloudevents import dumps, read
from shared.messaging.outbox import release
from shared.messaging.relay import relay as relaying
from shared.messaging.relay.relay import Relay
from shared.messaging.wakeup import Notifier
from shared.settings import KafkaSettings
from tests.shared.bus import (
    allowed,
    everything,
    execute,
    key_of,
    rows,
    running,
    sample,
    say,
    until,
    user_of,
    value,
    write,
)
from tests.stack import Servers

EMPTY = "SELECT NOT EXISTS (SELECT FROM outbox)"


LOCKS = (
    "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = $1"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


def relay(database: Database, kafka: KafkaSettings) -> Relay:
    return Relay(database, kafka, client_id="relay")


async def empty(database: Database) -> None:
    await until(lambda: value(database, EMPTY))


def by_key(records: Iterable[Any]) -> dict[str, list[int]]:
    """The numbers of each aggregate in the order of the topic."""
    found: dict[str, list[int]] = defaultdict(list)
    for record in records:
        envelope = read(record)
        found[envelope.subject].append(envelope.sequence or 0)
    return found


def first_seen(numbers: Sequence[int]) -> list[int]:
    return list(dict.fromkeys(numbers))


async def test_what_is_sent_is_exactly_what_was_committed(
    kernel: Database, kafka: KafkaSettings, create_topic: Callable[..., str]
) -> None:
    topic = create_topic()
    key = key_of("exact")
    cancelled = MeetingCancelled(meeting_id=key, reason="ຝົນຕົກໜັກ 🌧", sequence=1)
    async with kernel.transaction() as connection:
        await write(connection, topic, "exact", 1)
        await write(connection, topic, "exact", 2, cancelled)
        await write(connection, topic, "exact", 3, PersonErased(person_id=key))
    stored = await rows(kernel, "SELECT event_id::text, headers, payload FROM outbox ORDER BY id")
    async with running(relay(kernel, kafka)):
        await empty(kernel)
    sent = await everything(kafka, topic)
    assert [record.value for record in sent] == [dumps(MeetingOpened(meeting_id=key)), dumps(cancelled), None]
    assert [record.key for record in sent] == [str(key).encode()] * 3
    assert [{name: text.decode() for name, text in record.headers} for record in sent] == [
        headers for _, headers, _ in stored
    ]
    assert [read(record).id for record in sent] == [event_id for event_id, _, _ in stored]
    assert dict(sent[0].headers)["ce_source"] == b"/eoffice/registration/meeting"


async def test_facts_of_one_aggregate_keep_their_order(
    kernel: Database, kafka: KafkaSettings, create_topic: Callable[..., str]
) -> None:
    topic = create_topic(partitions=3)
    async with running(Notifier(kernel)), running(relay(kernel, kafka)):
        await asyncio.gather(*[say(kernel, topic, name, range(1, 41)) for name in "abcdefgh"])
        await empty(kernel)
    found = by_key(await everything(kafka, topic))
    assert found == {str(key_of(name)): list(range(1, 41)) for name in "abcdefgh"}


async def test_what_was_sent_and_not_deleted_is_sent_again_under_the_same_names(
    kernel: Database, kafka: KafkaSettings, create_topic: Callable[..., str]
) -> None:
    topic = create_topic()
    await say(kernel, topic, "a", range(1, 31))
    names = [event_id for (event_id,) in await rows(kernel, "SELECT event_id::text FROM outbox ORDER BY id")]
    # Nobody may delete: the relay stops between the acknowledgement and the deletion, as it would when killed there.
    holder = await kernel.connect()
    await holder.execute("BEGIN; LOCK TABLE outbox IN SHARE MODE")
    async with running(relay(kernel, kafka)) as killed:
        await until(lambda: _waits(kernel, "%DELETE FROM outbox%"))
        killed.cancel()
        await asyncio.wait({killed})
    await holder.close()
    async with running(relay(kernel, kafka)):
        await empty(kernel)
    sent = [read(record).id for record in await everything(kafka, topic)]
    assert sent == names + names


async def _waits(database: Database, query: str) -> bool:
    waiting = (
        "SELECT count(*) = 1 FROM pg_stat_activity"
        " WHERE wait_event_type = 'Lock' AND query LIKE $1 AND datname = current_database()"
    )
    return bool(await value(database, waiting, query))


async def test_a_relay_whose_connection_is_cut_begins_anew_and_loses_nothing(
    kernel: Database, kafka: KafkaSettings, create_topic: Callable[..., str]
) -> None:
    topic = create_topic()
    async with running(relay(kernel, kafka)):
        for start in range(1, 61, 20):
            await say(kernel, topic, "a", range(start, start + 20))
            await _cut(kernel)
        await empty(kernel)
    found = by_key(await everything(kafka, topic))[str(key_of("a"))]
    assert first_seen(found) == list(range(1, 61))


async def _cut(database: Database) -> None:
    await until(lambda: rows(database, LOCKS, relaying.LOCK))
    ((pid,), *_) = await rows(database, LOCKS, relaying.LOCK)
    await value(database, "SELECT pg_terminate_backend($1)", pid)
    await until(lambda: _gone(database, pid))


async def _gone(database: Database, pid: int) -> bool:
    return (pid,) not in await rows(database, LOCKS, relaying.LOCK)


async def test_one_relay_carries_and_the_second_takes_over_from_it(
    kernel: Database, kafka: KafkaSettings, create_topic: Callable[..., str]
) -> None:
    topic = create_topic()
    async with running(relay(kernel, kafka)):
        await until(lambda: rows(kernel, LOCKS, relaying.LOCK))
        before = await rows(kernel, LOCKS, relaying.LOCK)
        async with running(relay(kernel, kafka)):
            await say(kernel, topic, "a", range(1, 21))
            await empty(kernel)
            assert await rows(kernel, LOCKS, relaying.LOCK) == before
            await _cut(kernel)
            await say(kernel, topic, "a", range(21, 41))
            await empty(kernel)
            assert (await rows(kernel, LOCKS, relaying.LOCK) != before, sample("pasum_relay_leading")) == (True, 1)
    found = by_key(await everything(kafka, topic))[str(key_of("a"))]
    assert (first_seen(found), sample("pasum_relay_leading")) == (list(range(1, 41)), 0)


async def test_a_row_that_is_committed_late_is_carried_before_its_followers(
    kernel: Database, kafka: KafkaSettings, create_topic: Callable[..., str]
) -> None:
    topic = create_topic()
    late = await kernel.connect()
    transaction = late.transaction()
    await transaction.start()
    await write(late, topic, "late", 1)
    async with running(relay(kernel, kafka)):
        await say(kernel, topic, "early", range(1, 4))
        await empty(kernel)
        await transaction.commit()
        await say(kernel, topic, "late", range(2, 10))
        await empty(kernel)
    await late.close()
    assert by_key(await everything(kafka, topic)) == {
        str(key_of("early")): [1, 2, 3],
        str(key_of("late")): list(range(1, 10)),
    }


async def test_a_record_that_is_too_large_holds_its_key_back_and_nothing_else(
    kernel: Database, kafka: KafkaSettings, create_topic: Callable[..., str]
) -> None:
    topic = create_topic()
    await say(kernel, topic, "a", [1, 2, 3])
    await say(kernel, topic, "b", [1])
    large = "UPDATE outbox SET payload = convert_to(repeat('x', 1000001), 'UTF8') WHERE key = $1 AND aggregate_seq = 2"
    small = (
        "UPDATE outbox SET payload = (SELECT payload FROM outbox WHERE key = $1 AND aggregate_seq = 3) WHERE key = $1"
    )
    key = str(key_of("a"))
    await execute(kernel, large, key)
    async with running(relay(kernel, kafka)):
        await until(lambda: value(kernel, "SELECT count(*) = 2 FROM outbox"))
        await say(kernel, topic, "a", [4])
        await say(kernel, topic, "b", [2])
        await until(lambda: value(kernel, "SELECT count(*) = 3 FROM outbox"))
        assert await rows(kernel, "SELECT topic, key, error FROM outbox_parked") == [
            (topic, key, "MessageSizeTooLargeError")
        ]
        await execute(kernel, small, key)
        async with kernel.transaction() as connection:
            assert (await release(connection, topic, key), await release(connection, topic, key)) == (True, False)
        await empty(kernel)
    assert by_key(await everything(kafka, topic)) == {key: [1, 2, 3, 4], str(key_of("b")): [1, 2]}


async def test_a_record_that_only_the_broker_refuses_is_found_among_those_it_travels_with(
    kernel: Database, kafka: KafkaSettings, create_topic: Callable[..., str]
) -> None:
    topic = create_topic(config={"max.message.bytes": "20000"})
    for name in "abcd":
        await say(kernel, topic, name, [1, 2])
    random_bytes = (
        "UPDATE outbox SET payload = (SELECT string_agg(sha256(n::text::bytea), '') FROM generate_series(1, 2000) n)"
        " WHERE key = $1 AND aggregate_seq = 1"
    )
    await execute(kernel, random_bytes, str(key_of("c")))
    async with running(relay(kernel, kafka)):
        await until(lambda: value(kernel, "SELECT count(*) = 2 FROM outbox"))
        assert [key for (key,) in await rows(kernel, "SELECT key FROM outbox_parked")] == [str(key_of("c"))]
    assert by_key(await everything(kafka, topic)) == {str(key_of(name)): [1, 2] for name in "abd"}


async def test_a_topic_that_nobody_may_write_or_that_is_not_there_parks_its_keys_and_the_others_go_on(
    kernel: Database, stack: Servers, create_topic: Callable[..., str]
) -> None:
    writable, forbidden, unseen = create_topic(), create_topic(), create_topic()
    rights = [
        allowed("carrier", AclOperation.WRITE, ResourceType.TOPIC, writable),
        allowed("carrier", AclOperation.DESCRIBE, ResourceType.TOPIC, forbidden),
        allowed("carrier", AclOperation.WRITE, ResourceType.TRANSACTIONAL_ID, "eoffice.relay"),
    ]
    user = user_of(stack, "carrier", rights)
    for topic in (writable, forbidden, unseen):
        await say(kernel, topic, topic, [1, 2])
        await say(kernel, topic, f"one more of {topic}", [1])
    async with running(relay(kernel, user)):
        await until(lambda: value(kernel, "SELECT count(*) = 4 FROM outbox_parked"))
        await say(kernel, writable, "another", [1])
        await until(lambda: value(kernel, "SELECT count(*) = 6 FROM outbox"))
    parked = await rows(kernel, "SELECT DISTINCT topic, error FROM outbox_parked")
    assert dict(parked) == {forbidden: "TopicAuthorizationFailedError", unseen: "UnknownTopicOrPartitionError"}
    assert sorted(by_key(await everything(stack.kafka, writable)).values()) == [[1], [1], [1, 2]]


async def test_a_topic_that_does_not_exist_parks_its_keys(
    kernel: Database, kafka: KafkaSettings, create_topic: Callable[..., str]
) -> None:
    topic = create_topic()
    await say(kernel, "eoffice.test.nothing.v1", "a", [1, 2])
    await say(kernel, topic, "a", [3])
    async with running(relay(kernel, kafka)):
        await until(lambda: value(kernel, "SELECT count(*) = 2 FROM outbox"))
    assert by_key(await everything(kafka, topic)) == {str(key_of("a")): [3]}
    assert await rows(kernel, "SELECT topic, error FROM outbox_parked") == [
        ("eoffice.test.nothing.v1", "UnknownTopicOrPartitionError")
    ]


async def test_no_facts_are_no_rows(kernel: Database) -> None:
    async with kernel.transaction() as connection:
        await outbox.write(connection, [])
    assert await value(kernel, EMPTY)


async def test_a_fact_that_is_rolled_back_was_never_said(kernel: Database) -> None:
    with pytest.raises(asyncpg.DivisionByZeroError):  # noqa: PT012 -- the error is the transaction's
        async with kernel.transaction() as connection:
            await write(connection, "t", "a", 1)
            await connection.execute("SELECT 1 / 0")
    assert await value(kernel, EMPTY)
