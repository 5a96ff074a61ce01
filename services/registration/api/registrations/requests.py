"""Approval: the organiser approves and rejects those who ask for a seat, one by one or many at once."""

from collections.abc import Callable
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field, model_validator
from starlette.responses import Response

from services.registration.api.meetings.lifecycle import Reason
from services.registration.domain.admission_commands import (
    DecideRequest,
    DecideRequests,
)
from services.registration.domain.refusals import (
    AlreadyRegistered,
    MeetingFull,
    NotRequested,
    OrganisationFull,
    WrongPhase,
)
from services.registration.domain.registration_states import RegistrationState
from services.registration.domain.requests import refusal_of
from services.registration.domain.state import Meeting
from services.registration.store import MEETINGS
from shared.application import Outcome
from shared.carry_out import CarryOut
from shared.contracts import Fact
from shared.contracts.registration import ParticipantRegistered, ParticipationRejected
from shared.http import (
    Authenticated,
    IfMatch,
    Input,
    Now,
    Reply,
    ShortTextInput,
    expected_version,
    refusals,
)
from shared.kernel import NotFound, NotPermitted, Refusal, StaleVersion

MOST_DECISIONS = 500

router = APIRouter(prefix="/v1/meetings/{meeting_id}", tags=["registrations"])
_REFUSALS = (NotFound, NotPermitted, WrongPhase, StaleVersion)


class DecisionInput(Input):
    """What the organiser says to one request; a rejection has a reason, which the person is told."""

    registration_id: UUID
    decision: Literal["approve", "reject"]
    reason: ShortTextInput | None = Field(default=None, description="needed to reject")

    @model_validator(mode="after")
    def _rejected_with_a_reason(self) -> "DecisionInput":
        if (self.decision == "reject") != (self.reason is not None):
            raise ValueError("a rejection needs a reason, an approval has none")
        return self


class DecisionsInput(Input):
    """Decisions on several requests; when seats run out, those that stand first have them."""

    decisions: Annotated[list[DecisionInput], Field(min_length=1, max_length=MOST_DECISIONS)]


class RequestDecided(BaseModel):
    """What has become of a request."""

    registration_id: UUID
    state: RegistrationState = Field(description="confirmed, waitlisted where no seat is free, or rejected")
    position: int | None = Field(default=None, description="in the queue, from 1")


class ProblemOfRow(BaseModel):
    """Why a decision was not carried out."""

    code: str
    lo: str
    en: str


class Verdict(BaseModel):
    """What has become of one decision: either `decided` or `refused` is given."""

    registration_id: UUID
    decided: RequestDecided | None = None
    refused: ProblemOfRow | None = None


class Verdicts(BaseModel):
    """One verdict a decision, in their order; those that were refused have stopped no others."""

    decided: int
    refused: int
    rows: list[Verdict]


@router.post(
    "/registrations/{registration_id}/approve",
    response_model=RequestDecided,
    responses=refusals(*_REFUSALS, NotRequested, AlreadyRegistered, MeetingFull, OrganisationFull),
)
async def approve_request(
    meeting_id: UUID,
    registration_id: UUID,
    actor: Authenticated,
    at: Now,
    carry_out: CarryOut,
    if_match: IfMatch = None,
) -> Response:
    """Admit somebody who has asked for a seat: he has one now, or waits for one where none is free.

    With him all are admitted who have asked together with him (`group_id`).
    """
    decision = DecideRequest(registration_id=registration_id)
    version = expected_version(if_match)
    command = DecideRequests(actor=actor, at=at, expected_version=version, decisions=(decision,))
    return await carry_out(MEETINGS, meeting_id, command, _reply(decision))


@router.post(
    "/registrations/{registration_id}/reject",
    response_model=RequestDecided,
    responses=refusals(*_REFUSALS, NotRequested),
)
async def reject_request(
    meeting_id: UUID,
    registration_id: UUID,
    body: Reason,
    actor: Authenticated,
    at: Now,
    carry_out: CarryOut,
    if_match: IfMatch = None,
) -> Response:
    """Do not admit somebody who has asked for a seat; he is told the reason."""
    decision = DecideRequest(registration_id=registration_id, reason=body.reason)
    version = expected_version(if_match)
    command = DecideRequests(actor=actor, at=at, expected_version=version, decisions=(decision,))
    return await carry_out(MEETINGS, meeting_id, command, _reply(decision))


@router.post("/decisions", response_model=Verdicts, responses=refusals(*_REFUSALS))
async def decide_requests(
    meeting_id: UUID,
    body: DecisionsInput,
    actor: Authenticated,
    at: Now,
    carry_out: CarryOut,
    if_match: IfMatch = None,
) -> Response:
    """Approve and reject up to 500 requests, with a verdict for each; one that cannot be carried out stops no other."""
    decisions = tuple(DecideRequest(registration_id=one.registration_id, reason=one.reason) for one in body.decisions)
    command = DecideRequests(actor=actor, at=at, expected_version=expected_version(if_match), decisions=decisions)
    return await carry_out(MEETINGS, meeting_id, command, lambda outcome: Reply(body=_verdicts(command, outcome)))


def _reply(decision: DecideRequest) -> Callable[[Outcome[Meeting]], Reply]:
    def reply(outcome: Outcome[Meeting]) -> Reply:
        if not outcome.facts:
            raise refusal_of(outcome.state, decision) or NotRequested
        decided = (_decided(fact) for fact in outcome.facts)
        return Reply(body=next(one for one in decided if one.registration_id == decision.registration_id))

    return reply


def _verdicts(command: DecideRequests, outcome: Outcome[Meeting]) -> Verdicts:
    carried_out = {one.registration_id: one for one in map(_decided, outcome.facts)}
    open_decisions = dict(carried_out)
    rows = []
    for decision in command.decisions:
        one = decision.registration_id
        decided = open_decisions.pop(one, None)
        twice = NotRequested() if one in carried_out else None
        refusal = None if decided else twice or refusal_of(outcome.state, decision) or NotRequested()
        rows.append(Verdict(registration_id=one, decided=decided, refused=refusal and _problem(refusal)))
    done = sum(row.decided is not None for row in rows)
    return Verdicts(decided=done, refused=len(rows) - done, rows=rows)


def _problem(refusal: Refusal) -> ProblemOfRow:
    return ProblemOfRow(code=refusal.code, lo=refusal.lao, en=refusal.english)


def _decided(fact: Fact) -> RequestDecided:
    assert isinstance(fact, ParticipantRegistered | ParticipationRejected)  # noqa: S101 -- no other follows
    if isinstance(fact, ParticipationRejected):
        return RequestDecided(registration_id=fact.registration_id, state=RegistrationState.REJECTED)
    return RequestDecided(
        registration_id=fact.registration_id, state=RegistrationState(fact.state), position=fact.position
    )
