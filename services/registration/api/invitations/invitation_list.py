"""Who has answered: the invited bodies of a meeting with their answers, and how many have answered in which way."""

from hashlib import sha256
from typing import Annotated
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from services.registration import views
from services.registration.api.dependencies import STAFF, InjectedDependencies, within
from services.registration.api.meetings.listing import own_bodies
from services.registration.api.statistics.figures import InvitationFigures, read_invitations
from services.registration.domain.reminders.invitation_states import UNANSWERED, InvitationState
from shared.contracts.base import Bilingual, Instant
from shared.database import Connection
from shared.http import Authenticated, Page, refusals, require
from shared.kernel import Actor, NotFound, NotPermitted, Role

router = APIRouter(prefix="/v1/meetings/{meeting_id}/invitations", tags=["invitations"])


class InvitationView(BaseModel):
    """An invited body: how far it has answered, and its people by what they have answered."""

    invitation_id: UUID
    organisation: str
    name: Bilingual
    state: InvitationState = Field(
        description="pending: nobody has answered yet; accepted; represented: by representatives alone; declined: "
        "nobody comes; expired: nobody has answered in time; revoked"
    )
    seats: int
    used: int = Field(description="seats that are taken, by representatives too")
    free: int = Field(description="seats that its people may still take by this invitation")
    confirmed: int = Field(description="people with a seat, representatives too")
    waitlisted: int = Field(description="people who wait for a seat")
    declined: int
    represented: int = Field(description="people for whom a representative comes")
    withdrawn: int
    answered: bool = Field(description="whether anybody of the body has answered")
    expires_at: Instant
    revoked_at: Instant | None
    told_at: Instant | None = Field(
        description="when its contact was last told of the invitation; null where an earlier version has told him"
    )
    reminded_at: Instant | None = Field(description="when its contact was last reminded")
    reminders: int = Field(description="how often its contact was reminded")


class InvitationCounts(InvitationFigures):
    """How far the invited bodies of a meeting have answered."""

    meeting_id: UUID


@router.get("", response_model=Page[InvitationView], responses=refusals(NotFound, NotPermitted))
async def list_invitations(
    meeting_id: UUID,
    dependencies: InjectedDependencies,
    actor: Authenticated,
    answered: Annotated[
        bool | None,
        Query(
            description="`false`: only bodies of which nobody has answered, also where it is too late, but no "
            "invitations that were taken back; `true`: only bodies of which somebody has answered"
        ),
    ] = None,
    state: Annotated[list[InvitationState] | None, Query(description="only invitations in one of these states")] = None,
) -> Response:
    """The invited bodies in protocol order, with an ETag; for staff of the organiser's body.

    A focal point sees the invitations of his own body.
    """
    require(actor, *STAFF, Role.FOCAL_POINT)
    async with dependencies.database.reading() as connection:
        own = await _bodies_of_focal_point(connection, meeting_id, actor)
        rows = await views.invitations(connection, meeting_id, organisations=own)
    items = [_view(row) for row in rows]
    states = set(state or InvitationState)
    if answered is not None:
        states &= set(UNANSWERED) if not answered else {item.state for item in items if item.answered}
    return _tagged(Page[InvitationView](items=[item for item in items if item.state in states]))


def _view(row: asyncpg.Record) -> InvitationView:
    members = {name: row[name] for name in InvitationView.model_fields if name in row}
    return InvitationView(
        **members,
        name=Bilingual(lo=row["name_lo"], en=row["name_en"]),
        free=0 if row["over"] else max(row["seats"] - row["used"], 0),
        answered=bool(row["answers"]),
    )


@router.get("/counts", response_model=InvitationCounts, responses=refusals(NotFound, NotPermitted))
async def count_invitations(meeting_id: UUID, dependencies: InjectedDependencies, actor: Authenticated) -> Response:
    """How many bodies have answered in which way, and what became of their seats; with an ETag.

    For staff of the organiser's body; a focal point gets those of his own body. The statistics and their stream have
    the figures of all bodies.
    """
    require(actor, *STAFF, Role.FOCAL_POINT)
    async with dependencies.database.reading() as connection:
        own = await _bodies_of_focal_point(connection, meeting_id, actor)
        figures = await read_invitations(connection, meeting_id, organisations=own)
    return _tagged(InvitationCounts(meeting_id=meeting_id, **vars(figures)))


async def _bodies_of_focal_point(connection: Connection, meeting_id: UUID, actor: Actor) -> frozenset[str] | None:
    """The bodies to which a focal point is confined; None for staff of the organiser's body. Raises `NotPermitted`."""
    meeting = await views.visible_meeting(connection, meeting_id, bodies=actor.bodies)
    return own_bodies(actor) if within(actor, meeting["organiser"]).roles.isdisjoint(STAFF) else None


def _tagged(content: BaseModel) -> Response:
    body = content.model_dump_json().encode()
    tag = f'"{sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    return Response(body, headers=headers, media_type="application/json")
