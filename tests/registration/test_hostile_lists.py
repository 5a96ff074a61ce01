"""Files that are small and take much memory to read: they are refused, by a process of their own."""

import io
import os
import signal
import zipfile
from collections.abc import Generator, Iterator
from datetime import datetime, time
from pathlib import Path

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from services.registration.adapters.child_table_files import ChildTableFiles
from services.registration.adapters.table_files import CSV, LARGE_PART_BYTES, LINE_CHARACTERS, TableFiles
from services.registration.domain.import_refusals import UnreadableFile
from services.registration.ports import TableRow
from shared.kernel import Unavailable
from tests.registration.lists import XLSX, csv, row, xlsx

MEBIBYTE = 1024 * 1024
LONG = csv(*(row(number) for number in range(5_000)))  # more than a pipe holds


def rows(content: bytes, media_type: str) -> Iterator[TableRow]:
    return ChildTableFiles().read(io.BytesIO(content), media_type).rows


def children() -> set[int]:
    """The processes that this one has started."""
    return {int(one) for one in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()}


def sheet_of(*, rows: bytes = b"", **parts: bytes) -> bytes:
    """A workbook with these rows as they stand in its sheet, and more sheets."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx(row(1)))) as book, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bad:
        for name in book.namelist():
            content = book.read(name)
            if name == "xl/worksheets/sheet1.xml":
                content = content[: content.index(b"<dimension")] + b"<sheetData>" + rows + b"</sheetData></worksheet>"
            bad.writestr(name, content)
        for name, content in parts.items():
            bad.writestr(f"xl/worksheets/{name}.xml", content)
    return file.getvalue()


@pytest.mark.parametrize(
    ("begin", "piece", "times"), [(b"<row>", b"<c/>", 2_500_000), (b"", b'<row r="1"/>', 3_000_000)]
)
def test_a_workbook_of_many_empty_elements_is_refused(begin: bytes, piece: bytes, times: int) -> None:
    content = sheet_of(rows=begin + piece * times + begin.replace(b"<", b"</"))
    assert len(content) < MEBIBYTE
    with pytest.raises(UnreadableFile):
        list(rows(content, XLSX))


def test_a_workbook_of_parts_that_are_too_large_together_is_refused() -> None:
    half = b" " * (LARGE_PART_BYTES // 2)
    with pytest.raises(UnreadableFile):
        TableFiles().read(io.BytesIO(sheet_of(a=half, b=half, c=half)), XLSX)


def test_a_line_has_a_length() -> None:
    longest = b"a" * 100_000 + b"," + b"a" * (LINE_CHARACTERS - 100_002 - 131_072) + b"," + b"a" * 131_072
    assert len(list(TableFiles().read(io.BytesIO(longest), CSV).rows)) == 1
    with pytest.raises(UnreadableFile):
        list(TableFiles().read(io.BytesIO(longest + b"a"), CSV).rows)


def test_a_record_of_many_cells_in_short_lines_is_refused() -> None:
    with pytest.raises(UnreadableFile):
        list(rows(b"a,b\n" + b'"\nx",' * (5 * MEBIBYTE), CSV))


def test_a_list_comes_from_the_other_process_as_it_was_read() -> None:
    def write(sheet: Worksheet) -> None:
        sheet["B2"], sheet["C2"], sheet["D2"] = datetime(2026, 9, 19, 8, 30), time(8, 30), 1.5  # noqa: DTZ001 -- as sheets have them

    content = xlsx(*(row(number) for number in range(500)), change=write)
    here, there = (reader.read(io.BytesIO(content), XLSX) for reader in (TableFiles(), ChildTableFiles()))
    assert (there.sheet, there.other_sheets, list(there.rows)) == (here.sheet, here.other_sheets, list(here.rows))


def test_a_process_that_somebody_else_ended_says_nothing_of_the_file() -> None:
    before = children()
    reading = rows(LONG, CSV)
    (process,) = children() - before
    os.kill(process, signal.SIGKILL)
    with pytest.raises(Unavailable):
        list(reading)


def test_whoever_stops_reading_leaves_no_process() -> None:
    before = children()
    reading = ChildTableFiles().read(io.BytesIO(LONG), CSV).rows
    assert next(reading).line == 1
    assert isinstance(reading, Generator)
    reading.close()
    assert children() == before
