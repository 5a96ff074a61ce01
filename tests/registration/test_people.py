"""Persons and bodies: recorded, changed, forgotten."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.registration.domain import organisation as organisations
from services.registration.domain import person as persons
from services.registration.domain.organisation import Organisation, RecordOrganisation
from services.registration.domain.person import ErasePerson, Person, RecordPerson
from services.registration.domain.refusals import ContactMissing, InvalidSchedule
from services.registration.seed import read_organisations
from shared.contracts.base import Bilingual
from shared.contracts.registration import OrganisationRecorded, PersonErased, PersonRecorded
from shared.kernel import Actor, NotFound
from tests.registration.scenario import named

AT = datetime(2022, 9, 1, tzinfo=UTC)
SOMEBODY = Actor(subject="somebody")
KEO = named("keo")


def keo(**members: Any) -> PersonRecorded:
    told = {"given_name": "ແກ້ວ", "rank": 80, "organisation": "MOF", "mobile": "+8562055551234"}
    return PersonRecorded(person_id=KEO, **{**told, **members})


def record(data: PersonRecorded) -> RecordPerson:
    return RecordPerson(actor=SOMEBODY, at=AT, data=data)


ERASE = ErasePerson(actor=SOMEBODY, at=AT)
UNKNOWN = Person(person_id=KEO)
KNOWN = persons.evolve(UNKNOWN, keo())
ERASED = persons.evolve(KNOWN, PersonErased(person_id=KEO))


def test_a_person_is_recorded_once_and_again_when_something_has_changed() -> None:
    promoted = keo(rank=70)
    assert persons.decide(UNKNOWN, record(keo())) == [keo()]
    assert persons.decide(KNOWN, record(keo())) == []
    assert persons.decide(KNOWN, record(promoted)) == [promoted]
    assert persons.evolve(KNOWN, promoted) == Person(person_id=KEO, version=2, data=promoted)


def test_a_person_can_be_reached() -> None:
    with pytest.raises(ContactMissing):
        persons.decide(UNKNOWN, record(keo(mobile=None)))
    by_mail = keo(mobile=None, email="keo@example.la")
    assert persons.decide(UNKNOWN, record(by_mail)) == [by_mail]


def test_a_person_is_forgotten_once() -> None:
    assert persons.decide(KNOWN, ERASE) == [PersonErased(person_id=KEO)]
    assert Person(person_id=KEO, version=2, data=None) == ERASED
    with pytest.raises(NotFound):
        persons.decide(ERASED, ERASE)


def mtc(**members: Any) -> OrganisationRecorded:
    told = {"organisation": "MTC", "name": Bilingual(lo="ກະຊວງເຕັກໂນໂລຊີ ແລະ ການສື່ສານ"), "protocol_order": 10}
    return OrganisationRecorded(**{**told, **members})


def test_a_body_is_recorded_once_and_again_when_something_has_changed() -> None:
    new = Organisation(code="MTC")
    known = organisations.evolve(new, mtc())
    ended = mtc(valid_until=date(2025, 3, 20))
    command = RecordOrganisation(actor=SOMEBODY, at=AT, data=mtc())
    assert organisations.decide(new, command) == [mtc()]
    assert organisations.decide(known, command) == []
    assert organisations.decide(known, RecordOrganisation(actor=SOMEBODY, at=AT, data=ended)) == [ended]
    assert known == Organisation(code="MTC", version=1, data=mtc())


def test_facts_of_others_do_not_change_a_body() -> None:
    known = Organisation(code="MTC", version=1, data=mtc())
    assert organisations.evolve(known, PersonErased(person_id=KEO)).data == mtc()


@pytest.mark.parametrize("until", [date(2021, 3, 1), date(2021, 2, 28)])
def test_a_body_ends_after_it_began(until: date) -> None:
    data = mtc(valid_from=date(2021, 3, 1), valid_until=until)
    with pytest.raises(InvalidSchedule):
        organisations.decide(Organisation(code="MTC"), RecordOrganisation(actor=SOMEBODY, at=AT, data=data))


def test_the_bodies_that_ship_are_those_of_2022_too() -> None:
    bodies = {body.organisation: body for body in read_organisations()}
    that_day = date(2022, 9, 19)
    assert {body.name.lo for body in bodies.values() if not body.name.en} == set()
    assert len({body.protocol_order for body in bodies.values()}) == len(bodies)
    for code in ("MTC", "MOF", "MPI", "MOHA", "PMO"):
        body = bodies[code]
        assert (body.valid_from or date.min) <= that_day < (body.valid_until or date.max), code
