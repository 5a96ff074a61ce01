"""What is published for open data programs: meetings to which everybody may come, their public documents, bodies."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from services.registration.domain.state import Phase
from shared.database import Connection

# The history has an entry for each fact of a meeting; meetings that are older than it count from their beginning.
_MEETING: Final = "meeting_id, phase, organiser, venue, starts_at, ends_at, started_at, ended_at, details"
_PUBLIC: Final = f"""
SELECT {_MEETING}, created, modified FROM (
  SELECT {_MEETING}, coalesce(told.created, starts_at) AS created, coalesce(told.modified, starts_at) AS modified
  FROM meeting CROSS JOIN LATERAL (
    SELECT min(at) AS created, max(at) AS modified FROM meeting_history
    WHERE meeting_history.meeting_id = meeting.meeting_id AND registration_id IS NULL) told
  WHERE policy = 'open' AND phase <> '{Phase.DRAFT}') AS shown
"""  # noqa: S608 -- constant names
_ONE: Final = f"{_PUBLIC} WHERE meeting_id = $1"
_MEETINGS: Final = f"""
{_PUBLIC} WHERE ($1::uuid IS NULL OR meeting_id > $1) AND ($2::text IS NULL OR organiser = $2)
  AND ($3::timestamptz IS NULL OR created >= $3) AND ($4::timestamptz IS NULL OR created <= $4)
  AND ($5::timestamptz IS NULL OR modified >= $5) AND ($6::timestamptz IS NULL OR modified <= $6)
ORDER BY meeting_id LIMIT $7
"""
_FILES: Final = """
SELECT meeting_id, document_id, item_id, title, size, media_type, added_at
FROM document JOIN document_version USING (document_id, version)
WHERE meeting_id = ANY($1::uuid[]) AND access = 'public' AND withdrawn_at IS NULL
ORDER BY meeting_id, position, document_id
"""
_CALLED: Final = "code, name_lo, abbreviation_lo, parent, valid_from, valid_until"
_BODIES: Final = f"""
SELECT {_CALLED}, created, modified FROM (
  SELECT {_CALLED},
         coalesce(told.created, valid_from::timestamptz, to_timestamp(0)) AS created,
         coalesce(told.modified, valid_from::timestamptz, to_timestamp(0)) AS modified
  FROM organisation CROSS JOIN LATERAL (
    SELECT min(changed_at) AS created, max(changed_at) AS modified FROM organisation_change
    WHERE organisation_change.code = organisation.code) told) AS shown
"""  # noqa: S608 -- constant names
_BODY: Final = f"{_BODIES} WHERE code = $1"
_ORGANISATIONS: Final = f"""
{_BODIES} WHERE ($1::text IS NULL OR code > $1)
  AND ($2::timestamptz IS NULL OR created >= $2) AND ($3::timestamptz IS NULL OR created <= $3)
  AND ($4::timestamptz IS NULL OR modified >= $4) AND ($5::timestamptz IS NULL OR modified <= $5)
ORDER BY code LIMIT $6
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedBetween:
    """Which objects of a list are wanted, by when they were created and last changed; None: whenever."""

    created_since: datetime | None = None
    created_until: datetime | None = None
    modified_since: datetime | None = None
    modified_until: datetime | None = None

    @property
    def bounds(self) -> tuple[datetime | None, ...]:
        """The four of them."""
        return self.created_since, self.created_until, self.modified_since, self.modified_until

    def has(self, at: datetime) -> bool:
        """Whether an object is wanted that was created at that time and never changed."""
        since = [one for one in (self.created_since, self.modified_since) if one]
        until = [one for one in (self.created_until, self.modified_until) if one]
        return all(at >= one for one in since) and all(at <= one for one in until)


async def published_meeting(connection: Connection, meeting_id: UUID) -> asyncpg.Record | None:
    """One announced meeting to which everybody may come; None where it is none."""
    return await connection.fetchrow(_ONE, meeting_id)


async def published_meetings(
    connection: Connection, *, after: UUID | None, organiser: str | None, changed: ChangedBetween, limit: int
) -> Sequence[asyncpg.Record]:
    """Such meetings by identifier, those after one of them."""
    return await connection.fetch(_MEETINGS, after, organiser, *changed.bounds, limit)


async def published_files(connection: Connection, meetings: Sequence[UUID]) -> Sequence[asyncpg.Record]:
    """The documents of these meetings that everybody may read, each with its newest file."""
    return await connection.fetch(_FILES, meetings)


async def published_organisation(connection: Connection, code: str) -> asyncpg.Record | None:
    """One body, with when it was first and last changed; None where there is none."""
    return await connection.fetchrow(_BODY, code)


async def published_organisations(
    connection: Connection, *, after: str | None, changed: ChangedBetween, limit: int
) -> Sequence[asyncpg.Record]:
    """Bodies by code, those after one of them."""
    return await connection.fetch(_ORGANISATIONS, after, *changed.bounds, limit)
