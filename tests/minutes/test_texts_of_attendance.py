"""Who is printed where in the list of those present."""

from dataclasses import replace

import pytest

from services.minutes.domain.attendance import (
    CLASS_HEADINGS,
    Gender,
    HeadCount,
    Presence,
    attendance,
    head_count,
)
from tests.minutes.meeting_of_2022 import ATTENDEES

SOMEBODY = ATTENDEES[1]


def test_each_class_is_printed_once_in_the_official_order() -> None:
    assert [Presence.CHAIRING, *(listed.presence for listed in attendance(ATTENDEES))] == list(CLASS_HEADINGS)


def test_every_way_to_take_part_has_a_heading() -> None:
    assert set(CLASS_HEADINGS) == set(Presence)


def test_an_empty_class_is_not_printed() -> None:
    assert [listed.heading for listed in attendance([SOMEBODY])] == ["ຜູ້ເຂົ້າຮ່ວມ"]


def test_the_chair_stands_first_even_before_a_higher_rank() -> None:
    minister = replace(SOMEBODY, name="ທ່ານ ລັດຖະມົນຕີ", rank=40)
    (present,) = attendance([minister, replace(SOMEBODY, name="ທ່ານ ປະທານ", rank=50, is_chair=True)])
    assert [(row.number, row.name, row.remark) for row in present.rows] == [
        (1, "ທ່ານ ປະທານ", "ປະທານກອງປະຊຸມ"),
        (2, "ທ່ານ ລັດຖະມົນຕີ", ""),
    ]


def test_people_stand_by_rank_then_organisation_then_given_name() -> None:
    people = [
        replace(SOMEBODY, name="d", rank=70, protocol_order=1, given_name="ກ"),
        replace(SOMEBODY, name="c", rank=60, protocol_order=2, given_name="ກ"),
        replace(SOMEBODY, name="b", rank=60, protocol_order=1, given_name="ຂ"),
        replace(SOMEBODY, name="a", rank=60, protocol_order=1, given_name="ເກ"),
    ]
    assert [row.name for row in attendance(people)[0].rows] == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    ("presence", "known", "remark"),
    [
        (Presence.REPRESENTING, {"represents": "ທ່ານ ບຸນມີ"}, "ຕາງໜ້າ ກະຊວງການເງິນ"),
        (Presence.REPRESENTING, {}, "ຕາງໜ້າ ກະຊວງການເງິນ"),
        (Presence.EXCUSED, {"reason": "ຕິດວຽກ"}, "1 ທ່ານ"),
        (Presence.ABSENT, {"represents": "ທ່ານ ບຸນມີ"}, "1 ທ່ານ"),
    ],
)
def test_the_remark_says_for_which_body_somebody_came_and_never_who_did_not_or_why(
    presence: Presence, known: dict[str, str], remark: str
) -> None:
    person = replace(SOMEBODY, presence=presence, represents=known.get("represents"), reason=known.get("reason"))
    assert [row.remark for row in attendance([person])[0].rows] == [remark]


def test_who_did_not_come_is_counted_for_each_body_and_not_named() -> None:
    first, second = ("ກະຊວງການເງິນ", 1), ("ກະຊວງຍຸຕິທຳ", 2)
    people = [
        replace(SOMEBODY, organisation=name, protocol_order=order, presence=Presence.ABSENT)
        for name, order in (second, first, second)
    ]
    (absent,) = attendance(people)
    assert (absent.people, [(row.number, row.name, row.position, row.organisation) for row in absent.rows]) == (
        3,
        [(1, "ກະຊວງການເງິນ", "", ""), (2, "ກະຊວງຍຸຕິທຳ", "", "")],
    )
    assert [row.remark for row in absent.rows] == ["1 ທ່ານ", "2 ທ່ານ"]


def test_only_those_who_came_are_counted() -> None:
    assert head_count(ATTENDEES) == HeadCount(present=5, women=2)


def test_an_absent_woman_is_not_counted() -> None:
    assert head_count([replace(SOMEBODY, gender=Gender.FEMALE, presence=Presence.ABSENT)]) == HeadCount(
        present=0, women=0
    )


def test_texts_are_stored_in_one_spelling() -> None:
    assert attendance([replace(SOMEBODY, name="ທ່ານ ຄໍາ")])[0].rows[0].name == "ທ່ານ ຄຳ"
