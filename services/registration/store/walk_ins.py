"""People who have not registered and come in: whether they are in the meeting all the same, and what is written."""

from typing import Final
from uuid import UUID

from services.registration.domain.desk.commands import AdmitWalkIn
from services.registration.domain.desk.walk_ins import OTHER_BODY
from services.registration.domain.registration_states import GIVEN_UP, ONE_EACH, RegistrationState, sql_list
from services.registration.domain.state import Members
from services.registration.store.contacts import contacts_shared, own, share_contacts
from services.registration.store.waiting import seat_of
from services.registration.tables import RegistrationRow
from shared.columns import names_of
from shared.contracts.registration import ParticipantRegistered, PersonRecorded
from shared.database import Connection
from shared.lao import search_key

_SCAN: Final = "SELECT true FROM check_in WHERE meeting_id = $1 AND device = $2 AND nonce = $3"
_ANSWER: Final = names_of(RegistrationRow)
_HELD: Final = f"state IN ({sql_list(ONE_EACH)})"
_ASKED: Final = f"state = '{RegistrationState.REQUESTED}'"
_SAME: Final = f"""
SELECT {names_of(RegistrationRow, "seat")}, blocked.reason IS NOT NULL AS blocked,
       person.given_name, person.family_name
FROM (
  SELECT {_ANSWER} FROM registration WHERE meeting_id = $1 AND mobile = $2 AND {_HELD}
  UNION SELECT {_ANSWER} FROM registration WHERE meeting_id = $1 AND email = $3 AND {_HELD}
  UNION SELECT {_ANSWER} FROM registration WHERE meeting_id = $1 AND shared_mobile = $2 AND {_HELD}
  UNION SELECT {_ANSWER} FROM registration WHERE meeting_id = $1 AND shared_email = $3 AND {_HELD}
  UNION SELECT {_ANSWER} FROM registration WHERE meeting_id = $1 AND mobile = $2 AND {_ASKED}
  UNION SELECT {_ANSWER} FROM registration WHERE meeting_id = $1 AND email = $3 AND {_ASKED}
  UNION SELECT {_ANSWER} FROM registration
  WHERE meeting_id = $1 AND (mobile = $2 OR email = $3) AND represents IS NULL AND state NOT IN ({sql_list(ONE_EACH)})
    AND state IN ({sql_list(GIVEN_UP)})
) AS seat JOIN person USING (person_id) LEFT JOIN blocked_registration blocked USING (registration_id)
ORDER BY blocked.reason IS NOT NULL DESC, {_HELD} DESC, {_ASKED} DESC,
         registration_id DESC
"""  # noqa: S608 -- constant names
_TAKEN: Final = f"""
SELECT EXISTS (SELECT FROM registration WHERE meeting_id = $1 AND mobile = $2 AND {_HELD}) AS mobile,
       EXISTS (SELECT FROM registration WHERE meeting_id = $1 AND email = $3 AND {_HELD}) AS email
"""  # noqa: S608 -- constant names
_BODIES: Final = "SELECT code FROM organisation WHERE code = ANY($1::text[])"
_INSERT: Final = f"""
INSERT INTO registration (registration_id, meeting_id, person_id, organisation, rank, state, code, mobile, email,
                          promoted, ticket_serial, answered_at, walk_in, over_capacity)
SELECT $1, $2, person_id, $4, $5, '{RegistrationState.CONFIRMED}', $6, {own("mobile", "$2")}, {own("email", "$2")},
       false, 0, now(), true, $7
FROM person WHERE person_id = $3
"""  # noqa: S608 -- constant names


async def for_walk_in(connection: Connection, meeting_id: UUID, command: AdmitWalkIn) -> Members:
    """As `LOADERS`. The same person has the same number or address, and a name that begins alike in any spelling."""
    known = await connection.fetchval(_SCAN, meeting_id, command.device, command.nonce)
    person = command.person
    rows = await connection.fetch(_SAME, meeting_id, person.mobile, person.email)
    name = _name_key(person.given_name, person.family_name)
    same = (row for row in rows if row["given_name"] and _alike(name, _name_key(row["given_name"], row["family_name"])))
    found = next(same, None)
    return {"scan_known": bool(known), "seat": found and seat_of(found, blocked=found["blocked"])}


def _name_key(given_name: str, family_name: str | None) -> str:
    return search_key(f"{given_name} {family_name or ''}")


def _alike(one: str, other: str) -> bool:
    """Whether two names may be those of one person: a desk may know the given name alone."""
    return bool(one and other) and (one.startswith(other) or other.startswith(one))


async def with_free_contacts(connection: Connection, meeting_id: UUID, person: PersonRecorded) -> PersonRecorded:
    """The person without a number or an address that is another's, unless people of the meeting may share them."""
    if await contacts_shared(connection, meeting_id):
        return person
    taken = await connection.fetchrow(_TAKEN, meeting_id, person.mobile, person.email)
    update = {name: None for name in ("mobile", "email") if taken and taken[name]}
    return PersonRecorded(**{**dict(person), **update})


async def registered_body(connection: Connection, code: str | None) -> str | None:
    """The body that is meant, or the one for all that the registry does not have; None where it has not even that."""
    found = {row["code"] for row in await connection.fetch(_BODIES, [code, OTHER_BODY])}
    return next((one for one in (code, OTHER_BODY) if one in found), None)


async def insert_walk_in(connection: Connection, fact: ParticipantRegistered) -> None:
    """Write the registration of a walk-in; his person is written already."""
    await connection.execute(
        _INSERT,
        fact.registration_id,
        fact.meeting_id,
        fact.person_id,
        fact.organisation,
        fact.rank,
        fact.code,
        fact.over_capacity,
    )
    await share_contacts(connection, fact.registration_id)
