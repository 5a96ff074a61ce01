"""Taking a batch: one transaction for the inbox, the handlers of what is new, the positions and the dead letters.

Contract of a handler: it runs inside the transaction on the connection it is given, sees each event of its topics once
and in the order of its aggregate, and does nothing outside the database (that is a job). An exception means: this event
cannot be taken as it is.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias

from shared.database import Connection, Database, transient
from shared.kernel import Unavailable
from shared.messaging import deadletter
from shared.messaging.inbox import Positions, take
from shared.messaging.wire import CAUSE, Envelope, Record, Unreadable, read
from shared.observability.logging import Log, log
from shared.observability.metrics import CONSUMER_BATCH_SECONDS, CONSUMER_LAG_SECONDS, EVENTS_CONSUMED, SEQUENCE_GAPS
from shared.observability.tracing import span

Handler: TypeAlias = Callable[[Connection, Envelope], Awaitable[None]]

MAX_DEAD_IN_A_ROW = 50


class TooManyDeadLetters(Exception):
    """So much dies in a row that the fault is ours: stop consuming and alert, before everything is a dead letter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One record, read: either an envelope or the reason why there is none."""

    record: Record
    event: Envelope | None
    error: str | None

    @property
    def line(self) -> tuple[str, str]:
        """Topic and key: the events that wait for each other."""
        return self.record.topic, deadletter.key_of(self.record)


def deliver(record: Record) -> Delivery:
    """Read a record; never raises for data."""
    try:
        return Delivery(record=record, event=read(record), error=None)
    except Unreadable as error:
        return Delivery(record=record, event=None, error=str(error))


async def handle(connection: Connection, handler: Handler, event: Envelope) -> None:
    """Call the handler for one event, in the event's trace and as its effect."""
    token = CAUSE.set(event.cause)
    try:
        with span(f"handle {event.type}", traceparent=event.traceparent):
            await handler(connection, event)
    finally:
        CAUSE.reset(token)


class Taking:
    """Takes the deliveries of one batch on one transaction; `careful` tries each event on a savepoint of its own."""

    def __init__(
        self, connection: Connection, consumer: str, handler: Handler, *, careful: bool, dead_in_a_row: int = 0
    ) -> None:
        self.dead_in_a_row = dead_in_a_row
        self._connection = connection
        self._consumer = consumer
        self._handler = handler
        self._careful = careful
        self._waiting: set[tuple[str, str]] = set()
        self._gaps: list[str] = []
        self._outcomes: list[tuple[Delivery, str]] = []
        self._positions: Positions

    async def run(self, deliveries: Sequence[Delivery]) -> None:
        """Inbox, handlers for what is new, positions; in the order of the batch."""
        events = [delivery.event for delivery in deliveries if delivery.event]
        fresh = await take(self._connection, self._consumer, events)
        await self._find_waiting(
            deliveries
        )  # before the positions are read: a redrive that was under way has moved them
        self._positions = await Positions.load(self._connection, self._consumer, events)
        self._outcomes = [(delivery, await self._one(delivery, fresh)) for delivery in deliveries]
        await self._positions.save(self._connection)

    def count(self) -> None:
        """Tell the metrics; only what was committed counts."""
        now = datetime.now(UTC)
        for (topic, outcome), number in Counter((one.record.topic, outcome) for one, outcome in self._outcomes).items():
            EVENTS_CONSUMED.labels(topic=topic, outcome=outcome).inc(number)
        for delivery, outcome in self._outcomes:
            if delivery.event and outcome == "handled":
                lag = max(0.0, (now - delivery.event.time).total_seconds())
                CONSUMER_LAG_SECONDS.labels(topic=delivery.record.topic).observe(lag)
        for topic in self._gaps:
            SEQUENCE_GAPS.labels(topic=topic).inc()

    async def _find_waiting(self, deliveries: Sequence[Delivery]) -> None:
        keys: dict[str, set[str]] = {}
        for topic, key in {delivery.line for delivery in deliveries}:
            keys.setdefault(topic, set()).add(key)
        for topic, asked in sorted(keys.items()):
            found = await deadletter.waiting_keys(self._connection, self._consumer, topic, sorted(asked))
            self._waiting |= {(topic, key) for key in found}

    async def _one(self, delivery: Delivery, fresh: set[tuple[str, str]]) -> str:
        event = delivery.event
        if event is None:
            return await self._keep(delivery, delivery.error or "", outcome="undecodable")
        if (event.source, event.id) not in fresh or not self._positions.accepts(event):
            return "duplicate" if (event.source, event.id) not in fresh else "stale"
        fresh.discard((event.source, event.id))
        if event.data is None:
            return self._took(delivery, event, outcome="unknown")
        if delivery.line in self._waiting:
            return await self._keep(delivery, "waits behind an earlier event of its key", outcome="parked")
        try:
            await self._handle(event)
        except Exception as error:
            if not self._careful or isinstance(error, Unavailable) or transient(error):
                raise
            log.error(
                Log.EVENT_DEAD_LETTERED,
                topic=delivery.record.topic,
                event_type=event.type,
                event_id=event.id,
                error=error,
            )
            return await self._bury(delivery, _reason(error))
        self.dead_in_a_row = 0
        return self._took(delivery, event, outcome="handled")

    async def _handle(self, event: Envelope) -> None:
        if self._careful:
            async with self._connection.transaction():
                await handle(self._connection, self._handler, event)
                # Fails here, not at the commit, where a constraint was deferred or an error was swallowed.
                await self._connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        else:
            await handle(self._connection, self._handler, event)

    def _took(self, delivery: Delivery, event: Envelope, *, outcome: str) -> str:
        if self._positions.advance(event, topic=delivery.record.topic):
            self._gaps.append(delivery.record.topic)
        return outcome

    async def _bury(self, delivery: Delivery, error: str) -> str:
        """Keep what the handler cannot take; later events of its key wait behind it, unless it has none."""
        if delivery.record.key:
            self._waiting.add(delivery.line)
        self.dead_in_a_row += 1
        if self.dead_in_a_row > MAX_DEAD_IN_A_ROW:
            raise TooManyDeadLetters
        return await self._keep(delivery, error, outcome="dead")

    async def _keep(self, delivery: Delivery, error: str, *, outcome: str) -> str:
        key = "" if outcome == "undecodable" else delivery.line[1]
        state = "parked" if outcome == "parked" else "dead"
        await deadletter.add(self._connection, self._consumer, delivery.record, key=key, error=error, state=state)
        return outcome


def _reason(error: Exception) -> str:
    """The class and the place, never the message: a database error quotes the row it refused."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    place = f" at {frame.tb_frame.f_code.co_name}:{frame.tb_lineno}" if frame else ""
    return f"{type(error).__name__}{place}"


async def take_batch(
    database: Database, group: str, handler: Handler, records: Sequence[Record], *, dead_in_a_row: int = 0
) -> int:
    """One transaction for the batch; where an event fails, once more with savepoints. Returns the new `dead_in_a_row`.

    Raises `Unavailable` when the batch must come again, `TooManyDeadLetters` when consuming must stop.
    """
    deliveries = [deliver(record) for record in records]

    async def attempt(*, careful: bool) -> Taking:
        async with database.transaction() as connection:
            taking = Taking(connection, group, handler, careful=careful, dead_in_a_row=dead_in_a_row)
            await taking.run(deliveries)
        return taking

    with CONSUMER_BATCH_SECONDS.labels(topic=records[0].topic).time():
        try:
            taken = await attempt(careful=False)
        except Exception as error:
            if isinstance(error, Unavailable) or transient(error):
                raise
            taken = await attempt(careful=True)  # whatever the handler raised: find the event that did it
    taken.count()
    return taken.dead_in_a_row
