"""The inbox: finds out which events of a batch are new, in the transaction that processes the batch."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

from shared.contracts import TOPICS
from shared.database import Connection
from shared.messaging.cloudevents import Envelope

_TAKE = """
INSERT INTO inbox (consumer, source, event_id)
SELECT $1, source, event_id FROM unnest($2::text[], $3::text[]) AS new(source, event_id)
ON CONFLICT DO NOTHING RETURNING source, event_id
"""
_POSITIONS = """
SELECT p.source, p.subject, p.seq, p.missing
FROM (SELECT DISTINCT * FROM unnest($2::text[], $3::text[]) AS given(source, subject) ORDER BY 1, 2) AS asked, LATERAL (
  SELECT source, subject, seq, missing FROM stream_position p
  WHERE p.consumer = $1 AND p.source = asked.source AND p.subject = asked.subject FOR NO KEY UPDATE) AS p
"""
_MOVE = """
INSERT INTO stream_position AS p (consumer, source, subject, seq, missing)
SELECT $1, source, subject, seq, string_to_array(missing, ',')::bigint[]
FROM unnest($2::text[], $3::text[], $4::bigint[], $5::text[]) AS new(source, subject, seq, missing)
ON CONFLICT (consumer, source, subject) DO UPDATE SET seq = excluded.seq, missing = excluded.missing
"""
MAX_MISSING = 1_000


async def mark_received(connection: Connection, consumer: str, events: Sequence[Envelope]) -> set[tuple[str, str]]:
    """Mark all events as received; returns `(source, id)` of the new ones.

    Waits while another transaction has marked one of them and has not ended.
    """
    names = sorted({(event.source, event.id) for event in events})  # always in the same order, to avoid deadlocks
    new = await connection.fetch(_TAKE, consumer, [source for source, _ in names], [event_id for _, event_id in names])
    return {(row["source"], row["event_id"]) for row in new}


@dataclass(slots=True)
class Position:
    """How far the events of one aggregate were processed.

    `seq` is the highest sequence number, `missing` are the lower numbers that have not arrived.
    """

    seq: int
    missing: set[int] = field(default_factory=set)
    moved: bool = False

    def accepts(self, sequence: int) -> bool:
        """Whether this number was not processed before; a late event that fills a gap is accepted."""
        return sequence > self.seq or sequence in self.missing

    def advance(self, sequence: int, *, contiguous: bool) -> int:
        """Mark `sequence` as processed; returns how many numbers were skipped.

        A compacted topic is not `contiguous`: Kafka deletes old records, so its gaps have no meaning.
        """
        self.moved = True
        if sequence in self.missing:
            self.missing.discard(sequence)
            return 0
        skipped = max(0, sequence - self.seq - 1) if contiguous else 0
        self.missing.update(range(max(self.seq + 1, sequence - MAX_MISSING), sequence) if skipped else ())
        if len(self.missing) > MAX_MISSING:
            self.missing = set(sorted(self.missing)[-MAX_MISSING:])
        self.seq = sequence
        return skipped


class Positions:
    """The stream positions of all aggregates in one batch; loaded with one statement and saved with one."""

    def __init__(self, consumer: str, rows: dict[tuple[str, str], Position]) -> None:
        self._consumer = consumer
        self._rows = rows

    @classmethod
    async def load(cls, connection: Connection, consumer: str, events: Iterable[Envelope]) -> "Positions":
        """Load and lock the positions of all aggregates in `events`; may wait for other transactions."""
        numbered = [event for event in events if event.sequence is not None]
        rows = await connection.fetch(
            _POSITIONS, consumer, [event.source for event in numbered], [event.subject for event in numbered]
        )
        return cls(
            consumer, {(row["source"], row["subject"]): Position(row["seq"], set(row["missing"])) for row in rows}
        )

    def accepts(self, event: Envelope) -> bool:
        """Whether the event was not processed before; this also recognises events that the inbox has pruned."""
        row = self._rows.get((event.source, event.subject))
        return event.sequence is None or row is None or row.accepts(event.sequence)

    def advance(self, event: Envelope, *, topic: str) -> int:
        """Mark `event` as finished; returns how many sequence numbers were skipped before it."""
        contiguous = topic in TOPICS and not TOPICS[topic].compacted
        if event.sequence is None:
            return 0
        start = Position(0 if contiguous else event.sequence - 1)
        return self._rows.setdefault((event.source, event.subject), start).advance(
            event.sequence, contiguous=contiguous
        )

    async def save(self, connection: Connection) -> None:
        """Write the positions that have changed, in one statement."""
        moved = sorted(((key, row) for key, row in self._rows.items() if row.moved), key=itemgetter(0))
        if moved:
            await connection.execute(
                _MOVE,
                self._consumer,
                [source for (source, _), _ in moved],
                [subject for (_, subject), _ in moved],
                [row.seq for _, row in moved],
                [",".join(map(str, sorted(row.missing))) for _, row in moved],
            )
