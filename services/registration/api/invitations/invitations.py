"""Invitations of bodies: seats, a contact who is told, and a link that is shown once."""

from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import Response

from services.registration import views
from services.registration.api.dependencies import Dependencies, InjectedDependencies, digest
from services.registration.api.inputs import InstantInput, IntegerInput
from services.registration.api.person_input import PERSON_REFUSALS, PersonInput
from services.registration.api.tokens import new_token, token_of_link
from services.registration.domain.directory_refusals import OrganisationEnded
from services.registration.domain.invitation_commands import InviteOrganisation
from services.registration.domain.refusals import (
    AlreadyInvited,
    ExpiryPassed,
    OrganisationUnknown,
    WrongPhase,
)
from services.registration.flows import record_person
from services.registration.store import MEETINGS
from shared.application import execute
from shared.contracts.base import Instant, OrganisationCode
from shared.contracts.ids import new_id
from shared.database import Connection
from shared.http import Attempt, Authenticated, Input, Now, Reply, once, refusals
from shared.kernel import Command, LimitReached, NotFound, NotPermitted

router = APIRouter(prefix="/v1/meetings/{meeting_id}/invitations", tags=["invitations"])
EXPIRES_BEFORE = timedelta(days=2)


class InvitationInput(Input):
    """A body, its seats, and the person who receives the link."""

    organisation: OrganisationCode
    seats: IntegerInput = Field(ge=1, le=1_000)
    contact: PersonInput
    expires_at: InstantInput | None = Field(
        default=None, description="where it is left out: two days before the meeting, or its beginning if that is past"
    )


class InvitationKept(BaseModel):
    """What is kept of the answer under its Idempotency-Key: the link only sealed."""

    invitation_id: UUID
    organisation: str
    seats: int
    expires_at: Instant
    sealed_link: str


class InvitationCreated(BaseModel):
    """The link is in this answer and in the contact's e-mail, and nowhere else."""

    invitation_id: UUID
    organisation: str
    seats: int
    expires_at: Instant
    token: str
    link: str


@router.post(
    "",
    status_code=201,
    response_model=InvitationCreated,
    responses=refusals(
        NotFound,
        NotPermitted,
        WrongPhase,
        AlreadyInvited,
        OrganisationUnknown,
        OrganisationEnded,
        *PERSON_REFUSALS,
        ExpiryPassed,
        LimitReached,
    ),
)
async def invite_organisation(
    meeting_id: UUID,
    body: InvitationInput,
    dependencies: InjectedDependencies,
    actor: Authenticated,
    at: Now,
    attempt: Attempt,
) -> Response:
    """Invite a body, at most 1,000 to a meeting; whoever has its link may answer, without an account."""

    async def act(connection: Connection) -> Reply:
        meeting = await views.meeting(connection, meeting_id)
        kept = await invite(connection, dependencies, meeting, body, by=Command(actor=actor, at=at))
        return Reply(status=201, body=kept)

    return _with_link(await once(attempt, act, database=dependencies.database, actor=actor), dependencies)


async def invite(
    connection: Connection,
    dependencies: Dependencies,
    meeting: asyncpg.Record,
    body: InvitationInput,
    *,
    by: Command,
    field: str = "",
) -> InvitationKept:
    """Invite one body in this transaction; `field` is where the request has it. Raises the `Refusal`."""
    contact, token = new_id(), new_token()
    command = InviteOrganisation(
        actor=by.actor,
        at=by.at,
        invitation_id=new_id(),
        organisation=body.organisation,
        seats=body.seats,
        contact=contact,
        expires_at=body.expires_at or _usual_expiry(starts_at=meeting["starts_at"], now=by.at),
        link_sha256=digest(token),
        sealed_link=dependencies.sealer.seal(f"{dependencies.public_url}/a/{token}"),
    )
    collecting = dependencies.collecting(by, purpose="invitation")
    person = body.contact.recorded(contact, body.organisation, field=f"{field}/contact", collecting=collecting)
    await record_person(connection, person, command)
    await execute(connection, MEETINGS, meeting["meeting_id"], command)
    return InvitationKept(**{name: getattr(command, name) for name in InvitationKept.model_fields})


def _usual_expiry(*, starts_at: datetime, now: datetime) -> datetime:
    """Two days before the meeting; when it is invited to later than that, its beginning."""
    usual = starts_at - EXPIRES_BEFORE
    return usual if usual > now else starts_at


def _with_link(answer: Response, dependencies: Dependencies) -> Response:
    """The answer that was kept, as it is given: with the link opened."""
    content = opened(InvitationKept.model_validate_json(bytes(answer.body)), dependencies).model_dump_json()
    headers = {name: value for name, value in answer.headers.items() if name != "content-length"}
    return Response(content, status_code=answer.status_code, headers=headers)


def opened(kept: InvitationKept, dependencies: Dependencies) -> InvitationCreated:
    """An invitation as its organiser is told of it, with its link."""
    link = dependencies.sealer.open(kept.sealed_link)
    members = kept.model_dump(exclude={"sealed_link"})
    return InvitationCreated(**members, token=token_of_link(link), link=link)
