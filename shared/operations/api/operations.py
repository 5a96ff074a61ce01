"""Routes for a halted consumer, for the keys that the relay has parked, and for the audit log of operators."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from shared.database import Connection
from shared.http.documentation import refusals
from shared.http.idempotency import Attempt, IdempotencyKeyReused, Reply, RequestInFlight, once
from shared.http.paging import Cursor, InvalidCursor, Limit, Page, decode_cursor, page_of
from shared.http.values import IntegerInput
from shared.kernel import NotFound, NotPermitted
from shared.messaging.consumer import halt
from shared.operations import actions, parked_keys
from shared.operations.actions import note
from shared.operations.api.operators import OPERATORS, After, Operator, ReasonInput, ServiceDatabase, paged

router = APIRouter(prefix="/v1", tags=["operations"], dependencies=[OPERATORS])


class ConsumerView(BaseModel):
    """The state of a consumer: since when and why it has halted; how many more dead letters are allowed, until when."""

    consumer: str
    halted_at: datetime | None = None
    topic: str | None = None
    reason: str | None = None
    allowed: int = 0
    allowed_until: datetime | None = None


class Resume(ReasonInput):
    """How many more dead letters in a row the consumer may store.

    At least 500: a batch is committed as a whole or not at all, so with fewer letters than one batch may need the
    consumer would halt again at the same place. A batch has at most 250 records, in a rebuild at most 500.
    """

    letters: IntegerInput = Field(ge=500, le=1_000_000)


class ParkedKeyView(BaseModel):
    """A key whose next fact Kafka refuses; `waiting` is the number of its facts in the outbox, that one included."""

    topic: str
    key: str
    error: str
    parked_at: datetime
    waiting: int


class Release(ReasonInput):
    """The key to release."""

    topic: str = Field(min_length=1, max_length=250)
    key: str = Field(min_length=1, max_length=1_000)


class ActionView(BaseModel):
    """An act of an operator; `who` is the subject of the token, never a name."""

    id: int
    at: datetime
    who: str
    act: str
    what: str
    why: str
    count: int


_ACT: Any = refusals(NotPermitted, RequestInFlight, IdempotencyKeyReused)


@router.get("/consumer", responses=refusals(NotPermitted))
async def show_consumer(request: Request, database: ServiceDatabase) -> ConsumerView:
    """Show the consumer of this service."""
    async with database.reading() as connection:
        return await _consumer(connection, request.app.state.group)


@router.post("/consumer/resume", responses=_ACT, response_model=ConsumerView)
async def resume_consumer(
    request: Request, database: ServiceDatabase, attempt: Attempt, body: Resume, actor: Operator
) -> Response:
    """Allow a halted consumer more dead letters in a row, for one hour; it continues within 30 seconds."""

    async def act(connection: Connection) -> Reply:
        await halt.allow(connection, request.app.state.group, body.letters)
        await note(connection, body.by(actor), "resume-consumer", request.app.state.group, count=body.letters)
        return Reply(body=await _consumer(connection, request.app.state.group))

    return await once(attempt, act, database=database, actor=actor)


@router.get("/outbox/parked-keys", responses=refusals(NotPermitted, InvalidCursor))
async def list_parked_keys(database: ServiceDatabase, cursor: Cursor = None, limit: Limit = 100) -> Page[ParkedKeyView]:
    """List the parked keys by topic and key."""
    after = decode_cursor(cursor, tuple[str, str]) if cursor else ("", "")
    async with database.reading() as connection:
        rows = await parked_keys.find(connection, after=after, limit=limit + 1)
    return page_of(rows, limit, item=lambda row: ParkedKeyView(**row), position=lambda row: (row["topic"], row["key"]))


@router.post("/outbox/parked-keys/release", responses={**_ACT, **refusals(NotFound)}, status_code=204)
async def release_parked_key(database: ServiceDatabase, attempt: Attempt, body: Release, actor: Operator) -> Response:
    """Let the relay send the facts of a key again, in order; if the cause still exists, the key is parked again."""

    async def act(connection: Connection) -> Reply:
        if not await parked_keys.release(connection, body.topic, body.key, body.by(actor)):
            raise NotFound
        return Reply(status=204)

    return await once(attempt, act, database=database, actor=actor)


@router.get("/operator-actions", responses=refusals(NotPermitted, InvalidCursor))
async def list_operator_actions(database: ServiceDatabase, after: After, limit: Limit = 100) -> Page[ActionView]:
    """List the acts of operators, the newest first."""
    async with database.reading() as connection:
        rows = await actions.find(connection, before=after or None, limit=limit + 1)
    return paged(ActionView, rows, limit)


async def _consumer(connection: Connection, group: str) -> ConsumerView:
    found = {row["consumer"]: row for row in await halt.states(connection)}
    return ConsumerView(**found.get(group, {"consumer": group}))
