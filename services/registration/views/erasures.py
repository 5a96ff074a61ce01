"""What registration has of a person, without a name: for the report of an erasure."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from shared.database import Connection
from shared.kernel import NotFound

_HELD: Final = """
SELECT p.given_name IS NULL AS erased,
  (SELECT count(*) FROM registration r WHERE r.person_id = p.person_id) AS registrations,
  (SELECT count(*) FROM check_in c JOIN registration r USING (registration_id)
   WHERE r.person_id = p.person_id AND c.meeting_id = r.meeting_id) AS scans,
  (SELECT count(*) FROM participant_import_line l
   WHERE l.person IS NOT NULL
     AND (l.registration_id IN (SELECT r.registration_id FROM registration r WHERE r.person_id = p.person_id)
          OR l.person->>'mobile' = p.mobile OR lower(l.person->>'email') = lower(p.email))) AS import_lines
FROM person p WHERE p.person_id = $1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """How many rows belong to a person, and whether he is erased."""

    erased: bool
    registrations: int
    scans: int
    import_lines: int


async def held_of_person(connection: Connection, person_id: UUID) -> Held:
    """What there is of a person who was ever recorded; raises `NotFound`."""
    row = await connection.fetchrow(_HELD, person_id)
    if row is None:
        raise NotFound
    return Held(**dict(row))
