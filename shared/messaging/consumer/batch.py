"""Processes a batch in one transaction: the inbox, the handlers of new events, stream positions and dead letters.

All new events are given to the handler at once (`handlers.py`). If that fails, the whole batch is processed again in a
new transaction, each event separately on its own savepoint, to find the event that fails.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from shared.database import Connection, Database, savepoint, transient
from shared.kernel import Unavailable
from shared.messaging.cloudevents import Envelope, Record, Unreadable, read
from shared.messaging.consumer import dead_letters
from shared.messaging.consumer.halt import TooManyDeadLetters, use_allowance
from shared.messaging.consumer.handlers import Handler, handle, handle_run
from shared.messaging.consumer.inbox import Positions, mark_received
from shared.messaging.consumer.tolerant_reading import Damage, UnreadableRecord
from shared.observability.logging import Log, log
from shared.observability.metrics import CONSUMER_BATCH_SECONDS, CONSUMER_LAG_SECONDS, EVENTS_CONSUMED, SEQUENCE_GAPS

MAX_DEAD_IN_A_ROW = 50
FINISHED = frozenset({"handled", "unknown"})  # outcomes that advance the stream position
_CHECK_CONSTRAINTS = "SET CONSTRAINTS ALL IMMEDIATE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One decoded record: either its envelope or the reason why there is none."""

    record: Record
    ordering_key: tuple[str, str]  # topic and key: these events are processed in order and wait for each other
    event: Envelope | None
    error: str | None


def decode_record(record: Record | Damage) -> Delivery:
    """Decode a record. Bad data is reported in `error`; only `Damage`, which hides the records after it, is raised."""
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
    """Processes the records of one batch in one transaction, which the caller has begun and commits."""

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
        """Process all records in their order; with `careful` each event on its own savepoint.

        Raises what the handler raises, unless `careful`: then an event that fails becomes a dead letter, and only
        transient errors and `TooManyDeadLetters` are raised.
        """
        events = [delivery.event for delivery in deliveries if delivery.event]
        self._fresh = await mark_received(self._connection, self._consumer, events)
        # This waits for a running redrive, which moves the positions, so it comes before they are loaded.
        await self._find_waiting(deliveries)
        self._positions = await Positions.load(self._connection, self._consumer, events)
        if careful:
            for delivery in deliveries:
                await self._alone(delivery)
        else:
            await self._together(deliveries)
        await self._positions.save(self._connection)

    def count(self) -> None:
        """Update the metrics; call it after the commit."""
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
        for topic, of_topic in sorted(keys.items()):
            found = await dead_letters.waiting_keys(self._connection, self._consumer, topic, sorted(of_topic))
            self._waiting |= {(topic, key) for key in found}

    async def _together(self, deliveries: Sequence[Delivery]) -> None:
        """Give all new events to the handler at once; any error is raised."""
        for delivery in deliveries:
            self._note(delivery, self._classify(delivery))
        run = [delivery.event for delivery, outcome in self._outcomes if delivery.event and outcome == "handled"]
        if run:
            await handle_run(self._connection, self._handler, run)
            self.dead_in_a_row = 0
        for delivery, outcome in self._outcomes:
            await self._keep_for_later(delivery, outcome)

    async def _alone(self, delivery: Delivery) -> None:
        """Process one record; if the handler fails, it becomes a dead letter."""
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
        """The outcome of a record; `handled` means that the handler must be called."""
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
        """Remember the outcome; advance the stream position if the event is finished."""
        if (
            delivery.event
            and outcome in FINISHED
            and self._positions.advance(delivery.event, topic=delivery.ordering_key[0])
        ):
            self._gaps.append(delivery.ordering_key[0])
        self._outcomes.append((delivery, outcome))

    async def _keep_for_later(self, delivery: Delivery, outcome: str) -> None:
        """Store a record that is parked or cannot be decoded as a dead letter."""
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
        """Handle one event on a savepoint; returns the error if it failed. Transient errors are raised."""
        try:
            async with savepoint(self._connection):
                await handle(self._connection, self._handler, event)
                # Makes deferred constraints, and errors that the handler has swallowed, fail here, not at the commit.
                await self._connection.execute(_CHECK_CONSTRAINTS)
        except Exception as error:
            if isinstance(error, Unavailable) or transient(error):
                raise
            return error
        return None

    async def _dead_letter(self, delivery: Delivery, error: Exception) -> None:
        """Store the event as a dead letter; later events with its key (if it has one) will wait behind it."""
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
    """The class of the error and where it was raised; never its message, as a database error quotes the row."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    place = f" at {frame.tb_frame.f_code.co_name}:{frame.tb_lineno}" if frame else ""
    return f"{type(error).__name__}{place}"


async def process_batch(
    database: Database, group: str, handler: Handler, records: Sequence[Record], *, dead_in_a_row: int = 0
) -> int:
    """Process a batch in one transaction; returns, after the commit, how many dead letters in a row there are now.

    If an event fails, the batch is processed a second time with savepoints, and the failing events become dead
    letters. Raises `Unavailable` or a transient database error if the batch must be processed again later, and
    `TooManyDeadLetters` if consuming must stop; then nothing is committed.
    """
    deliveries = [decode_record(record) for record in records]

    async def attempt(*, careful: bool) -> BatchProcessor:
        async with database.transaction() as connection:
            processor = BatchProcessor(connection, group, handler, dead_in_a_row=dead_in_a_row)
            await processor.run(deliveries, careful=careful)
        return processor

    with CONSUMER_BATCH_SECONDS.labels(topic=records[0].topic).time():
        try:
            processed = await attempt(careful=False)
        except Exception as error:
            if isinstance(error, Unavailable) or transient(error):
                raise
            processed = await attempt(careful=True)
    processed.count()
    return processed.dead_in_a_row
