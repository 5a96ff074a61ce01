"""Whether the system has come to rest: outboxes empty, no job waiting, every consumer at the end of its topics."""

import asyncio
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import asyncpg
from confluent_kafka import ConsumerGroupTopicPartitions, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from deploy.local.stack import SERVICES
from deploy.local.system import System
from shared.contracts import TOPICS

QUIET_LOOKS: Final = 3
"""So often in a row nothing may be found."""
_LOOK_SECONDS: Final = 1.0
_TELL_SECONDS: Final = 10.0
_ANSWER_SECONDS: Final = 10.0
_NEWEST: Final[OffsetSpec] = OffsetSpec.latest()  # type: ignore[no-untyped-call] # -- confluent_kafka left it untyped
_WAITING: Final = """
SELECT (SELECT count(*) FROM outbox) AS outbox,
       (SELECT count(*) FROM job WHERE state IN ('ready', 'running') AND due_at < now() + interval '1 hour') AS jobs,
       (SELECT count(*) FROM job WHERE state = 'ready' AND due_at >= now() + interval '1 hour') AS later
"""


async def settle(system: System, *, patience: float, say: Callable[[str], None]) -> Sequence[str]:
    """Wait until the system rests; returns what still moves where it has come no nearer to rest for `patience` seconds.

    Work that grows less is waited for, at most ten times as long.
    """
    begun = nearest_at = time.monotonic()
    nearest, quiet, told = sys.maxsize, 0, 0.0
    while True:
        found, now = await moving(system), time.monotonic()
        quiet = 0 if found else quiet + 1
        left = sum(found.values())
        if left < nearest:
            nearest, nearest_at = left, now
        if found and now - told > _TELL_SECONDS:
            told = now
            say(_words(found))
        if quiet == QUIET_LOOKS:
            return []
        if now - nearest_at > patience or now - begun > 10 * patience:
            return [_words({what: count}) for what, count in found.items()] or ["never quiet for long"]
        await asyncio.sleep(_LOOK_SECONDS)


async def moving(system: System) -> Mapping[str, int]:
    """How much of what has not been done yet."""
    kafka = asyncio.to_thread(_not_taken, system)
    looks = [_waiting(service, system.stack.dsn(service)) for service in SERVICES]
    results = await asyncio.gather(kafka, *looks, return_exceptions=True)
    found: dict[str, int] = {}
    for result in results:
        if isinstance(result, BaseException):
            found[f"looks that failed: {type(result).__name__}"] = 1
        else:
            found |= result
    return found


def _words(found: Mapping[str, int]) -> str:
    return "; ".join(f"{count} {what}" for what, count in found.items())


async def _waiting(service: str, dsn: str) -> Mapping[str, int]:
    connection = await asyncpg.connect(dsn, timeout=_ANSWER_SECONDS)
    try:
        row = await connection.fetchrow(_WAITING, timeout=_ANSWER_SECONDS)
    finally:
        await connection.close(timeout=_ANSWER_SECONDS)
    words = {"outbox": "facts in the outbox", "jobs": "jobs to be done", "later": "jobs put off for more than an hour"}
    return {f"{what} of {service}": row[name] for name, what in words.items() if row is not None and row[name]}


def lags(system: System) -> Mapping[str, int]:
    """How many records each service has not taken yet; nothing where Kafka is somebody else's."""
    if system.stack.kafka is None:
        return {}
    admin = system.stack.kafka.admin()
    ends = _ends(admin)
    found = {}
    for service in SERVICES:
        committed = _committed(admin, f"eoffice.{service}")
        found[service] = sum(
            end - max(0, committed.get(place, 0)) for place, end in ends.items() if service in TOPICS[place[0]].readers
        )
    return found


def _not_taken(system: System) -> Mapping[str, int]:
    return {f"records not taken by {service}": lag for service, lag in lags(system).items() if lag}


def _ends(admin: AdminClient) -> Mapping[tuple[str, int], int]:
    places = [TopicPartition(name, number) for name, topic in TOPICS.items() for number in range(topic.partitions)]
    asked = admin.list_offsets(dict.fromkeys(places, _NEWEST), request_timeout=_ANSWER_SECONDS)
    return {(place.topic, place.partition): each.result(_ANSWER_SECONDS).offset for place, each in asked.items()}


def _committed(admin: AdminClient, group: str) -> Mapping[tuple[str, int], int]:
    asked = admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group)], request_timeout=_ANSWER_SECONDS)
    try:
        (answer,) = [each.result(_ANSWER_SECONDS) for each in asked.values()]
    except KafkaException:
        return {}
    return {(place.topic, place.partition): place.offset for place in answer.topic_partitions}
