"""The log: what it has signed and that it only grows, for everybody; a full check of it, for the operator."""

import asyncio
from base64 import b64encode
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from services.archive import views
from services.archive.api.models import InjectedDependencies, file
from services.archive.domain.audit import audit_log
from services.archive.domain.log import LogFinding
from services.archive.domain.merkle import consistency_nodes, consistency_proof
from services.archive.domain.refusals import LogEmpty, LogTooShort
from shared.http import Authenticated, refusals, require
from shared.kernel import NotPermitted, Role

router = APIRouter(prefix="/v1/log", tags=["log"])
NOTE = "text/plain"
_NOTE = (
    "archive.example.gov.la/log\n7\nn4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=\n\n"
    "— archive.example.gov.la/log qINS1tBZkJz2Nc0=\n"
)
EntryCount = Annotated[int, Query(ge=1, le=(1 << 63) - 1, description="number of entries")]


class Consistency(BaseModel):
    """The proof that the tree of `new` entries begins with the tree of `old` entries (RFC 6962 §2.1.2)."""

    old: int
    new: int
    path: list[str] = Field(description="SHA-256 hashes, base64")


class Finding(BaseModel):
    """One flaw: at a node (level, position), or at the size for which a root was signed."""

    flaw: str
    level: int | None
    position: int | None
    size: int | None


class Audit(BaseModel):
    """What a full check has found; a sound log has no findings."""

    size: int
    root: str = Field(description="hexadecimal")
    checkpoints: int
    findings: list[Finding]


@router.get(
    "/checkpoint",
    response_class=Response,
    responses={**refusals(LogEmpty), **file(NOTE, "a signed note (C2SP tlog-checkpoint)", example=_NOTE)},
)
async def read_checkpoint(dependencies: InjectedDependencies) -> Response:
    """The newest signed checkpoint; public."""
    async with dependencies.database.reading() as connection:
        note = await views.latest_checkpoint(connection)
    if note is None:
        raise LogEmpty
    return Response(note, media_type=NOTE)


@router.get("/consistency", responses=refusals(LogTooShort))
async def prove_consistency(dependencies: InjectedDependencies, old: EntryCount, new: EntryCount) -> Consistency:
    """The proof that the log has only grown from `old` to `new` entries; public."""
    async with dependencies.database.reading() as connection:
        size = (await views.log_state(connection)).size
        if not old <= new <= size:
            raise LogTooShort(field="/old" if old > new else "/new", size=size)
        nodes = await views.log_nodes(connection, consistency_nodes(old, new))
    path = [b64encode(each).decode() for each in consistency_proof(old, new, nodes)]
    return Consistency(old=old, new=new, path=path)


@router.get("/fsck", responses=refusals(NotPermitted))
async def check_log(dependencies: InjectedDependencies, actor: Authenticated) -> Audit:
    """Recompute the whole log from its entries; compare with all that is stored and all that was ever signed."""
    require(actor, Role.OPERATOR, Role.ARCHIVIST)
    async with dependencies.database.reading() as connection:
        stored = await views.stored_log(connection)
    findings = await asyncio.to_thread(audit_log, stored, key=dependencies.signer.key)
    return Audit(
        size=stored.state.size,
        root=stored.state.root.hex(),
        checkpoints=len(stored.notes),
        findings=[_finding(each) for each in findings],
    )


def _finding(found: LogFinding) -> Finding:
    level, position = found.node or (None, None)
    return Finding(flaw=found.flaw, level=level, position=position, size=found.size)
