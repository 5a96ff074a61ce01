"""What becomes of a seat: a representative comes instead, or it is given up; with the code of the registration."""

from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.registration import views
from services.registration.api.dependencies import ACCOUNT, ClientAddress, InjectedDependencies, StaffIfAny, anonymous
from services.registration.api.form.answers_input import AnswersInput
from services.registration.api.inputs import CodeInput
from services.registration.api.person_input import PERSON_REFUSALS, PersonInput
from services.registration.api.registrations.registration_group import RegistrationCreated
from services.registration.api.registrations.registrations import AnswerRecorded
from services.registration.domain.commands import RepresentParticipant, WithdrawParticipant
from services.registration.domain.form.refusals import AnswersInvalid
from services.registration.domain.refusals import (
    AlreadyRegistered,
    NotSeated,
    RankBelowFloor,
    RepresentativeOfRepresentative,
    WrongPhase,
)
from services.registration.domain.registration_states import RegistrationState
from services.registration.flows import new_code
from services.registration.flows.form_answers import represent
from services.registration.store import MEETINGS
from shared.carry_out import CarryOut
from shared.contracts.ids import new_id
from shared.database import Connection
from shared.http import Attempt, Input, Now, Reply, ShortTextInput, once, refusals
from shared.kernel import NotFound, NotPermitted

router = APIRouter(prefix="/v1/meetings/{meeting_id}/registrations/{registration_id}", tags=["registrations"])


class RepresentativeInput(Input):
    """Who comes instead; `code` is that of one's own registration."""

    representative: PersonInput
    code: CodeInput
    reason: ShortTextInput | None = None
    answers: AnswersInput | None = None


class WithdrawalInput(Input):
    """Giving up a seat or a place in the queue."""

    code: CodeInput
    reason: ShortTextInput | None = None


@router.post(
    "/representative",
    status_code=201,
    response_model=RegistrationCreated,
    responses=refusals(
        *ACCOUNT,
        NotFound,
        NotPermitted,
        NotSeated,
        AlreadyRegistered,
        RankBelowFloor,
        AnswersInvalid,
        RepresentativeOfRepresentative,
        WrongPhase,
        *PERSON_REFUSALS,
    ),
)
async def represent_participant(
    meeting_id: UUID,
    registration_id: UUID,
    body: RepresentativeInput,
    dependencies: InjectedDependencies,
    client: ClientAddress,
    staff: StaffIfAny,
    at: Now,
    attempt: Attempt,
) -> Response:
    """Send somebody else in one's place; he has a registration of his own, and answers the form anew."""
    actor = staff or anonymous(body.code)
    representative = new_id()
    command = RepresentParticipant(
        actor=actor,
        at=at,
        registration_id=registration_id,
        code=body.code,
        representative_id=new_id(),
        representative=representative,
        rank=body.representative.rank,
        new_code=new_code(),
        reason=body.reason,
        own_link=dependencies.new_own_link(),
        answers=body.answers,
    )

    async def act(connection: Connection) -> Reply:
        organisation = await views.organisation_of(connection, meeting_id=meeting_id, registration_id=registration_id)
        person = body.representative.recorded(
            representative, organisation, field="/representative", collecting=dependencies.collecting(command)
        )
        dependencies.limits.answering(meeting_id, person, client=client, link=None)
        await represent(connection, meeting_id, command, person)
        dependencies.limits.answered(meeting_id, person, client=client)
        created = RegistrationCreated(
            registration_id=command.representative_id, state=RegistrationState.CONFIRMED, code=command.new_code
        )
        return Reply(status=201, body=created)

    with dependencies.limits.code(registration_id, client=client):
        return await once(attempt, act, database=dependencies.database, actor=actor)


@router.post(
    "/withdraw",
    response_model=AnswerRecorded,
    responses=refusals(*ACCOUNT, NotFound, NotPermitted, NotSeated, WrongPhase),
)
async def withdraw_participant(
    meeting_id: UUID,
    registration_id: UUID,
    body: WithdrawalInput,
    dependencies: InjectedDependencies,
    client: ClientAddress,
    staff: StaffIfAny,
    at: Now,
    carry_out: CarryOut,
) -> Response:
    """Give up one's seat; the head of the queue moves up."""
    actor = staff or anonymous(body.code)
    command = WithdrawParticipant(
        actor=actor, at=at, registration_id=registration_id, code=body.code, reason=body.reason
    )
    withdrawn = AnswerRecorded(registration_id=registration_id, state=RegistrationState.WITHDRAWN)
    with dependencies.limits.code(registration_id, client=client):
        return await carry_out(MEETINGS, meeting_id, command, lambda _: Reply(body=withdrawn))
