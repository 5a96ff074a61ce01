"""The draft says what happened: who came, in which class, in the words of that day."""

from dataclasses import replace
from uuid import UUID

import pytest

from services.minutes.domain.attendance import AttendanceClass, Gender, Presence, attendance
from services.minutes.domain.draft import Section, drafted, revised, written
from services.minutes.domain.drafting import ERASED, awaited, draft
from services.minutes.domain.meeting import AnswerState, Body, Meeting, Participant, Person
from services.minutes.domain.refusals import MeetingNotHeld
from shared.contracts.base import Bilingual
from tests.minutes import registration_facts
from tests.minutes.registration_facts import (
    BODIES,
    BOUN,
    CHAIR,
    DAO,
    KEO,
    NOY,
    PEOPLE,
    REASON,
    SOM,
    VILAY,
    person_id,
    seat_id,
)

MEETING = UUID(int=1)


def a_body(code: str) -> Body:
    name, abbreviation, order = BODIES[code]
    return Body(name=name, abbreviation=abbreviation, protocol_order=order)


def a_person(name: str) -> Person:
    title, rank, gender = PEOPLE[name]
    return Person(honorific="ທ່ານ", given_name=name, position_title=title, rank=rank, gender=Gender(gender))


def answer(name: str, **members: object) -> Participant:
    known = {
        "registration_id": seat_id(MEETING, name),
        "person_id": person_id(name),
        "organisation": "MOF",
        "state": AnswerState.CONFIRMED,
        "rank": PEOPLE[name][1],
    }
    return Participant(**{**known, **members})  # type: ignore[arg-type] # -- each member has the type of its own


def happened(*participants: Participant, **changes: object) -> Meeting:
    known = {
        "details": registration_facts.drafted(MEETING),
        "started_at": registration_facts.START,
        "ended_at": registration_facts.END,
        "participants": participants,
        "bodies": {code: a_body(code) for code in BODIES},
        "people": {person_id(name): a_person(name) for name in PEOPLE},
    }
    return Meeting(**{**known, **changes})  # type: ignore[arg-type] # -- as above


def listed(meeting: Meeting) -> dict[Presence, list[tuple[str, str]]]:
    """Name and remark of each line, by class."""

    def lines(printed: AttendanceClass) -> list[tuple[str, str]]:
        return [(row.name, row.remark) for row in printed.rows]

    return {printed.presence: lines(printed) for printed in attendance(draft(meeting).attendees)}


MOF = BODIES["MOF"][0]
CAME = answer(KEO, checked_in=True)


def test_who_came_is_listed_by_rank_then_body_then_name_and_the_chair_leads() -> None:
    other = answer(BOUN, organisation="MOJ", checked_in=True)
    late = answer(DAO, checked_in=True)
    assert listed(happened(late, CAME, other)) == {
        Presence.CHAIRING: [(f"ທ່ານ {CHAIR}", "ປະທານກອງປະຊຸມ")],
        Presence.PRESENT: [(f"ທ່ານ {BOUN}", ""), (f"ທ່ານ {KEO}", ""), (f"ທ່ານ {DAO}", "")],
    }
    assert (draft(happened(late, CAME, other)).count.present, draft(happened(CAME)).count.women) == (4, 1)


def test_a_chair_who_came_as_a_participant_is_listed_and_counted_once() -> None:
    chair = answer(CHAIR, organisation="MTC", checked_in=True)
    assert listed(happened(CAME, chair)) == {Presence.PRESENT: [(f"ທ່ານ {CHAIR}", "ປະທານກອງປະຊຸມ"), (f"ທ່ານ {KEO}", "")]}
    assert draft(happened(CAME, chair)).count.present == 2


def test_a_chair_whose_ticket_was_not_scanned_is_not_absent() -> None:
    assert listed(happened(answer(CHAIR, organisation="MTC"))) == {
        Presence.CHAIRING: [(f"ທ່ານ {CHAIR}", "ປະທານກອງປະຊຸມ")]
    }


def test_a_representative_is_printed_with_his_body_and_the_one_he_came_for_is_not_named() -> None:
    gone = answer(SOM, state=AnswerState.REPRESENTED)
    instead = answer(NOY, represents=gone.registration_id, checked_in=True)
    assert listed(happened(gone, instead))[Presence.REPRESENTING] == [(f"ທ່ານ {NOY}", f"ຕາງໜ້າ {MOF}")]
    assert Presence.EXCUSED not in listed(happened(gone, instead))


def test_a_representative_who_did_not_come_is_counted_as_absent() -> None:
    gone = answer(SOM, state=AnswerState.REPRESENTED)
    instead = answer(NOY, represents=gone.registration_id)
    assert listed(happened(gone, instead))[Presence.ABSENT] == [(MOF, "1 ທ່ານ")]


@pytest.mark.parametrize(
    ("participant", "expected"),
    [
        (
            answer(VILAY, state=AnswerState.DECLINED, rank=None, reason=REASON),
            {Presence.EXCUSED: [(MOF, "1 ທ່ານ")]},
        ),
        (answer(VILAY, state=AnswerState.WITHDRAWN, reason=REASON), {Presence.EXCUSED: [(MOF, "1 ທ່ານ")]}),
        (answer(VILAY, state=AnswerState.WITHDRAWN), {}),
        (answer(VILAY, state=AnswerState.WAITLISTED), {}),
        (answer(VILAY), {Presence.ABSENT: [(MOF, "1 ທ່ານ")]}),
    ],
)
def test_who_did_not_come_is_counted_as_excused_or_absent_or_not_our_business(
    participant: Participant, expected: dict[Presence, list[tuple[str, str]]]
) -> None:
    classes = listed(happened(participant))
    del classes[Presence.CHAIRING]
    assert classes == expected


def test_nobody_is_drafted_before_everybody_is_known() -> None:
    gone = answer(SOM, state=AnswerState.REPRESENTED)
    instead = answer(NOY, organisation="MOJ", represents=gone.registration_id, checked_in=True)
    known = happened(gone, instead)
    strangers = replace(known, bodies={"MTC": a_body("MTC")}, people={})
    assert awaited(strangers) == ({"MOJ", "UNDP"}, {person_id(NOY), person_id(SOM), person_id(CHAIR)})
    assert awaited(known) == (set(), set())


def test_nobody_waits_for_those_whom_the_minutes_do_not_name() -> None:
    waiting = answer(VILAY, organisation="PMO", state=AnswerState.WAITLISTED)
    assert awaited(happened(waiting, people={person_id(CHAIR): a_person(CHAIR)})) == (set(), set())


def test_an_erased_person_has_a_line_and_no_name() -> None:
    people = {person_id(CHAIR): a_person(CHAIR), person_id(KEO): Person(given_name=None)}
    erased = happened(CAME, people=people)
    assert listed(erased)[Presence.PRESENT] == [(ERASED, "")]
    assert (draft(erased).count.present, draft(erased).count.women) == (2, 0)


def test_an_erased_chair_leads_without_a_name() -> None:
    erased = happened(people={person_id(CHAIR): Person(given_name=None)})
    assert draft(erased).gathering.chair == ERASED


@pytest.mark.parametrize("missing", ["started_at", "ended_at"])
def test_a_meeting_that_is_not_over_has_no_draft(missing: str) -> None:
    with pytest.raises(MeetingNotHeld):
        draft(happened(CAME, **{missing: None}))


def test_the_sections_follow_from_the_facts() -> None:
    sections = drafted(draft(happened(CAME, answer(NOY, checked_in=True))))
    assert sections == {
        Section.OPENING: (
            "ໃນວັນທີ 19 ກັນຍາ 2022, ເວລາ 08:30 ໂມງ, ທີ່ ໂຮງແຮມ ຄລາວພລາຊາ, ນະຄອນຫຼວງວຽງຈັນ, "
            "ກະຊວງເຕັກໂນໂລຊີ ແລະ ການສື່ສານ ຮ່ວມກັບ ອົງການ UNDP ປະຈຳ ສປປ ລາວ "
            "ໄດ້ຈັດກອງປະຊຸມປຶກສາຫາລື ກ່ຽວກັບການສ້າງຍຸດທະສາດ ໂດຍການເປັນປະທານຂອງ ທ່ານ ສັນຕິສຸກ, ຮອງລັດຖະມົນຕີ ກຕສ, "
            "ມີຜູ້ເຂົ້າຮ່ວມທັງໝົດ 3 ທ່ານ, ຍິງ 2 ທ່ານ (ລາຍຊື່ຄັດຕິດ)."
        ),
        Section.PURPOSE: "ປຶກສາຫາລືການສ້າງແຜນຍຸດທະສາດ",
        Section.CLOSING: "ກອງປະຊຸມໄດ້ປິດລົງໃນເວລາ 12:00 ໂມງ ຂອງວັນດຽວກັນ.",
        Section.PLACE: "ນະຄອນຫຼວງວຽງຈັນ",
        Section.RECORDER: "ສູນບໍລິຫານດິຈິຕອນ",
    }


def test_nothing_is_invented_where_the_organiser_said_nothing() -> None:
    bare = registration_facts.drafted(
        MEETING, purpose=None, outcome=None, organiser_unit=None, venue=Bilingual(lo="ຫ້ອງປະຊຸມ,"), co_hosts=()
    )
    made = draft(happened(CAME, details=bare))
    assert (made.issuer, made.bodies) == (
        ("ກະຊວງເຕັກໂນໂລຊີ ແລະ ການສື່ສານ",),
        ("ກະຊວງການເງິນ", "ກະຊວງເຕັກໂນໂລຊີ ແລະ ການສື່ສານ"),
    )
    sections = drafted(made)
    assert (sections[Section.PLACE], sections[Section.RECORDER]) == ("ຫ້ອງປະຊຸມ,", made.issuer[0])
    assert set(sections) == {Section.OPENING, Section.CLOSING, Section.PLACE, Section.RECORDER}


@pytest.mark.parametrize(
    ("name", "abbreviation", "short"),
    [("ກະຊວງເຕັກໂນໂລຊີ", "ຕສ", "ກຕສ"), ("ສະພາແຫ່ງຊາດ", "ສພຊ", "ສພຊ"), ("ກະຊວງການເງິນ", None, None)],
)
def test_a_ministry_is_shortened_as_the_press_does(name: str, abbreviation: str | None, short: str | None) -> None:
    bodies = {**happened().bodies, "MTC": Body(name=name, abbreviation=abbreviation, protocol_order=1)}
    assert draft(happened(bodies=bodies)).gathering.organiser_abbreviation == short


def test_what_people_wrote_stands_before_what_was_drafted() -> None:
    made = draft(happened(CAME))
    edits = revised({Section.QUOTE: "ເກົ່າ"}, {Section.QUOTE: "ໃໝ່", Section.PURPOSE: "ອື່ນ", Section.CLOSING: None})
    assert written(made, edits) == {**drafted(made), Section.QUOTE: "ໃໝ່", Section.PURPOSE: "ອື່ນ"}
    assert revised(edits, {Section.PURPOSE: None}) == {Section.QUOTE: "ໃໝ່"}
