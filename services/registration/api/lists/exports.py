"""The answers to a meeting as a file: CSV, XLSX or JSON, sent while it is read."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, TypeAlias
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Query
from pydantic_core import to_json
from starlette.responses import StreamingResponse

from services.registration import views
from services.registration.api.dependencies import InjectedDependencies
from services.registration.api.documents.downloads import extension_of
from services.registration.api.lists.export_cells import Cells, answer_cells, cells_of, headers
from services.registration.api.lists.export_files import CsvWriter, TableWriter, XlsxWriter
from services.registration.domain.form.columns import FormColumns
from services.registration.domain.form.form import NO_FORM
from services.registration.domain.participant_list import form_columns
from services.registration.observability import RegistrationLog
from services.registration.store.form.forms import current_form
from shared.contracts.base import Language
from shared.database import Connection, Database
from shared.http import Authenticated, refusals, require
from shared.kernel import Actor, NotFound, NotPermitted, Role
from shared.observability.logging import log

PAGE: Final = 1_000
CSV: Final = "text/csv"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
JSON: Final = "application/json"

router = APIRouter(prefix="/v1/meetings/{meeting_id}", tags=["registrations"])
_Page: TypeAlias = list[dict[str, Any]]
HeaderLanguage = Annotated[Language, Query(description="of headers and words")]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Export:
    """What is exported, in its order, and whether with the people's numbers and addresses."""

    meeting_id: UUID
    order: views.ExportOrder
    contacts: bool
    form: FormColumns

    def shown(self, answers: Mapping[str, Any]) -> dict[str, Any]:
        """The answers to the form that may be shown: to an organiser of a co-host none that are personal data."""
        return {name: answers[name] for name in self._shown_names() if name in answers}

    def named(self, registration_id: UUID, files: Mapping[str, asyncpg.Record]) -> dict[str, dict[str, Any]]:
        """The files among them, never their content: what each is called where it is read, its SHA-256 and size."""
        return {
            name: {
                "name": f"{name}-{registration_id}{extension_of(files[name]['media_type'])}",
                **{member: files[name][member] for member in ("sha256", "size", "media_type")},
            }
            for name in self._shown_names()
            if name in files
        }

    def _shown_names(self) -> list[str]:
        return [field.name for field in self.form.form.fields if self.contacts or not field.personal_data]


def _file(media_type: str) -> dict[str, Any]:
    return {
        "response_class": StreamingResponse,
        "responses": {
            200: {"content": {media_type: {"schema": {"type": "string", "format": "binary"}}}},
            **refusals(NotFound, NotPermitted),
        },
    }


@router.get("/registrations.csv", **_file(CSV))
async def export_csv(
    meeting_id: UUID, dependencies: InjectedDependencies, actor: Authenticated, language: HeaderLanguage = "lo"
) -> StreamingResponse:
    """All answers by rank, protocol order and name, as UTF-8 with a byte order mark; an import reads it again.

    A text that a spreadsheet would take for a formula stands behind an apostrophe. Numbers and addresses are for the
    meeting's own body: co-hosts find their cells empty, and those of answers that are personal data. Files are named
    with their SHA-256.
    """
    export = await _export(dependencies.database, meeting_id, actor, "csv")
    pieces = _table(dependencies.database, export, CsvWriter(), language)
    return _answer(pieces, media_type=f"{CSV}; charset=utf-8", name=f"{meeting_id}.csv")


@router.get("/registrations.xlsx", **_file(XLSX))
async def export_xlsx(
    meeting_id: UUID, dependencies: InjectedDependencies, actor: Authenticated, language: HeaderLanguage = "lo"
) -> StreamingResponse:
    """The same as a workbook of one sheet."""
    export = await _export(dependencies.database, meeting_id, actor, "xlsx")
    pieces = _table(dependencies.database, export, XlsxWriter("ລາຍຊື່"), language)
    return _answer(pieces, media_type=XLSX, name=f"{meeting_id}.xlsx")


@router.get("/registrations.json", **_file(JSON))
async def export_json(meeting_id: UUID, dependencies: InjectedDependencies, actor: Authenticated) -> StreamingResponse:
    """The same for programs: a list of objects, with values as they are stored."""
    export = await _export(dependencies.database, meeting_id, actor, "json")
    return _answer(_objects(dependencies.database, export), media_type=JSON, name=f"{meeting_id}.json")


async def _export(database: Database, meeting_id: UUID, actor: Actor, kind: str) -> _Export:
    """For organisers of the meeting's own body, and of its co-hosts without numbers and addresses."""
    async with database.reading() as connection:
        own = await _is_own(connection, meeting_id, actor)
        order = await views.export_order(connection, meeting_id)
        form = await current_form(connection, meeting_id) or NO_FORM
    log.info(
        RegistrationLog.LIST_EXPORTED, aggregate_id=str(meeting_id), actor=actor.subject, kind=kind, count=len(order)
    )
    return _Export(meeting_id=meeting_id, order=order, contacts=own, form=form_columns(form))


async def _is_own(connection: Connection, meeting_id: UUID, actor: Actor) -> bool:
    """Whether the actor's body organises the meeting; raises `NotPermitted` where it is not a co-host either."""
    meeting = await views.visible_meeting(connection, meeting_id, bodies=actor.bodies)
    require(actor, Role.ORGANISER)
    own = actor.acts_for(meeting["organiser"])
    if not own and actor.bodies.isdisjoint(meeting["details"]["co_hosts"]):
        raise NotPermitted
    return own


async def _pages(database: Database, export: _Export) -> AsyncIterator[_Page]:
    """Page by page, each in a transaction of its own: a slow reader holds no connection to the database."""
    for places in export.order.pages(PAGE):
        async with database.reading() as connection:
            rows = await views.export_page(connection, export.meeting_id, list(places), contacts=export.contacts)
            answers = await views.answers_of_many(connection, list(places)) if export.form.form.fields else {}
            files = await views.answer_files(connection, list(places)) if export.form.form.files else {}
        given = {seat: export.shown(answers.get(seat, {})) for seat in places}
        named = {seat: export.named(seat, of_seat) for seat, of_seat in files.items()}
        yield [_row(row, places, given, named) for row in rows]


async def _table(database: Database, export: _Export, writer: TableWriter, language: Language) -> AsyncIterator[bytes]:
    yield writer.rows([headers(language, export.form)])

    def render(page: _Page) -> bytes:
        return writer.rows([_cells(export, row, language) for row in page])

    async for page in _pages(database, export):
        yield await asyncio.to_thread(render, page)
    yield writer.end()


async def _objects(database: Database, export: _Export) -> AsyncIterator[bytes]:
    begin = b"["
    async for page in _pages(database, export):
        for row in page:
            yield begin + to_json(row)
            begin = b",\n"
    yield b"]" if begin != b"[" else b"[]"


def _row(
    row: asyncpg.Record,
    places: Mapping[UUID, int | None],
    answers: Mapping[UUID, dict[str, Any]],
    files: Mapping[UUID, dict[str, Any]],
) -> dict[str, Any]:
    seat = row["registration_id"]
    return {**row, "place": places[seat], "answers": answers[seat], "files": files.get(seat, {})}


def _cells(export: _Export, row: dict[str, Any], language: Language) -> Cells:
    files = {name: f"{file['name']} {file['sha256']}" for name, file in row["files"].items()}
    return cells_of(row, language) + answer_cells({**row["answers"], **files}, language, export.form)


def _answer(pieces: AsyncIterator[bytes], *, media_type: str, name: str) -> StreamingResponse:
    disposition = {"Content-Disposition": f'attachment; filename="registrations-{name}"'}
    return StreamingResponse(pieces, media_type=media_type, headers=disposition)
