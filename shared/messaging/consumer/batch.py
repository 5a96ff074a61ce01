"""Taking a batch: one transaction for the inbox, the handlers of what is new, the positions and the dead letters.

What is new is handed over as one run (`handling`). Where that fails, the batch is taken again, carefully: each event
alone, on a savepoint of its own.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from shared.database import Connection, Database, transient
from shared.kernel import Unavailable
from shared.messaging.cloudevents import Envelope, Record, Unreadable, read
from shared.messaging.consumer import dead_letters
from shared.messaging.consumer.halt import TooManyDeadLetters, use_allowance
from shared.messaging.consumer.handlers import Handler, handle, handle_run
from shared.messaging.consumer.inbox import Positions, take
from shared.messaging.consumer.tolerant_reading import Damage, UnreadableRecord
from shared.observability.logging import Log, log
from shared.observability.metrics import CONSUMER_BATCH_SECONDS, CONSUMER_LAG_SECONDS, EVENTS_CONSUMED, SEQUENCE_GAPS

MAX_DEAD_IN_A_ROW = 50
TAKEN = frozenset({"handled", "unknown"})  # its number is spent


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One record, read: either an envelope or the reason why there is none."""

    record: Record
    ordering_key: tuple[str, str]  # topic and key: the events that wait for each other
    event: Envelope | None
    error: str | None


def deliver(record: Record | Damage) -> Delivery:
    """Read a record; never raises for data, but for damage that hides what follows."""
    if isinstance(record, Damage):
        raise record.error
    ordering_key = (record.topic, dead_letters.key_of(record))
    if isinstance(record, UnreadableRecord):
        return Delivery(record=record, ordering_key=ordering_key, event=None, error=record.error)
    try:
        return Delivery(record=record, ordering_key=ordering_key, event=read(record), error=None)
    except Unreadable as error:
        return Delivery(record=record, ordering_key=ordering_key, event=None, error=str(error))


class BatchProcessor:
    """Takes the deliveries of one batch on one transaction."""

    def __init__(self, connection: Connection, consumer: str, handler: Handler, *, dead_in_a_row: int = 0) -> None:
        self.dead_in_a_row = dead_in_a_row
        self._connection = connection
        self._consumer = consumer
        self._handler = handler
        self._fresh: set[tuple[str, str]] = set()
        self._waiting: set[tuple[str, str]] = set()
        self._positions: Positions
        self._gaps: list[str] = []
        self._outcomes: list[tuple[Delivery, str]] = []

    async def run(self, deliveries: Sequence[Delivery], *, careful: bool) -> None:
        """Inbox, handlers for what is new, positions; in the order of the batch."""
        events = [delivery.event for delivery in deliveries if delivery.event]
        self._fresh = await take(self._connection, self._consumer, events)
        # Before the positions are read: a redrive that was under way has moved them.
        await self._find_waiting(deliveries)
        self._positions = await Positions.load(self._connection, self._consumer, events)
        if careful:
            for delivery in deliveries:
                await self._alone(delivery)
        else:
            await self._together(deliveries)
        await self._positions.save(self._connection)

    def count(self) -> None:
        """Tell the metrics; only what was committed counts."""
        now = datetime.now(UTC)
        for (topic, outcome), number in Counter(
            (one.ordering_key[0], outcome) for one, outcome in self._outcomes
        ).items():
            EVENTS_CONSUMED.labels(topic=topic, outcome=outcome).inc(number)
        topics = {delivery.ordering_key[0] for delivery, _ in self._outcomes}
        lags = {topic: CONSUMER_LAG_SECONDS.labels(topic=topic) for topic in topics}
        for delivery, outcome in self._outcomes:
            if delivery.event and outcome == "handled":
                lags[delivery.ordering_key[0]].observe(max(0.0, (now - delivery.event.time).total_seconds()))
        for topic in self._gaps:
            SEQUENCE_GAPS.labels(topic=topic).inc()

    async def _find_waiting(self, deliveries: Sequence[Delivery]) -> None:
        keys: dict[str, set[str]] = {}
        for topic, key in {delivery.ordering_key for delivery in deliveries}:
            keys.setdefault(topic, set()).add(key)
        for topic, asked in sorted(keys.items()):
            found = await dead_letters.waiting_keys(self._connection, self._consumer, topic, sorted(asked))
            self._waiting |= {(topic, key) for key in found}

    async def _together(self, deliveries: Sequence[Delivery]) -> None:
        """What is new as one run; whatever fails, fails the batch."""
        for delivery in deliveries:
            self._note(delivery, self._classify(delivery))
        run = [delivery.event for delivery, outcome in self._outcomes if delivery.event and outcome == "handled"]
        if run:
            await handle_run(self._connection, self._handler, run)
            self.dead_in_a_row = 0
        for delivery, outcome in self._outcomes:
            await self._keep_for_later(delivery, outcome)

    async def _alone(self, delivery: Delivery) -> None:
        """One delivery, which becomes a dead letter where the handler cannot take it."""
        outcome = self._classify(delivery)
        if delivery.event and outcome == "handled":
            error = await self._try(delivery.event)
            if error is not None:
                await self._dead_letter(delivery, error)
                return
            self.dead_in_a_row = 0
        self._note(delivery, outcome)
        await self._keep_for_later(delivery, outcome)

    def _classify(self, delivery: Delivery) -> str:
        """What is to become of it: the handler's turn is `handled`."""
        event = delivery.event
        if event is None:
            return "undecodable"
        name = (event.source, event.id)
        if name not in self._fresh:
            return "duplicate"
        if not self._positions.accepts(event):
            return "stale"
        self._fresh.discard(name)
        if event.data is None:
            return "unknown"
        return "parked" if delivery.ordering_key in self._waiting else "handled"

    def _note(self, delivery: Delivery, outcome: str) -> None:
        """Spend its number, where it has come to its end."""
        if (
            delivery.event
            and outcome in TAKEN
            and self._positions.advance(delivery.event, topic=delivery.ordering_key[0])
        ):
            self._gaps.append(delivery.ordering_key[0])
        self._outcomes.append((delivery, outcome))

    async def _keep_for_later(self, delivery: Delivery, outcome: str) -> None:
        """Keep what cannot be handled now."""
        if outcome == "parked":
            await self._keep(delivery, "waits behind an earlier event of its key", state="parked")
        elif outcome == "undecodable":
            record = delivery.record
            log.error(
                Log.EVENT_DEAD_LETTERED,
                topic=record.topic,
                partition=record.partition,
                offset=record.offset,
                reason=delivery.error,
            )
            await self._keep(delivery, delivery.error or "", state="dead")

    async def _try(self, event: Envelope) -> Exception | None:
        """Handle one event on a savepoint; what it fails with, unless that may pass."""
        try:
            async with self._connection.transaction():
                await handle(self._connection, self._handler, event)
                # Fails here, not at the commit, where a constraint was deferred or an error was swallowed.
                await self._connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        except Exception as error:
            if isinstance(error, Unavailable) or transient(error):
                raise
            return error
        return None

    async def _dead_letter(self, delivery: Delivery, error: Exception) -> None:
        """Keep what the handler cannot take; later events of its key wait behind it, unless it has none."""
        topic, event, reason = delivery.record.topic, delivery.event, _reason(error)
        log.error(
            Log.EVENT_DEAD_LETTERED,
            topic=topic,
            event_type=event.type if event else None,
            event_id=event.id if event else None,
            error=error,
        )
        if delivery.record.key:
            self._waiting.add(delivery.ordering_key)
        self.dead_in_a_row += 1
        if self.dead_in_a_row > MAX_DEAD_IN_A_ROW and not await use_allowance(self._connection, self._consumer):
            raise TooManyDeadLetters(topic, reason)
        await self._keep(delivery, reason, state="dead")
        self._outcomes.append((delivery, "dead"))

    async def _keep(self, delivery: Delivery, error: str, *, state: str) -> None:
        key = delivery.ordering_key[1] if delivery.event else ""
        await dead_letters.add(self._connection, self._consumer, delivery.record, key=key, error=error, state=state)


def _reason(error: Exception) -> str:
    """The class and the place, never the message: a database error quotes the row it refused."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    place = f" at {frame.tb_frame.f_code.co_name}:{frame.tb_lineno}" if frame else ""
    return f"{type(error).__name__}{place}"


async def process_batch(
    database: Database, group: str, handler: Handler, records: Sequence[Record], *, dead_in_a_row: int = 0
) -> int:
    """One transaction for the batch; where an event fails, once more with savepoints. Returns the new `dead_in_a_row`.

    Raises `Unavailable` when the batch must come again, `TooManyDeadLetters` when consuming must stop.
    """
    deliveries = [deliver(record) for record in records]

    async def attempt(*, careful: bool) -> BatchProcessor:
        async with database.transaction() as connection:
            processor = BatchProcessor(connection, group, handler, dead_in_a_row=dead_in_a_row)
            await processor.run(deliveries, careful=careful)
        return processor

    with CONSUMER_BATCH_SECONDS.labels(topic=records[0].topic).time():
        try:
            taken = await attempt(careful=False)
        except Exception as error:
            if isinstance(error, Unavailable) or transient(error):
                raise
            taken = await attempt(careful=True)  # whatever the handler raised: find the event that did it
    taken.count()
    return taken.dead_in_a_row
