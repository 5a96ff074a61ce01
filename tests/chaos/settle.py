"""Whether the system has come to rest: outboxes empty, no job waiting, every consumer at the end of its topics."""

import asyncio
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import asyncpg
from confluent_kafka import ConsumerGroupTopicPartitions, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from deploy.local.system import System
from shared.contracts import SERVICE_NAMES, TOPICS

QUIET_LOOKS: Final = 3
"""So often in a row nothing may be found."""
_LOOK_SECONDS: Final = 1.0
_TELL_SECONDS: Final = 10.0
_ANSWER_SECONDS: Final = 10.0
_NEWEST: Final[OffsetSpec] = OffsetSpec.latest()  # type: ignore[no-untyped-call] # -- confluent_kafka left it untyped
_WAITING: Final = """
SELECT (SELECT count(*) FROM outbox) AS outbox,
       (SELECT count(*) FROM job WHERE state IN ('ready', 'running') AND due_at < now() + interval '1 hour') AS jobs,
       (SELECT count(*) FROM job WHERE state = 'ready' AND due_at >= now() + interval '1 hour') AS later,
       (SELECT extract(epoch FROM max(due_at) - now()) FROM job
        WHERE state = 'ready' AND due_at > now() AND due_at < now() + interval '1 hour') AS due_in
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How much of what has not been done yet, and in how many seconds the last job that was put off is due."""

    left: Mapping[str, int]
    due_in: float = 0.0


@dataclass(slots=True, kw_only=True)
class Rest:
    """Judges one look after the other, at moments in seconds; `over` when it is decided, `stuck` what still moves.

    Patience counts from the moment from which on there was less to do than ever, and for a job that was put off from
    the moment at which it is due. Work that grows less is waited for, at most ten times as long.
    """

    patience: float
    over: bool = False
    stuck: Sequence[str] = ()
    put_off: float = 0.0
    """The longest time (seconds) for which a job was seen to be put off."""

    _quiet: int = 0
    _nearest: int = sys.maxsize
    _begun: float | None = None
    _until: float = 0.0

    def note(self, look: Look, now: float) -> None:
        """What was found at that moment."""
        self._begun = now if self._begun is None else self._begun
        self._quiet = 0 if look.left else self._quiet + 1
        self.put_off = max(self.put_off, look.due_in)
        left = sum(look.left.values())
        if left < self._nearest:
            self._nearest, self._until = left, max(self._until, now + self.patience)
        if look.due_in:
            self._until = max(self._until, now + look.due_in + self.patience)
        if self._quiet == QUIET_LOOKS:
            self.over = True
        elif now > min(self._until, self._begun + 10 * self.patience):
            self.over = True
            self.stuck = [_words({what: count}) for what, count in look.left.items()] or ["never quiet for long"]


async def settle(system: System, *, patience: float, say: Callable[[str], None]) -> Rest:
    """Wait until the system rests, or has come no nearer to it for `patience` seconds though nothing was put off."""
    rest, told = Rest(patience=patience), 0.0
    while True:
        look, now = await moving(system), time.monotonic()
        rest.note(look, now)
        if rest.over:
            return rest
        if look.left and now - told > _TELL_SECONDS:
            told = now
            say(_words(look.left) + (f"; put off for {look.due_in:.0f} s" if look.due_in else ""))
        await asyncio.sleep(_LOOK_SECONDS)


async def moving(system: System) -> Look:
    """One look at everything."""
    kafka = asyncio.to_thread(_not_taken, system)
    looks = [_waiting(service, system.stack.dsn(service)) for service in SERVICE_NAMES]
    results = await asyncio.gather(kafka, *looks, return_exceptions=True)
    found: dict[str, int] = {}
    due_in = 0.0
    for result in results:
        if isinstance(result, BaseException):
            found[f"looks that failed: {type(result).__name__}"] = 1
        else:
            found |= result.left
            due_in = max(due_in, result.due_in)
    return Look(left=found, due_in=due_in)


def _words(found: Mapping[str, int]) -> str:
    return "; ".join(f"{count} {what}" for what, count in found.items())


async def _waiting(service: str, dsn: str) -> Look:
    connection = await asyncpg.connect(dsn, timeout=_ANSWER_SECONDS)
    try:
        row = await connection.fetchrow(_WAITING, timeout=_ANSWER_SECONDS)
    finally:
        await connection.close(timeout=_ANSWER_SECONDS)
    words = {"outbox": "facts in the outbox", "jobs": "jobs to be done", "later": "jobs put off for more than an hour"}
    assert row is not None
    left = {f"{what} of {service}": row[name] for name, what in words.items() if row[name]}
    return Look(left=left, due_in=float(row["due_in"] or 0.0))


def lags(system: System) -> Mapping[str, int]:
    """How many records each service has not taken yet; nothing where Kafka is somebody else's."""
    if system.stack.kafka is None:
        return {}
    admin = system.stack.kafka.admin()
    ends = _ends(admin)
    found = {}
    for service in SERVICE_NAMES:
        committed = _committed(admin, f"eoffice.{service}")
        found[service] = sum(
            end - max(0, committed.get(place, 0)) for place, end in ends.items() if service in TOPICS[place[0]].readers
        )
    return found


def _not_taken(system: System) -> Look:
    return Look(left={f"records not taken by {service}": lag for service, lag in lags(system).items() if lag})


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
