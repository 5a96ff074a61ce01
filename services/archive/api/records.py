"""Records: find, read, download with their proof, hold and release; every download of a package is recorded."""

from datetime import date
from operator import itemgetter
from typing import Annotated
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from services.archive import views
from services.archive.api.models import InjectedDependencies, file
from services.archive.domain.commands import HoldRecord, ReleaseRecord
from services.archive.domain.refusals import RecordNotSealed
from services.archive.domain.rights import CATALOGUE_READERS, CONTENT_READERS, bodies_within
from services.archive.domain.state import Phase, Record, record_name
from services.archive.ports import Dependencies
from services.archive.store import RECORDS, note_view
from shared.application import Outcome
from shared.carry_out import CarryOut
from shared.contracts.base import Bilingual, Instant
from shared.http import (
    Authenticated,
    Cursor,
    Input,
    Limit,
    Now,
    Page,
    Reply,
    SearchInput,
    ShortTextInput,
    decode_cursor,
    page_of,
    refusals,
    require,
)
from shared.http.streaming import streamed
from shared.kernel import Actor, NotFound, NotPermitted

router = APIRouter(prefix="/v1/records", tags=["records"])
HOLDING = refusals(NotFound, NotPermitted, RecordNotSealed)
ZIP = "application/zip"
PROOF = "text/plain"
_PROOF = (
    "c2sp.org/tlog-proof@v1\nindex 6\nn4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=\n\n"
    "archive.example.gov.la/log\n7\nn4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=\n"
)


class RecordView(BaseModel):
    """A record as it stands; what only a sealed one has is null before."""

    record_id: UUID
    meeting_id: UUID
    phase: str = Field(description="collecting, complete, sealing, sealed")
    title: Bilingual | None
    number: str | None = Field(description="of the minutes")
    organiser: str | None
    held: str | None = Field(description="why a legal hold lies on it")
    sealed_at: Instant | None
    retain_until: date | None = Field(description="the last day on which it is kept")
    package: str | None = Field(description="where the package is")
    proof: str | None = Field(description="where the proof of the package is (C2SP tlog-proof)")
    package_sha256: str | None
    package_size: int | None = Field(description="bytes")
    facts: int | None = Field(description="facts that the package lists")
    log_index: int | None
    log_size: int | None = Field(description="entries of the log when it was proven")
    log_root: str | None = Field(description="its root then, hexadecimal")


class HoldState(BaseModel):
    """What a hold or a release has led to."""

    record_id: UUID
    held: str | None


class Reason(Input):
    """Why."""

    reason: ShortTextInput


@router.get("", responses=refusals(NotPermitted))
async def list_records(
    dependencies: InjectedDependencies,
    actor: Authenticated,
    meeting_id: Annotated[UUID | None, Query(description="the record of this meeting")] = None,
    q: Annotated[SearchInput | None, Query(description="part of a title, in any spelling")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[RecordView]:
    """Records of one's own body, for an archivist of every body; those of the newest meetings first."""
    require(actor, *CATALOGUE_READERS)
    after = decode_cursor(cursor, UUID) if cursor else None
    async with dependencies.database.reading() as connection:
        rows = await views.records(
            connection, bodies=bodies_within(actor), meeting_id=meeting_id, text=q, after=after, limit=limit + 1
        )
    return page_of(rows, limit, item=lambda row: _view(dependencies, row), position=itemgetter("meeting_id"))


@router.get("/{record_id}", responses=refusals(NotFound, NotPermitted))
async def read_record(record_id: UUID, dependencies: InjectedDependencies, actor: Authenticated) -> RecordView:
    """One record."""
    require(actor, *CATALOGUE_READERS)
    async with dependencies.database.reading() as connection:
        return _view(dependencies, await views.record(connection, record_id, bodies=bodies_within(actor)))


@router.get(
    "/{record_id}/package",
    response_class=Response,
    responses={**refusals(NotFound, NotPermitted, RecordNotSealed), **file(ZIP, "the package, as it was logged")},
)
async def read_package(record_id: UUID, dependencies: InjectedDependencies, actor: Authenticated, at: Now) -> Response:
    """The package; the download is recorded before the answer is sent."""
    require(actor, *CONTENT_READERS)
    row, name = await _sealed(dependencies, record_id, actor)
    response = await streamed(
        dependencies.packages.stream(name), size=row["package_size"], media_type=ZIP, headers=_attached(f"{name}.zip")
    )
    async with dependencies.database.transaction() as connection:
        await note_view(connection, record_id, actor=actor, at=at)
    return response


@router.get(
    "/{record_id}/proof",
    response_class=Response,
    responses={
        **refusals(NotFound, NotPermitted, RecordNotSealed),
        **file(PROOF, "the proof (C2SP tlog-proof)", example=_PROOF),
    },
)
async def read_proof(record_id: UUID, dependencies: InjectedDependencies, actor: Authenticated) -> Response:
    """The proof that travels beside the package; it says nothing of the content."""
    require(actor, *CATALOGUE_READERS)
    _, name = await _sealed(dependencies, record_id, actor)
    stored = await dependencies.packages.get(name)
    return Response(stored.proof, media_type=PROOF, headers=_attached(f"{name}.tlog-proof"))


@router.post("/{record_id}/hold", response_model=HoldState, responses=HOLDING)
async def hold_record(record_id: UUID, body: Reason, actor: Authenticated, at: Now, carry_out: CarryOut) -> Response:
    """Place a legal hold; on a record that is held already nothing changes."""
    command = HoldRecord(actor=actor, at=at, reason=body.reason)
    return await carry_out(RECORDS, record_id, command, _hold)


@router.post("/{record_id}/release", response_model=HoldState, responses=HOLDING)
async def release_record(record_id: UUID, body: Reason, actor: Authenticated, at: Now, carry_out: CarryOut) -> Response:
    """Lift the legal hold, if there is one."""
    command = ReleaseRecord(actor=actor, at=at, reason=body.reason)
    return await carry_out(RECORDS, record_id, command, _hold)


def _hold(outcome: Outcome[Record]) -> Reply:
    return Reply(body=HoldState(record_id=outcome.state.record_id, held=outcome.state.held))


async def _sealed(dependencies: Dependencies, record_id: UUID, actor: Actor) -> tuple[asyncpg.Record, str]:
    """The row of a sealed record, and the name of its package."""
    async with dependencies.database.reading() as connection:
        row = await views.record(connection, record_id, bodies=bodies_within(actor))
    if row["phase"] != Phase.SEALED:
        raise RecordNotSealed
    return row, record_name(record_id)


def _attached(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def _view(dependencies: Dependencies, row: asyncpg.Record) -> RecordView:
    named = {name: row[name] for name in RecordView.model_fields if name not in {"number", "package", "proof"}}
    sealed = row["phase"] == Phase.SEALED
    return RecordView(
        **named,
        number=row["minutes"]["number"] if row["minutes"] else None,
        package=_address(dependencies, row["record_id"], "package") if sealed else None,
        proof=_address(dependencies, row["record_id"], "proof") if sealed else None,
    )


def _address(dependencies: Dependencies, record_id: UUID, part: str) -> str:
    """The public address of a part of a record."""
    return f"{dependencies.public_url}/v1/records/{record_id}/{part}"
