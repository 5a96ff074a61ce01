"""Lists of participants as people send them: rows as dictionaries, files as bytes."""

import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from tests.registration.running_service import INVITED, RegistrationService

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LAO = {
    "organisation": "ລະຫັດອົງການ",
    "given_name": "ຊື່",
    "family_name": "ນາມສະກຸນ",
    "position_title": "ຕຳແໜ່ງ",
    "rank": "ລະດັບ",
    "mobile": "ເບີໂທລະສັບ",
    "email": "ອີເມວ",
    "gender": "ເພດ",
}
Row = Mapping[str, Any]


def row(number: int = 0, **changes: Any) -> dict[str, Any]:
    """Somebody with a number of his own, in words of a Lao office."""
    return {
        "organisation": INVITED,
        "given_name": f"ຄົນທີ {number}",
        "family_name": "ວົງພະຈັນ",
        "position_title": "ຫົວໜ້າພະແນກ",
        "rank": 80,
        "mobile": f"020 5555 {1000 + number}",
        "email": "",
        "gender": "ຍິງ",
        **changes,
    }


def csv(
    *rows: Row, headers: Mapping[str, str] = LAO, separator: str = ",", encoding: str = "utf-8", end: str = "\r\n"
) -> bytes:
    """The rows as text; a value that has a separator is quoted."""
    cells = [list(headers.values()), *([str(one.get(name, "")) for name in headers] for one in rows)]
    quoted = [[f'"{cell}"' if separator in cell else cell for cell in line] for line in cells]
    return end.join(separator.join(line) for line in quoted).encode(encoding)


def xlsx(*rows: Row, headers: Mapping[str, str] = LAO, change: Callable[[Worksheet], None] | None = None) -> bytes:
    """The rows as the first sheet of a workbook; `change` does with it what else a person does."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.append(list(headers.values()))
    for one in rows:
        sheet.append([one.get(name) for name in headers])
    if change is not None:
        change(sheet)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def counted(preview: Mapping[str, Any]) -> dict[str, int]:
    """How many rows have which verdict; those that none has are left out."""
    return {name: preview[name] for name in ("new", "same", "changed", "refused") if preview[name]}


async def rows_of(service: RegistrationService, path: str, preview: Mapping[str, Any]) -> Sequence[dict[str, Any]]:
    """The rows of the preview."""
    listed = await service.organiser.get(f"{path}/imports/{preview['import_id']}/rows")
    items: Sequence[dict[str, Any]] = listed.json()["items"]
    return items


async def refused_rows(
    service: RegistrationService, path: str, preview: Mapping[str, Any]
) -> list[tuple[int, str | None, str]]:
    """Line, column and rule of each problem."""
    rows = await rows_of(service, path, preview)
    return [(one["line"], problem["column"], problem["code"]) for one in rows for problem in one["problems"]]


async def applied(
    service: RegistrationService, path: str, preview: Mapping[str, Any], mode: str = "all-or-nothing"
) -> dict[str, Any]:
    """The import after it was applied."""
    address = f"{path}/imports/{preview['import_id']}"
    asked = await service.organiser.post(f"{address}/application", {"mode": mode})
    assert asked.status_code == 202, asked.text
    await service.worked()
    after: dict[str, Any] = (await service.organiser.get(address)).json()
    return after
