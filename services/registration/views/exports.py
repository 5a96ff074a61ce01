"""The answers to a meeting as they are exported: all at once in the order of precedence, read page by page."""

from array import array
from collections.abc import Iterator, Sequence
from typing import Final
from uuid import UUID

import asyncpg

from services.registration.tables import PersonRow, RegistrationRow
from services.registration.tables.directory import MEETING_DAY
from shared.columns import names_of
from shared.database import LAO_ORDER, Connection

_AT_ONCE: Final = 1_000  # rows of the order that are in memory
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
       p.language, p.gender, r.state, r.represents, r.reason, r.checked_in_at, r.answered_at,
       CASE WHEN r.walk_in THEN 'walk-in' WHEN r.represents IS NOT NULL THEN 'representative'
            WHEN r.invitation_id IS NOT NULL THEN 'invitation' ELSE 'open' END AS source,
       r.proof IS DISTINCT FROM 'unproven' AS proven
FROM unnest($1::uuid[]) WITH ORDINALITY AS wanted(registration_id, place)
JOIN LATERAL (SELECT {names_of(RegistrationRow)} FROM registration
              WHERE registration_id = wanted.registration_id LIMIT 1) AS r ON true
JOIN LATERAL (SELECT {names_of(PersonRow)} FROM person
              WHERE person_id = r.person_id LIMIT 1) AS p ON p.given_name IS NOT NULL
LEFT JOIN organisation_on((SELECT {MEETING_DAY} FROM meeting WHERE meeting_id = $3)) o ON o.code = r.organisation
ORDER BY wanted.place
"""  # noqa: S608 -- constant names


class ExportOrder:
    """The answers in their order, each with its place in the queue: 20 bytes for each, however many there are."""

    def __init__(self) -> None:
        self._identifiers = bytearray()
        self._places = array("i")

    def __len__(self) -> int:
        """How many answers there are."""
        return len(self._places)

    def add(self, registration_id: UUID, place: int | None) -> None:
        """The next answer."""
        self._identifiers += registration_id.bytes
        self._places.append(place or 0)

    def pages(self, size: int) -> Iterator[dict[UUID, int | None]]:
        """The places of `size` answers at a time, by identifier."""
        for start in range(0, len(self), size):
            numbers = range(start, min(start + size, len(self)))
            yield {UUID(bytes=bytes(self._identifiers[16 * n : 16 * n + 16])): self._places[n] or None for n in numbers}


async def export_order(connection: Connection, meeting_id: UUID) -> ExportOrder:
    """The answers by rank, protocol order of the body and name."""
    order = ExportOrder()
    async for row in connection.cursor(_ORDER, meeting_id, prefetch=_AT_ONCE):
        order.add(row["registration_id"], row["place"])
    return order


async def export_page(
    connection: Connection, meeting_id: UUID, registrations: Sequence[UUID], *, contacts: bool
) -> Sequence[asyncpg.Record]:
    """These answers with their persons, as they are now; without `contacts` every number and address is null."""
    return await connection.fetch(_PAGE, registrations, contacts, meeting_id)
