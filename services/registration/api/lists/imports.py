"""Imports of participants: a file is sent, its preview is read, then it is applied; nothing is written before."""

from hashlib import sha256
from operator import itemgetter
from typing import Annotated, Any, Final
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from services.registration import views
from services.registration.api.dependencies import InjectedDependencies, within
from services.registration.domain.import_refusals import ImportNotReady
from services.registration.domain.importing import APPLICABLE, ImportMode, ImportState, Verdict
from services.registration.domain.refusals import WrongPhase
from services.registration.domain.state import Phase
from services.registration.store import imports
from shared.contracts.base import Instant
from shared.contracts.ids import new_id
from shared.database import Connection, Database
from shared.http import (
    Attempt,
    Authenticated,
    Cursor,
    IdempotencyKeyHeader,
    Input,
    Limit,
    Now,
    Page,
    Reply,
    decode_cursor,
    once,
    page_of,
    refusals,
    require,
)
from shared.http.idempotency import REPLAYED, attempt_of
from shared.http.uploads import UnsupportedFileType, media_type_of, pieces, takes_files
from shared.http.validation import field_problems
from shared.kernel import Actor, Command, Job, LimitReached, NotFound, NotPermitted, Role
from shared.messaging import jobs

MEDIA_TYPES: Final = ("text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
FILE_BYTES: Final = 32 * 1024 * 1024
LAST_LINE: Final = 2**31 - 1
MOST_IMPORTS: Final = 10  # of one meeting at the same time

router = APIRouter(prefix="/v1/meetings/{meeting_id}/imports", tags=["imports"])


class ProblemView(BaseModel):
    """Why a file or a row is refused."""

    column: str | None = Field(description="the column, by its English name of the API; null where it is the whole row")
    code: str = Field(description="the rule")
    lo: str
    en: str
    details: dict[str, Any] = Field(description="what the rule says further, for example the earlier row")


class ImportView(BaseModel):
    """An import: how far it is, and what was found."""

    import_id: UUID
    meeting_id: UUID
    state: ImportState
    rows_read: int = Field(description="rows with their verdict so far; it grows while the file is read")
    rows_applied: int = Field(
        description="rows on which the application has worked; it grows meanwhile, and takes effect for all at once"
    )
    new: int = Field(description="rows that register somebody")
    same: int = Field(description="rows that are registered already, with the same values")
    changed: int = Field(description="rows that change the values of somebody who is registered")
    refused: int = Field(description="rows that are left out, each with its reason")
    columns: list[str] = Field(description="columns that are read, by their names of the API")
    ignored: list[str] = Field(description="headers of columns that are not read")
    sheet: str | None = Field(description="of a spreadsheet the sheet that was read: the first that is visible")
    other_sheets: list[str] = Field(description="sheets that were not read")
    problem: ProblemView | None = Field(description="why the whole file is refused")
    mode: ImportMode | None = Field(description="how it was applied")
    created_at: Instant
    expires_at: Instant = Field(description="when the import and everything in it is erased")


class ChangeView(BaseModel):
    """A value of a person that the file has otherwise."""

    column: str = Field(description="`answers.<name>` for an answer to the form")
    old: str | bool | int | float | list[str] | None
    new: str | bool | int | float | list[str] | None


class RowView(BaseModel):
    """A row of the file with its verdict."""

    line: int = Field(description="the row of the sheet, or the first line of a text, from 1")
    verdict: Verdict
    registration_id: UUID | None = Field(description="the registration that the row is about; null of somebody new")
    organisation: str | None
    given_name: str | None
    family_name: str | None
    changes: list[ChangeView]
    problems: list[ProblemView]


class ApplicationInput(Input):
    """`all-or-nothing`: one row that is refused leaves everything as it is; `valid-rows` leaves out such rows."""

    mode: ImportMode = "all-or-nothing"


@router.post(
    "",
    status_code=202,
    response_model=ImportView,
    responses=refusals(NotFound, NotPermitted, LimitReached, UnsupportedFileType),
    openapi_extra=takes_files(*MEDIA_TYPES, limit=FILE_BYTES),
)
async def import_participants(
    meeting_id: UUID,
    request: Request,
    dependencies: InjectedDependencies,
    actor: Authenticated,
    at: Now,
    key: IdempotencyKeyHeader = None,
) -> Response:
    """Send a list of up to 50,000 participants; a preview is made of it, nobody is registered. Ask for it again."""
    database, import_id = dependencies.database, new_id()
    async with database.reading() as connection:
        await _check_organiser(connection, meeting_id, actor)
        await _check_number(connection, meeting_id, coming=key is None)  # with a key it may be one that is there
    media_type, by = media_type_of(request, *MEDIA_TYPES), Command(actor=actor, at=at)
    async with database.transaction() as connection:
        await imports.begin_import(connection, import_id=import_id, meeting_id=meeting_id, media_type=media_type, by=by)
    try:
        attempt = attempt_of(request, key, body=await _received(database, import_id, request))

        async def act(connection: Connection) -> Reply:
            await _check_number(connection, meeting_id)
            await imports.set_state(connection, import_id, ImportState.READING)
            await jobs.enqueue(connection, [_job("read-import", import_id, name=str(import_id))])
            location = f"/v1/meetings/{meeting_id}/imports/{import_id}"
            view = await _view(connection, meeting_id=meeting_id, import_id=import_id)
            return Reply(status=202, body=view, headers={"Location": location})

        answer = await once(attempt, act, database=database, actor=actor)
    except BaseException:
        await _forget(database, import_id)
        raise
    if REPLAYED in answer.headers:
        await _forget(database, import_id)
    return answer


@router.get("/{import_id}", responses=refusals(NotFound, NotPermitted))
async def read_import(
    meeting_id: UUID, import_id: UUID, dependencies: InjectedDependencies, actor: Authenticated
) -> ImportView:
    """How far the import is: `reading` until the preview is `ready` or the file `refused`."""
    async with dependencies.database.reading() as connection:
        await _check_organiser(connection, meeting_id, actor)
        return await _view(connection, meeting_id=meeting_id, import_id=import_id)


@router.get("/{import_id}/rows", responses=refusals(NotFound, NotPermitted))
async def list_import_rows(
    meeting_id: UUID,
    import_id: UUID,
    dependencies: InjectedDependencies,
    actor: Authenticated,
    verdict: Annotated[Verdict | None, Query()] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[RowView]:
    """The rows of the file in their order, all or those with one verdict."""
    after = max(0, min(decode_cursor(cursor, int), LAST_LINE)) if cursor else 0
    async with dependencies.database.reading() as connection:
        await _check_organiser(connection, meeting_id, actor)
        await views.participant_import(connection, meeting_id=meeting_id, import_id=import_id)
        rows = await views.import_lines(connection, import_id, verdict=verdict, after=after, limit=limit + 1)
    return page_of(rows, limit, item=_row, position=itemgetter("line"))


@router.post(
    "/{import_id}/application",
    status_code=202,
    response_model=ImportView,
    responses=refusals(NotFound, NotPermitted, ImportNotReady, WrongPhase),
)
async def apply_import(
    meeting_id: UUID,
    import_id: UUID,
    body: ApplicationInput,
    dependencies: InjectedDependencies,
    actor: Authenticated,
    attempt: Attempt,
) -> Response:
    """Do what the preview says; an import that was applied already stays as it is. Ask for the import until it is."""

    async def act(connection: Connection) -> Reply:
        await _check_organiser(connection, meeting_id, actor, phase=Phase.OPEN)
        await views.participant_import(connection, meeting_id=meeting_id, import_id=import_id)
        found = await imports.locked_import(connection, import_id)
        state = ImportState(found["state"]) if found else ImportState.REFUSED
        if state in APPLICABLE:
            number = await imports.start_applying(connection, import_id, body.mode)
            await jobs.enqueue(connection, [_job("apply-import", import_id, name=f"{import_id}:{number}", actor=actor)])
        elif state not in (ImportState.APPLYING, ImportState.APPLIED):
            raise ImportNotReady(state=state)
        return Reply(status=202, body=await _view(connection, meeting_id=meeting_id, import_id=import_id))

    return await once(attempt, act, database=dependencies.database, actor=actor)


@router.delete("/{import_id}", status_code=204, response_class=Response, responses=refusals(NotFound, NotPermitted))
async def delete_import(
    meeting_id: UUID, import_id: UUID, dependencies: InjectedDependencies, actor: Authenticated, attempt: Attempt
) -> Response:
    """Erase the import before it expires; what was applied stays."""

    async def act(connection: Connection) -> Reply:
        await _check_organiser(connection, meeting_id, actor)
        await views.participant_import(connection, meeting_id=meeting_id, import_id=import_id)
        await imports.delete_import(connection, import_id)
        return Reply(status=204)

    return await once(attempt, act, database=dependencies.database, actor=actor)


async def _check_organiser(
    connection: Connection, meeting_id: UUID, actor: Actor, *, phase: Phase | None = None
) -> None:
    meeting = await views.visible_meeting(connection, meeting_id, bodies=actor.bodies)
    require(within(actor, meeting["organiser"]), Role.ORGANISER)
    if phase is not None and meeting["phase"] != phase:
        raise WrongPhase(phase=meeting["phase"])


async def _check_number(connection: Connection, meeting_id: UUID, *, coming: bool = False) -> None:
    """Raise `LimitReached` where the meeting has too many imports, with the one that is `coming`."""
    if await views.count_imports(connection, meeting_id) + coming > MOST_IMPORTS:
        raise LimitReached(what="imports", limit=MOST_IMPORTS)


async def _received(database: Database, import_id: UUID, request: Request) -> bytes:
    """Keep the file piece by piece; returns its SHA-256."""
    number, whole = 0, sha256()
    async for content in pieces(request):
        async with database.transaction() as connection:
            await imports.add_piece(connection, import_id, number, content)
        number += 1
        whole.update(content)
    return whole.digest()


async def _forget(database: Database, import_id: UUID) -> None:
    """Leave nothing of a file that did not come whole, or that is there already."""
    async with database.transaction() as connection:
        await imports.delete_import(connection, import_id)


def _job(kind: str, import_id: UUID, *, name: str, actor: Actor | None = None) -> Job:
    payload: dict[str, Any] = {"import_id": str(import_id)}
    if actor is not None:
        roles = sorted(actor.roles)
        bodies = {"organisation": actor.organisation, "predecessors": sorted(actor.predecessors)}
        payload["actor"] = {"subject": actor.subject, "roles": roles, **bodies}
    return Job(kind=kind, name=name, key=str(import_id), payload=payload)


async def _view(connection: Connection, *, meeting_id: UUID, import_id: UUID) -> ImportView:
    found = await views.participant_import(connection, meeting_id=meeting_id, import_id=import_id)
    counts = await views.counts_of_verdicts(connection, import_id)
    notes = {"columns": [], "ignored": [], "sheet": None, "other_sheets": []} | found["notes"]
    members = {name: found[name] for name in ImportView.model_fields if name in found}
    return ImportView(**members, **notes, **{verdict.value: counts.get(verdict, 0) for verdict in Verdict})


def _row(row: asyncpg.Record) -> RowView:
    person = row["person"] or {}
    named = {name: person.get(name) for name in ("organisation", "given_name", "family_name")}
    members = {name: row[name] for name in RowView.model_fields if name in row}
    members["problems"] = [_told(problem) for problem in row["problems"]]
    return RowView(**members, **named)


def _told(problem: dict[str, Any]) -> dict[str, Any]:
    """The problem with its sentences, which of an answer to the form follow from the code."""
    if problem["lo"]:
        return problem
    where = ("body", problem["column"])
    (one,) = field_problems([{"type": problem["code"], "loc": where, "ctx": problem["details"]}])
    return problem | {"lo": one.detail, "en": one.detail_en}
