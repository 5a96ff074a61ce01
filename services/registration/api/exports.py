"""The answers to a meeting as a file: CSV, XLSX or JSON, sent while it is read."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Annotated, Any, Final, TypeAlias
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Query
from pydantic_core import to_json
from starlette.responses import StreamingResponse

from services.registration import views
from services.registration.api.dependencies import InjectedDependencies
from services.registration.api.export_cells import cells_of, headers
from services.registration.api.export_files import CsvWriter, TableWriter, XlsxWriter
from services.registration.observability import RegistrationLog
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
Order: TypeAlias = dict[UUID, int | None]
Render: TypeAlias = Callable[[Sequence[asyncpg.Record], Order], bytes]
HeaderLanguage = Annotated[Language, Query(description="of headers and words")]


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

    A text that a spreadsheet would take for a formula stands behind an apostrophe.
    """
    order = await _order(dependencies.database, meeting_id, actor, "csv")
    pieces = _table(dependencies.database, order, CsvWriter(), language)
    return _answer(pieces, media_type=f"{CSV}; charset=utf-8", name=f"{meeting_id}.csv")


@router.get("/registrations.xlsx", **_file(XLSX))
async def export_xlsx(
    meeting_id: UUID, dependencies: InjectedDependencies, actor: Authenticated, language: HeaderLanguage = "lo"
) -> StreamingResponse:
    """The same as a workbook of one sheet."""
    order = await _order(dependencies.database, meeting_id, actor, "xlsx")
    pieces = _table(dependencies.database, order, XlsxWriter("ລາຍຊື່"), language)
    return _answer(pieces, media_type=XLSX, name=f"{meeting_id}.xlsx")


@router.get("/registrations.json", **_file(JSON))
async def export_json(meeting_id: UUID, dependencies: InjectedDependencies, actor: Authenticated) -> StreamingResponse:
    """The same for programs: a list of objects, with values as they are stored."""
    order = await _order(dependencies.database, meeting_id, actor, "json")
    return _answer(_objects(dependencies.database, order), media_type=JSON, name=f"{meeting_id}.json")


async def _order(database: Database, meeting_id: UUID, actor: Actor, kind: str) -> Order:
    """What is exported, in its order; for organisers of the meeting's own body and of its co-hosts."""
    async with database.reading() as connection:
        await _check_host(connection, meeting_id, actor)
        order = await views.export_order(connection, meeting_id)
    log.info(
        RegistrationLog.LIST_EXPORTED, aggregate_id=str(meeting_id), actor=actor.subject, kind=kind, count=len(order)
    )
    return order


async def _check_host(connection: Connection, meeting_id: UUID, actor: Actor) -> None:
    meeting = await views.visible_meeting(connection, meeting_id, body=actor.organisation)
    hosts = {meeting["organiser"], *meeting["details"]["co_hosts"]}
    require(actor, Role.ORGANISER)
    if actor.organisation not in hosts:
        raise NotPermitted


async def _pages(database: Database, order: Order) -> AsyncIterator[Sequence[asyncpg.Record]]:
    """Page by page, each in a transaction of its own: a slow reader holds no connection to the database."""
    identifiers = list(order)
    for start in range(0, len(identifiers), PAGE):
        async with database.reading() as connection:
            rows = await views.export_page(connection, identifiers[start : start + PAGE])
        yield rows


async def _table(database: Database, order: Order, writer: TableWriter, language: Language) -> AsyncIterator[bytes]:
    yield writer.rows([headers(language)])

    def render(rows: Sequence[asyncpg.Record]) -> bytes:
        return writer.rows([cells_of(dict(row), order[row["registration_id"]], language) for row in rows])

    async for rows in _pages(database, order):
        yield await asyncio.to_thread(render, rows)
    yield writer.end()


async def _objects(database: Database, order: Order) -> AsyncIterator[bytes]:
    begin = b"["
    async for rows in _pages(database, order):
        for row in rows:
            yield begin + to_json(dict(row) | {"place": order[row["registration_id"]]})
            begin = b",\n"
    yield b"]" if begin != b"[" else b"[]"


def _answer(pieces: AsyncIterator[bytes], *, media_type: str, name: str) -> StreamingResponse:
    disposition = {"Content-Disposition": f'attachment; filename="registrations-{name}"'}
    return StreamingResponse(pieces, media_type=media_type, headers=disposition)
