"""The Lao sentences of minutes and news."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from services.minutes.domain.text import (
    POSITIONS_LAO,
    NewsFacts,
    closing_paragraph,
    listing,
    news_item,
    news_opening,
    opening_paragraph,
    roman,
    roughly,
)
from shared.contracts.minutes import Position
from shared.kernel import OFFICE_ZONE
from shared.lao import normalise
from tests.minutes.meeting_of_2022 import BODIES, CHAIR, MINISTRY, NEWS_PARAGRAPH, TITLE, gathering


def test_the_news_paragraph_of_2022_comes_out_as_it_was_published() -> None:
    assert news_opening(gathering(), bodies=BODIES, published_on=date(2022, 9, 22)) == normalise(NEWS_PARAGRAPH)


def test_minutes_open_with_when_where_who_and_how_many_women() -> None:
    assert opening_paragraph(gathering(present=52, women=18)) == (
        "ໃນວັນທີ 19 ກັນຍາ 2022, ເວລາ 08:30 ໂມງ, ທີ່ ໂຮງແຮມ ຄລາວພລາຊາ, ນະຄອນຫຼວງວຽງຈັນ, ກະຊວງເຕັກໂນໂລຊີ ແລະ ການສື່ສານ "
        f"ຮ່ວມກັບ ອົງການ UNDP ປະຈຳ ສປປ ລາວ ໄດ້ຈັດ{TITLE} ໂດຍການເປັນປະທານຂອງ {CHAIR}, "
        "ມີຜູ້ເຂົ້າຮ່ວມທັງໝົດ 52 ທ່ານ, ຍິງ 18 ທ່ານ (ລາຍຊື່ຄັດຕິດ)."
    )


def test_a_meeting_without_co_hosts_names_the_organiser_alone() -> None:
    assert opening_paragraph(replace(gathering(), co_hosts=())).count(f", {MINISTRY} ໄດ້ຈັດ{TITLE}") == 1


def test_a_title_that_does_not_say_meeting_gets_the_word() -> None:
    seminar = replace(gathering(), title="ສຳມະນາ ລັດຖະບານດິຈິຕອນ")
    assert opening_paragraph(seminar).count("ໄດ້ຈັດກອງປະຊຸມ ສຳມະນາ ລັດຖະບານດິຈິຕອນ ໂດຍ") == 1


@pytest.mark.parametrize(
    ("end", "sentence"),
    [
        (datetime(2022, 9, 19, 12, 0, tzinfo=OFFICE_ZONE), "ກອງປະຊຸມໄດ້ປິດລົງໃນເວລາ 12:00 ໂມງ ຂອງວັນດຽວກັນ."),
        (datetime(2022, 9, 20, 16, 5, tzinfo=OFFICE_ZONE), "ກອງປະຊຸມໄດ້ປິດລົງໃນເວລາ 16:05 ໂມງ ຂອງວັນທີ 20 ກັນຍາ 2022."),
    ],
)
def test_minutes_close_with_the_hour_and_with_the_day_when_it_is_another(end: datetime, sentence: str) -> None:
    assert closing_paragraph(replace(gathering(), ends_at=end)) == sentence


def test_a_news_item_has_title_date_paragraphs_and_byline() -> None:
    facts = NewsFacts(
        gathering=gathering(),
        published_on=date(2022, 9, 22),
        unit="ສູນບໍລິຫານດິຈິຕອນ",
        bodies=BODIES,
        background=("ການຫັນເປັນທັນສະໄໝ ແມ່ນວຽກງານໜຶ່ງ.",),
        quote="ຜ່ານມາ ລັດຖະບານ ໄດ້ອອກດໍາລັດ",
        purpose="ປຶກສາຫາລື",
        outcome="ຢ່າງກົງໄປກົງມາ",
    )
    assert news_item(facts).plain().split("\n\n") == [
        TITLE,
        "22/09/2022",
        TITLE,
        "ການຫັນເປັນທັນສະໄໝ ແມ່ນວຽກງານໜຶ່ງ.",
        normalise(NEWS_PARAGRAPH),
        f"ໂອກາດນີ້, {CHAIR} ໄດ້ກ່າວບາງຕອນວ່າ: “ຜ່ານມາ ລັດຖະບານ ໄດ້ອອກດຳລັດ”.",
        "ກອງປະຊຸມດັ່ງກ່າວ ຈັດຂຶ້ນເພື່ອປຶກສາຫາລື. ກອງປະຊຸມຄັ້ງນີ້, ບັນດາຜູ້ເຂົ້າຮ່ວມຍັງໄດ້ປະກອບຄຳຄິດເຫັນຢ່າງກົງໄປກົງມາ.",
        "ບົດຂ່າວໂດຍ: ສູນບໍລິຫານດິຈິຕອນ",
    ]


def test_a_news_item_invents_nothing_for_what_is_not_known() -> None:
    known = replace(gathering(present=7), organiser_abbreviation=None, co_hosts=())
    item = news_item(NewsFacts(gathering=known, published_on=date(2022, 9, 22), unit="ສູນ"))
    (event,) = item.paragraphs
    assert event == (
        f"ໃນວັນທີ 19 ກັນຍາ 2022 ຜ່ານມານີ້, ທີ່ ໂຮງແຮມ ຄລາວພລາຊາ, ນະຄອນຫຼວງວຽງຈັນ, {MINISTRY} ໄດ້ຈັດ{TITLE}ຂຶ້ນ "
        f"ໂດຍການເປັນປະທານ ຂອງ {CHAIR}, ຊຶ່ງມີຜູ້ເຂົ້າຮ່ວມ ທັງໝົດ 7 ທ່ານ."
    )


@pytest.mark.parametrize(("published_on", "recent"), [(date(2022, 10, 20), True), (date(2022, 10, 21), False)])
def test_a_meeting_has_just_been_for_a_month(published_on: date, *, recent: bool) -> None:
    (event,) = news_item(NewsFacts(gathering=gathering(), published_on=published_on, unit="ສູນ")).paragraphs
    assert event.startswith("ໃນວັນທີ 19 ກັນຍາ 2022 ຜ່ານມານີ້, ທີ່" if recent else "ໃນວັນທີ 19 ກັນຍາ 2022, ທີ່")


@pytest.mark.parametrize(("count", "text"), [(9, " 9"), (10, " 10"), (11, "ຫຼາຍກວ່າ 10"), (50, " 50"), (52, "ຫຼາຍກວ່າ 50")])
def test_the_press_counts_in_tens(count: int, text: str) -> None:
    assert roughly(count) == text


def test_sections_are_numbered_with_roman_numerals() -> None:
    assert [roman(number) for number in (1, 2, 3, 4, 5, 9, 14, 20)] == ["I", "II", "III", "IV", "V", "IX", "XIV", "XX"]


def test_there_is_no_section_nought() -> None:
    with pytest.raises(ValueError, match="no Roman numeral for 0"):
        roman(0)


@pytest.mark.parametrize(
    ("names", "text"), [((), ""), (("ກ",), "ກ"), (("ກ", "ຂ"), "ກ ແລະ ຂ"), (("ກ", "ຂ", "ຄ"), "ກ, ຂ ແລະ ຄ")]
)
def test_a_list_ends_with_and(names: tuple[str, ...], text: str) -> None:
    assert listing(names) == text


def test_every_position_has_a_wording() -> None:
    assert set(POSITIONS_LAO) == set(Position)


def test_who_writes_the_whole_phrase_of_purpose_or_outcome_gets_it_once() -> None:
    whole = NewsFacts(
        gathering=gathering(),
        published_on=date(2022, 9, 22),
        unit="ສູນ",
        purpose="ຈັດຂຶ້ນເພື່ອປຶກສາຫາລື.",
        outcome="ບັນດາຜູ້ເຂົ້າຮ່ວມຍັງໄດ້ປະກອບຄຳຄິດເຫັນ ຢ່າງກົງໄປກົງມາ.",
    )
    assert news_item(whole).paragraphs[-1] == (
        "ກອງປະຊຸມດັ່ງກ່າວ ຈັດຂຶ້ນເພື່ອປຶກສາຫາລື. ກອງປະຊຸມຄັ້ງນີ້, ບັນດາຜູ້ເຂົ້າຮ່ວມຍັງໄດ້ປະກອບຄຳຄິດເຫັນ ຢ່າງກົງໄປກົງມາ."
    )
