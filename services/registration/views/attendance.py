"""Who was in the room while an item of the agenda was treated, from entries, exits and corrections."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from services.registration.domain.registration_states import GIVEN_UP, RegistrationState, sql_list
from shared.database import Connection

_WHOLE_MEETING: Final = UUID(int=0)

# Two desks without a network may have let in the same person: the second scan is refused, and he is in all the same.
# Somebody who comes and goes in the same instant is out.
_AT_ITEM: Final = f"""
WITH scan AS (
  SELECT registration_id, coalesce(came_at, scanned_at) AS at, movement IS NOT DISTINCT FROM 'left' AS leaving
  FROM check_in WHERE meeting_id = $1 AND registration_id IS NOT NULL
    AND (reason IS NULL OR (reason = 'already-in' AND offline AND NOT turned_away))
), moved AS (
  SELECT registration_id,
         max(at) FILTER (WHERE NOT leaving AND at <= $3) AS came_before,
         max(at) FILTER (WHERE leaving AND at <= $3) AS left_before,
         max(at) FILTER (WHERE NOT leaving AND at < $4) AS came_until,
         max(at) FILTER (WHERE leaving AND at < $4) AS left_until
  FROM scan GROUP BY registration_id
), seen AS (
  SELECT registration_id, coalesce(came_before > coalesce(left_before, '-infinity'), false) AS at_start,
         coalesce(came_until > coalesce(left_until, '-infinity'), false) AS at_end,
         coalesce(came_until > $3, false) AS within
  FROM moved
), attendance AS (
  SELECT r.registration_id, r.person_id, r.organisation, r.rank, r.represents, r.walk_in, r.reason AS excuse,
         coalesce(by_item.reason, whole.reason) AS correction_reason,
         coalesce(by_item.corrected_by, whole.corrected_by) AS corrected_by,
         coalesce(by_item.corrected_at, whole.corrected_at) AS corrected_at,
         CASE WHEN by_item.presence IS NOT NULL THEN by_item.presence
              WHEN at_start AND at_end THEN 'present' WHEN at_end THEN 'late' WHEN at_start THEN 'left-early'
              WHEN within THEN 'partly' WHEN whole.presence IS NOT NULL THEN whole.presence
              WHEN r.state IN ({sql_list(GIVEN_UP)}) AND r.checked_in_at IS NULL THEN 'excused'
              ELSE 'absent' END AS presence
  FROM registration r
  LEFT JOIN seen USING (registration_id)
  LEFT JOIN attendance_correction by_item
         ON (by_item.meeting_id, by_item.registration_id, by_item.item_id) = ($1, r.registration_id, $2)
  LEFT JOIN attendance_correction whole
         ON (whole.meeting_id, whole.registration_id, whole.item_id) = ($1, r.registration_id, '{_WHOLE_MEETING}')
  WHERE r.meeting_id = $1 AND (r.state = '{RegistrationState.CONFIRMED}' OR r.checked_in_at IS NOT NULL
    OR (r.state IN ({sql_list(GIVEN_UP)}) AND r.reason IS NOT NULL) OR by_item.presence IS NOT NULL)
)
"""  # noqa: S608 -- constant names
_COUNTS: Final = f"""
{_AT_ITEM}
SELECT presence, count(*) AS people, count(*) FILTER (WHERE gender = 'female') AS women
FROM attendance JOIN person USING (person_id) GROUP BY presence
"""  # noqa: S608 -- constant names
_PAGE: Final = f"""
{_AT_ITEM}
SELECT registration_id, attendance.organisation, attendance.rank, represents, walk_in, excuse, correction_reason,
       corrected_by, corrected_at, presence, honorific, given_name, family_name, position_title
FROM attendance JOIN person USING (person_id)
WHERE ($5::uuid IS NULL OR registration_id > $5) AND ($6::text IS NULL OR presence = $6)
ORDER BY registration_id LIMIT $7
"""  # noqa: S608 -- constant names
_TIMES: Final = "SELECT item_id, started_at, finished_at FROM agenda_time WHERE meeting_id = $1"


@dataclass(frozen=True, slots=True, kw_only=True)
class TreatedItem:
    """An item of the agenda of a meeting, and from when to when it was treated."""

    meeting_id: UUID
    item_id: UUID
    started_at: datetime
    ended_at: datetime


async def agenda_times(connection: Connection, meeting_id: UUID) -> dict[UUID, asyncpg.Record]:
    """When the items of a meeting were treated, by item; `finished_at` is null where one is not finished."""
    return {row["item_id"]: row for row in await connection.fetch(_TIMES, meeting_id)}


async def attendance_counts(connection: Connection, item: TreatedItem) -> Sequence[asyncpg.Record]:
    """How many people were there in which way, and how many of them are women."""
    return await connection.fetch(_COUNTS, item.meeting_id, item.item_id, item.started_at, item.ended_at)


async def attendance_page(
    connection: Connection, item: TreatedItem, *, presence: str | None, after: UUID | None, limit: int
) -> Sequence[asyncpg.Record]:
    """The people of the meeting with how each was there, in the order in which they registered."""
    what = (item.meeting_id, item.item_id, item.started_at, item.ended_at)
    return await connection.fetch(_PAGE, *what, after, presence, limit)
