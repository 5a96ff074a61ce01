"""What a text may hold: refused or tidied where it comes in, repaired where an older one is read."""

import unicodedata
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError

from shared.contracts.base import LongText, ShortText
from shared.contracts.registration import MeetingCancelled
from shared.http import EmailInput, LongTextInput, SearchInput, ShortTextInput
from shared.messaging.cloudevents import dumps
from shared.text import MOST_MARKS, is_blank, printable

SHORT, LONG = TypeAdapter(ShortTextInput), TypeAdapter(LongTextInput)
SEARCH, EMAIL = TypeAdapter(SearchInput), TypeAdapter(EmailInput)
STORED, STORED_LONG = TypeAdapter(ShortText), TypeAdapter(LongText)

SPACES = "\u00a0\u1680\u2000\u2003\u200a\u202f\u205f\u3000\u2800"
DIRECTIONS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
UNSEEN = "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200d\u2060\u3164\ufeff\uffa0\ufffc\U000e0041"
CONTROLS = "\x01\x07\x08\x1b\x1f\x7f\x80\x9f"
NOBODYS = "\ue000\U000f0000\U0010fffd\ufdd0\ufffe\U0001ffff\u0378\ufffd"


def fault(types: TypeAdapter[Any], text: str) -> str | None:
    """The kind of mistake, None where the text is taken."""
    try:
        types.validate_python(text)
    except ValidationError as error:
        return error.errors()[0]["type"]
    return None


@pytest.mark.parametrize(
    "blank", ["", *" \t\n\x85\u2028\u0301\u0ec8", *SPACES, *DIRECTIONS, *UNSEEN, "\ufe0f", " \u200b\u3164 "], ids=ascii
)
def test_a_text_that_shows_nothing_is_no_text(blank: str) -> None:
    assert (fault(SHORT, blank), fault(LONG, blank * 3)) == ("text_blank", "text_blank")


@pytest.mark.parametrize("character", [*CONTROLS, *NOBODYS], ids=ascii)
def test_control_characters_and_what_is_no_character_are_refused(character: str) -> None:
    text = f"ທ່ານ {character} ແກ້ວ"
    assert [fault(kind, text) for kind in (SHORT, LONG, SEARCH)] == ["text_characters"] * 3
    assert printable(text) == "ທ່ານ  ແກ້ວ"


@pytest.mark.parametrize("character", [*DIRECTIONS, *UNSEEN], ids=ascii)
def test_what_nobody_sees_is_taken_away(character: str) -> None:
    assert SHORT.validate_python(f"ແກ້ວ{character} ພົມມະຈັນ") == "ແກ້ວ ພົມມະຈັນ"
    assert EMAIL.validate_python(f"keo{character}@example.org ") == "keo@example.org"


def test_line_breaks_are_of_one_kind_and_belong_into_longer_texts() -> None:
    assert LONG.validate_python("1\r\n2\r3\x0b4\x0c5\x856\u20287\u20298\n\t9") == "1\n2\n3\n4\n5\n6\n7\n8\n\t9"
    assert [fault(SHORT, f"1{line}2") for line in "\n\r\t\x0b\x85\u2028"] == ["text_characters"] * 6
    assert SHORT.validate_python("\n ແກ້ວ \r\n") == "ແກ້ວ"


@pytest.mark.parametrize(
    "text",
    [
        "ທ່ານ ປອ. ສັນຕິສຸກ ສິມມາລາວົງ, ຮອງລັດຖະມົນຕີ ກຕສ",
        "ปิ่น น้ำ · ខ្មែរ · မြန်မာ · 王明 · 김철수 · हिन्दी · العربية · עִבְרִית · Nguyễn Thị Ánh · Þór Ø.",
        "ཧྐྵྨླྺྼྻྂ",  # as many marks as any script has on a letter
        "葛\U000e0100飾",  # a variant of a letter, as people write it in their names
        "100 % · § 5 · ₭ 50.000 · 😀 ❤\ufe0f",
        "\u0600\u0661",  # an Arabic sign that takes room and is of the same category as the invisible ones
    ],
)
def test_every_script_stays_as_it_is(text: str) -> None:
    assert SHORT.validate_python(text) == STORED.validate_python(text) == printable(text) == text


def test_a_letter_has_no_more_marks_than_any_script_needs() -> None:
    assert SHORT.validate_python("z" + "\u0301" * MOST_MARKS) == unicodedata.normalize(
        "NFC", "z" + "\u0301" * MOST_MARKS
    )
    assert fault(SHORT, "z" + "\u0301" * (MOST_MARKS + 1)) == "text_characters"
    assert printable("z" + "\u0301" * 500 + "a") == "z" + "\u0301" * MOST_MARKS + "a"


def test_the_length_is_that_of_the_text_as_it_is_stored() -> None:
    assert SHORT.validate_python("ກ\u200b" * 300) == "ກ" * 300
    assert [fault(SHORT, text) for text in ("ກ" * 301, "ກ" + "\u200b" * 600, "\u0958" * 150, " " * 601)] == [
        "string_too_long",
        "string_too_long",
        None,
        "string_too_long",
    ]
    assert fault(SHORT, "\u0958" * 300) == "string_too_long"  # its normal form is twice as long
    assert (fault(SEARCH, "ກ" * 201), fault(LONG, "ກ" * 20_001), fault(LONG, "ກ" * 20_000)) == (
        "string_too_long",
        "string_too_long",
        None,
    )


@pytest.mark.parametrize("address", ["=?utf-8?q?=0D=0A?=@example.org", "keo\x07@example.org", "keo@", "a@b" * 300])
def test_what_is_no_address_is_refused(address: str) -> None:
    assert fault(EMAIL, address) is not None


@given(st.text())
def test_what_was_taken_is_taken_again_unchanged_and_fits_its_fact(text: str) -> None:
    for entry, stored, lines in ((SHORT, STORED, False), (LONG, STORED_LONG, True)):
        if fault(entry, text) is None:
            taken = entry.validate_python(text)
            assert (
                entry.validate_python(taken) == stored.validate_python(taken) == printable(taken, lines=lines) == taken
            )
            assert not is_blank(taken)


@given(st.text())
def test_what_is_printable_stays_so(text: str) -> None:
    for lines in (False, True):
        once = printable(text, lines=lines)
        assert printable(once, lines=lines) == once


class Old(BaseModel):
    """A text as earlier releases let it in."""

    reason: str


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("a\x7fb\u202ec", "abc"),
        ("ກ" + "\u0301" * 100, "ກ" + "\u0301" * MOST_MARKS),
        ("\u3164", "\u3164"),  # nothing would be left: it stays, and shows nothing
        ("\ufffe", "\ufffe"),
        ("1\u20282", "1 2"),
    ],
)
def test_events_of_earlier_releases_are_still_read(written: str, read: str) -> None:
    members = dumps(MeetingCancelled(meeting_id=uuid4(), reason="x", sequence=1)).decode()
    payload = members.replace('"x"', Old(reason=written).model_dump_json().partition(":")[2][:-1])
    assert MeetingCancelled.model_validate_json(payload).reason == read
