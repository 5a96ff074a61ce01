"""Numbers and addresses of registrations: whose they are, and how they are written.

In `mobile` and `email` of a registration stands only what belongs to it: in a meeting each number and each address
belongs to one registration at most. Who registers with one that is taken has none there; `same_contact_as` then names
the other registration; where the organiser lets people share them, they are in `shared_mobile` and `shared_email`
of everybody else who has them. The caller holds the lock on the meeting's row.
"""

from collections.abc import Iterable, Sequence
from typing import Final
from uuid import UUID

import asyncpg

from services.registration.domain.contacts.holders import ContactHolder, same_people
from services.registration.domain.contacts.same_person import Name, name_of, same_person
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


_HOLDER: Final = f"r.registration_id, r.person_id, r.organisation, {TOLD_AT} AS told_at"
_HOLDERS: Final = f"""
SELECT {_HOLDER} FROM person
JOIN registration AS r ON r.meeting_id = $1 AND (r.mobile = person.mobile OR r.email = person.email)
WHERE person.person_id = $2 AND r.state IN ({sql_list(ONE_EACH)})
"""  # noqa: S608 -- constant names
_SHARED: Final = "SELECT coalesce((admission->>'shared_contacts')::boolean, false) FROM meeting WHERE meeting_id = $1"
_SHARING: Final = f"""
SELECT {_HOLDER}, other.given_name, other.family_name FROM person
JOIN registration AS r ON r.meeting_id = $1 AND (
  r.mobile = person.mobile OR r.email = person.email OR r.shared_mobile = person.mobile
  OR r.shared_email = person.email)
JOIN person AS other ON other.person_id = r.person_id
WHERE person.person_id = $2 AND r.state IN ({sql_list(ONE_EACH)})
"""  # noqa: S608 -- constant names
_NAME: Final = "SELECT given_name, family_name FROM person WHERE person_id = $1"
_SAME: Final = """
SELECT EXISTS (SELECT FROM person AS one JOIN person AS other ON one.mobile = other.mobile OR one.email = other.email
               WHERE one.person_id = $1 AND other.person_id = $2)
"""
_REGISTRATION: Final = "SELECT meeting_id, person_id FROM registration WHERE registration_id = $1"
_SHARE: Final = """
UPDATE registration AS r SET shared_mobile = CASE WHEN r.mobile IS NULL THEN person.mobile END,
                             shared_email = CASE WHEN r.email IS NULL THEN person.email END, same_contact_as = NULL
FROM person WHERE r.registration_id = $1 AND person.person_id = r.person_id
"""
_TOLD_AGAIN: Final = "UPDATE registration SET told_again_at = now() WHERE registration_id = $1"


async def holders_of(connection: Connection, meeting_id: UUID, person_id: UUID) -> Sequence[ContactHolder]:
    """The registrations of a person by his number and address; where people share them, those with his name, too."""
    if not await contacts_shared(connection, meeting_id):
        return [ContactHolder(**dict(row)) for row in await connection.fetch(_HOLDERS, meeting_id, person_id)]
    holders = [named_holder(row) for row in await connection.fetch(_SHARING, meeting_id, person_id)]
    return same_people(await _name(connection, person_id), holders)


async def contacts_shared(connection: Connection, meeting_id: UUID) -> bool:
    """Whether several people of the meeting may have one number or address."""
    return bool(await connection.fetchval(_SHARED, meeting_id))


def named_holder(row: asyncpg.Record) -> ContactHolder:
    """A registration with the name of its person."""
    members = {name: row[name] for name in ("registration_id", "person_id", "organisation", "told_at")}
    return ContactHolder(**members, name=name_of(row["given_name"], row["family_name"]))


async def _name(connection: Connection, person_id: UUID) -> Name | None:
    row = await connection.fetchrow(_NAME, person_id)
    return name_of(row["given_name"], row["family_name"]) if row else None


async def reached_alike(connection: Connection, meeting_id: UUID, one: UUID, other: UUID) -> bool:
    """Whether two persons have the same number or address, and the same name where the meeting lets people share."""
    found: bool = await connection.fetchval(_SAME, one, other)
    if not found or not await contacts_shared(connection, meeting_id):
        return found
    return same_person(await _name(connection, one), await _name(connection, other))


async def of_same_person(
    connection: Connection, meeting_id: UUID, person_id: UUID, found: Sequence[asyncpg.Record]
) -> asyncpg.Record | None:
    """Of registrations with the number or address of a person the first that is his: each, where people share none."""
    if not await contacts_shared(connection, meeting_id):
        return next(iter(found), None)
    name = await _name(connection, person_id)
    for row in found:
        if same_person(name, await _name(connection, row["person_id"])):
            return row
    return None


async def share_contacts(connection: Connection, registration_id: UUID) -> None:
    """Note the number and address of a registration that belong to another one, where its person may share them.

    Called after the registration was written, with what belongs to it alone (`own`).
    """
    row = await connection.fetchrow(_REGISTRATION, registration_id)
    if row is None or not await contacts_shared(connection, row["meeting_id"]):
        return
    same = await holders_of(connection, row["meeting_id"], row["person_id"])
    if all(one.registration_id == registration_id for one in same):
        await connection.execute(_SHARE, registration_id)


async def note_told_again(connection: Connection, registration_id: UUID) -> None:
    """The person of this registration is told now that his number or address was used once more."""
    await connection.execute(_TOLD_AGAIN, registration_id)
