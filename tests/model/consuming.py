"""The consumer's world: events come in, some twice; consumers take them, and anything may die or be cut off."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from aiokafka import TopicPartition

from shared.database import Connection, Database
from shared.messaging.cloudevents import Envelope
from shared.messaging.consumer.consumer import Consumer
from shared.messaging.consumer.handlers import one_by_one
from tests.model.cluster import Kafka, Record
from tests.model.faults import Fault, supervise, trouble
from tests.model.kafka import pretending
from tests.model.postgres import Server
from tests.model.relaying import SETTINGS
from tests.model.scheduler import Scheduler
from tests.model.venues import TOPIC
from tests.model.work_statements import HEAR
from tests.shared.bus import Sent, event, key_of

GROUP = "eoffice.model"
NAMES = ("a", "b", "c", "d", "e")
EACH = 6
POISON = ("c", 4)  # of this aggregate, this event can never be taken
CONSUMERS = 2
LONGEST = 1_500.0  # virtual seconds: a batch may be in hand that tries again after pauses of up to 30 s


class CannotBeTaken(Exception):
    """What the handler says of the poison."""


async def hear(connection: Connection, heard: Envelope) -> None:
    """One row for each call, so that a second one shows; what cannot be taken has left its trace before it fails."""
    await connection.execute(HEAR, heard.id, heard.subject, heard.sequence)
    if (heard.subject, heard.sequence) == (str(key_of(POISON[0])), POISON[1]):
        raise CannotBeTaken


async def consume() -> None:
    """One process's consumer, as production runs it."""
    database = Database("model:", pool_size=2)
    await database.open()
    handler = one_by_one(hear)
    consumer = Consumer(database, SETTINGS, group=GROUP, topics=[TOPIC], handler=handler, client_id="consumer")
    await consumer.run(asyncio.Event(), lambda: None)


async def taken(loop: Scheduler) -> list[str]:
    """Run the world until all is taken; returns what is wrong with what the handlers have done then."""
    server, kafka = Server(loop), Kafka(loop, {TOPIC: 3})
    with server.pretending(), pretending(kafka):
        faults = Fault(loop, server, kafka)
        places = [supervise(faults, f"consumer {number}", consume, hazard=0.001) for number in range(CONSUMERS)]
        await asyncio.gather(_coming(loop, kafka), trouble(faults, places, times=5))
        faults.calm()
        group = kafka.group(GROUP)
        async with asyncio.timeout(LONGEST):
            while group.lag() or not group.committed:  # noqa: ASYNC110 -- virtual time
                await asyncio.sleep(1.0)
        faults.end()
    return _wrong(server) + [f"given away while in hand: {one}" for one in group.overlaps]


async def _coming(loop: Scheduler, kafka: Kafka) -> None:
    """All events, each aggregate's in order; some come again, as from a relay that was killed."""
    chance = loop.random
    left = {name: [event(name, number) for number in range(1, EACH + 1)] for name in NAMES}
    said: list[Sent] = []
    while any(left.values()):
        name = chance.choice([name for name in NAMES if left[name]])
        again = chance.random() < 0.2 and said
        sent = chance.choice(said) if again else left[name].pop(0)
        said.append(sent)
        _append(kafka, sent)
        await asyncio.sleep(chance.choice((0.0, 0.0, 0.05, 0.5)))


def _append(kafka: Kafka, sent: Sent) -> None:
    number = sum(sent.key or b"") % len(kafka.partitions(TOPIC))
    log = kafka.logs[TopicPartition(TOPIC, number)]
    log.append(
        Record(
            topic=TOPIC, partition=number, offset=len(log), key=sent.key, value=sent.value, headers=tuple(sent.headers)
        )
    )


def _wrong(server: Server) -> list[str]:
    heard: dict[str, list[int]] = defaultdict(list)
    for row in server.space.committed("heard"):
        heard[row["subject"]].append(row["seq"])
    letters: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for letter in server.space.committed("dead_letter"):
        letters[letter["key"]].append((_sequence(letter["headers"]), letter["state"]))
    wrong, unkept = [], []
    for name in NAMES:
        key, last = str(key_of(name)), POISON[1] if name == POISON[0] else EACH + 1
        if heard[key] != list(range(1, last)):
            wrong.append(f"{name}: heard {heard[key]}")
        waiting = [(number, "dead" if number == last else "parked") for number in range(last, EACH + 1)]
        if sorted(letters[key]) != waiting:
            unkept.append(f"{name}: letters {letters[key]}")
    gaps = [row for row in server.space.committed("stream_position") if row["missing"]]
    return wrong + unkept + [f"missing: {row}" for row in gaps if row["subject"] != str(key_of(POISON[0]))]


def _sequence(headers: Sequence[Any]) -> int:
    return int(bytes.fromhex(dict(headers)["ce_sequence"]))
