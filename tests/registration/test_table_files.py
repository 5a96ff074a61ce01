"""Files as people and programs save them: encodings, separators, sheets, formulas, numbers, and files meant to harm."""

import io
import zipfile
from datetime import datetime
from typing import Any

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from services.registration.adapters.table_files import CSV, PART_BYTES, TableFiles
from services.registration.domain.cells import escaped, number_text, text_of, whole_number
from services.registration.domain.import_refusals import ColumnsMissing, ColumnTwice, RoundedNumber, UnreadableFile
from services.registration.domain.participant_list import MOST_COLUMNS, header_of
from tests.registration.lists import LAO, XLSX, csv, row, xlsx

NAMES = ["ຄົນທີ 1", "ຄົນທີ 2"]


def read(content: bytes, media_type: str = CSV) -> list[tuple[int, list[Any]]]:
    return [(one.line, list(one.cells)) for one in TableFiles().read(io.BytesIO(content), media_type).rows]


def names(content: bytes, media_type: str = CSV) -> list[Any]:
    (_, headers), *rows = read(content, media_type)
    header = header_of(headers)
    assert header is not None
    return [cells[header.places["given_name"]] for _, cells in rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_text_is_read_in_its_encoding_with_its_separator(encoding: str, separator: str, end: str) -> None:
    assert names(csv(row(1), row(2), encoding=encoding, separator=separator, end=end)) == NAMES


def test_a_text_may_name_its_separator() -> None:
    assert names(b"sep=;\n" + csv(row(1), row(2), separator=";")) == NAMES
    with pytest.raises(UnreadableFile):
        read(b"sep=|\na|b")


def test_lines_are_counted_as_an_editor_does() -> None:
    text = 'ຊື່,ລະດັບ\nກ,1\n\n"ຂ\nຄ",2\nງ,3\n'.encode()
    assert read(text) == [(1, ["ຊື່", "ລະດັບ"]), (2, ["ກ", "1"]), (3, []), (4, ["ຂ\nຄ", "2"]), (6, ["ງ", "3"])]


def test_a_quotation_mark_that_is_never_closed_makes_its_row_unusable_and_nothing_else() -> None:
    text = 'ຊື່,ລະດັບ\nກ,1\n"' + "x" * 140_000 + "\nງ,3\n"
    assert [(line, cells[0]) for line, cells in read(text.encode())][:3] == [(1, "ຊື່"), (2, "ກ"), (3, "\ufffd")]


def test_a_byte_that_is_no_text_spoils_its_own_row_only() -> None:
    assert read(b"name,rank\na\xff,1\nb,2\n") == [(1, ["name", "rank"]), (2, ["a\ufffd", "1"]), (3, ["b", "2"])]


def test_a_row_has_a_width() -> None:
    assert [len(cells) for _, cells in read(b"," * 500)] == [MOST_COLUMNS]


def test_of_a_workbook_the_first_visible_sheet_is_read() -> None:
    def hide(sheet: Worksheet) -> None:
        book = sheet.parent
        assert book is not None
        other = book.create_sheet("ອື່ນ", 0)
        other.append(["ຊື່"])
        other.sheet_state = "hidden"

    content = xlsx(row(1), row(2), change=hide)
    table = TableFiles().read(io.BytesIO(content), XLSX)
    assert (table.sheet, table.other_sheets, names(content, XLSX)) == ("Sheet", ("ອື່ນ",), NAMES)


def test_a_workbook_of_hidden_sheets_shows_nothing_to_read() -> None:
    with zipfile.ZipFile(io.BytesIO(xlsx(row(1)))) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b'"visible"', b'"veryHidden"')
    with pytest.raises(UnreadableFile):
        read(_archive(**parts), XLSX)


def test_a_formula_that_was_never_calculated_is_empty() -> None:
    def calculate(sheet: Worksheet) -> None:
        sheet["B2"] = '="ຄົນທີ "&1'

    assert names(xlsx(row(1), row(2), change=calculate), XLSX) == [None, "ຄົນທີ 2"]


def test_of_merged_cells_the_first_one_has_the_value() -> None:
    assert names(xlsx(row(1), row(2), change=lambda sheet: sheet.merge_cells("B2:B3")), XLSX) == ["ຄົນທີ 1", None]


def test_a_cell_far_away_takes_no_memory() -> None:
    def write_far_away(sheet: Worksheet) -> None:
        sheet["XFD1048576"] = "x"

    assert names(xlsx(row(1), row(2), change=write_far_away), XLSX)[:2] == NAMES


def _archive(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04",
        csv(row(1)),
        _archive(**{"[Content_Types].xml": b"<Types/>"}),
        _archive(**{"[Content_Types].xml": b"<Types/>", "xl/styles.xml": b" " * (PART_BYTES + 1)}),
        _archive(
            **{"[Content_Types].xml": b'<Override PartName="/xl/worksheets/a.xml" ContentType="x.sheet.main+xml"/>'}
        ),
        _archive(**{"[Content_Types].xml": b'<c:Override PartName="/xl/workbook&#46;xml"/>'}),
        _archive(**{f"part{number}": b"" for number in range(1_001)}),
        xlsx(row(1))[:-200],
    ],
    ids=["empty", "a beginning", "a text", "no book", "a bomb", "a book in disguise", "entities", "parts", "half"],
)
def test_what_is_no_workbook_or_would_grow_too_large_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableFile):
        read(content, XLSX)


def test_a_workbook_sent_as_text_is_refused() -> None:
    with pytest.raises(UnreadableFile):
        read(xlsx(row(1)))


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (8562055551234.0, "8562055551234"),
        (2055551234, "2055551234"),
        ("8.562055551234E+12", "8562055551234"),
        ("໘.໕E+໑", "85"),
        ("+8562055551234", "+8562055551234"),
        ("'+8562055551234", "+8562055551234"),
        ("O'Brien", "O'Brien"),
        (None, None),
        (" ", None),
        (1.5, "1.5"),
        (float("inf"), "inf"),
        (True, "TRUE"),
        (datetime(2022, 9, 19), "2022-09-19"),  # noqa: DTZ001 -- a spreadsheet has no zones
        (datetime(2022, 9, 19, 8, 30), "2022-09-19T08:30:00"),  # noqa: DTZ001 -- as above
    ],
)
def test_a_cell_is_read_as_it_was_meant(cell: Any, text: str | None) -> None:
    assert number_text(cell) == text


@pytest.mark.parametrize("cell", ["8.56E+12", "8,56e+12", 1e15])
def test_a_number_that_lost_digits_is_not_guessed(cell: Any) -> None:
    with pytest.raises(RoundedNumber):
        number_text(cell)


def test_a_rank_is_a_whole_number_in_any_digits() -> None:
    assert [whole_number(cell) for cell in (80, 80.0, "໘໐", "80.0", "80,0", "80.5", "ສູງ", "")] == [
        *(80, 80, 80, 80, 80, "80.5", "ສູງ", None)
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "＝"])  # noqa: RUF001 -- full width
def test_what_begins_like_a_formula_comes_back_from_a_spreadsheet_as_it_was(start: str) -> None:
    texts = [f"{start}1", f"'{start}1", f"''{start}1", f"x{start}1", "'x"]
    assert [escaped(text) for text in texts] == [*(f"'{text}" for text in texts[:3]), *texts[3:]]
    assert [text_of(escaped(text)) for text in texts] == texts


def test_headers_are_known_in_both_languages_any_spelling_and_order() -> None:
    first = header_of(["E-mail", "RANK", "ຊື່ ", "ອົງ\u200bການ", "ໝາຍເຫດ", None, "State"])
    assert first is not None
    assert dict(first.places) == {"email": 0, "rank": 1, "given_name": 2, "organisation_name": 3}
    assert first.ignored == ("ໝາຍເຫດ", "State")


def test_a_title_is_no_header_and_a_header_is_complete_and_clear() -> None:
    assert header_of(["ບັນຊີລາຍຊື່ຜູ້ເຂົ້າຮ່ວມ", None]) is None
    with pytest.raises(ColumnTwice):
        header_of([*LAO.values(), "phone"])
    with pytest.raises(ColumnsMissing) as missing:
        header_of(["ຊື່", "ນາມສະກຸນ"])
    assert missing.value.details == {
        "columns": ["rank", "organisation / organisation_name", "mobile / email"],
    }
