"""Answers to the form: corrected by the person himself, with the code of his registration, and by the organiser."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import Response

from services.registration import views
from services.registration.api.dependencies import (
    ACCOUNT,
    ClientAddress,
    Dependencies,
    InjectedDependencies,
    StaffIfAny,
    anonymous,
    within,
)
from services.registration.api.form.answers_input import AnswersInput
from services.registration.api.inputs import CodeInput
from services.registration.domain.form.commands import CorrectAnswers, ReplaceOwnAnswers
from services.registration.domain.form.form import NO_FORM
from services.registration.domain.form.refusals import AnswersInvalid
from services.registration.domain.refusals import NotSeated, WrongPhase
from services.registration.flows.form_answers import answer_form
from services.registration.store.form.forms import current_form
from shared.contracts.base import Instant
from shared.database import Connection
from shared.http import Attempt, Authenticated, Input, Now, Reply, once, refusals, require
from shared.kernel import NotFound, NotPermitted, Role

router = APIRouter(prefix="/v1/meetings/{meeting_id}/registrations/{registration_id}/answers", tags=["forms"])


class OwnAnswersInput(Input):
    """All answers to the form, instead of those before; `code` is that of one's own registration."""

    code: CodeInput
    answers: AnswersInput


class AnswersChange(Input):
    """Other answers to the fields that are named, null for none; the others stay."""

    answers: AnswersInput


class AnswersView(BaseModel):
    """The answers of one person to the form of the meeting."""

    registration_id: UUID
    form_version: int | None = Field(description="of the form to which they were given; null where nothing was")
    answers: dict[str, Any] = Field(description="by name of the field; of a file its SHA-256")
    missing: list[str] = Field(description="fields that must be answered, as the form is now, and are not")
    answered_at: Instant | None


@router.put(
    "",
    response_model=AnswersView,
    responses=refusals(*ACCOUNT, NotFound, NotPermitted, NotSeated, WrongPhase, AnswersInvalid),
)
async def replace_own_answers(
    meeting_id: UUID,
    registration_id: UUID,
    body: OwnAnswersInput,
    dependencies: InjectedDependencies,
    client: ClientAddress,
    staff: StaffIfAny,
    at: Now,
    attempt: Attempt,
) -> Response:
    """Answer the form anew until the meeting begins: everything that is asked now, also what was answered before.

    Files that were sent before stay as long as they are asked (`PUT …/answers/{field}/file`).
    """
    actor = staff or anonymous(body.code)
    command = ReplaceOwnAnswers(
        actor=actor, at=at, registration_id=registration_id, code=body.code, answers=body.answers
    )
    with dependencies.limits.code(registration_id, client=client):
        return await _answered(dependencies, meeting_id, command, attempt=attempt)


@router.patch(
    "", response_model=AnswersView, responses=refusals(NotFound, NotPermitted, NotSeated, WrongPhase, AnswersInvalid)
)
async def correct_answers(
    meeting_id: UUID,
    registration_id: UUID,
    body: AnswersChange,
    dependencies: InjectedDependencies,
    actor: Authenticated,
    at: Now,
    attempt: Attempt,
) -> Response:
    """Correct some answers of somebody, for the organiser; what must be answered may stay open.

    An answer that is not changed stays, even where the form would not take it any more. One that is not asked any more,
    because of another that is changed, must be emptied with it.
    """
    command = CorrectAnswers(actor=actor, at=at, registration_id=registration_id, changes=body.answers)
    return await _answered(dependencies, meeting_id, command, attempt=attempt)


@router.get("", responses=refusals(NotFound, NotPermitted))
async def read_answers(
    meeting_id: UUID,
    registration_id: UUID,
    dependencies: InjectedDependencies,
    actor: Authenticated,
    response: Response,
) -> AnswersView:
    """The answers of somebody, for the organiser."""
    response.headers["Cache-Control"] = "no-store"
    async with dependencies.database.reading() as connection:
        meeting = await views.visible_meeting(connection, meeting_id, bodies=actor.bodies)
        require(within(actor, meeting["organiser"]), Role.ORGANISER)
        return await answers_view(connection, meeting_id, registration_id)


async def answers_view(connection: Connection, meeting_id: UUID, registration_id: UUID) -> AnswersView:
    """What the person of a registration has answered; raises `NotFound`."""
    row = await views.answers_of(connection, meeting_id, registration_id)
    form = await current_form(connection, meeting_id) or NO_FORM
    return AnswersView(**dict(row), missing=form.missing(row["answers"]))


async def _answered(
    dependencies: Dependencies, meeting_id: UUID, command: ReplaceOwnAnswers | CorrectAnswers, *, attempt: Attempt
) -> Response:
    async def act(connection: Connection) -> Reply:
        await answer_form(connection, meeting_id, command)
        return Reply(body=await answers_view(connection, meeting_id, command.registration_id))

    return await once(attempt, act, database=dependencies.database, actor=command.actor)
