"""Writing down what was said, decided and assigned: opinions, decisions, actions; by the secretary."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Discriminator, Tag
from starlette.responses import Response

from services.minutes.domain.commands import (
    AssignAction,
    RecordDecision,
    RecordOpinion,
)
from services.minutes.domain.refusals import (
    AgendaItemUnknown,
    CharactersNotPrintable,
    OrganisationUnknown,
    WrongPhase,
)
from services.minutes.domain.state import Minutes
from services.minutes.store import MINUTES
from shared.application import Outcome
from shared.carry_out import CarryOut
from shared.contracts.base import OrganisationCode
from shared.contracts.ids import new_id
from shared.contracts.minutes import ActionAssigned, DecisionRecorded, Position
from shared.http import (
    Authenticated,
    DayInput,
    Input,
    LongTextInput,
    Now,
    Reply,
    ShortTextInput,
    refusals,
)
from shared.http.validation import BRANCH
from shared.kernel import LimitReached, NotFound, NotPermitted

router = APIRouter(prefix="/v1/minutes/{minutes_id}", tags=["writing"])
WRITING = (NotFound, NotPermitted, WrongPhase)


class BilingualText(Input):
    """A longer text in Lao and, where somebody wrote it, in English."""

    lo: LongTextInput
    en: LongTextInput | None = None


def _kind(value: Any) -> str:
    return PAIR if isinstance(value, dict | BilingualText) else PLAIN


PLAIN, PAIR = f"{BRANCH}text", f"{BRANCH}pair"
SpokenInput = Annotated[
    Annotated[LongTextInput, Tag(PLAIN)] | Annotated[BilingualText, Tag(PAIR)], Discriminator(_kind)
]
"""Lao alone, or both languages."""


class OpinionInput(Input):
    """What a body has said, to an item of the agenda or (without one) to the meeting as a whole."""

    organisation: OrganisationCode
    agenda_item: ShortTextInput | None = None
    position: Position
    text: SpokenInput


class DecisionInput(Input):
    """What the meeting has decided."""

    text: LongTextInput


class ActionInput(Input):
    """Who has to do what until when."""

    organisation: OrganisationCode
    text: LongTextInput
    due: DayInput | None = None


class OpinionCreated(BaseModel):
    """The opinion is written down."""

    opinion_id: UUID


class DecisionCreated(BaseModel):
    """The decision is written down under its number."""

    decision_id: UUID
    number: int


class ActionCreated(BaseModel):
    """The action is written down under its number."""

    action_id: UUID
    number: int


@router.post(
    "/opinions",
    status_code=201,
    response_model=OpinionCreated,
    responses=refusals(*WRITING, AgendaItemUnknown, OrganisationUnknown, LimitReached, CharactersNotPrintable),
)
async def record_opinion(
    minutes_id: UUID,
    body: OpinionInput,
    actor: Authenticated,
    at: Now,
    carry_out: CarryOut,
) -> Response:
    """Write down what a body has said; at most 500 opinions, and 200,000 letters in all that is written down."""
    text = body.text if isinstance(body.text, BilingualText) else BilingualText(lo=body.text)
    command = RecordOpinion(
        actor=actor,
        at=at,
        opinion_id=new_id(),
        organisation=body.organisation,
        agenda_item=body.agenda_item,
        position=body.position,
        text=text.lo,
        text_en=text.en,
    )
    created = OpinionCreated(opinion_id=command.opinion_id)
    return await carry_out(MINUTES, minutes_id, command, lambda _: Reply(status=201, body=created))


@router.post(
    "/decisions",
    status_code=201,
    response_model=DecisionCreated,
    responses=refusals(*WRITING, LimitReached, CharactersNotPrintable),
)
async def record_decision(
    minutes_id: UUID,
    body: DecisionInput,
    actor: Authenticated,
    at: Now,
    carry_out: CarryOut,
) -> Response:
    """Write down what the meeting has decided; at most 200 decisions."""
    command = RecordDecision(actor=actor, at=at, decision_id=new_id(), text=body.text)

    def reply(outcome: Outcome[Minutes]) -> Reply:
        (fact,) = (each for each in outcome.facts if isinstance(each, DecisionRecorded))
        return Reply(status=201, body=DecisionCreated(decision_id=fact.decision_id, number=fact.number))

    return await carry_out(MINUTES, minutes_id, command, reply)


@router.post(
    "/actions",
    status_code=201,
    response_model=ActionCreated,
    responses=refusals(*WRITING, OrganisationUnknown, LimitReached, CharactersNotPrintable),
)
async def assign_action(
    minutes_id: UUID,
    body: ActionInput,
    actor: Authenticated,
    at: Now,
    carry_out: CarryOut,
) -> Response:
    """Write down who has to do what until when; at most 200 actions."""
    members = {name: getattr(body, name) for name in ActionInput.model_fields}
    command = AssignAction(actor=actor, at=at, action_id=new_id(), **members)

    def reply(outcome: Outcome[Minutes]) -> Reply:
        (fact,) = (each for each in outcome.facts if isinstance(each, ActionAssigned))
        return Reply(status=201, body=ActionCreated(action_id=fact.action_id, number=fact.number))

    return await carry_out(MINUTES, minutes_id, command, reply)
