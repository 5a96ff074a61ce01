"""Routes for dead letters: list, count and show them, redrive and discard them; every act is recorded."""

from datetime import datetime
from functools import partial
from typing import Annotated, Any, Literal, TypeAlias

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from shared.contracts.base import Instant
from shared.database import Connection
from shared.http.documentation import refusals
from shared.http.idempotency import Attempt, IdempotencyKeyReused, Reply, RequestInFlight, once
from shared.http.paging import InvalidCursor, Limit, Page
from shared.http.values import IntegerInput
from shared.kernel import Actor, NotFound, NotPermitted, Refusal
from shared.messaging.consumer import dead_letters
from shared.messaging.consumer.handlers import Handler
from shared.operations import dead_letter_search, redrive
from shared.operations.api.dead_letter_views import DeadLetterContent, DeadLetterView, content_of
from shared.operations.api.operators import (
    LAST,
    OPERATORS,
    After,
    Operator,
    ReasonInput,
    RowNumber,
    ServiceDatabase,
    TextFilter,
    paged,
)
from shared.operations.redrive import StillFailing, Swept

router = APIRouter(prefix="/v1/dead-letters", tags=["operations"], dependencies=[OPERATORS])


class StillDead(Refusal):
    """The letter could not be processed this time either; see `reason`."""

    status = 409
    lao = "ຍັງບໍ່ສາມາດນຳຂໍ້ຄວາມນີ້ເຂົ້າລະບົບໄດ້"
    english = "The record still cannot be taken."


class NotWaiting(Refusal):
    """It was redriven or discarded already."""

    lao = "ຂໍ້ຄວາມນີ້ ໄດ້ຈັດການແລ້ວ"
    english = "It has been dealt with already."


class WaitsBehind(Refusal):
    """It cannot be redriven alone, because `letter` is the first of its key."""

    lao = "ຂໍ້ຄວາມນີ້ ຍັງລໍຖ້າຂໍ້ຄວາມກ່ອນໜ້າ"
    english = "It waits behind an earlier one of its key."


class ReasonCount(BaseModel):
    """The number of letters of one state, topic and reason."""

    state: str
    topic: str
    error: str
    count: int
    oldest: datetime
    newest: datetime


class ReasonCounts(BaseModel):
    """The numbers of letters, the most frequent first."""

    items: list[ReasonCount]


class WaitingKey(BaseModel):
    """A key whose events wait: behind which letter, why that is dead, how many letters wait, and since when."""

    consumer: str
    topic: str
    key: str
    letter: int
    error: str
    waiting: int
    since: datetime


class RedriveOne(ReasonInput):
    """Redrive all letters of its key (`key`) or only this letter (`letter`)."""

    scope: Literal["key", "letter"] = "key"


class DiscardOne(ReasonInput):
    """Discard only this letter (`letter`) or all letters of its key (`key`)."""

    scope: Literal["key", "letter"] = "letter"


class OfReason(ReasonInput):
    """Selects the dead letters of a reason; `after` is `next` of the previous answer."""

    reason: str = Field(min_length=1, max_length=1_000)
    topic: str | None = Field(default=None, max_length=250)
    after: IntegerInput = Field(default=0, ge=0, le=LAST)

    def wanted(self) -> dead_letter_search.DeadLetterFilter:
        """The filter for these letters."""
        return dead_letter_search.DeadLetterFilter(state="dead", reason=self.reason, topic=self.topic)


class Done(BaseModel):
    """How many letters were redriven or discarded, and how many of the key still wait."""

    letters: int
    waiting: int


class Failed(BaseModel):
    """A letter that could not be processed this time either."""

    letter: int
    reason: str


class SweepView(BaseModel):
    """What this request did; repeat it with `next` as `after` until `next` is null."""

    letters: int
    failed: list[Failed]
    next: int | None


def wanted(
    *,
    state: Annotated[Literal["open", "dead", "parked", "redriven", "discarded"], Query()] = "open",
    reason: TextFilter = None,
    topic: TextFilter = None,
    key: TextFilter = None,
    older_than: Annotated[Instant | None, Query()] = None,
    newer_than: Annotated[Instant | None, Query()] = None,
) -> dead_letter_search.DeadLetterFilter:
    """Dependency: the filter from the query; the ages compare with the time when a letter was stored first."""
    return dead_letter_search.DeadLetterFilter(
        state=state, reason=reason, topic=topic, key=key, older_than=older_than, newer_than=newer_than
    )


Filters: TypeAlias = Annotated[dead_letter_search.DeadLetterFilter, Depends(wanted)]
_ACT: Any = refusals(NotPermitted, NotFound, NotWaiting, WaitsBehind, StillDead, RequestInFlight, IdempotencyKeyReused)


@router.get("", responses=refusals(NotPermitted, InvalidCursor))
async def list_dead_letters(
    database: ServiceDatabase, filters: Filters, after: After, limit: Limit = 100
) -> Page[DeadLetterView]:
    """List dead letters, the oldest first."""
    async with database.reading() as connection:
        rows = await dead_letter_search.find(connection, filters, after=after, limit=limit + 1)
    return paged(DeadLetterView, rows, limit)


@router.get("/counts", responses=refusals(NotPermitted))
async def count_dead_letters(database: ServiceDatabase, filters: Filters) -> ReasonCounts:
    """Count the letters of each state, topic and reason; at most 200 numbers, the most frequent first."""
    async with database.reading() as connection:
        rows = await dead_letter_search.count_by_reason(connection, filters)
    return ReasonCounts(items=[ReasonCount(**row) for row in rows])


@router.get("/keys", responses=refusals(NotPermitted, InvalidCursor))
async def list_waiting_keys(database: ServiceDatabase, after: After, limit: Limit = 100) -> Page[WaitingKey]:
    """List the keys whose events wait behind a dead letter, the oldest letter first."""
    async with database.reading() as connection:
        rows = await dead_letter_search.waiting_lines(connection, after=after, limit=limit + 1)
    return paged(WaitingKey, rows, limit, by="letter")


@router.post("/redrive", responses=refusals(NotPermitted))
async def redrive_reason(request: Request, database: ServiceDatabase, body: OfReason, actor: Operator) -> SweepView:
    """Redrive some dead letters of a reason, each with its whole key in order; a key that fails stays as it is."""
    handler: Handler = request.app.state.handler
    return _swept(await redrive.redrive_all(database, handler, body.wanted(), body.by(actor), after=body.after))


@router.post("/discard", responses=refusals(NotPermitted))
async def discard_reason(database: ServiceDatabase, body: OfReason, actor: Operator) -> SweepView:
    """Discard some dead letters of a reason; letters behind them continue to wait and can then be redriven."""
    return _swept(await redrive.discard_all(database, body.wanted(), body.by(actor), after=body.after))


@router.get("/{letter}", responses=refusals(NotPermitted, NotFound))
async def show_dead_letter(database: ServiceDatabase, letter: RowNumber, actor: Operator) -> DeadLetterContent:
    """Show one letter with its content, raw and decoded; personal data only to operators who are secretaries too."""
    async with database.reading() as connection:
        row = await dead_letters.load(connection, letter)
    if row is None:
        raise NotFound
    return content_of(row, actor)


@router.post("/{letter}/redrive", responses=_ACT, response_model=Done)
async def redrive_dead_letter(
    request: Request, database: ServiceDatabase, attempt: Attempt, letter: RowNumber, body: RedriveOne, actor: Operator
) -> Response:
    """Redrive the letter and all that wait behind it, in order, all or none; of a long key the first 1,000."""
    act = partial(_redrive, handler=request.app.state.handler, letter=letter, body=body, actor=actor)
    try:
        return await once(attempt, act, database=database, actor=actor)
    except StillFailing as failing:
        await redrive.note_failure(database, failing)
        raise StillDead(reason=failing.reason, letter=failing.letter) from failing


@router.post("/{letter}/discard", responses=_ACT, response_model=Done)
async def discard_dead_letter(
    database: ServiceDatabase, attempt: Attempt, letter: RowNumber, body: DiscardOne, actor: Operator
) -> Response:
    """Discard the letter, alone or with its key; letters that still wait can then be redriven without it."""
    act = partial(_discard, letter=letter, body=body, actor=actor)
    return await once(attempt, act, database=database, actor=actor)


async def _redrive(connection: Connection, *, handler: Handler, letter: int, body: RedriveOne, actor: Actor) -> Reply:
    row = await _waiting(connection, letter)
    act = redrive.redrive if body.scope == "key" else redrive.redrive_alone
    count = await act(connection, handler, row, body.by(actor))
    if count == 0:
        raise WaitsBehind(letter=(await dead_letters.of_key(connection, row, most=1))[0])
    return Reply(body=Done(letters=count, waiting=await dead_letters.waiting(connection, row)))


async def _discard(connection: Connection, *, letter: int, body: DiscardOne, actor: Actor) -> Reply:
    row = await _waiting(connection, letter)
    act = redrive.discard_key if body.scope == "key" else redrive.discard
    count = await act(connection, row, body.by(actor))
    return Reply(body=Done(letters=count, waiting=await dead_letters.waiting(connection, row)))


async def _waiting(connection: Connection, letter: int) -> dict[str, Any]:
    row = await dead_letters.lock(connection, letter)
    if row is None:
        raise NotFound
    if row["state"] not in dead_letters.OPEN:
        raise NotWaiting(state=row["state"])
    return row


def _swept(swept: Swept) -> SweepView:
    failed = [Failed(letter=one.letter, reason=one.reason) for one in swept.failed]
    return SweepView(letters=swept.letters, failed=failed, next=swept.next)
