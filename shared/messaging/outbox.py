"""The outbox: facts are written in the transaction of the state change they report, and nowhere else."""

from collections.abc import Sequence
from datetime import datetime

from shared.contracts import BY_MODEL, Fact
from shared.contracts.ids import new_id
from shared.database import Connection
from shared.kernel import Actor, stable_hash
from shared.messaging.wire import CAUSE, attributes, dumps
from shared.observability.logging import Log, log
from shared.observability.tracing import current_traceparent

LANES = 16

_INSERT = """
INSERT INTO outbox (event_id, aggregate_type, aggregate_id, aggregate_seq, type, topic, key, lane, headers, payload)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[],
                     $8::smallint[], $9::jsonb[], $10::bytea[])
"""


def lane_of(key: str) -> int:
    """Events of one key share a lane, and a lane has one relay at a time: that keeps their order."""
    return stable_hash(key) % LANES


async def append(  # noqa: PLR0913 -- all named
    connection: Connection,
    facts: Sequence[Fact],
    *,
    aggregate: str,
    aggregate_id: str,
    first_sequence: int,
    actor: Actor,
    at: datetime,
) -> None:
    """Write `facts` of one aggregate, numbered from `first_sequence`; the caller holds the aggregate's row lock.

    That lock makes the order of `id` the order of commits for one aggregate (`docs/architecture/messaging.md`).
    Consumers number what they have taken by source and subject, so the source names the aggregate.
    """
    if not facts:
        return
    cause = CAUSE.get()
    traceparent = current_traceparent()
    rows = []
    for sequence, fact in enumerate(facts, first_sequence):
        contract = BY_MODEL[type(fact)]
        event_id = new_id()
        headers = attributes(
            event_id=event_id,
            source=f"/eoffice/{contract.topic.owner}/{aggregate}",
            type_=contract.type,
            time=at,
            subject=aggregate_id,
            sequence=sequence,
            actor=actor.subject,
            cause=cause,
        )
        if traceparent:
            headers["traceparent"] = traceparent
        payload = None if contract.tombstone else dumps(fact)
        rows.append((event_id, sequence, contract.type, contract.topic.name, headers, payload))
    await _insert(connection, rows, aggregate=aggregate, aggregate_id=aggregate_id)


async def _insert(
    connection: Connection, rows: Sequence[tuple[object, ...]], *, aggregate: str, aggregate_id: str
) -> None:
    event_ids, sequences, types, topics, headers, payloads = (list(column) for column in zip(*rows, strict=True))
    count = len(rows)
    await connection.execute(
        _INSERT,
        event_ids,
        [aggregate] * count,
        [aggregate_id] * count,
        sequences,
        types,
        topics,
        [aggregate_id] * count,
        [lane_of(aggregate_id)] * count,
        headers,
        payloads,
    )


async def release(connection: Connection, topic: str, key: str) -> bool:
    """Let a parked key go on, with all that it held back, once its cause is mended; False where it is not parked."""
    released: bool = await connection.fetchval(
        "WITH gone AS (DELETE FROM outbox_parked WHERE topic = $1 AND key = $2 RETURNING key)"
        " SELECT EXISTS (SELECT FROM gone)",
        topic,
        key,
    )
    if released:
        log.info(Log.KEY_RELEASED, topic=topic)
    return released
