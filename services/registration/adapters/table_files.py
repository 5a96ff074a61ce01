"""Tables of files: CSV in the usual encodings and with the usual separators, and the first visible sheet of an XLSX.

Of an XLSX the values are taken that were saved: of a formula its last result, of merged cells the first one. Sheets
that are hidden are not read; hidden rows and columns are. What is inside an XLSX is bounded before it is unpacked, and
a line of text before it is divided; what a table takes nevertheless is bounded by `child_table_files`.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

import openpyxl

from services.registration.domain.import_refusals import UnreadableFile
from services.registration.domain.participant_list import HEADER_WITHIN, MOST_COLUMNS, MOST_ROWS
from services.registration.ports import Table, TableRow

CSV: Final = "text/csv"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEDIA_TYPES: Final = (CSV, XLSX)

LARGE_PART_BYTES: Final = 96 * 1024 * 1024
"""The most that a sheet or the table of texts may hold when it is unpacked: twice what 50,000 long rows need."""
PART_BYTES: Final = 2 * 1024 * 1024
"""The same of any other part: styles and names become large objects in memory."""
ALL_PARTS_BYTES: Final = 128 * 1024 * 1024
"""The same of all parts together."""
LINE_CHARACTERS: Final = 256 * 1024
"""The most that a line of text may have."""
_LARGE_PARTS: Final = ("xl/worksheets/", "xl/sharedStrings.xml")
_WORKBOOK: Final = "/xl/workbook.xml"
_MOST_PARTS: Final = 1_000
_LAST_ROW: Final = MOST_ROWS + HEADER_WITHIN + 1  # one more than can be right, so that too many are noticed
_SEPARATORS: Final = (",", ";", "\t")
_SAMPLE_BYTES: Final = 64 * 1024
_HINT: Final = "sep="  # the first line by which Excel tells itself the separator
_HIGH_BYTES: Final = (0x00, 0x0E)  # of ASCII and of Lao in UTF-16
_MARKS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


class TableFiles:
    """Reads CSV and XLSX."""

    def read(self, file: BinaryIO, media_type: str) -> Table:
        """The table; raises `UnreadableFile`."""
        return _sheet(file) if media_type == XLSX else Table(rows=_csv_rows(file))


def _csv_rows(file: BinaryIO) -> Iterator[TableRow]:
    sample = file.read(_SAMPLE_BYTES)
    file.seek(0)
    if sample.startswith(b"PK\x03\x04"):
        raise UnreadableFile
    encoding = _encoding(sample)
    lines = io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="")
    first = sample.decode(encoding, errors="replace").partition("\n")[0]
    hinted = first.lower().startswith(_HINT)
    separator = first[len(_HINT) : len(_HINT) + 1] if hinted else max(_SEPARATORS, key=first.count)
    if separator not in _SEPARATORS:
        raise UnreadableFile
    if hinted:
        _line(lines)
    return _records(lines, separator, skipped=int(hinted))


def _encoding(sample: bytes) -> str:
    """By its byte order mark; without one, UTF-16 where every second byte is that of ASCII or of Lao."""
    for mark, encoding in _MARKS:
        if sample.startswith(mark):
            return encoding
    beginning = sample[:200]
    for start, encoding in ((0, "utf-16-be"), (1, "utf-16-le")):
        half = beginning[start::2]
        if half and sum(map(half.count, _HIGH_BYTES)) > 0.8 * len(half):
            return encoding
    return "utf-8"


def _records(lines: io.TextIOWrapper, separator: str, *, skipped: int) -> Iterator[TableRow]:
    """Each record with its first line; one that cannot be divided into cells is a row of one cell too long to use."""
    reader = csv.reader(iter(lambda: _line(lines), ""), delimiter=separator)
    while True:
        line = reader.line_num + 1 + skipped
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:  # a cell of more than 128 KiB: a quotation mark that is never closed
            cells = ["\N{REPLACEMENT CHARACTER}"] * MOST_COLUMNS
        yield TableRow(line=line, cells=cells[:MOST_COLUMNS])


def _line(lines: io.TextIOWrapper) -> str:
    """The next line; empty after the last."""
    line = lines.readline(LINE_CHARACTERS + 1)
    if len(line) > LINE_CHARACTERS:
        raise UnreadableFile
    return line


def _sheet(file: BinaryIO) -> Table:
    _check_parts(file)
    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        sheets: list[Any] = list(book.worksheets)
    except Exception as error:  # a damaged file raises whatever its parts raise
        raise UnreadableFile from error
    visible = [sheet for sheet in sheets if sheet.sheet_state == "visible"]
    if not visible:
        raise UnreadableFile
    others = tuple(sheet.title for sheet in sheets if sheet is not visible[0])
    return Table(rows=_sheet_rows(visible[0]), sheet=visible[0].title, other_sheets=others)


def _check_parts(file: BinaryIO) -> None:
    """Refuse what is no archive, and what would grow too large; a part whose size is a lie ends the reading later.

    The workbook must have its usual name: by another one it could pass as a sheet.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            fitting = (
                len(parts) <= _MOST_PARTS
                and all(part.file_size <= _largest(part.filename) for part in parts)
                and sum(part.file_size for part in parts) <= ALL_PARTS_BYTES
            )
            names = (
                re.findall(r"<[\w:]*Override\b[^>]*>", archive.read("[Content_Types].xml").decode()) if fitting else []
            )
    except Exception as error:  # a damaged archive raises whatever it likes
        raise UnreadableFile from error
    if not fitting or any("&" in one or (".main+xml" in one and _WORKBOOK not in one) for one in names):
        raise UnreadableFile
    file.seek(0)


def _largest(part: str) -> int:
    return LARGE_PART_BYTES if part.startswith(_LARGE_PARTS) else PART_BYTES


def _sheet_rows(sheet: Any) -> Iterator[TableRow]:
    """The rows as wide as the first of them, among which the headers are: empty cells cost time."""
    width = 1
    for row in _part(sheet, first=1, last=HEADER_WITHIN, width=MOST_COLUMNS):
        width = max(width, *(place for place, cell in enumerate(row.cells, 1) if cell is not None), 1)
        yield row
    yield from _part(sheet, first=HEADER_WITHIN + 1, last=_LAST_ROW, width=width)


def _part(sheet: Any, *, first: int, last: int, width: int) -> Iterator[TableRow]:
    rows = sheet.iter_rows(min_row=first, max_row=last, max_col=width, values_only=True)
    line = first
    while True:
        try:
            cells = next(rows)
        except StopIteration:
            return
        except Exception as error:  # a damaged file raises whatever its parts raise
            raise UnreadableFile from error
        yield TableRow(line=line, cells=cells)
        line += 1
