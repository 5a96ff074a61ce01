"""Documents of a meeting: listed, added, given a new file, corrected, withdrawn."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import asyncpg
from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import Response

from services.registration import views
from services.registration.api.dependencies import Dependencies, InjectedDependencies
from services.registration.api.documents.readers import AnyReader
from services.registration.api.inputs import BilingualInput, IntegerInput
from services.registration.api.meetings.policy_input import left_out
from services.registration.domain.agenda import identified, number_key
from services.registration.domain.documents.commands import (
    AddDocument,
    ChangeDocument,
    DocumentCommand,
    ReplaceDocument,
    WithdrawDocument,
)
from services.registration.domain.documents.refusals import DocumentUnknown, FileUnknown
from services.registration.domain.documents.rules import LAST_POSITION
from services.registration.domain.refusals import AgendaItemUnknown, WrongPhase
from services.registration.store import MEETINGS
from shared.application import execute
from shared.contracts.base import Instant
from shared.contracts.ids import new_id
from shared.contracts.registration import AgendaItem, DocumentAccess, MeetingDocument
from shared.database import Connection
from shared.http import (
    Attempt,
    Authenticated,
    IfMatch,
    Input,
    Now,
    Reply,
    ShortTextInput,
    etag,
    expected_version,
    once,
    refusals,
)
from shared.kernel import Actor, LimitReached, NotFound, NotPermitted, StaleVersion

router = APIRouter(prefix="/v1/meetings/{meeting_id}/documents", tags=["documents"])
_TITLE: Final[dict[str, Any]] = {"examples": [{"lo": "ຮ່າງຍຸດທະສາດລັດຖະບານດິຈິຕອນ 2021-2030", "en": "Draft strategy"}]}
_SHA256: Final = Field(
    pattern="^[0-9a-f]{64}$",
    description="of a file that was uploaded for this meeting (`POST …/files`)",
    json_schema_extra={"examples": ["c5f1e1f3a5c0a1f9a9d8a7c1f7d0e6b5a4c3b2a190817263544f3e2d1c0bafae"]},
)
_ITEM: Final = "the agenda item to which it belongs; null: the meeting as a whole"
_ACCESS: Final = (
    "`public`: everybody, once the meeting is announced; `participants`: who has a seat and the contacts of invited "
    "bodies, by their links, and the staff of co-hosts; `staff`: the staff of the organiser's body"
)
_REFUSALS: Final = (NotFound, NotPermitted, WrongPhase, StaleVersion)
_ADDING: Final = (FileUnknown, AgendaItemUnknown, LimitReached)


class DocumentInput(Input):
    """One more document of a meeting."""

    sha256: str = _SHA256
    title: BilingualInput = Field(json_schema_extra=_TITLE)
    access: DocumentAccess = Field(description=_ACCESS)
    item_id: UUID | None = Field(default=None, description=_ITEM)
    position: IntegerInput | None = Field(
        default=None, ge=1, le=LAST_POSITION, description="its order among those of the same item; the last without one"
    )


class DocumentChange(Input):
    """Members that are left out stay as they are; null empties one that may be empty (RFC 7396)."""

    title: BilingualInput = Field(default_factory=left_out, json_schema_extra=_TITLE)
    access: DocumentAccess = Field(default_factory=left_out, description=_ACCESS)
    item_id: UUID | None = Field(default=None, description=_ITEM)
    position: IntegerInput = Field(default_factory=left_out, ge=1, le=LAST_POSITION)


class FileInput(Input):
    """Another file for a document."""

    sha256: str = _SHA256


class WithdrawalInput(Input):
    """Why a document is withdrawn; everybody may read it."""

    reason: ShortTextInput | None = Field(default=None, examples=["ມີສະບັບປັບປຸງໃໝ່"])


class DocumentState(BaseModel):
    """What a command has led to; null: the document is withdrawn."""

    meeting_id: UUID
    version: int = Field(description="of the meeting: its ETag")
    document: MeetingDocument | None


class DocumentView(MeetingDocument):
    """A document, and when its newest file was added."""

    added_at: Instant


class DocumentList(BaseModel):
    """Documents in the order of the agenda, those of the whole meeting first."""

    documents: list[DocumentView]


@router.get("", responses=refusals(NotFound))
async def list_documents(meeting_id: UUID, dependencies: InjectedDependencies, reader: AnyReader) -> DocumentList:
    """The documents that the caller may see: by his account, by a link in a header, or those that are public."""
    async with dependencies.database.reading() as connection:
        meeting = await views.visible_meeting(connection, meeting_id, bodies=reader.bodies)
        rows = await views.documents(connection, meeting_id, access=await reader.access(connection, meeting))
    return DocumentList(documents=_in_order(meeting, rows))


@router.post("", status_code=201, response_model=DocumentState, responses=refusals(*_REFUSALS, *_ADDING))
async def add_document(
    meeting_id: UUID,
    body: DocumentInput,
    dependencies: InjectedDependencies,
    actor: Authenticated,
    at: Now,
    attempt: Attempt,
    if_match: IfMatch = None,
) -> Response:
    """Make a document of a file that was uploaded; up to 200 documents, until the meeting is closed. Nobody is told."""
    members = {name: getattr(body, name) for name in DocumentInput.model_fields}
    command = AddDocument(
        actor=actor, at=at, expected_version=expected_version(if_match), document_id=new_id(), **members
    )
    return await _carry_out(dependencies, meeting_id, command, actor=actor, attempt=attempt)


@router.patch(
    "/{document_id}",
    response_model=DocumentState,
    responses=refusals(*_REFUSALS, DocumentUnknown, AgendaItemUnknown),
)
async def change_document(
    meeting_id: UUID,
    document_id: UUID,
    body: DocumentChange,
    dependencies: InjectedDependencies,
    actor: Authenticated,
    at: Now,
    attempt: Attempt,
    if_match: IfMatch = None,
) -> Response:
    """Correct title, access or place; a document that is moved to another item is its last one."""
    version, changes = expected_version(if_match), {name: getattr(body, name) for name in body.model_fields_set}
    command = ChangeDocument(actor=actor, at=at, expected_version=version, document_id=document_id, changes=changes)
    return await _carry_out(dependencies, meeting_id, command, actor=actor, attempt=attempt)


@router.put(
    "/{document_id}/file",
    response_model=DocumentState,
    responses=refusals(*_REFUSALS, DocumentUnknown, FileUnknown, LimitReached),
)
async def replace_document(
    meeting_id: UUID,
    document_id: UUID,
    body: FileInput,
    dependencies: InjectedDependencies,
    actor: Authenticated,
    at: Now,
    attempt: Attempt,
    if_match: IfMatch = None,
) -> Response:
    """Give a document another uploaded file, as its next version; the files before stay and can be read."""
    version = expected_version(if_match)
    command = ReplaceDocument(actor=actor, at=at, expected_version=version, document_id=document_id, sha256=body.sha256)
    return await _carry_out(dependencies, meeting_id, command, actor=actor, attempt=attempt)


@router.post("/{document_id}/withdraw", response_model=DocumentState, responses=refusals(*_REFUSALS, DocumentUnknown))
async def withdraw_document(
    meeting_id: UUID,
    document_id: UUID,
    body: WithdrawalInput,
    dependencies: InjectedDependencies,
    actor: Authenticated,
    at: Now,
    attempt: Attempt,
    if_match: IfMatch = None,
) -> Response:
    """Give a document to nobody any more; it is kept, as people may have read it."""
    version = expected_version(if_match)
    command = WithdrawDocument(
        actor=actor, at=at, expected_version=version, document_id=document_id, reason=body.reason
    )
    return await _carry_out(dependencies, meeting_id, command, actor=actor, attempt=attempt)


async def _carry_out(
    dependencies: Dependencies, meeting_id: UUID, command: DocumentCommand, *, actor: Actor, attempt: Attempt
) -> Response:
    async def act(connection: Connection) -> Reply:
        meeting = (await execute(connection, MEETINGS, meeting_id, command)).state
        document = meeting.documents.get(command.document_id)
        return Reply(
            status=201 if isinstance(command, AddDocument) else 200,
            body=DocumentState(meeting_id=meeting_id, version=meeting.version, document=document),
            headers={"ETag": etag(meeting.version)},
        )

    return await once(attempt, act, database=dependencies.database, actor=actor)


def _in_order(meeting: asyncpg.Record, rows: Sequence[asyncpg.Record]) -> list[DocumentView]:
    """By agenda item; documents of an item that is not on the agenda any more belong to the whole meeting."""
    agenda = identified(meeting["meeting_id"], map(AgendaItem.model_validate, meeting["details"]["agenda"]))
    places = {item.item_id: number_key(item) for item in agenda}
    placed = [(row, places.get(row["item_id"])) for row in rows]
    ordered = sorted(placed, key=lambda each: (each[1] or (), *_order(each[0])))
    return [DocumentView(**{**dict(row), "item_id": row["item_id"] if place else None}) for row, place in ordered]


def _order(row: asyncpg.Record) -> tuple[bool, int, UUID]:
    """Of documents that belong to the same: those whose item was taken off the agenda come last."""
    return row["item_id"] is not None, row["position"], row["document_id"]
