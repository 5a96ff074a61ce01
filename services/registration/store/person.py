"""The rows of persons."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from services.registration.domain.person import Person, PersonCommands
from shared.contracts import Fact
from shared.contracts.registration import PersonRecorded
from shared.database import Connection
from shared.kernel import Key, StaleVersion
from shared.lao import search_key

_MEMBERS = [name for name in PersonRecorded.model_fields if name != "person_id"]
_LOAD = f"SELECT person_id, version, {', '.join(_MEMBERS)} FROM person WHERE person_id = $1 FOR UPDATE"  # noqa: S608 -- constant names
_TYPES = {"rank": "int", "fictitious": "boolean", "collected": "jsonb"}
_COLUMNS = [f"${number}::{_TYPES.get(name, 'text')}[]" for number, name in enumerate(_MEMBERS, 3)]
_INSERT = f"""
INSERT INTO person (person_id, version, {", ".join(_MEMBERS)}, search_key)
SELECT * FROM unnest($1::uuid[], $2::bigint[], {", ".join(_COLUMNS)}, ${len(_MEMBERS) + 3}::text[])
"""  # noqa: S608 -- constant names
_UPDATE = f"""
UPDATE person SET version = $2, {", ".join(f"{name} = ${number}" for number, name in enumerate(_MEMBERS, 3))},
                  search_key = ${len(_MEMBERS) + 3}
WHERE person_id = $1 AND version = ${len(_MEMBERS) + 4}
"""  # noqa: S608 -- constant names
_UPDATE_MANY = f"""
UPDATE person SET version = new.version, {", ".join(f"{name} = new.{name}" for name in _MEMBERS)},
                  search_key = new.search_key
FROM unnest($1::uuid[], $2::bigint[], {", ".join(_COLUMNS)}, ${len(_MEMBERS) + 3}::text[],
            ${len(_MEMBERS) + 4}::bigint[])
     AS new(person_id, version, {", ".join(_MEMBERS)}, search_key, seen)
WHERE person.person_id = new.person_id AND person.version = new.seen AND person.person_id = ANY($1)
"""  # noqa: S608 -- constant names
_FORGET_LINES = """
DELETE FROM participant_import_line
WHERE registration_id = ANY(ARRAY(SELECT registration_id FROM registration WHERE person_id = $1))
   OR person->>'mobile' = $2 OR lower(person->>'email') = lower($3)
"""
_FORGET_ANSWERS = """
DELETE FROM form_answer
WHERE registration_id = ANY(ARRAY(SELECT registration_id FROM registration WHERE person_id = $1))
"""
_FORGET = """
UPDATE registration SET mobile = NULL, email = NULL, shared_mobile = NULL, shared_email = NULL, reason = NULL
WHERE person_id = $1
"""

_MEETINGS_OF = """
SELECT meeting_id, registration_id, organiser FROM registration JOIN meeting USING (meeting_id)
WHERE person_id = $1 ORDER BY meeting_id, registration_id FOR UPDATE OF meeting
"""


async def lock_meetings_of(connection: Connection, person_id: UUID) -> Sequence[asyncpg.Record]:
    """The registrations of a person, each with the organiser of its meeting; the meetings are locked."""
    return await connection.fetch(_MEETINGS_OF, person_id)


async def load_person(connection: Connection, key: Key, command: PersonCommands) -> Person:  # noqa: ARG001 -- a `load`
    """The person, locked; version 0 where there is none."""
    person_id = UUID(str(key))
    row = await connection.fetchrow(_LOAD, person_id)
    if row is None:
        return Person(person_id=person_id)
    return Person(person_id=person_id, version=row["version"], data=person_of(row))


def person_of(row: asyncpg.Record) -> PersonRecorded | None:
    """The person of a row that has all his columns; None after the erasure."""
    return PersonRecorded(**{name: row[name] for name in PersonRecorded.model_fields}) if row["given_name"] else None


async def save_person(connection: Connection, before: Person, after: Person, facts: Sequence[Fact]) -> None:  # noqa: ARG001 -- a `save`
    """Write the last state; an erased person keeps identifier and version only, also in his registrations."""
    values = [getattr(after.data, name, None) for name in _MEMBERS]
    if before.version == 0:
        await insert_persons(connection, [after])
        return
    written = (after.person_id, after.version, *values, name_key(after), before.version)
    if await connection.execute(_UPDATE, *written) != "UPDATE 1":
        raise StaleVersion
    if after.data is None:
        reached_by = (before.data.mobile, before.data.email) if before.data else (None, None)
        await connection.execute(_FORGET_LINES, after.person_id, *reached_by)
        await connection.execute(_FORGET_ANSWERS, after.person_id)
        await connection.execute(_FORGET, after.person_id)


async def insert_persons(connection: Connection, persons: Sequence[Person]) -> None:
    """Write persons who are new."""
    await connection.execute(_INSERT, *_columns(persons))


async def update_persons(connection: Connection, persons: Sequence[tuple[int, Person]]) -> None:
    """Write persons who have changed, each with the version that was loaded; raises `StaleVersion`."""
    versions = [version for version, _ in persons]
    done = await connection.execute(_UPDATE_MANY, *_columns([person for _, person in persons]), versions)
    if done != f"UPDATE {len(persons)}":
        raise StaleVersion


def _columns(persons: Sequence[Person]) -> list[list[object]]:
    columns = [[getattr(person.data, name) for person in persons] for name in _MEMBERS]
    keys: list[object] = [name_key(person) for person in persons]
    return [[person.person_id for person in persons], [person.version for person in persons], *columns, keys]


def name_key(person: Person) -> str | None:
    """By which a person is found, however his name is spelled; nothing is left of it after the erasure."""
    return search_key(f"{person.data.given_name} {person.data.family_name or ''}") if person.data else None
