"""Files of tables, made piece by piece: CSV for spreadsheets, and XLSX with one sheet of texts and numbers.

An XLSX is an archive of a few fixed parts and one sheet, so it is written here: libraries need the whole table, or a
file on the disk, before the first byte can be sent.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from typing import Final, Protocol
from xml.sax.saxutils import escape

Cells = Sequence[str | int | float | None]

_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, 2.2
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PARTS: Final = {
    "[Content_Types].xml": f"""{_HEAD}<Types xmlns="{_PACKAGE}/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/></Types>""",
    "_rels/.rels": f"""{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">
<Relationship Id="r1" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>""",
    "xl/_rels/workbook.xml.rels": f"""{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">
<Relationship Id="r1" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>""",
    "xl/workbook.xml": f"""{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}">
<sheets><sheet name="{{name}}" sheetId="1" r:id="r1"/></sheets></workbook>""",
}
_SHEET_BEGIN: Final = (
    f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>'
)
_SHEET_END: Final = "</sheetData></worksheet>"


class TableWriter(Protocol):
    """Makes a file of rows; each method returns the bytes that are ready."""

    def rows(self, rows: Iterable[Cells]) -> bytes:
        """The next rows."""
        ...

    def end(self) -> bytes:
        """What comes after the last row."""
        ...


class CsvWriter:
    """UTF-8 with the byte order mark by which Excel knows it; RFC 4180."""

    def __init__(self) -> None:
        self._begin = "\ufeff"

    def rows(self, rows: Iterable[Cells]) -> bytes:
        """The next rows."""
        text = io.StringIO()
        text.write(self._begin)
        self._begin = ""
        csv.writer(text).writerows(rows)
        return text.getvalue().encode()

    def end(self) -> bytes:
        """Nothing."""
        return b""


class XlsxWriter:
    """A workbook with one sheet, whose first row stays in view; every text is written as a text, never as a formula."""

    def __init__(self, name: str) -> None:
        self._ready = _Ready()
        self._archive = zipfile.ZipFile(self._ready, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
        for part, content in _PARTS.items():
            self._archive.writestr(zipfile.ZipInfo(part), content.replace("{name}", escape(name)))
        sheet = zipfile.ZipInfo("xl/worksheets/sheet1.xml")
        sheet.compress_type = zipfile.ZIP_DEFLATED
        self._sheet = self._archive.open(sheet, "w")
        self._sheet.write(_SHEET_BEGIN.encode())

    def rows(self, rows: Iterable[Cells]) -> bytes:
        """The next rows."""
        self._sheet.write("".join(f"<row>{''.join(map(_cell, row))}</row>" for row in rows).encode())
        return self._ready.taken()

    def end(self) -> bytes:
        """The end of the sheet, and the directory of the archive."""
        self._sheet.write(_SHEET_END.encode())
        self._sheet.close()
        self._archive.close()
        return self._ready.taken()


class _Ready(io.RawIOBase):
    """Where the archive is written to; it cannot be read or moved in, only taken away."""

    def __init__(self) -> None:
        super().__init__()
        self._bytes = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, content: object) -> int:
        before = len(self._bytes)
        self._bytes += content  # type: ignore[arg-type]  # -- whatever has a buffer
        return len(self._bytes) - before

    def taken(self) -> bytes:
        content, self._bytes = bytes(self._bytes), bytearray()
        return content


def _cell(value: str | float | None) -> str:
    if value is None:
        return "<c/>"
    if isinstance(value, int | float):
        return f"<c><v>{value}</v></c>"
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(_NOT_XML.sub("", value))}</t></is></c>'
