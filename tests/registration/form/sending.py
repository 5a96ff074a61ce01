"""Files as answers in the words of the tests: `put_file(service, path, seat, pdf(), code=…)`."""

from typing import Any

import httpx

from tests.registration.papers import PDF
from tests.registration.running_service import Caller, RegistrationService

PASSPORT: dict[str, Any] = {
    "name": "passport",
    "kind": "file",
    "label": {"lo": "ສຳເນົາໜັງສືຜ່ານແດນ", "en": "Copy of the passport"},
    "required": True,
    "retention_days": 3_650,
}
ABROAD: dict[str, Any] = {"name": "abroad", "kind": "yes-no", "label": {"lo": "ມາຈາກຕ່າງປະເທດ"}, "retention_days": 3_650}
ASKED_ABROAD = PASSPORT | {"shown_when": {"field": "abroad", "value": True}}


def file_of(path: str, seat: dict[str, Any], field: str = "passport") -> str:
    """The address of the file of one answer."""
    return f"{path}/registrations/{seat['registration_id']}/answers/{field}/file"


async def put_file(
    service: RegistrationService,
    at: str,
    content: bytes,
    media_type: str = PDF,
    *,
    by: Caller | None = None,
    **shown: str,
) -> httpx.Response:
    """The answer to a file that was sent there; `registration_code="…"` is a header."""
    headers = {**(by.headers if by else {}), "content-type": media_type, **_named(shown)}
    return await service.http.put(at, content=content, headers=headers)


async def read_file(
    service: RegistrationService, at: str, *, by: Caller | None = None, **shown: str
) -> tuple[int, bytes]:
    """Status and content of the file that is there."""
    told = await service.http.get(at, headers={**(by.headers if by else {}), **_named(shown)})
    return told.status_code, told.content


async def delete_file(service: RegistrationService, at: str, *, by: Caller | None = None, **shown: str) -> int:
    """The status of taking it back."""
    told = await service.http.delete(at, headers={**(by.headers if by else {}), **_named(shown)})
    return told.status_code


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
