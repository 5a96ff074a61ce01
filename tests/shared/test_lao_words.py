"""Where a line of Lao may break."""

import pytest

from shared.lao.words import LONG_PIECE, ZERO_WIDTH_SPACE, breakable_piece, unbroken_pieces
from tests.minutes.meeting_of_2022 import NEWS_PARAGRAPH, TITLE


@pytest.mark.parametrize("text", [TITLE, NEWS_PARAGRAPH, "", " ", "ກ", "a b  c", "ທ່ານ: (ກຕສ), “ຄຳ”..."])
def test_the_pieces_give_the_text_back(text: str) -> None:
    assert "".join(unbroken_pieces(text)) == text


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("ລັດຖະບານດິຈິຕອນ", ["ລັດຖະບານ", "ດິຈິຕອນ"]),
        ("ກະຊວງເຕັກໂນໂລຊີ ແລະ ການສື່ສານ", ["ກະຊວງ", "ເຕັກໂນໂລຊີ ", "ແລະ ", "ການສື່ສານ"]),
        ("ແຜນແມ່ບົດ ການຫັນເປັນ", ["ແຜນແມ່ບົດ ", "ການ", "ຫັນ", "ເປັນ"]),
        ("ໃນວັນທີ 19 ກັນຍາ 2022, ເວລາ 08:30 ໂມງ", ["ໃນ", "ວັນທີ ", "19 ກັນຍາ 2022, ", "ເວລາ ", "08:30 ໂມງ"]),
        ("ທັງໝົດ 52 ທ່ານ, ຍິງ 18 ທ່ານ", ["ທັງໝົດ ", "52 ທ່ານ, ", "ຍິງ ", "18 ທ່ານ"]),
        ("ເລກທີ 0123/ຕສ.ສບດ", ["ເລກທີ 0123/ຕສ.ສບດ"]),
    ],
)
def test_words_dates_and_counts_stay_whole(text: str, broken: list[str]) -> None:
    assert list(unbroken_pieces(text)) == broken


def test_a_name_that_no_dictionary_knows_stays_whole() -> None:
    name = "ສິມມາລາວົງ"
    assert [len(unbroken_pieces(name)) > 1, unbroken_pieces(name, words=[name])] == [True, (name,)]


def test_no_piece_begins_with_a_mark_or_a_closing_sign() -> None:
    beginnings = {piece[0] for piece in unbroken_pieces(NEWS_PARAGRAPH)}
    assert beginnings & set("ັິີຶືຸູົຼໍ່້໊໋໌ະາຳຽ,.)”") == set()


def test_only_a_long_piece_may_break_inside() -> None:
    short, long = "ກ້" * (LONG_PIECE - 1), "ກ້" * LONG_PIECE
    assert [breakable_piece(short), breakable_piece(long)] == [short, ZERO_WIDTH_SPACE.join(["ກ້"] * LONG_PIECE)]
