"""Messages and where they stand: for whom, why, on which channel; never a text, a number or an address."""

from operator import itemgetter
from typing import Annotated, Any
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from services.notification import views
from services.notification.api.models import InjectedDependencies
from services.notification.domain.order import Audience
from services.notification.domain.sentences import SENTENCES
from services.notification.domain.state import Status
from shared.contracts.base import Instant
from shared.contracts.notification import Channel
from shared.database import Connection
from shared.http import Authenticated, Cursor, Limit, Page, decode_cursor, page_of, refusals, require
from shared.kernel import Actor, NotFound, NotPermitted, Role

router = APIRouter(prefix="/v1/messages", tags=["messages"])
MeetingId = Annotated[UUID | None, Query(description="an operator may leave it out")]


class MessageView(BaseModel):
    """A message; `channel` is null for as long as nobody knows how its recipient can be reached."""

    message_id: UUID
    meeting_id: UUID
    person_id: UUID
    cause: UUID = Field(description="the event that made it necessary")
    audience: Audience | None = Field(description="as what the person is told")
    template: str
    channel: Channel | None
    status: Status
    status_lo: str = Field(description="the status as a sentence, Lao")
    status_en: str = Field(description="the status as a sentence, English")
    reason: str | None = Field(description="a short code, for failures")
    parts: int | None = Field(description="SMS segments, once it is sent")
    created_at: Instant
    sent_at: Instant | None
    updated_at: Instant


class AttemptView(BaseModel):
    """One question to a provider; without an outcome it is under way."""

    number: int
    started_at: Instant
    ended_at: Instant | None
    outcome: str | None


class ReceiptView(BaseModel):
    """What a gateway has called back with."""

    status: str
    at: Instant = Field(description="the gateway's clock")
    received_at: Instant
    repeated: int = Field(description="how often it came again")


class MessageHistory(MessageView):
    """A message with all that happened to it."""

    attempts: list[AttemptView]
    receipts: list[ReceiptView]


class MessageCounts(BaseModel):
    """Messages by status, and how many a provider has had, whatever became of them."""

    sms: dict[Status, int]
    email: dict[Status, int]
    handed_over: dict[Channel, int]


@router.get("", responses=refusals(NotPermitted))
async def list_messages(
    dependencies: InjectedDependencies,
    actor: Authenticated,
    meeting_id: MeetingId = None,
    status: Status | None = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[MessageView]:
    """The messages of a meeting."""
    after = decode_cursor(cursor, UUID) if cursor else None
    async with dependencies.database.reading() as connection:
        await _check_reader(connection, actor, meeting_id)
        rows = await views.messages(connection, meeting_id=meeting_id, status=status, after=after, limit=limit + 1)
    return page_of(rows, limit, item=lambda row: MessageView(**_shown(row)), position=itemgetter("message_id"))


@router.get("/counts", responses=refusals(NotPermitted))
async def count_messages(
    dependencies: InjectedDependencies, actor: Authenticated, meeting_id: MeetingId = None
) -> MessageCounts:
    """The messages of a meeting by channel and status."""
    async with dependencies.database.reading() as connection:
        await _check_reader(connection, actor, meeting_id)
        by_status: Any = await views.counts(connection, meeting_id)
        handed_over: Any = await views.handed_over(connection, meeting_id)
    return MessageCounts(**by_status, handed_over=handed_over)


@router.get("/{message_id}", responses=refusals(NotFound, NotPermitted))
async def read_message(message_id: UUID, dependencies: InjectedDependencies, actor: Authenticated) -> MessageHistory:
    """One message, its attempts and its receipts."""
    require(actor, Role.OPERATOR, Role.ORGANISER, Role.SECRETARY)
    async with dependencies.database.reading() as connection:
        row = await views.message(connection, message_id)
        await _check_reader(connection, actor, row["meeting_id"])
        attempts = [AttemptView(**dict(each)) for each in await views.attempts(connection, message_id)]
        receipts = [ReceiptView(**dict(each)) for each in await views.receipts(connection, message_id)]
    return MessageHistory(**_shown(row), attempts=attempts, receipts=receipts)


async def _check_reader(connection: Connection, actor: Actor, meeting_id: UUID | None) -> None:
    """An operator sees all, a secretary each meeting, an organiser those of his own body; raises `NotPermitted`."""
    if meeting_id is None:
        require(actor, Role.OPERATOR)
        return
    require(actor, Role.OPERATOR, Role.ORGANISER, Role.SECRETARY)
    if actor.roles & {Role.OPERATOR, Role.SECRETARY}:
        return
    if not actor.acts_for(await views.organiser_of(connection, meeting_id)):
        raise NotPermitted


def _shown(row: asyncpg.Record) -> dict[str, Any]:
    in_lao, in_english = SENTENCES[Status(row["status"])]
    return {**dict(row), "status_lo": in_lao, "status_en": in_english}
