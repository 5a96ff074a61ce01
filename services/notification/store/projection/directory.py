"""The copies of persons and bodies of government."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from services.notification.store.message import lock_persons
from services.notification.store.projection.writer import Writer
from shared.contracts import Fact
from shared.contracts.registration import OrganisationRecorded, PersonErased, PersonRecorded
from shared.database import Connection

_PERSON = """
INSERT INTO person (person_id, erased, honorific, given_name, family_name, mobile, email, language)
VALUES ($1, false, $2, $3, $4, $5, $6, $7)
ON CONFLICT (person_id) DO UPDATE SET erased = false, honorific = excluded.honorific,
  given_name = excluded.given_name, family_name = excluded.family_name, mobile = excluded.mobile,
  email = excluded.email, language = excluded.language
"""
_ERASE = """
INSERT INTO person (person_id, erased) VALUES ($1, true)
ON CONFLICT (person_id) DO UPDATE SET erased = true, honorific = NULL, given_name = NULL, family_name = NULL,
  mobile = NULL, email = NULL, language = NULL
"""
_FORGET_ENTRIES = """
DELETE FROM calendar_entry WHERE address = (SELECT lower(email) FROM person WHERE person_id = $1)
"""
_ORGANISATION = """
INSERT INTO organisation (code, name, recorded) VALUES ($1, $2, $3)
ON CONFLICT (code) DO UPDATE SET name = excluded.name, recorded = excluded.recorded
"""


async def keep_persons(connection: Connection, facts: Sequence[PersonRecorded]) -> None:
    """Know these persons; of one who is among them twice, the last that was said holds."""
    await lock_persons(connection, {fact.person_id for fact in facts})
    names = ("person_id", "honorific", "given_name", "family_name", "mobile", "email", "language")
    await connection.executemany(_PERSON, [[getattr(fact, name) for name in names] for fact in facts])


async def _person(connection: Connection, fact: PersonRecorded, _at: datetime) -> None:
    await keep_persons(connection, [fact])


async def _erased(connection: Connection, fact: PersonErased, _at: datetime) -> None:
    await lock_persons(connection, [fact.person_id])
    await connection.execute(_FORGET_ENTRIES, fact.person_id)
    await connection.execute(_ERASE, fact.person_id)


async def _organisation(connection: Connection, fact: OrganisationRecorded, _at: datetime) -> None:
    told = (fact.name.model_dump(exclude_none=True), fact.model_dump(mode="json"))
    await connection.execute(_ORGANISATION, fact.organisation, *told)


WRITERS: Final[Mapping[type[Fact], Writer]] = {
    PersonRecorded: _person,
    PersonErased: _erased,
    OrganisationRecorded: _organisation,
}
