"""The known bugs of this trade, planted: each is what somebody has shipped, and each breaks one of the worlds.

`python -m tests.model.hunt --mutants` prints which seed catches each, and what it finds.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias
from unittest.mock import patch

from aiokafka import ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError
from starlette.responses import Response

from shared.database import Connection, Database
from shared.http.idempotency import Act, Reply, RequestAttempt, once
from shared.kernel import Unavailable
from shared.messaging import jobs
from shared.messaging.cloudevents import Envelope
from shared.messaging.consumer import batch, inbox
from shared.messaging.relay import relay as relays
from shared.messaging.relay.horizon import READ, Horizon
from shared.messaging.relay.record_batches import send_record_batches
from tests.model import answering, consuming, fetching, relaying, working
from tests.model import kafka as model
from tests.model.answers import Found, Rows, answers
from tests.model.bus_statements import read_outbox
from tests.model.producing import Producer
from tests.model.rows import Transaction
from tests.model.scheduler import Scheduler, simulate
from tests.model.venues import ACTOR, seat
from tests.model.work_statements import change_job, updated

World: TypeAlias = Callable[[Scheduler], Coroutine[Any, Any, list[str]]]
MOST_SEEDS = 100

READ_UNLOCKED = "SELECT id, topic, key, headers, payload FROM outbox ORDER BY id LIMIT 3 FOR UPDATE SKIP LOCKED"
DONE_UNFENCED = re.sub(r"fence = \$2 AND state = 'running'", "$2::bigint > 0", jobs._DONE)  # noqa: SLF001 -- broken here
READ_TO_XMAX = re.sub(
    r"\(SELECT oldest.*?\) AS coming",
    "(SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint) AS coming",
    READ,
    flags=re.DOTALL,
)


@answers(READ_UNLOCKED)
async def read_unlocked(_: Any, transaction: Transaction) -> Found:
    found: Rows = []
    for row, values in sorted(transaction.scan("outbox"), key=lambda pair: pair[1]["id"]):
        if len(found) < 3 and transaction.lockable(row):
            await transaction.lock(row)
            found.append({name: values[name] for name in ("id", "topic", "key", "headers", "payload")})
    return found


@answers(DONE_UNFENCED)
async def end_unfenced(_: Any, transaction: Transaction, number: int, fence: int) -> Found:
    done = {"state": "done", "finished_at": transaction.started, "lease_until": None, "error": None}
    return updated(await change_job(transaction, number, lambda _: done, lambda _: fence > 0))


@answers(READ_TO_XMAX)
async def read_to_xmax(session: Any, transaction: Transaction, *arguments: Any) -> Found:
    found = await read_outbox(session, transaction, *arguments)
    assert isinstance(found, list)
    return [row | {"coming": session.space.xmax} for row in found]


def _producer() -> Any:
    """A producer as the relay makes its own."""
    return vars(relays)["producer"](relaying.SETTINGS, client_id="mutant")


async def relay_skipping_locked() -> None:
    """No owner: each relay takes rows that nobody else has in hand."""
    database = Database("model:", pool_size=1)
    await database.open()
    sender = _producer()
    while True:
        try:
            await sender.start()
            while True:
                async with database.transaction() as connection:
                    await _carry(connection, sender, await connection.fetch(READ_UNLOCKED))
                await asyncio.sleep(0.05)
        except (Unavailable, KafkaError):
            await asyncio.sleep(0.5)


async def _carry(connection: Connection, sender: Any, rows: Sequence[Any]) -> None:
    batches = await send_record_batches(sender, rows) if rows else None
    if batches is not None:
        await asyncio.gather(*(batch.future for batch in batches.accepted))
        await connection.execute(relays._MOVE, [row["id"] for row in rows])  # noqa: SLF001 -- as production does


async def seat_and_publish(connection: Connection, name: str, count: int) -> None:
    """Nothing waits for the commit: the fact goes to the bus from inside the transaction."""
    await seat(connection, name, count)
    sender = _producer()
    try:
        await sender.start()
    except KafkaError as error:
        raise Unavailable("kafka") from error
    await _carry(connection, sender, await connection.fetch(READ, 0, 10, [], []))


async def owned_by_the_lock_alone(*_: Any, **__: Any) -> None:
    """Whoever has lost the lock may still send what it holds."""


class HastyHorizon(Horizon):
    """Whatever was read last is where the next read begins."""

    def advance(self, rows: Sequence[Any], *, limit: int) -> None:  # noqa: ARG002 -- the signature
        """Pass it all."""
        self.hint = rows[-1]["id"]


class HastyProducer(Producer):
    """Says that the broker has it when it has it itself (acks=0)."""

    def _accept(self, partition: TopicPartition, records: Sequence[Any]) -> "asyncio.Future[object]":
        future = super()._accept(partition, records)
        future.set_result(None)
        return future


class HastySubscriber(fetching.Subscriber):
    """`ACK_FIRST`: the offsets are committed before the batch is handled."""

    async def acknowledge_first(self, consumer: fetching.Consumer, found: dict[TopicPartition, list[Any]]) -> None:
        """Commit."""
        await consumer.commit({one: records[-1].offset + 1 for one, records in found.items()})


class DeafSubscriber(fetching.Subscriber):
    """Gives partitions away while their batch is in hand."""

    def listener(self) -> Any:
        """Nobody."""
        return _Deaf()


class _Deaf(ConsumerRebalanceListener):  # type: ignore[misc] # -- aiokafka is not typed
    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """Nothing."""

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """Nothing."""


async def take_apart(_: Connection, consumer: str, events: Sequence[Envelope]) -> set[tuple[str, str]]:
    """The inbox in a transaction of its own."""
    database = Database("model:", pool_size=1)
    await database.open()
    async with database.transaction() as connection:
        return await inbox.mark_received(connection, consumer, events)


async def answer_then_commit(attempt: RequestAttempt, act: Act, database: Database, told: answering.Answering) -> None:
    """The client has his answer before the transaction is over."""

    async def acting(connection: Connection) -> Reply:
        reply = await act(connection)
        assert reply.body is not None
        answering.tell(told, Response(reply.body.model_dump_json(), status_code=reply.status))
        return reply

    response = await once(attempt, acting, database=database, actor=ACTOR)
    answering.tell(told, response)


def _with(world: Callable[..., Awaitable[list[str]]], *changes: tuple[Any, str, Any], **members: Any) -> World:
    """The world with something in it put in the place of what is right."""

    @contextmanager
    def changed() -> Iterator[None]:
        patches = [patch.object(place, name, new) for place, name, new in changes]
        for one in patches:
            one.start()
        try:
            yield
        finally:
            for one in patches:
                one.stop()

    async def run(loop: Scheduler) -> list[str]:
        with changed():
            return await world(loop, **members)

    return run


TRUE: dict[str, World] = {
    "relay": relaying.carried,
    "consumer": consuming.taken,
    "worker": working.answered,
    "http": answering.acknowledged,
}
MUTANTS: dict[str, World] = {
    "relay: SKIP LOCKED instead of an owner": _with(relaying.carried, carry=relay_skipping_locked),
    "relay: a cursor without a horizon": _with(relaying.carried, (relays, "Horizon", HastyHorizon)),
    "relay: a horizon at the snapshot's xmax": _with(relaying.carried, (relays, "READ", READ_TO_XMAX)),
    "relay: delete before the broker has answered": _with(relaying.carried, (model, "Producer", HastyProducer)),
    "relay: no fence": _with(relaying.carried, (relays, "take_over", owned_by_the_lock_alone)),
    "writer: publish before the commit": _with(relaying.carried, say=seat_and_publish),
    "consumer: ACK_FIRST": _with(consuming.taken, (fetching, "Subscriber", HastySubscriber)),
    "consumer: the inbox outside the transaction": _with(consuming.taken, (batch, "mark_received", take_apart)),
    "consumer: no drain at a rebalance": _with(consuming.taken, (fetching, "Subscriber", DeafSubscriber)),
    "worker: no fence": _with(working.answered, (jobs, "_DONE", DONE_UNFENCED)),
    "http: answer before the commit": _with(answering.acknowledged, handler=answer_then_commit),
}


def first_catch(world: World, seeds: Sequence[int] = range(MOST_SEEDS)) -> tuple[int, str] | None:
    """The first seed under which something is wrong, and what."""
    for seed in seeds:
        try:
            findings, _ = simulate(seed, world)
        except TimeoutError:
            findings = ["it never comes to an end"]
        if findings:
            return seed, findings[0]
    return None
