"""Reading minutes: by meeting, with their text, and the signed document."""

from datetime import date
from operator import itemgetter
from typing import Annotated, Final
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from services.minutes import views
from services.minutes.api.models import (
    READERS,
    InjectedDependencies,
    MinutesDetail,
    MinutesView,
    OptionalActor,
    overview,
    require_own,
    sections,
)
from services.minutes.domain.refusals import DocumentNotSigned
from services.minutes.domain.state import PUBLIC
from services.minutes.store import DRAFTS
from shared.auth import TokenMissing
from shared.contracts.base import Instant, OrganisationCode
from shared.contracts.minutes import Position
from shared.http import (
    Authenticated,
    Cursor,
    Limit,
    Page,
    decode_cursor,
    etag,
    page_of,
    refusals,
    require,
)
from shared.http.streaming import streamed
from shared.kernel import NotFound, NotPermitted, Role, Unavailable
from shared.objects import ObjectMissing

router = APIRouter(prefix="/v1/minutes", tags=["minutes"])
BINARY: Final = {"type": "string", "format": "binary"}


class OpinionView(BaseModel):
    """What a body has said."""

    opinion_id: UUID
    organisation: OrganisationCode
    speaker: str
    agenda_item: str | None
    position: Position
    text: str
    text_en: str | None


class DecisionView(BaseModel):
    """What the meeting has decided."""

    decision_id: UUID
    number: int
    text: str


class ActionView(BaseModel):
    """Who has to do what until when."""

    action_id: UUID
    number: int
    organisation: OrganisationCode
    owner: str
    text: str
    due: date | None


class BodyAtItem(BaseModel):
    """How many people of a body were in the room."""

    body: str
    present: int


class AgendaItemView(BaseModel):
    """An item of the agenda as it stands in the draft: when it was treated, and how many people were in the room."""

    number: str
    title: str
    started_at: Instant | None
    ended_at: Instant | None
    present: int | None
    women: int | None
    bodies: list[BodyAtItem]


class MinutesFile(MinutesDetail):
    """Minutes with everything that was written down."""

    agenda: list[AgendaItemView] = Field(description="empty before the draft")
    opinions: list[OpinionView]
    decisions: list[DecisionView]
    actions: list[ActionView]


@router.get("", responses=refusals(NotPermitted))
async def list_minutes(
    dependencies: InjectedDependencies,
    actor: Authenticated,
    meeting_id: Annotated[UUID | None, Query()] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[MinutesView]:
    """Minutes of one's own body, and of those it has taken over."""
    require(actor, *READERS)
    after = decode_cursor(cursor, UUID) if cursor else None
    async with dependencies.database.reading() as connection:
        rows = await views.minutes_of_bodies(
            connection, actor.bodies, meeting_id=meeting_id, after=after, limit=limit + 1
        )
    return page_of(rows, limit, item=lambda row: MinutesView(**overview(row)), position=itemgetter("minutes_id"))


@router.get("/{minutes_id}", responses=refusals(NotFound, NotPermitted))
async def read_minutes(
    minutes_id: UUID, dependencies: InjectedDependencies, actor: Authenticated, response: Response
) -> MinutesFile:
    """Minutes with their text and everything that was written down; the ETag is the revision of the text."""
    async with dependencies.database.reading() as connection:
        row = await views.minutes(connection, minutes_id)
        require_own(actor, row["organiser"], *READERS)
        opinions = await views.opinions(connection, minutes_id)
        decisions = await views.decisions(connection, minutes_id)
        actions = await views.actions(connection, minutes_id)
    response.headers["ETag"] = etag(row["revision"])
    return MinutesFile(
        **overview(row),
        **{name: row[name] for name in ("returned", "approved_at", "published_at")},
        text=sections(row),
        agenda=_agenda(row),
        opinions=[OpinionView(**dict(each)) for each in opinions],
        decisions=[DecisionView(**dict(each)) for each in decisions],
        actions=[ActionView(**dict(each)) for each in actions],
    )


@router.get(
    "/{minutes_id}/document",
    response_class=Response,
    responses={
        **refusals(NotFound, NotPermitted, DocumentNotSigned, TokenMissing),
        200: {"description": "the signed PDF", "content": {"application/pdf": {"schema": BINARY}}},
    },
)
async def read_document(minutes_id: UUID, dependencies: InjectedDependencies, actor: OptionalActor) -> Response:
    """The signed document: for everybody once it is published, before that for secretary and chair."""
    async with dependencies.database.reading() as connection:
        row = await views.minutes(connection, minutes_id)
    if row["phase"] not in PUBLIC:
        _check_reader(row, actor)
    if row["signed"] is None:
        raise DocumentNotSigned
    document = row["signed"]["document"]
    name = f"minutes-{minutes_id}.pdf"
    headers = {"ETag": f'"{document["sha256"]}"', "Content-Disposition": f'inline; filename="{name}"'}
    if row["phase"] in PUBLIC:
        headers["Cache-Control"] = "public, no-cache"  # a cache asks each time whether it is still valid
    pieces, media_type = dependencies.objects.stream(document["sha256"]), document["media_type"]
    try:
        return await streamed(pieces, size=document["size"], media_type=media_type, headers=headers)
    except ObjectMissing as error:
        raise Unavailable("document") from error


def _agenda(row: asyncpg.Record) -> list[AgendaItemView]:
    lines = DRAFTS.validate_python(row["draft"]).agenda if row["draft"] else ()
    return [
        AgendaItemView(
            **{name: getattr(line, name) for name in AgendaItemView.model_fields if name != "bodies"},
            bodies=[BodyAtItem(body=each.body, present=each.present) for each in line.bodies],
        )
        for line in lines
    ]


def _check_reader(row: asyncpg.Record, actor: OptionalActor) -> None:
    if actor is None:
        raise TokenMissing
    require_own(actor, row["organiser"], Role.SECRETARY, Role.CHAIR)
