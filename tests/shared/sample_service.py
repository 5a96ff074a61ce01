"""A small service over HTTP: every kind of route a service has, over one table."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import asyncpg
import httpx
from fastapi import APIRouter, FastAPI, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shared.auth import TokenVerifier
from shared.database import Connection, Database
from shared.http import (
    Attempt,
    Authenticated,
    Cursor,
    IdempotencyKeyHeader,
    IfMatch,
    Limit,
    Now,
    Page,
    Problem,
    Reply,
    create_app,
    decode_cursor,
    encode_cursor,
    etag,
    expected_version,
    once,
    refusals,
    require,
    required_version,
)
from shared.http.clients import READS, WRITES, ClientLimits
from shared.http.direct import DirectRoute
from shared.http.health import Verdict
from shared.kernel import Refusal, Role, StaleVersion, Unavailable

NOON = datetime(2022, 9, 19, 5, 0, tzinfo=UTC)
LARGE = 32 * 1024 * 1024  # bytes
router = APIRouter(prefix="/v1")
busy_router = APIRouter(prefix="/v1", route_class=DirectRoute)


class SeatTaken(Refusal):
    """Somebody sits there."""

    status = 409
    lao = "ບ່ອນນັ່ງນີ້ມີຜູ້ນັ່ງແລ້ວ"
    english = "Somebody sits there."


class Seat(BaseModel):
    """What is asked for."""

    model_config = ConfigDict(extra="forbid")

    what: str = Field(min_length=1, max_length=20)
    rows: list[int] = Field(default=[], max_length=3)
    kind: Literal["plain", "soft"] = "plain"
    since: AwareDatetime | None = None


class Taken(BaseModel):
    """What is answered."""

    id: int
    what: str


@router.post("/seats", status_code=201, response_model=Taken, responses=refusals(SeatTaken))
async def take_seat(request: Request, attempt: Attempt, actor: Authenticated, seat: Seat) -> Response:
    """Take a seat, once."""
    require(actor, Role.DESK)

    async def act(connection: Connection) -> Reply:
        try:
            number = await connection.fetchval("INSERT INTO effect (what) VALUES ($1) RETURNING id", seat.what)
        except asyncpg.UniqueViolationError as error:
            raise SeatTaken(field="/what", seats=0) from error
        return Reply(status=201, body=Taken(id=number, what=seat.what), headers={"etag": etag(1)})

    return await once(attempt, act, database=request.app.state.database, actor=actor)


@router.get("/seats")
async def seats(cursor: Cursor = None, limit: Limit = 2) -> Page[int]:
    """Numbers, in pages."""
    after = decode_cursor(cursor, tuple[int])[0] if cursor else 0
    return Page(items=list(range(after, after + limit)), next=encode_cursor((after + limit,)))


@router.put("/seats/{seat}", responses=refusals(StaleVersion))
async def move_seat(
    seat: UUID,  # noqa: ARG001 -- documented
    if_match: IfMatch = None,
    strict: Annotated[Literal["yes", "no"], Query()] = "no",
) -> int:
    """Version 7 is the current one."""
    version = required_version(if_match) if strict == "yes" else expected_version(if_match)
    if version is not None and 7 not in version:
        raise StaleVersion
    return 7


@router.get("/now")
async def read_clock(now: Now) -> datetime:
    """The clock."""
    return now


@router.api_route("/tagged", methods=["GET", "POST"], include_in_schema=False)
async def tagged(response: Response) -> int:
    """Something public that changes now and then."""
    response.headers.update({"etag": etag(7), "cache-control": "public, no-cache"})
    return 7


@router.post("/echo", include_in_schema=False)
async def echo(seat: Seat) -> Seat:
    """Anybody's."""
    return seat


@router.get("/large", include_in_schema=False)
async def large() -> Response:
    """More than the network holds for a client that does not read."""
    return Response(bytes(LARGE))


@router.get("/broken", include_in_schema=False)
async def broken() -> None:
    """A defect."""
    raise LookupError("+8562055512345")


@router.get("/busy", include_in_schema=False)
async def busy() -> None:
    """A database that does not answer."""
    raise Unavailable("database", retry_after=2.4)


@router.get("/wrong", include_in_schema=False)
async def wrong() -> Taken:
    """An answer that is not what was promised."""
    return 7  # type: ignore[return-value]  # -- the defect


@busy_router.post("/rows/{row}/seats", status_code=201, response_model=Taken)
async def take_seat_directly(row: int, request: Request, seat: Seat, key: IdempotencyKeyHeader = None) -> Response:
    """A route for hundreds of requests a second."""
    told = {"row": row, "key": key, "method": request.method, **seat.model_dump(mode="json")}
    return JSONResponse(told, status_code=201)


@busy_router.get("/rows/{row}/seats", response_model=Taken)
async def show_seat_directly(row: int, request: Request, key: IdempotencyKeyHeader = None) -> Response:
    """A route that hundreds look at in a second."""
    return JSONResponse({"row": row, "key": key, "method": request.method, "what": "x", "rows": [], "kind": "plain"})


@router.get("/rows/{row}/usual-seats", response_model=Taken, include_in_schema=False)
async def show_seat_usually(row: int, request: Request, key: IdempotencyKeyHeader = None) -> Response:
    """The same as FastAPI reads it."""
    return await show_seat_directly(row, request, key)


@router.post("/rows/{row}/usual-seats", status_code=201, response_model=Taken, include_in_schema=False)
async def take_seat_usually(row: int, request: Request, seat: Seat, key: IdempotencyKeyHeader = None) -> Response:
    """The same as FastAPI reads it."""
    return await take_seat_directly(row, request, seat, key)


class Health:
    """What the parts of the process say."""

    def __init__(self) -> None:
        self.alive = {"relay": True}
        self.able = {"database": True}

    def liveness(self) -> Verdict:
        return Verdict.of(self.alive)

    async def readiness(self) -> Verdict:
        return Verdict.of(self.able)


def application(database: Database, verifier: TokenVerifier, health: Health | None = None) -> FastAPI:
    """The service."""
    health = health or Health()
    return create_app(
        service="seats",
        title="Seats",
        routers=[router, busy_router],
        database=database,
        verifier=verifier,
        liveness=health.liveness,
        readiness=health.readiness,
        client_limits=ClientLimits({READS: 1_000_000, WRITES: 1_000_000}),
    )


def client(app: FastAPI) -> httpx.AsyncClient:
    """A caller in the same process."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://seats.test")


def problem(answer: httpx.Response) -> dict[str, Any]:
    """The problem, checked against its documented form."""
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    Problem.model_validate({**body, "errors": [{**one, "place": one["in"]} for one in body.get("errors", [])]})
    assert (body["status"], body["trace_id"] in body["instance"]) == (answer.status_code, True)
    return body


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, problem(answer)["code"]
