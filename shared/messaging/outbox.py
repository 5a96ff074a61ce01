"""The outbox: writes facts in the same transaction as the state change that they report."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.contracts import BY_MODEL, Fact
from shared.contracts.ids import new_id
from shared.database import Connection
from shared.kernel import Actor, InvalidValue
from shared.messaging.cloudevents import CAUSE, attributes, dumps
from shared.observability.logging import Log, log
from shared.observability.tracing import current_traceparent

COLUMNS = "id, event_id, aggregate_type, aggregate_id, aggregate_seq, type, topic, key, headers, payload, created_at"
"""All columns of the outbox, in SQL; `outbox_published` has them too."""

_INSERT = """
INSERT INTO outbox (event_id, aggregate_type, aggregate_id, aggregate_seq, type, topic, key, headers, payload)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[],
                     $8::jsonb[], $9::bytea[])
"""


class FactInvalid(InvalidValue):
    """The command would make a fact that does not match its contract, so that no reader could read it."""

    lao = "ຂໍ້ມູນບໍ່ສາມາດບັນທຶກໄດ້. ກະລຸນາກວດຄືນ"
    english = "What was sent cannot be recorded; check its values."


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row of the outbox: a fact with its sequence number and its CloudEvents headers."""

    event_id: UUID
    aggregate: str
    aggregate_id: str
    sequence: int
    type: str
    topic: str
    headers: dict[str, str]
    payload: bytes | None


def entries(
    facts: Sequence[Fact], *, aggregate: str, aggregate_id: str, first_sequence: int, actor: Actor, at: datetime
) -> list[Entry]:
    """The outbox rows of `facts` of one aggregate, numbered from `first_sequence`, with the current trace and cause.

    Consumers keep a stream position by source and subject, so the source names the kind of aggregate. Facts were
    validated by their constructor, and their readers can read what it accepts (`tests/hostile/test_events.py`).
    """
    cause, traceparent = CAUSE.get(), current_traceparent()
    found = []
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
        found.append(
            Entry(
                event_id=event_id,
                aggregate=aggregate,
                aggregate_id=aggregate_id,
                sequence=sequence,
                type=contract.type,
                topic=contract.topic.name,
                headers=headers,
                payload=None if contract.tombstone else dumps(fact),
            )
        )
    return found


async def write(connection: Connection, entries: Sequence[Entry]) -> None:
    """Write rows in this order, in the transaction of `connection`.

    The caller must hold the row locks of all their aggregates: they ensure that, for each aggregate, `id` rises in the
    order of the commits (`docs/architecture/messaging.md`).
    """
    if not entries:
        return
    await connection.execute(
        _INSERT,
        [entry.event_id for entry in entries],
        [entry.aggregate for entry in entries],
        [entry.aggregate_id for entry in entries],
        [entry.sequence for entry in entries],
        [entry.type for entry in entries],
        [entry.topic for entry in entries],
        [entry.aggregate_id for entry in entries],
        [entry.headers for entry in entries],
        [entry.payload for entry in entries],
    )


async def release(connection: Connection, topic: str, key: str) -> bool:
    """Let the relay send a parked key again, with all its waiting facts; returns False if the key is not parked."""
    released: bool = await connection.fetchval(
        "WITH gone AS (DELETE FROM outbox_parked WHERE topic = $1 AND key = $2 RETURNING key)"
        " SELECT EXISTS (SELECT FROM gone)",
        topic,
        key,
    )
    if released:
        log.info(Log.KEY_RELEASED, topic=topic)
    return released
