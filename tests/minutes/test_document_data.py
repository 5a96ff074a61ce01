"""What is printed of a text."""

import pytest

from services.minutes.adapters.document_data import clean, text_splitter


def test_a_new_line_is_a_piece_of_its_own() -> None:
    assert text_splitter()("ກ\r\nຂ\n\nຄ") == ["ກ", "\n", "ຂ", "\n", "\n", "ຄ"]


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("ນໍາ\u00a0ໃຊ້", "ນຳ ໃຊ້"),
        ("ກ\tຂ", "ກ ຂ"),
        ("\u202eກ\x00ຂ\u2066", "ກຂ"),
        ("ກ\u2028ຂ", "ກ\nຂ"),
        ("😀 ກ", "\N{REPLACEMENT CHARACTER} ກ"),
        ("Nguyễn Văn Ánh, œ ß Ж Ω", "Nguyễn Văn Ánh, œ ß Ж Ω"),
    ],
)
def test_text_is_cleaned_for_print(text: str, printed: str) -> None:
    assert clean(text) == printed
