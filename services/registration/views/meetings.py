"""Meetings: one, as the public may see it, and found by a text."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg
from sqlalchemy import func, or_, true
from sqlalchemy import select as choose
from sqlmodel import col

from services.registration.domain.state import Phase
from services.registration.tables import InvitationRow, MeetingRow, PersonRow
from services.registration.views.organisations import bodies_on, bodies_on_day_of, meeting_day
from shared.database import Connection, columns, matches_search, rows_of, select
from shared.kernel import NotFound

_PUBLIC: Final = ("meeting_id", "phase", "organiser", "venue", "starts_at", "ends_at", "sequence", "details")


async def meeting(connection: Connection, meeting_id: UUID) -> asyncpg.Record:
    """One meeting; raises `NotFound`."""
    rows = await select(connection, rows_of(MeetingRow).where(col(MeetingRow.meeting_id) == meeting_id))
    if not rows:
        raise NotFound
    return rows[0]


async def visible_meeting(connection: Connection, meeting_id: UUID, *, bodies: Collection[str]) -> asyncpg.Record:
    """One meeting as somebody of `bodies` may see it; raises `NotFound`, also for the draft of another body."""
    row = await meeting(connection, meeting_id)
    if row["phase"] == Phase.DRAFT and row["organiser"] not in bodies:
        raise NotFound
    return row


async def person_name(connection: Connection, person_id: UUID) -> asyncpg.Record:
    """How a person is addressed; after the erasure only the identifier is left. Raises `NotFound`."""
    names = columns(PersonRow, "person_id", "honorific", "given_name", "family_name", "position_title")
    rows = await select(connection, choose(*names).where(col(PersonRow.person_id) == person_id))
    if not rows:
        raise NotFound
    return rows[0]


async def public_meeting(connection: Connection, meeting_id: UUID) -> asyncpg.Record:
    """What anybody may see of a meeting that is announced, and when its invitations end; raises `NotFound`."""
    ends = choose(func.min(col(InvitationRow.expires_at)).label("first_end"))
    ends = ends.add_columns(func.max(col(InvitationRow.expires_at)).label("last_end"))
    last = ends.where(col(InvitationRow.meeting_id) == meeting_id, col(InvitationRow.revoked_at).is_(None)).subquery()
    shown, body = columns(MeetingRow, *_PUBLIC), bodies_on_day_of(meeting_id)
    query = (
        choose(*shown, body.c.name_lo, body.c.name_en, last)
        .select_from(MeetingRow)
        .join(body, body.c.code == col(MeetingRow.organiser), isouter=True)
        .join(last, true())
        .where(col(MeetingRow.meeting_id) == meeting_id, col(MeetingRow.phase) != Phase.DRAFT)
    )
    rows = await select(connection, query)
    if not rows:
        raise NotFound
    return rows[0]


async def meetings_open_to_all(
    connection: Connection, organisation: str, *, since: datetime, limit: int
) -> Sequence[asyncpg.Record]:
    """Announced meetings of a body to which everybody may come and that end after `since`, the earliest first."""
    body = bodies_on(meeting_day()).lateral()
    query = (
        choose(*columns(MeetingRow, *_PUBLIC), body.c.name_lo)
        .join(body, body.c.code == col(MeetingRow.organiser), isouter=True)
        .where(
            col(MeetingRow.organiser) == organisation,
            col(MeetingRow.policy) == "open",
            col(MeetingRow.phase) != Phase.DRAFT,
            col(MeetingRow.ends_at) > since,
        )
        .order_by(col(MeetingRow.starts_at), col(MeetingRow.meeting_id))
        .limit(limit)
    )
    return await select(connection, query)


async def meetings(
    connection: Connection,
    *,
    bodies: Collection[str],
    own: bool,
    text: str | None,
    after: UUID | None,
    limit: int,
) -> Sequence[asyncpg.Record]:
    """Meetings, the newest identifier first; drafts only of `bodies`, with `own` theirs alone.

    `text` finds a title however it is spelled.
    """
    theirs = col(MeetingRow.organiser).in_(bodies)
    seen = theirs if own else or_(col(MeetingRow.phase) != Phase.DRAFT, theirs)
    query = rows_of(MeetingRow).where(seen).order_by(col(MeetingRow.meeting_id).desc()).limit(limit)
    if text:
        query = query.where(matches_search(MeetingRow.search_key, text))
    if after:
        query = query.where(col(MeetingRow.meeting_id) < after)
    return await select(connection, query)
