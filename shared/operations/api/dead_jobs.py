"""Routes for dead jobs, similar to those for dead letters: list, show, redrive and discard them."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import Response

from shared.database import Connection
from shared.http.documentation import refusals
from shared.http.idempotency import Attempt, IdempotencyKeyReused, Reply, RequestInFlight, once
from shared.http.paging import InvalidCursor, Limit, Page
from shared.kernel import NotFound, NotPermitted
from shared.operations import dead_jobs
from shared.operations.api.dead_letters import NotWaiting
from shared.operations.api.operators import (
    OPERATORS,
    After,
    Operator,
    ReasonInput,
    RowNumber,
    ServiceDatabase,
    TextFilter,
    paged,
)

router = APIRouter(prefix="/v1/dead-jobs", tags=["operations"], dependencies=[OPERATORS])


class DeadJobView(BaseModel):
    """A job whose attempts have all failed; `error` is the class of the last error."""

    id: int
    kind: str
    name: str
    key: str
    error: str | None
    attempts: int
    created_at: datetime
    finished_at: datetime | None


class DeadJobContent(DeadJobView):
    """A dead job with its payload, which has identifiers and never personal data."""

    payload: dict[str, Any]
    state: str
    due_at: datetime
    deadline: datetime | None


class JobCount(BaseModel):
    """The number of dead jobs of one kind and reason."""

    kind: str
    error: str | None
    count: int
    oldest: datetime | None


class JobCounts(BaseModel):
    """The numbers of dead jobs, the most frequent first."""

    items: list[JobCount]


class OfKind(ReasonInput):
    """Selects all dead jobs of a kind, or those of a kind with one reason."""

    kind: str = Field(min_length=1, max_length=100)
    reason: str | None = Field(default=None, max_length=300)


class Changed(BaseModel):
    """How many jobs were changed; if it is `most` there may be more, so send the request again."""

    jobs: int
    most: int = dead_jobs.MOST


_ACT: Any = refusals(NotPermitted, NotFound, NotWaiting, RequestInFlight, IdempotencyKeyReused)
_ALL: Any = refusals(NotPermitted, RequestInFlight, IdempotencyKeyReused)


@router.get("", responses=refusals(NotPermitted, InvalidCursor))
async def list_dead_jobs(
    database: ServiceDatabase, after: After, kind: TextFilter = None, reason: TextFilter = None, limit: Limit = 100
) -> Page[DeadJobView]:
    """List dead jobs, the oldest first."""
    async with database.reading() as connection:
        rows = await dead_jobs.find(connection, kind=kind, reason=reason, after=after, limit=limit + 1)
    return paged(DeadJobView, rows, limit)


@router.get("/counts", responses=refusals(NotPermitted))
async def count_dead_jobs(database: ServiceDatabase) -> JobCounts:
    """Count the dead jobs of each kind and reason."""
    async with database.reading() as connection:
        rows = await dead_jobs.count_by_reason(connection)
    return JobCounts(items=[JobCount(**row) for row in rows])


@router.post("/redrive", responses=_ALL, response_model=Changed)
async def redrive_dead_jobs(database: ServiceDatabase, attempt: Attempt, body: OfKind, actor: Operator) -> Response:
    """Let the workers try the dead jobs of a kind again at once, with all attempts."""

    async def act(connection: Connection) -> Reply:
        jobs = await dead_jobs.lock_some(connection, kind=body.kind, reason=body.reason)
        return Reply(body=Changed(jobs=await dead_jobs.redrive(connection, jobs, body.by(actor))))

    return await once(attempt, act, database=database, actor=actor)


@router.post("/discard", responses=_ALL, response_model=Changed)
async def discard_dead_jobs(database: ServiceDatabase, attempt: Attempt, body: OfKind, actor: Operator) -> Response:
    """Discard the dead jobs of a kind for ever."""

    async def act(connection: Connection) -> Reply:
        jobs = await dead_jobs.lock_some(connection, kind=body.kind, reason=body.reason)
        return Reply(body=Changed(jobs=await dead_jobs.discard(connection, jobs, body.by(actor))))

    return await once(attempt, act, database=database, actor=actor)


@router.get("/{job}", responses=refusals(NotPermitted, NotFound))
async def show_dead_job(database: ServiceDatabase, job: RowNumber) -> DeadJobContent:
    """Show one job, in any state."""
    async with database.reading() as connection:
        row = await dead_jobs.load(connection, job)
    if row is None:
        raise NotFound
    return DeadJobContent(**row)


@router.post("/{job}/redrive", responses=_ACT, response_model=Changed)
async def redrive_dead_job(
    database: ServiceDatabase, attempt: Attempt, job: RowNumber, body: ReasonInput, actor: Operator
) -> Response:
    """Let the workers try one dead job again at once, with all attempts."""

    async def act(connection: Connection) -> Reply:
        return await _one(connection, job, await dead_jobs.redrive(connection, [job], body.by(actor)))

    return await once(attempt, act, database=database, actor=actor)


@router.post("/{job}/discard", responses=_ACT, response_model=Changed)
async def discard_dead_job(
    database: ServiceDatabase, attempt: Attempt, job: RowNumber, body: ReasonInput, actor: Operator
) -> Response:
    """Discard one dead job for ever."""

    async def act(connection: Connection) -> Reply:
        return await _one(connection, job, await dead_jobs.discard(connection, [job], body.by(actor)))

    return await once(attempt, act, database=database, actor=actor)


async def _one(connection: Connection, job: int, changed: int) -> Reply:
    if changed == 0:
        row = await dead_jobs.load(connection, job)
        raise NotFound if row is None else NotWaiting(state=row["state"])
    return Reply(body=Changed(jobs=changed))
