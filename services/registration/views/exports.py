"""The answers to a meeting as they are exported: all at once in the order of precedence, read page by page."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from services.registration.tables import PersonRow, RegistrationRow
from services.registration.views.organisations import MEETING_DAY
from shared.columns import names_of
from shared.database import LAO_ORDER, Connection

# Whoever was erased has nothing left that could be exported. The place is the number of those before, and one.
_ORDER = f"""
SELECT r.registration_id,
       CASE WHEN r.state = 'waitlisted' THEN row_number() OVER (PARTITION BY r.state ORDER BY r.position) END AS place
FROM registration r JOIN person p USING (person_id)
LEFT JOIN organisation_on((SELECT {MEETING_DAY} FROM meeting WHERE meeting_id = $1)) o ON o.code = r.organisation
WHERE r.meeting_id = $1 AND p.given_name IS NOT NULL
ORDER BY r.rank, o.protocol_order, p.given_name COLLATE "{LAO_ORDER}", p.family_name COLLATE "{LAO_ORDER}",
         r.registration_id
"""  # noqa: S608 -- a constant name
# One look into an index for each; as a join it would be planned by how large the tables were some time ago.
_PAGE = f"""
SELECT r.registration_id, r.organisation, o.name_lo, o.name_en, p.honorific, p.given_name, p.family_name,
       p.position_title, p.rank, CASE WHEN $2 THEN p.mobile END AS mobile, CASE WHEN $2 THEN p.email END AS email,
       p.language, p.gender, r.state, r.represents, r.reason, r.checked_in_at, r.answered_at
FROM unnest($1::uuid[]) WITH ORDINALITY AS wanted(registration_id, place)
JOIN LATERAL (SELECT {names_of(RegistrationRow)} FROM registration
              WHERE registration_id = wanted.registration_id LIMIT 1) AS r ON true
JOIN LATERAL (SELECT {names_of(PersonRow)} FROM person
              WHERE person_id = r.person_id LIMIT 1) AS p ON p.given_name IS NOT NULL
LEFT JOIN organisation_on((SELECT {MEETING_DAY} FROM meeting WHERE meeting_id = $3)) o ON o.code = r.organisation
ORDER BY wanted.place
"""  # noqa: S608 -- constant names


async def export_order(connection: Connection, meeting_id: UUID) -> dict[UUID, int | None]:
    """The answers by rank, protocol order of the body and name, each with its place in the queue."""
    return {row["registration_id"]: row["place"] for row in await connection.fetch(_ORDER, meeting_id)}


async def export_page(
    connection: Connection, meeting_id: UUID, registrations: Sequence[UUID], *, contacts: bool
) -> Sequence[asyncpg.Record]:
    """These answers with their persons, as they are now; without `contacts` every number and address is null."""
    return await connection.fetch(_PAGE, registrations, contacts, meeting_id)
