"""Events of the directory of organisations and persons. Only `PersonRecorded` carries names, numbers and addresses."""

from collections.abc import Mapping
from datetime import date
from typing import Literal
from uuid import UUID

from shared.contracts.base import Bilingual, Contract, Fact, Instant, Language, OrganisationCode, ShortText, Value
from shared.contracts.registration.base import ORGANISATION, PERSON

Gender = Literal["female", "male", "not-stated"]
CollectionPurpose = Literal["participation", "invitation", "hosting"]
Collector = Literal["person", "organisation", "organiser"]


class EarlierOrganisation(Value):
    """How a body was called and where it stood until a day: on `until` itself what follows holds already."""

    until: date
    name: Bilingual
    abbreviation_lo: ShortText | None = None
    abbreviation_en: ShortText | None = None
    protocol_order: int
    kind: ShortText | None = None
    parent: OrganisationCode | None = None


class OrganisationRecorded(Fact):
    """A body of government with all that it was called (2022's names stay with the meetings of 2022).

    Name, abbreviations, `kind`, `parent` and `protocol_order` are those of the last change on; `earlier` are those
    before, the oldest first. `valid_until` is the first day on which the body is no more: its work goes to `successors`
    then, and `taken_over_by` is the one of them that acts for it.
    """

    organisation: OrganisationCode
    name: Bilingual
    abbreviation_lo: str | None = None
    abbreviation_en: ShortText | None = None
    protocol_order: int
    kind: ShortText | None = None
    parent: OrganisationCode | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    earlier: tuple[EarlierOrganisation, ...] = ()
    successors: tuple[OrganisationCode, ...] = ()
    taken_over_by: OrganisationCode | None = None

    def on(self, day: date) -> "OrganisationRecorded | EarlierOrganisation":
        """As the body was called on `day`: before its beginning as at first, after its end as at last."""
        return next((one for one in self.earlier if day < one.until), self)


def acting_on(day: date, code: str, bodies: Mapping[str, OrganisationRecorded]) -> str:
    """The body that acts for `code` on `day`: itself while it exists, then whoever has taken it over, and so on."""
    for _ in bodies:
        body = bodies.get(code)
        if body is None or body.valid_until is None or body.valid_until > day or body.taken_over_by is None:
            break
        if body.taken_over_by not in bodies:
            break  # not known yet
        code = body.taken_over_by
    return code


def called_on(day: date, code: str, bodies: Mapping[str, OrganisationRecorded]) -> Bilingual:
    """How a body is shown of something that takes place on `day`: of one that has ended by then, with who acts for it.

    `ກະຊວງ A (ປັດຈຸບັນ ກະຊວງ B)`. Registration's SQL function `organisation_on` says the same.
    """
    was, acting = bodies[code].on(day).name, acting_on(day, code, bodies)
    if acting == code:
        return was
    now = bodies[acting].on(day).name
    return Bilingual(lo=f"{was.lo} (ປັດຈຸບັນ {now.lo})", en=f"{was.en or was.lo} (now {now.en or now.lo})")


class Collected(Value):
    """For what, by whom and when the data of a person were collected.

    `purpose`: to take part in a meeting or to say that one will not (`participation`), to receive an invitation for a
    body (`invitation`), to chair or co-host (`hosting`). `by`: the person himself, somebody of his organisation, or the
    organiser of the meeting. `notice` is the version of the privacy notice that the person was shown, where whoever
    told of him says so.
    """

    purpose: CollectionPurpose
    by: Collector
    at: Instant
    notice: str | None = None


class PersonRecorded(Fact):
    """The current state of one person: the only event that carries names, numbers and addresses.

    `collected` is null where an earlier release has recorded him.
    """

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
    collected: Collected | None = None


class PersonErased(Fact):
    """The tombstone of a person: every service drops its copy."""

    person_id: UUID


CONTRACTS = (
    Contract(model=OrganisationRecorded, topic=ORGANISATION, since="0.1"),
    Contract(model=PersonRecorded, topic=PERSON, since="0.1"),
    Contract(model=PersonErased, topic=PERSON, since="0.1", tombstone=True),
)
