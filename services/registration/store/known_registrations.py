"""Registrations of a meeting with their persons, by identifier, number or address; and persons changed many at once."""

from collections.abc import Iterable, Sequence
from typing import Final
from uuid import UUID

import asyncpg

from services.registration.domain.form.answers import Answer
from services.registration.domain.importing import KnownRegistration, Registrations
from services.registration.domain.person import Person
from services.registration.domain.registration_states import ONE_EACH, sql_list
from services.registration.store.contacts import contacts_shared, share_contacts
from services.registration.store.person import person_of
from services.registration.store.uniqueness import uniqueness
from services.registration.tables import PersonRow, RegistrationRow
from shared.columns import names_of
from shared.contracts.registration import PersonRecorded
from shared.database import Connection

_PERSON: Final = ", ".join(f"p.{name}" for name in PersonRecorded.model_fields)
_FOUND: Final = f"SELECT r.registration_id, r.organisation AS body, r.state, {_PERSON} FROM"
_SEATED: Final = f"state IN ({sql_list(ONE_EACH)})"
_ANSWER: Final = names_of(RegistrationRow)
_WHO: Final = f"LATERAL (SELECT {names_of(PersonRow)} FROM person WHERE person.person_id = r.person_id"  # noqa: S608 -- constant names
_OF_PERSON: Final = f"{_WHO} LIMIT 1) AS p"
# One look into an index for each value; as a join it would be planned by how large the tables were some time ago.
_KNOWN: Final = f"""
{_FOUND} unnest($2::uuid[]) AS asked(id),
  LATERAL (SELECT {_ANSWER} FROM registration WHERE registration_id = asked.id AND meeting_id = $1 LIMIT 1) AS r,
  {_OF_PERSON}
UNION
{_FOUND} unnest($3::text[]) AS asked(mobile),
  LATERAL (SELECT {_ANSWER} FROM registration s
           WHERE meeting_id = $1 AND s.mobile = asked.mobile AND {_SEATED} LIMIT 1) AS r,
  {_OF_PERSON}
UNION
{_FOUND} unnest($4::text[]) AS asked(email),
  LATERAL (SELECT {_ANSWER} FROM registration s
           WHERE meeting_id = $1 AND s.email = asked.email AND {_SEATED} LIMIT 1) AS r,
  {_OF_PERSON}
UNION
{_FOUND} unnest($3::text[]) AS asked(mobile),
  LATERAL (SELECT {_ANSWER} FROM registration s
           WHERE meeting_id = $1 AND s.shared_mobile = asked.mobile AND {_SEATED}) AS r,
  {_OF_PERSON}
UNION
{_FOUND} unnest($4::text[]) AS asked(email),
  LATERAL (SELECT {_ANSWER} FROM registration s
           WHERE meeting_id = $1 AND s.shared_email = asked.email AND {_SEATED}) AS r,
  {_OF_PERSON}
"""  # noqa: S608 -- constant names
_ANSWERS: Final = "SELECT registration_id, answers FROM form_answer WHERE registration_id = ANY($1::uuid[])"
_LOCK_MEETING: Final = "SELECT phase FROM meeting WHERE meeting_id = $1 FOR UPDATE"
_PERSONS: Final = f"""
SELECT r.registration_id, p.version, {_PERSON} FROM registration r,
  {_WHO} FOR UPDATE) AS p
WHERE r.registration_id = ANY($1::uuid[]) ORDER BY r.registration_id
"""  # noqa: S608 -- constant names


def _own(column: str) -> str:
    """In SQL: a new number or address where it may be this registration's own; another may have it, if `$5`."""
    return f"""CASE WHEN $5 AND EXISTS (
      SELECT FROM registration AS other
      WHERE other.meeting_id = registration.meeting_id AND other.{column} = new.{column} AND other.{_SEATED}
        AND other.registration_id <> registration.registration_id) THEN NULL ELSE new.{column} END"""


_UPDATE: Final = f"""
UPDATE registration SET rank = new.rank,
  mobile = CASE WHEN {_SEATED} THEN {_own("mobile")} ELSE registration.mobile END,
  email = CASE WHEN {_SEATED} THEN {_own("email")} ELSE registration.email END
FROM unnest($1::uuid[], $2::int[], $3::text[], $4::text[]) AS new(registration_id, rank, mobile, email)
WHERE registration.registration_id = new.registration_id AND registration.registration_id = ANY($1)
"""  # noqa: S608 -- constant names


async def plan_for_lists(connection: Connection) -> None:
    """Plan each statement of this transaction anew: plans from when the tables were small read all of a large meeting.

    A list of 50,000 people makes them large within one transaction; planning 500 rows at a time costs next to nothing.
    """
    await connection.execute("SET LOCAL plan_cache_mode = force_custom_plan")


async def lock_meeting(connection: Connection, meeting_id: UUID) -> str | None:
    """The phase of the meeting, locked: nobody registers until the commit. None where there is no meeting."""
    phase: str | None = await connection.fetchval(_LOCK_MEETING, meeting_id)
    return phase


async def known_registrations(
    connection: Connection,
    meeting_id: UUID,
    *,
    identifiers: Iterable[UUID | None],
    persons: Iterable[PersonRecorded | None],
    answered: bool = False,
) -> Registrations:
    """All registrations of the meeting that rows with these identifiers and persons may be about.

    `answered`: with what was answered to the form.
    """
    people = [person for person in persons if person is not None]
    rows = await connection.fetch(
        _KNOWN,
        meeting_id,
        [each for each in identifiers if each is not None],
        [person.mobile for person in people if person.mobile],
        [person.email for person in people if person.email],
    )
    answers = await _answers(connection, [row["registration_id"] for row in rows]) if answered else {}
    shared = await contacts_shared(connection, meeting_id)
    return Registrations((_known(row, answers.get(row["registration_id"], {})) for row in rows), shared=shared)


async def _answers(connection: Connection, registrations: Sequence[UUID]) -> dict[UUID, dict[str, Answer]]:
    rows = await connection.fetch(_ANSWERS, registrations)
    return {row["registration_id"]: row["answers"] for row in rows}


async def registered_persons(connection: Connection, registrations: Sequence[UUID]) -> dict[UUID, Person]:
    """The persons of registrations, locked."""
    rows = await connection.fetch(_PERSONS, registrations)
    return {
        row["registration_id"]: Person(person_id=row["person_id"], version=row["version"], data=person_of(row))
        for row in rows
    }


async def update_registrations(
    connection: Connection, persons: dict[UUID, PersonRecorded], *, shared: bool = False
) -> None:
    """Copy rank, number and address of changed persons to their registrations, whose seat is known by them.

    Where people may share them (`shared`), each stays with the registration that has it, or that comes first.

    Raises the Refusal of a violated uniqueness.
    """
    people = list(persons.values())
    with uniqueness():
        await connection.execute(
            _UPDATE,
            list(persons),
            [person.rank for person in people],
            _first_of_each([person.mobile for person in people]) if shared else [person.mobile for person in people],
            _first_of_each([person.email for person in people]) if shared else [person.email for person in people],
            shared,
        )
    for registration_id in persons if shared else ():
        await share_contacts(connection, registration_id)


def _first_of_each(contacts: Sequence[str | None]) -> list[str | None]:
    """Each number or address where it stands first; nothing in its place where it comes again."""
    return [None if one in contacts[:place] else one for place, one in enumerate(contacts)]


def _known(row: asyncpg.Record, answers: dict[str, Answer]) -> KnownRegistration:
    return KnownRegistration(
        registration_id=row["registration_id"],
        organisation=row["body"],
        seated=row["state"] in ONE_EACH,
        person=person_of(row),
        answers=answers,
    )
