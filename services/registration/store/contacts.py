"""Numbers and addresses of registrations: whose they are, and how they are written.

In `mobile` and `email` of a registration stands only what belongs to it: in a meeting each number and each address
belongs to one registration at most. Who registers with one that is taken has none there; `same_contact_as` then names
the other registration. The caller holds the lock on the meeting's row.
"""

from collections.abc import Iterable, Sequence
from typing import Final
from uuid import UUID

from services.registration.domain.contacts.holders import ContactHolder
from services.registration.domain.registration_states import ONE_EACH, RegistrationState, sql_list
from shared.database import Connection

TOLD_AT: Final = "greatest(r.answered_at, r.told_again_at)"
"""When the person of the registration `r` was last told of it."""


def held(column: str, meeting: str, *, states: Iterable[RegistrationState] = ONE_EACH, but: str = "NULL") -> str:
    """In SQL: the registration that the number or address of `person` belongs to, another one than `but`."""
    return f"""(
    SELECT other.registration_id FROM registration AS other
    WHERE other.meeting_id = {meeting} AND other.{column} = person.{column} AND other.state IN ({sql_list(states)})
      AND other.registration_id IS DISTINCT FROM {but} LIMIT 1)"""  # noqa: S608 -- constant names


def own(column: str, meeting: str, *, states: Iterable[RegistrationState] = ONE_EACH, but: str = "NULL") -> str:
    """In SQL: the number or address of `person` where it belongs to no other registration."""
    return f"CASE WHEN {held(column, meeting, states=states, but=but)} IS NULL THEN person.{column} END"


_HOLDERS: Final = f"""
SELECT r.registration_id, r.person_id, r.organisation, {TOLD_AT} AS told_at FROM person
JOIN registration AS r ON r.meeting_id = $1 AND (r.mobile = person.mobile OR r.email = person.email)
WHERE person.person_id = $2 AND r.state IN ({sql_list(ONE_EACH)})
"""  # noqa: S608 -- constant names
_SAME: Final = """
SELECT EXISTS (SELECT FROM person AS one JOIN person AS other ON one.mobile = other.mobile OR one.email = other.email
               WHERE one.person_id = $1 AND other.person_id = $2)
"""
_TOLD_AGAIN: Final = "UPDATE registration SET told_again_at = now() WHERE registration_id = $1"


async def holders_of(connection: Connection, meeting_id: UUID, person_id: UUID) -> Sequence[ContactHolder]:
    """The registrations that the number and the address of a person belong to."""
    return [ContactHolder(**dict(row)) for row in await connection.fetch(_HOLDERS, meeting_id, person_id)]


async def reached_alike(connection: Connection, one: UUID, other: UUID) -> bool:
    """Whether two persons have the same number or address."""
    found: bool = await connection.fetchval(_SAME, one, other)
    return found


async def note_told_again(connection: Connection, registration_id: UUID) -> None:
    """The person of this registration is told now that his number or address was used once more."""
    await connection.execute(_TOLD_AGAIN, registration_id)
