"""Dead letters for operators: what could not be taken, why, and redriving it; who did it and why is recorded."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request

from shared.database import Connection, Database
from shared.http.documentation import refusals
from shared.http.identity import Authenticated, require
from shared.http.paging import Limit, Page
from shared.kernel import NotFound, NotPermitted, Refusal, Role
from shared.messaging import deadletter
from shared.messaging.redrive import StillFailing, discard, redrive
from shared.messaging.taking import Handler

router = APIRouter(prefix="/v1/dead-letters", tags=["operations"])


class StillDead(Refusal):
    """The letter cannot be taken yet: see `reason`."""

    status = 409
    lao = "ຍັງບໍ່ສາມາດນຳຂໍ້ຄວາມນີ້ເຂົ້າລະບົບໄດ້"
    english = "The record still cannot be taken."


class NotWaiting(Refusal):
    """It was redriven or discarded already."""

    lao = "ຂໍ້ຄວາມນີ້ ໄດ້ຈັດການແລ້ວ"
    english = "It has been dealt with already."


class DeadLetterView(BaseModel):
    """A dead letter without its content."""

    id: int
    consumer: str
    topic: str
    partition: int
    offset: int
    key: str
    error: str
    attempts: int
    state: str
    first_at: datetime
    last_at: datetime
    handled_by: str | None
    handled_why: str | None


class DeadLetterContent(DeadLetterView):
    """With headers, and the value as text where it is UTF-8, else in hexadecimal."""

    headers: dict[str, str]
    value: str | None
    encoding: Literal["utf-8", "hex"]


class Why(BaseModel):
    """Why it is done."""

    model_config = ConfigDict(extra="forbid")

    why: str = Field(min_length=3, max_length=300)


class Redriven(BaseModel):
    """How many were taken: the letter and those of its key that waited behind it."""

    redriven: int


LetterId = Annotated[int, Path(ge=1, le=2**63 - 1)]
State = Annotated[Literal["dead", "parked", "redriven", "discarded"] | None, Query()]


@router.get("", responses=refusals(NotPermitted))
async def list_dead_letters(
    request: Request, actor: Authenticated, state: State = None, limit: Limit = 100
) -> Page[DeadLetterView]:
    """The oldest first."""
    require(actor, Role.OPERATOR)
    async with _database(request).reading() as connection:
        rows = await deadletter.find(connection, state=state, limit=limit)
    return Page(items=[DeadLetterView(**row) for row in rows])


@router.get("/{letter}", responses=refusals(NotPermitted, NotFound))
async def show_dead_letter(request: Request, letter: LetterId, actor: Authenticated) -> DeadLetterContent:
    """One letter with its content."""
    require(actor, Role.OPERATOR)
    async with _database(request).transaction() as connection:
        row = await _load(connection, letter)
    return _content(row)


@router.post("/{letter}/redrive", responses=refusals(NotPermitted, NotFound, NotWaiting, StillDead))
async def redrive_dead_letter(request: Request, letter: LetterId, body: Why, actor: Authenticated) -> Redriven:
    """Take the letter and all that waits behind it, in order; all of them or none."""
    require(actor, Role.OPERATOR)
    handler: Handler = request.app.state.handler
    async with _database(request).transaction() as connection:
        row = await _waiting(connection, letter)
        try:
            count = await redrive(connection, handler, row, who=actor.subject, why=body.why)
        except StillFailing as failing:
            raise StillDead(reason=failing.reason, letter=failing.letter) from failing
    return Redriven(redriven=count)


@router.post("/{letter}/discard", responses=refusals(NotPermitted, NotFound, NotWaiting))
async def discard_dead_letter(request: Request, letter: LetterId, body: Why, actor: Authenticated) -> DeadLetterView:
    """Give the letter up; what waits behind it can then be redriven without it."""
    require(actor, Role.OPERATOR)
    async with _database(request).transaction() as connection:
        await discard(connection, await _waiting(connection, letter), who=actor.subject, why=body.why)
        row = await _load(connection, letter)
    return DeadLetterView(**{name: row[name] for name in DeadLetterView.model_fields})


async def _waiting(connection: Connection, letter: int) -> dict[str, Any]:
    row = await _load(connection, letter)
    if row["state"] not in ("dead", "parked"):
        raise NotWaiting(state=row["state"])
    return row


async def _load(connection: Connection, letter: int) -> dict[str, Any]:
    row = await deadletter.load(connection, letter)
    if row is None:
        raise NotFound
    return row


def _content(row: dict[str, Any]) -> DeadLetterContent:
    members = {name: row[name] for name in DeadLetterView.model_fields}
    headers = {name: bytes.fromhex(value).decode(errors="replace") for name, value in row["headers"]}
    raw: bytes | None = row["value"]
    try:
        return DeadLetterContent(
            **members, headers=headers, value=None if raw is None else raw.decode(), encoding="utf-8"
        )
    except UnicodeDecodeError:
        return DeadLetterContent(**members, headers=headers, value=(raw or b"").hex(), encoding="hex")


def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database
