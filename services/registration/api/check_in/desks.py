"""What a desk takes with it: who is expected, by name, and which tickets are good no more."""

from hashlib import sha256
from typing import Annotated, Generic, TypeVar
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from services.registration import views
from services.registration.api.dependencies import Dependencies, InjectedDependencies, within
from services.registration.domain.state import CHECK_IN_OPENS_BEFORE
from shared.contracts.base import Bilingual, Instant
from shared.contracts.ids import code_check
from shared.contracts.registration import Admission
from shared.database import Connection
from shared.http import Authenticated, Cursor, decode_cursor, encode_cursor, refusals, require
from shared.http.rate_limits import TooManyRequests
from shared.kernel import Actor, NotFound, NotPermitted, Role

MOST = 1_000  # of a page
router = APIRouter(prefix="/v1/meetings/{meeting_id}", tags=["desks"])
T = TypeVar("T")
DeskLimit = Annotated[int, Query(ge=1, le=MOST, description="the most items of a page")]
REFUSALS = refusals(NotFound, NotPermitted, TooManyRequests)


class ExpectedPerson(BaseModel):
    """Somebody with a seat, or on the waiting list; whoever looks for him without a phone looks for his name."""

    registration_id: UUID
    honorific: str | None
    given_name: str | None = Field(description="null after the erasure")
    family_name: str | None
    position_title: str | None
    organisation: str
    rank: int
    state: str = Field(description="confirmed, or waitlisted: he has no seat")
    represents: UUID | None = Field(description="the registration in whose place he comes")
    walk_in: bool = Field(default=False, description="he had not registered: a desk let him in; he has no ticket")
    proven: bool = Field(default=True, description="whether somebody has answered for him, or nobody had to")
    ticket_serial: int = Field(description="of the only ticket that is good; 0 where none is signed yet")
    code_check: str = Field(
        default="",
        description="the first four hexadecimal digits of the SHA-256 of the meeting's identifier, U+001F and the code "
        "of the registration: by them a desk without a network finds whose code was typed",
    )
    checked_in_at: Instant | None = Field(description="when he first came")
    entered_at: Instant | None = Field(default=None, description="when he last came in")
    left_at: Instant | None = Field(default=None, description="when he last went out, by whichever exit")


class RevokedTickets(BaseModel):
    """Tickets of one registration that are good no more; one that is blocked is not let in by its name either."""

    registration_id: UUID
    good_from: int | None = Field(description="tickets with a lower serial number are revoked; null: all of them")
    blocked: bool = Field(default=False, description="the organiser does not let him in, whatever he shows")


class DeskPage(BaseModel, Generic[T]):
    """Some items, with what a desk must know of the meeting; `next` is null on the last page."""

    meeting_id: UUID
    title: Bilingual
    phase: str
    check_in_opens_at: Instant
    ends_at: Instant
    walk_ins: bool = Field(default=False, description="whether people are let in who have not registered")
    items: list[T]
    next: str | None = Field(default=None, description="pass it as `cursor`")


@router.get("/roster", response_model=DeskPage[ExpectedPerson], responses=REFUSALS)
async def roster(
    meeting_id: UUID,
    dependencies: InjectedDependencies,
    actor: Authenticated,
    cursor: Cursor = None,
    limit: DeskLimit = 500,
) -> Response:
    """Who is expected, for the desk of this meeting alone; without telephone numbers, addresses and codes.

    With an ETag: a desk that asks again with `If-None-Match` gets 304 while nothing of the page has changed.
    """
    after = decode_cursor(cursor, UUID) if cursor else None
    async with dependencies.database.reading() as connection:
        meeting = await _meeting(connection, dependencies, meeting_id, actor)
        rows = await views.expected_people(connection, meeting_id, after=after, limit=limit + 1)
    items = [_expected(meeting_id, row) for row in rows[:limit]]
    following = encode_cursor(items[-1].registration_id) if len(rows) > limit else None
    return _tagged(DeskPage[ExpectedPerson](**_of_meeting(meeting), items=items, next=following))


@router.get("/revocations", response_model=DeskPage[RevokedTickets], responses=REFUSALS)
async def revocations(
    meeting_id: UUID,
    dependencies: InjectedDependencies,
    actor: Authenticated,
    cursor: Cursor = None,
    limit: DeskLimit = MOST,
) -> Response:
    """Which signed tickets a device must refuse: of those who have given up their seat, and older ones of the others.

    It names nobody; with an ETag, as the roster.
    """
    after = decode_cursor(cursor, UUID) if cursor else None
    async with dependencies.database.reading() as connection:
        meeting = await _meeting(connection, dependencies, meeting_id, actor)
        rows = await views.revoked_tickets(connection, meeting_id, after=after, limit=limit + 1)
    items = [RevokedTickets(**dict(row)) for row in rows[:limit]]
    following = encode_cursor(items[-1].registration_id) if len(rows) > limit else None
    return _tagged(DeskPage[RevokedTickets](**_of_meeting(meeting), items=items, next=following))


async def _meeting(
    connection: Connection, dependencies: Dependencies, meeting_id: UUID, actor: Actor
) -> asyncpg.Record:
    require(actor, Role.DESK)
    meeting = await views.visible_meeting(connection, meeting_id, bodies=actor.bodies)
    require(within(actor, meeting["organiser"]), Role.DESK)
    dependencies.limits.desk_lists.take(actor.subject)
    return meeting


def _expected(meeting_id: UUID, row: asyncpg.Record) -> ExpectedPerson:
    known = dict(row)
    check = code_check(meeting_id, known.pop("code"))
    return ExpectedPerson(**known, code_check=check)


def _of_meeting(row: asyncpg.Record) -> dict[str, object]:
    opens = row["starts_at"] - CHECK_IN_OPENS_BEFORE
    told = {name: row[name] for name in ("meeting_id", "phase", "ends_at")}
    told["walk_ins"] = Admission(**row["admission"] or {}).walk_ins
    return {**told, "title": row["details"]["title"], "check_in_opens_at": opens}


def _tagged(page: BaseModel) -> Response:
    content = page.model_dump_json().encode()
    return Response(content, headers={"etag": f'"{sha256(content).hexdigest()[:32]}"'}, media_type="application/json")
