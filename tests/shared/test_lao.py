"""The Lao script: one stored spelling, one search key, order, dates, digits."""

import json
import unicodedata
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.lao import (
    MONTHS,
    clock_time,
    long_date,
    normalise,
    parse_digits,
    search_key,
    short_date,
    spelling,
)

VECTORS: dict[str, Any] = json.loads((Path(__file__).parent / "lao_vectors.json").read_text(encoding="utf-8"))
CASES = VECTORS["cases"]

LAO = st.text(st.characters(min_codepoint=0x0E80, max_codepoint=0x0EDF, categories=("L", "M", "N")))
SIGNS = st.text(st.sampled_from("ກຫນລ" + "".join(map(chr, (*range(0x0EB0, 0x0EBD), *range(0x0EC0, 0x0ECF))))))
FOREIGN = st.text(
    st.sampled_from(
        "ກະາຳິຸ່້ໍ໌ເ\u0eba\u0ebc" + "\u0e31\u0e33\u0e34\u0e38\u0e48\u0e4d" + "\u0301\u0327\u0334\u05b0\u0f72\u200b\u00a0 aé"
    )
)
ANY = st.one_of(st.text(), LAO, SIGNS, FOREIGN)


@pytest.mark.parametrize("case", CASES, ids=[case["input"] for case in CASES])
def test_a_text_has_one_stored_form_and_one_key(case: dict[str, str]) -> None:
    assert normalise(case["input"]) == case["normalised"]
    assert search_key(case["input"]) == case["key"]


@pytest.mark.parametrize("spellings", VECTORS["same_key"], ids=" ".join)
def test_usual_spellings_find_one_another(spellings: list[str]) -> None:
    assert len({search_key(spelling) for spelling in spellings}) == 1


@given(ANY)
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(ANY)
def test_the_stored_form_is_nfc(text: str) -> None:
    assert unicodedata.is_normalized("NFC", normalise(text))


@given(ANY)
def test_the_key_does_not_depend_on_the_spelling_that_came_in(text: str) -> None:
    assert search_key(normalise(text)) == search_key(text)


@given(st.permutations(["\u0ebc", "\u0eb7", "\u0ec9", "\u0ecc"]))
def test_marks_typed_in_any_order_are_stored_in_one(marks: list[str]) -> None:
    assert normalise("ຫ" + "".join(marks)) == "ຫ\u0ebc\u0eb7\u0ec9\u0ecc"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("plain ASCII stays", "plain ASCII stays"),
        ("ທ\u0e35\u0e48", "ທີ່"),  # a Thai keyboard on a Lao word
        ("ที่ ນີ້", "ที่ ນີ້"),  # a Thai word stays Thai
        ("ກ\u200dາ\ufeffນ\u00ad", "ການ"),
        ("ຫ້ອງ\u00a03\u202fຕສ", "ຫ້ອງ 3 ຕສ"),
        ("ໂຫນ ໜ ຫລ ຫຼ", "ໂຫນ ໜ ຫລ ຫຼ"),  # spelling that is a choice
        ("cafe\u0301", "café"),
        ("ກຳ\u0ecd", "ກຳ"),
        ("ກະ່", "ກ່ະ"),
        ("\u0e48\u0ecc\u0eba", "\u0eba\u0ec8\u0ecc"),  # a second round is needed
    ],
)
def test_traps_of_typing_are_mended_and_choices_left(typed: str, stored: str) -> None:
    assert normalise(typed) == stored


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("ກ\u0ec8" + "\u0eb4\u0334" * 3, "ກ\u0eb4\u0334\u0334\u0334\u0ec8"),  # NFC puts 0334 before a tone
        ("ກ\u0334\u0eb4\u0334\u0ec8", "ກ\u0eb4\u0334\u0334\u0ec8"),
        ("ກ\u0334\u0e48", "ກ\u0334\u0ec8"),
        ("ກ" + "\u0301\u0334" * 5_000, "ກ" + "\u0334" * 30),
    ],
)
def test_marks_of_other_scripts_stand_behind_lao_signs_and_a_flood_is_cut(typed: str, stored: str) -> None:
    assert normalise(typed) == unicodedata.normalize("NFC", stored)
    assert normalise(stored) == normalise(typed)


def test_no_text_is_kept() -> None:
    tables = [value for value in vars(spelling).values() if isinstance(value, dict)]
    before = sum(map(len, tables))
    search_key("".join(map(chr, range(0xA1, 0x3000))) + "ກ\u0ec8\u0eb4\u0334")
    assert sum(map(len, tables)) == before
    assert [name for name, value in vars(spelling).items() if hasattr(value, "cache_info")] == []


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", ""),
        ("  E-Office (UNDP)_100% ", "e office undp 100"),
        ("ໄລຍະ ໑໐ ປີ", "ໃລຍະ 10 ປິ"),
        ("ລາວ\u2066ລາວ", "ລາວລາວ"),
        ("ເອກະສານ, ເລກທີ: ໐໑໒໓/ຕສ", "ເອກະສານເລກທິ 0123 ຕສ"),
        ("ภาษาไทย", "ภาษาไทย".replace("ำ", "ํา")),
    ],
)
def test_the_key_keeps_letters_marks_and_numbers_only(text: str, key: str) -> None:
    assert search_key(text) == key


def test_dates_are_written_long_and_short() -> None:
    assert long_date(date(2022, 9, 19)) == "19 ກັນຍາ 2022"
    assert short_date(date(2022, 9, 9)) == "09/09/2022"
    assert [long_date(date(2025, month, 1)) for month in range(1, 13)] == [f"1 {name} 2025" for name in MONTHS]
    assert [normalise(name) for name in MONTHS] == list(MONTHS)


def test_times_are_written_with_two_digits_and_the_word_for_hour() -> None:
    assert clock_time(time(8, 30)) == "08:30 ໂມງ"
    assert clock_time(datetime(2022, 9, 19, 13, 5, tzinfo=UTC)) == "13:05 ໂມງ"


def test_lao_digits_are_read_as_arabic() -> None:
    assert parse_digits("໐໒໐ ໕໕໕໕ ໑໒໓໔") == "020 5555 1234"
    assert parse_digits("໖໗໘໙ ຄົນ") == "6789 ຄົນ"
    assert parse_digits("020") == "020"
