"""Events of the directory of organisations and persons. Only `PersonRecorded` carries names, numbers and addresses."""

from datetime import date
from typing import Literal
from uuid import UUID

from shared.contracts.base import Bilingual, Contract, Fact, Language, OrganisationCode, ShortText
from shared.contracts.registration.base import ORGANISATION, PERSON

Gender = Literal["female", "male", "not-stated"]


class OrganisationRecorded(Fact):
    """A body of government as it is called between two dates (2022's names stay with the meetings of 2022)."""

    organisation: OrganisationCode
    name: Bilingual
    abbreviation_lo: str | None = None
    protocol_order: int
    valid_from: date | None = None
    valid_until: date | None = None


class PersonRecorded(Fact):
    """The current state of one person: the only event that carries names, numbers and addresses."""

    person_id: UUID
    honorific: ShortText | None = None
    given_name: ShortText
    family_name: ShortText | None = None
    position_title: ShortText | None = None
    rank: int
    organisation: OrganisationCode
    mobile: str | None = None
    email: str | None = None
    language: Language = "lo"
    gender: Gender = "not-stated"
    fictitious: bool = False


class PersonErased(Fact):
    """The tombstone of a person: every service drops its copy."""

    person_id: UUID


CONTRACTS = (
    Contract(model=OrganisationRecorded, topic=ORGANISATION, since="0.1"),
    Contract(model=PersonRecorded, topic=PERSON, since="0.1"),
    Contract(model=PersonErased, topic=PERSON, since="0.1", tombstone=True),
)
