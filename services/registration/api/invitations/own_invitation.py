"""What an invited body sees by its link: the meeting, its seats, and until when it may answer; without an account."""

from typing import Annotated
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Header
from pydantic import BaseModel, BeforeValidator, Field
from starlette.responses import Response

from services.registration import views
from services.registration.api.dependencies import ClientAddress, InjectedDependencies, digest
from services.registration.api.inputs import text_of_header
from services.registration.api.registrations.own_registration import OwnMeeting
from services.registration.api.tokens import LinkTokenInput
from shared.contracts.base import Bilingual, Instant
from shared.contracts.registration import AgendaItem
from shared.http import refusals
from shared.kernel import NotFound

router = APIRouter(tags=["invitations"])


class InvitedMeeting(OwnMeeting):
    """The meeting of an invitation, as it stands now."""

    organiser: Bilingual
    purpose: str | None
    agenda: list[AgendaItem]


class OwnInvitation(BaseModel):
    """An invitation as its body sees it; people are named nowhere."""

    invitation_id: UUID
    organisation: str
    name: Bilingual
    seats: int
    used: int = Field(description="seats that its people have taken")
    declined: int = Field(description="its people who have declined")
    expires_at: Instant = Field(description="until when it may be answered")
    revoked_at: Instant | None = Field(description="when it was taken back; null where it is good")
    meeting: InvitedMeeting


@router.get("/v1/invitation", responses=refusals(NotFound))
async def read_invitation_of_link(
    dependencies: InjectedDependencies,
    client: ClientAddress,
    response: Response,
    token: Annotated[
        LinkTokenInput,
        BeforeValidator(text_of_header),
        Header(alias="Invitation-Token", description="at the end of the link"),
    ],
) -> OwnInvitation:
    """The invitation of a link, and its meeting as it is now."""
    with dependencies.limits.link(client=client):
        async with dependencies.database.reading() as connection:
            row = await views.invitation_of_link(connection, bytes.fromhex(digest(token)))
    response.headers["Cache-Control"] = "no-store"
    return _view(row)


def _view(row: asyncpg.Record) -> OwnInvitation:
    told = {name: row[name] for name in InvitedMeeting.model_fields if name not in {"organiser", "agenda"}}
    host = Bilingual(lo=row["host_lo"], en=row["host_en"])
    meeting = InvitedMeeting(**told, organiser=host, agenda=row["agenda"] or [])
    members = {name: row[name] for name in OwnInvitation.model_fields if name in row}
    return OwnInvitation(**members, name=Bilingual(lo=row["name_lo"], en=row["name_en"]), meeting=meeting)
