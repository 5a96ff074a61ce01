"""Reminding invited bodies now: those that have not answered, with a verdict for each that is not reminded."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import Response

from services.registration.api.dependencies import InjectedDependencies
from services.registration.domain.invitation import Invitation
from services.registration.domain.meeting import Meeting
from services.registration.domain.refusals import WrongPhase
from services.registration.domain.reminders.commands import RemindInvitations
from services.registration.domain.reminders.reminding import why_not
from services.registration.store import MEETINGS
from shared.application import Outcome, execute
from shared.contracts.base import Instant
from shared.contracts.registration import InvitationReminded
from shared.database import Connection
from shared.http import (
    Attempt,
    Authenticated,
    IfMatch,
    Input,
    Now,
    Reply,
    etag,
    expected_version,
    once,
    refusals,
)
from shared.kernel import NotFound, NotPermitted, Refusal, StaleVersion

router = APIRouter(prefix="/v1/meetings/{meeting_id}/invitations", tags=["invitations"])


class ReminderInput(Input):
    """Which bodies are to be reminded."""

    invitation_ids: Annotated[list[UUID], Field(min_length=1, max_length=1_000)] | None = Field(
        default=None, description="left out: all bodies that have not answered and still may"
    )


class Reminded(BaseModel):
    """A body whose contact is reminded."""

    invitation_id: UUID
    organisation: str
    reminded_at: Instant
    answer_by: Instant = Field(description="until when its people may register")


class NotReminded(BaseModel):
    """A body whose contact is not reminded, and why."""

    invitation_id: UUID
    organisation: str
    code: str = Field(description="AlreadyAnswered, ToldLately, InvitationExpired or RevokedInvitation")
    lo: str
    en: str
    told_at: Instant | None = Field(default=None, description="of ToldLately: when its contact was last told")
    again_from: Instant | None = Field(default=None, description="of ToldLately: from when on he may be reminded again")


class RemindersSent(BaseModel):
    """Who is reminded, and of the bodies that were asked for who is not; `version` is the meeting's."""

    version: int
    reminded: list[Reminded]
    not_reminded: list[NotReminded]


@router.post(
    "/remind", response_model=RemindersSent, responses=refusals(NotFound, NotPermitted, WrongPhase, StaleVersion)
)
async def remind_invitations(
    meeting_id: UUID,
    dependencies: InjectedDependencies,
    actor: Authenticated,
    at: Now,
    attempt: Attempt,
    body: ReminderInput | None = None,
    if_match: IfMatch = None,
) -> Response:
    """Remind the contacts of bodies that have not answered, with the same link.

    A contact who was told of the invitation less than twelve hours ago, by whatever message, is not reminded.
    """
    asked = body.invitation_ids if body else None
    command = RemindInvitations(
        actor=actor,
        at=at,
        expected_version=expected_version(if_match),
        invitation_ids=None if asked is None else frozenset(asked),
    )

    async def act(connection: Connection) -> Reply:
        outcome = await execute(connection, MEETINGS, meeting_id, command)
        told = _told(outcome, command)
        return Reply(body=told, headers={"ETag": etag(told.version)})

    return await once(attempt, act, database=dependencies.database, actor=actor)


def _told(outcome: Outcome[Meeting], command: RemindInvitations) -> RemindersSent:
    facts: Sequence[InvitationReminded] = [fact for fact in outcome.facts if isinstance(fact, InvitationReminded)]
    reminded = [
        Reminded(
            invitation_id=fact.invitation_id,
            organisation=fact.organisation,
            reminded_at=command.at,
            answer_by=fact.answer_by,
        )
        for fact in facts
    ]
    refused = ((one, why_not(outcome.state, one, command.at)) for one in outcome.state.invited)
    return RemindersSent(
        version=outcome.state.version,
        reminded=reminded,
        not_reminded=[_not_reminded(one, refusal) for one, refusal in refused if refusal],
    )


def _not_reminded(invitation: Invitation, refusal: Refusal) -> NotReminded:
    return NotReminded(
        invitation_id=invitation.invitation_id,
        organisation=invitation.organisation,
        code=refusal.code,
        lo=refusal.lao,
        en=refusal.english,
        **refusal.details,
    )
