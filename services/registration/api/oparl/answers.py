"""What all answers of OParl have in common: JSON that programs of other origins may read, and its examples."""

from typing import Any, Final

from starlette.responses import JSONResponse

from services.registration.api.oparl.objects import SCHEMA, OParlObject
from shared.http import refusals
from shared.kernel import NotFound

_ROOT: Final = "https://meetings.example.la/v1/oparl"
_AT: Final = {"created": "2022-09-05T09:10:00+07:00", "modified": "2022-09-08T10:00:00+07:00"}
_MEETING: Final = f"{_ROOT}/meetings/01835394-6c00-7000-8000-0000000000a1"
MEETING: Final[OParlObject] = {
    "id": _MEETING,
    "type": f"{SCHEMA}Meeting",
    "name": "ກອງປະຊຸມປຶກສາຫາລື",
    "meetingState": "eingeladen",
    "cancelled": False,
    "start": "2022-09-19T08:30:00+07:00",
    "end": "2022-09-19T12:00:00+07:00",
    "location": {
        "id": f"{_MEETING}/location",
        "type": f"{SCHEMA}Location",
        "description": "ຫ້ອງປະຊຸມໃຫຍ່",
        **_AT,
    },
    "organization": [f"{_ROOT}/organizations/MTC"],
    **_AT,
}
ORGANISATION: Final[OParlObject] = {
    "id": f"{_ROOT}/organizations/MTC",
    "type": f"{SCHEMA}Organization",
    "name": "ກະຊວງເຕັກໂນໂລຊີ ແລະ ການສື່ສານ",
    **_AT,
}
ITEM: Final[OParlObject] = {
    "id": f"{_MEETING}/agenda-items/01835394-6c00-7000-8000-000000000501",
    "type": f"{SCHEMA}AgendaItem",
    "name": "ນຳສະເໜີ ຮ່າງຍຸດທະສາດ",
    "number": "1",
    "order": 0,
    **_AT,
}
FILE: Final[OParlObject] = {
    "id": f"{_MEETING}/files/01835394-6c00-7000-8000-000000000601",
    "type": f"{SCHEMA}File",
    "name": "ຮ່າງຍຸດທະສາດ",
    "mimeType": "application/pdf",
    "accessUrl": "https://meetings.example.la/v1/meetings/01835394-6c00-7000-8000-0000000000a1/documents/"
    "01835394-6c00-7000-8000-000000000601/file",
    **_AT,
}
LOCATION: Final[OParlObject] = MEETING["location"]
SYSTEM: Final[OParlObject] = {
    "id": _ROOT,
    "type": f"{SCHEMA}System",
    "oparlVersion": SCHEMA,
    "body": f"{_ROOT}/bodies",
    "name": "Pasum · ກອງປະຊຸມສາທາລະນະ",
    **_AT,
}
BODY: Final[OParlObject] = {
    "id": f"{_ROOT}/bodies/1",
    "type": f"{SCHEMA}Body",
    "name": "ລັດຖະບານ ແຫ່ງ ສປປ ລາວ",
    "meeting": f"{_ROOT}/bodies/1/meetings",
    **_AT,
}


def page_like(example: OParlObject) -> OParlObject:
    """The example of a page of a list."""
    return {"data": [example], "pagination": {}, "links": {"self": f"{_ROOT}/bodies/1/meetings"}}


def answers(example: OParlObject, *, missing: bool = True) -> dict[int | str, dict[str, Any]]:
    """The `responses=` of a route that answers with such an object; `missing`: which may not be there."""
    content = {"application/json": {"schema": {"type": "object"}, "example": example}}
    return {**(refusals(NotFound) if missing else {}), 200: {"description": "as OParl 1.1 says", "content": content}}


def answer(found: OParlObject) -> JSONResponse:
    """The object; programs in browsers may read it, and caches keep it for a while."""
    headers = {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=300"}
    return JSONResponse(found, headers=headers)
