"""Files as offices make them, and how they become documents of a meeting."""

import io
import zipfile
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from typing import Any
from uuid import uuid4

import httpx
from openpyxl import Workbook
from pypdf import PdfWriter

from tests.registration.running_service import Caller, RegistrationService

PDF = "application/pdf"
_OFFICE = "application/vnd.openxmlformats-officedocument"
DOCX = f"{_OFFICE}.wordprocessingml.document"
XLSX = f"{_OFFICE}.spreadsheetml.sheet"
TITLE = {"lo": "ຮ່າງຍຸດທະສາດລັດຖະບານດິຈິຕອນ 2021-2030", "en": "Draft strategy"}


def pdf(pages: int = 1) -> bytes:
    """A PDF of so many pages: another one for each number."""
    writer, out = PdfWriter(), io.BytesIO()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    writer.write(out)
    return out.getvalue()


def xlsx(text: str = "ງົບປະມານ") -> bytes:
    book, out = Workbook(), io.BytesIO()
    book.create_sheet("ງົບປະມານ")["A1"] = text
    book.save(out)
    return out.getvalue()


def zipped(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return out.getvalue()


def digest_of(content: bytes) -> str:
    """As a client sends it (RFC 9530)."""
    return f"sha-256=:{b64encode(sha256(content).digest()).decode()}:"


async def sent(
    service: RegistrationService, path: str, content: bytes, media_type: str, *, by: Caller | None = None, **more: str
) -> httpx.Response:
    """The answer to a file that was uploaded for a meeting."""
    headers = {**(by or service.organiser).headers, "content-type": media_type, **_named(more)}
    return await service.http.post(f"{path}/files", content=content, headers=headers)


async def uploaded(service: RegistrationService, path: str, content: bytes, media_type: str = PDF) -> str:
    """The SHA-256 by which the uploaded file is named."""
    answer = await sent(service, path, content, media_type, by=service.as_("organiser", subject=str(uuid4())))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["sha256"])


async def documented(
    service: RegistrationService, path: str, content: bytes | None = None, media_type: str = PDF, **members: Any
) -> str:
    """The path of a new document of a meeting."""
    name = await uploaded(service, path, pdf() if content is None else content, media_type)
    body = {"sha256": name, "title": TITLE, "access": "public", **members}
    answer = await service.organiser.post(f"{path}/documents", body)
    assert answer.status_code == 201, answer.text
    return f"{path}/documents/{answer.json()['document']['document_id']}"


async def listed(caller: Caller, path: str, **headers: str) -> Sequence[Any]:
    """Titles and classes of the documents that the caller is shown."""
    answer = await caller.http.get(f"{path}/documents", headers={**caller.headers, **_named(headers)})
    assert answer.status_code == 200, answer.text
    return [(one["title"]["lo"], one["access"]) for one in answer.json()["documents"]]


async def fetched(caller: Caller, document: str, **headers: str) -> httpx.Response:
    """The file of a document."""
    return await caller.http.get(f"{document}/file", headers={**caller.headers, **_named(headers)})


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
