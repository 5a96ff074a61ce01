"""How much of a meeting's title an SMS names: never a part more for it, never a letter cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notification.domain.segments import segments
from services.notification.domain.short_titles import LEAST, PLACE, with_short_title

LONG = "ກອງປະຊຸມປຶກສາຫາລື ກ່ຽວກັບການສ້າງຍຸດທະສາດ ແລະ ແຜນແມ່ບົດ ການຫັນເປັນລັດຖະບານດິຈິຕອນ"


@pytest.mark.parametrize(
    ("title", "rest", "expected"),
    [
        ("ກອງປະຊຸມປຶກສາຫາລື", ": ຍົກເລີກ", "ປະຊຸມປຶກສາຫາລື: ຍົກເລີກ"),
        ("ສຳມະນາ ວຽກງານບຸກຄະລາກອນ", "", "ສຳມະນາ ວຽກງານບຸກຄະລາກອນ"),
        (LONG, "ກ" * 50, "ປະຊຸມປຶກສາຫາລື…" + "ກ" * 50),
        (LONG, "ກ" * 56, "ປະຊຸມປຶກສາຫາ…" + "ກ" * 56),
        ("Review of the strategy", " x" * 74, "Review..." + " x" * 74),
        ("ກອງປະຊຸມ", "", "ປະຊຸມ"),
    ],
    ids=["short", "other word", "end of a word", "inside a word", "English", "nothing but the word"],
)
def test_a_title_is_named_as_far_as_there_is_room(title: str, rest: str, expected: str) -> None:
    assert with_short_title(PLACE + rest, title, most_parts=1) == expected


def test_no_vowel_is_left_without_its_consonant() -> None:
    assert (
        with_short_title(PLACE + "ກ" * 57, "ກອງປະຊຸມ ສະເໜີ ແຜນ ປະຈຳປີ ຂອງກະຊວງ", most_parts=1) == "ປະຊຸມ ສະເໜີ…" + "ກ" * 57
    )


def test_where_there_is_no_room_the_next_variant_is_asked() -> None:
    assert with_short_title(PLACE + "ກ" * 60, LONG, most_parts=1) is None
    assert with_short_title("ກ" * 71, LONG, most_parts=1) is None
    assert with_short_title("ກ" * 70, LONG, most_parts=1) == "ກ" * 70


@given(title=st.text(min_size=1, max_size=200).filter(str.strip), rest=st.text("ກຂa€😀່ ", max_size=160))
def test_a_title_never_costs_a_part_where_its_beginning_has_room(title: str, rest: str) -> None:
    text = with_short_title(PLACE + rest, title, most_parts=3)
    least = len(segments("ກ" * (LEAST + 1) + rest).parts)
    if text is not None:
        assert text.endswith(rest)
        assert len(segments(text).parts) <= max(least, 1)
