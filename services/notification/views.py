"""Read-only queries for the routes: selects on the tables, on a read-only transaction (a replica in production)."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import asyncpg
from sqlalchemy import Select, func
from sqlalchemy import select as choose
from sqlmodel import col

from services.notification.domain.state import WITHOUT_PROVIDER
from services.notification.observability import MESSAGES_OLDEST_SECONDS, MESSAGES_UNSENT
from services.notification.tables import AttemptRow, MeetingRow, MessageRow, ReceiptRow
from shared.database import Connection, Database, columns, select
from shared.kernel import NotFound
from shared.observability.gauges import GaugeValues
from shared.succession import TakenOver

CHANNELS: Final = ("sms", "email")
_SHOWN: Final = (
    "message_id",
    "meeting_id",
    "person_id",
    "cause",
    "audience",
    "template",
    "channel",
    "status",
    "reason",
    "parts",
    "created_at",
    "sent_at",
    "updated_at",
)
_TAKEN_OVER = """
SELECT code, recorded ->> 'taken_over_by' AS by, (recorded ->> 'valid_until')::date AS since FROM organisation
WHERE recorded ->> 'taken_over_by' IS NOT NULL AND recorded ->> 'valid_until' IS NOT NULL
"""
_UNSENT: Final = f"""
SELECT coalesce(channel, channels[1]) AS channel, status, count(*) AS number,
       coalesce(extract(epoch FROM max(now() - released_at)), 0)::float AS age
FROM (SELECT channel, channels, status, released_at FROM message
      WHERE status IN ({", ".join(f"'{status}'" for status in WITHOUT_PROVIDER)}) LIMIT 100000) AS unsent
GROUP BY 1, 2
"""  # noqa: S608 -- constant names


async def organiser_of(connection: Connection, meeting_id: UUID) -> str | None:
    """The body that organises a meeting; `None` where the meeting is not known."""
    rows = await select(connection, choose(col(MeetingRow.organiser)).where(col(MeetingRow.meeting_id) == meeting_id))
    return str(rows[0]["organiser"]) if rows else None


async def messages(
    connection: Connection, *, meeting_id: UUID | None, status: str | None, after: UUID | None, limit: int
) -> Sequence[asyncpg.Record]:
    """Messages by identifier; no text and no address is stored with them."""
    query = _shown().order_by(col(MessageRow.message_id)).limit(limit)
    if meeting_id:
        query = query.where(col(MessageRow.meeting_id) == meeting_id)
    if status:
        query = query.where(col(MessageRow.status) == status)
    if after:
        query = query.where(col(MessageRow.message_id) > after)
    return await select(connection, query)


async def message(connection: Connection, message_id: UUID) -> asyncpg.Record:
    """One message; raises `NotFound`."""
    rows = await select(connection, _shown().where(col(MessageRow.message_id) == message_id))
    if not rows:
        raise NotFound
    return rows[0]


async def attempts(connection: Connection, message_id: UUID) -> Sequence[asyncpg.Record]:
    """The attempts to hand a message over, in order."""
    shown = columns(AttemptRow, "number", "started_at", "ended_at", "outcome")
    query = choose(*shown).where(col(AttemptRow.message_id) == message_id).order_by(col(AttemptRow.number))
    return await select(connection, query)


async def receipts(connection: Connection, message_id: UUID) -> Sequence[asyncpg.Record]:
    """The receipts that speak of a message, in the order in which they came."""
    shown = columns(ReceiptRow, "status", "at", "received_at", "repeated")
    query = choose(*shown).where(col(ReceiptRow.message_id) == message_id).order_by(col(ReceiptRow.id))
    return await select(connection, query)


async def counts(connection: Connection, meeting_id: UUID | None) -> Mapping[str, Mapping[str, int]]:
    """Messages by channel and status; those without a channel yet under the channel they were meant for."""
    channel = func.coalesce(col(MessageRow.channel), col(MessageRow.channels)[1])
    query = choose(channel.label("channel"), col(MessageRow.status), func.count().label("number"))
    query = query.group_by(channel, col(MessageRow.status)).order_by(col(MessageRow.status))
    if meeting_id:
        query = query.where(col(MessageRow.meeting_id) == meeting_id)
    found: dict[str, dict[str, int]] = {name: {} for name in CHANNELS}
    for row in await select(connection, query):
        found[row["channel"]][row["status"]] = row["number"]
    return found


async def handed_over(connection: Connection, meeting_id: UUID | None) -> Mapping[str, int]:
    """Messages that a provider has had, by channel, whatever became of them."""
    channel = col(MessageRow.channel)
    query = choose(channel, func.count().label("number")).where(col(MessageRow.sent_at).is_not(None)).group_by(channel)
    if meeting_id:
        query = query.where(col(MessageRow.meeting_id) == meeting_id)
    return dict.fromkeys(CHANNELS, 0) | {row["channel"]: row["number"] for row in await select(connection, query)}


async def receipt_counts(connection: Connection) -> asyncpg.Record:
    """Receipts in all: kept, those that came again, those whose message nobody knows (yet)."""
    query = choose(
        func.count().label("kept"),
        func.coalesce(func.sum(col(ReceiptRow.repeated)), 0).label("repeated"),
        func.count().filter(col(ReceiptRow.message_id).is_(None)).label("unmatched"),
    ).select_from(ReceiptRow)
    return (await select(connection, query))[0]


async def taken_over(database: Database) -> Sequence[TakenOver]:
    """The bodies that were or will be taken over."""
    async with database.reading() as connection:
        rows = await connection.fetch(_TAKEN_OVER)
    return [TakenOver(**dict(row)) for row in rows]


async def count_gauges(connection: Connection) -> GaugeValues:
    """What dashboards show: the messages that no provider has yet, and for how long the first of them has waited."""
    rows = await connection.fetch(_UNSENT)
    numbers = {(channel, status): 0 for channel in CHANNELS for status in WITHOUT_PROVIDER}
    ages = {(channel,): [0.0, *(row["age"] for row in rows if row["channel"] == channel)] for channel in CHANNELS}
    return {
        MESSAGES_UNSENT: numbers | {(row["channel"], row["status"]): row["number"] for row in rows},
        MESSAGES_OLDEST_SECONDS: {labels: max(of_channel) for labels, of_channel in ages.items()},
    }


def _shown() -> Select[Any]:
    return choose(*columns(MessageRow, *_SHOWN))
