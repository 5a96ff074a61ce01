"""Everything a text may draw on, in one query, in the moment of sending: so it tells what is true then."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.notification.domain.changes import CHANGES, Change, Changes, Told
from services.notification.domain.details import Details, Meeting, Person
from services.notification.domain.state import SENDABLE, Status
from services.notification.store.message import read_content
from services.notification.store.unsent import STANDING, standing_of
from shared.contracts.notification import Channel
from shared.contracts.registration import OrganisationRecorded, called_on
from shared.database import Connection
from shared.kernel import OFFICE_ZONE

_LOCK = "SELECT status, channel, template, released_at, created_at FROM message WHERE message_id = $1 FOR UPDATE"
_HANDED_OVER_BETWEEN = """EXISTS (
           SELECT FROM message x JOIN attempt a USING (message_id)
           WHERE x.person_id = m.person_id AND x.meeting_id = m.meeting_id AND x.channel IS NOT DISTINCT FROM m.channel
             AND x.message_id <> m.message_id AND a.started_at >= e.created_at AND a.started_at < m.created_at)"""
_DETAILS = f"""
SELECT m.template, m.content, to_jsonb(p) AS recipient, to_jsonb(c) AS chair, to_jsonb(a) AS about, r.code,
       r.sealed_link, r.confirm_by, r.sealed_confirm_code,
       d.signed_at, t.meeting_id, t.title, t.venue, t.starts_at, t.ends_at, t.sequence, t.agenda, t.shared_contacts,
       coalesce(o.name, t.organiser_unit) AS organiser, o.recorded AS organiser_recorded, {STANDING},
       k.known_starts_at, k.known_ends_at, k.by_this_channel, v.known_venue,
       (SELECT h.answer_by FROM host h
        WHERE h.meeting_id = m.meeting_id AND h.person_id = m.person_id AND h.audience = m.audience
          AND h.answer_by > now()) AS answer_by,
       CASE WHEN m.template = ANY($2::text[]) THEN (
         SELECT jsonb_agg(e.content->'values' || jsonb_build_object('template', e.template,
                                                                    'sent', coalesce(e.sent_at < m.created_at, false),
                                                                    'may_be_known', {_HANDED_OVER_BETWEEN})
                          ORDER BY (e.content->>'revision')::int, e.created_at)
         FROM message e
         WHERE e.person_id = m.person_id AND e.meeting_id = m.meeting_id AND e.channels = m.channels
           AND e.template = ANY($2::text[])
           AND (e.content->>'revision')::int <= (m.content->>'revision')::int
       ) END AS changes
FROM message m
LEFT JOIN LATERAL (
  SELECT e.told_starts_at AS known_starts_at, e.told_ends_at AS known_ends_at,
         e.channel IS NOT DISTINCT FROM m.channel AS by_this_channel
  FROM message e
  WHERE e.person_id = m.person_id AND e.meeting_id = m.meeting_id AND e.sent_at IS NOT NULL
    AND e.told_starts_at IS NOT NULL AND e.message_id <> m.message_id
  ORDER BY by_this_channel DESC, e.sent_at DESC LIMIT 1
) k ON true
LEFT JOIN LATERAL (
  SELECT e.told_venue AS known_venue FROM message e
  WHERE e.person_id = m.person_id AND e.meeting_id = m.meeting_id AND e.channel = m.channel AND e.sent_at IS NOT NULL
    AND e.told_venue IS NOT NULL AND e.message_id <> m.message_id
  ORDER BY e.sent_at DESC LIMIT 1
) v ON true
LEFT JOIN person p ON p.person_id = m.person_id
LEFT JOIN meeting t ON t.meeting_id = m.meeting_id
LEFT JOIN organisation o ON o.code = t.organiser
LEFT JOIN person c ON c.person_id = t.chair
LEFT JOIN person a ON a.person_id = (m.content->>'about')::uuid
LEFT JOIN registration r ON r.registration_id = (m.content->>'registration')::uuid
LEFT JOIN minutes d ON d.minutes_id = (m.content->>'minutes')::uuid
WHERE m.message_id = $1
"""  # noqa: S608 -- constant names
_PERSON: Final = ("given_name", "honorific", "family_name", "mobile", "email", "language")
_MEETING: Final = (
    "meeting_id",
    "title",
    "venue",
    "starts_at",
    "ends_at",
    "sequence",
    "organiser",
    "agenda",
    "shared_contacts",
)


_BODIES: Final = "SELECT code, recorded FROM organisation WHERE recorded IS NOT NULL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sendable:
    """A message that is to be handed over; `since` is when it could first have been."""

    channel: Channel
    template: str
    created_at: datetime
    since: datetime

    def waited_since(self, fact_at: datetime | None) -> datetime:
        """When the wait of its recipient began: with the fact of `fact_at` that the message tells of.

        A message that was made to wait, so that changes that follow each other become one, has waited since the end of
        that: it was made after its fact and before it could be handed over.
        """
        if fact_at is None or fact_at < self.created_at < self.since:
            return self.since
        return fact_at


async def lock_message(connection: Connection, message_id: UUID) -> Sendable | None:
    """Lock a message; `None` when there is nothing (more) to hand over."""
    row = await connection.fetchrow(_LOCK, message_id)
    if row is None or Status(row["status"]) not in SENDABLE:
        return None
    return Sendable(
        channel=row["channel"],
        template=row["template"],
        created_at=row["created_at"],
        since=row["released_at"] or row["created_at"],
    )


async def load_details(connection: Connection, message_id: UUID) -> Details | None:
    """What a message is made of; `None` while the meeting, its organiser or somebody it names is not known yet."""
    row = await connection.fetchrow(_DETAILS, message_id, list(CHANGES))
    if row is None or row["title"] is None or row["organiser"] is None:
        return None
    content, recipient = read_content(row["content"]), _person(row["recipient"])
    if recipient is None or (content.about is not None and row["about"] is None):
        return None
    return Details(
        content=content,
        recipient=recipient,
        meeting=Meeting(**{name: row[name] for name in _MEETING} | {"organiser": await _organiser(connection, row)}),
        chair=_person(row["chair"]),
        about=_person(row["about"]),
        standing=standing_of(row),
        known_starts_at=row["known_starts_at"],
        changes=_changes(row),
        code=row["code"],
        sealed_own_link=row["sealed_link"],
        sealed_confirm_code=row["sealed_confirm_code"],
        signed_at=row["signed_at"],
        answer_by=row["answer_by"],
        confirm_by=row["confirm_by"],
    )


async def _organiser(connection: Connection, row: asyncpg.Record) -> Any:
    """What the organiser is called on the day of the meeting; of one that never changed nothing is read."""
    told = row["organiser_recorded"]
    if not told or not (told["earlier"] or told["valid_until"]):
        return row["organiser"]
    rows = await connection.fetch(_BODIES)
    bodies = {each["code"]: OrganisationRecorded.model_validate(each["recorded"]) for each in rows}
    day = row["starts_at"].astimezone(OFFICE_ZONE).date()
    return called_on(day, told["organisation"], bodies).model_dump(exclude_none=True)


def _changes(row: asyncpg.Record) -> Changes:
    found = [_change(**written) for written in row["changes"] or ()]
    times = (row["known_starts_at"], row["known_ends_at"]) if row["by_this_channel"] else (None, None)
    return Changes(messages=found, known=Told(starts_at=times[0], ends_at=times[1], venue=row["known_venue"]))


def _change(
    *,
    template: str,
    sent: bool,
    may_be_known: bool,
    old_starts_at: str | None = None,
    old_ends_at: str | None = None,
    old_venue: Any = None,
) -> Change:
    return Change(
        template=template,
        sent=sent,
        may_be_known=may_be_known,
        old_starts_at=datetime.fromisoformat(old_starts_at) if old_starts_at else None,
        old_ends_at=datetime.fromisoformat(old_ends_at) if old_ends_at else None,
        old_venue=old_venue,
    )


def _person(row: Mapping[str, Any] | None) -> Person | None:
    return Person(**{name: row[name] for name in _PERSON}) if row and not row["erased"] else None
