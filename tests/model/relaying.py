"""The relay's world: writers commit facts, relays carry them, and anything may die, stop or be cut off."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from random import Random
from typing import Any, TypeAlias
from unittest.mock import patch

from shared.database import Connection, Database
from shared.kernel import Unavailable
from shared.messaging.cloudevents import read
from shared.messaging.relay import relay as relays
from shared.messaging.relay.relay import Relay
from shared.settings import KafkaSettings
from tests.model.cluster import Kafka
from tests.model.faults import Fault, supervise, trouble
from tests.model.kafka import pretending
from tests.model.postgres import Server
from tests.model.scheduler import Scheduler
from tests.model.venues import TOPIC, open_venues, seat, venue_of

NAMES = ("a", "b", "c", "d")
SETTINGS = KafkaSettings(bootstrap_servers="model:1")
WRITERS, EACH = 4, 5
RELAYS = 2
SCAN = 10.0  # seconds: the rescan mends what a wrong horizon has passed by, and would hide it
ROLLED_BACK = 0.1  # of all transactions
LONGEST = 300.0  # virtual seconds in which a healthy system carries all

Carry: TypeAlias = Callable[[], Coroutine[Any, Any, None]]
Say: TypeAlias = Callable[[Connection, str, int], Awaitable[object]]


async def relay() -> None:
    """One process's relay, as production runs it."""
    await Relay(Database("model:"), SETTINGS, client_id="relay").run(asyncio.Event(), lambda: None)


async def carried(loop: Scheduler, *, carry: Carry = relay, say: Say = seat) -> list[str]:
    """Run the world until all is carried; returns what is wrong with what is on the topic then."""
    server, kafka = Server(loop), Kafka(loop, {TOPIC: 3})
    with server.pretending(), pretending(kafka), patch.object(relays, "SCAN_SECONDS", SCAN):
        await _open()
        faults = Fault(loop, server, kafka)
        places = [supervise(faults, f"relay {number}", carry, hazard=0.004) for number in range(RELAYS)]
        storm = loop.outside_task(trouble(faults, places, times=4))
        await asyncio.gather(*(_writing(loop, number, say) for number in range(WRITERS)), storm)
        faults.calm()
        async with asyncio.timeout(LONGEST):
            while server.space.committed("outbox"):  # noqa: ASYNC110 -- virtual time
                await asyncio.sleep(1.0)
        await asyncio.sleep(5.0)
        faults.end()
    versions = {row["id"]: row["version"] for row in server.space.committed("venue")}
    return faults_of(kafka.everything(), versions)


async def _open() -> None:
    database = Database("model:")
    await database.open()
    async with database.transaction() as connection:
        await open_venues(connection, NAMES)
    await database.close()


async def _writing(loop: Scheduler, number: int, say: Say) -> None:
    """A process that writes facts of random venues; it dies now and then, and another goes on."""
    left = [EACH]
    while left[0]:
        over = asyncio.Event()
        process = loop.start(f"writer {number}", _write(loop.random, left, say, over), hazard=0.003)
        process.on_kill.append(over.set)
        await over.wait()


async def _write(chance: Random, left: list[int], say: Say, over: asyncio.Event) -> None:
    database = Database("model:", pool_size=1)
    await database.open()
    while left[0]:
        left[0] -= 1
        with suppress(_ChangedHisMind, Unavailable):
            async with database.transaction() as connection:
                await _say_some(connection, chance, say)
        await asyncio.sleep(chance.choice((0.0, 0.05, 0.3)))
    over.set()


async def _say_some(connection: Connection, chance: Random, say: Say) -> None:
    """Facts of one or two venues in one transaction, which takes its time, and may be rolled back."""
    for name in sorted(chance.sample(NAMES, chance.choice((1, 1, 2)))):
        await say(connection, name, chance.choice((1, 1, 2)))
        await asyncio.sleep(chance.choice((0.0, 0.01, 0.5, 2.0)))
    if chance.random() < ROLLED_BACK:
        raise _ChangedHisMind


class _ChangedHisMind(Exception):
    """A transaction that is rolled back."""


def faults_of(records: Sequence[Any], versions: dict[str, int]) -> list[str]:
    """Lost, doubled under another name, never committed, out of order, old after new; empty where all is well."""
    seen: dict[str, list[int]] = defaultdict(list)
    names: dict[tuple[str, int], set[str]] = defaultdict(set)
    for record in records:
        event = read(record)
        seen[event.subject].append(event.sequence or 0)
        names[event.subject, event.sequence or 0].add(event.id)
    wrong = []
    for name in NAMES:
        key = str(venue_of(name))
        first, wanted = list(dict.fromkeys(seen[key])), list(range(1, versions[key] + 1))
        if first != wanted:
            kind = "order" if sorted(first) == wanted else "lost" if set(first) < set(wanted) else "never committed"
            wrong.append(f"{name}: {kind}: {first}")
        elif seen[key][-1:] != wanted[-1:]:
            wrong.append(f"{name}: old: what a compacted topic would keep is {seen[key][-1]} of {len(wanted)}")
    return wrong + [f"{key}: {len(ids)} names of one fact" for key, ids in names.items() if len(ids) > 1]
