"""Registering many at once: a body's list, an institution's staff; all of a chunk or nobody of it."""

from contextvars import copy_context
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import Response

from services.registration import views
from services.registration.api.dependencies import STAFF, Dependencies, InjectedDependencies, within
from services.registration.api.form.answers_input import AnswersInput
from services.registration.api.person_input import PersonInput
from services.registration.api.registrations.registration_group import RegistrationCreated, created
from services.registration.domain.commands import RegisterParticipant
from services.registration.domain.registration_batch import RegistrationRequest
from services.registration.flows import RegistrationOutcome, new_code, register_participants
from shared.contracts.base import OrganisationCode
from shared.contracts.ids import new_id
from shared.database import Connection
from shared.http import Attempt, Authenticated, Input, Now, Reply, once, refusals, require
from shared.http.validation import field_problems
from shared.kernel import Actor, Command, NotFound, NotPermitted, Refusal, Role

LONGEST_CHUNK = 500

router = APIRouter(prefix="/v1/meetings/{meeting_id}/registrations", tags=["registrations"])


class ChunkRefused(Refusal):
    """At least one row cannot be registered, so none was; `rows` says which and why, the others are without fault."""

    status = 422
    lao = "ມີລາຍຊື່ທີ່ລົງທະບຽນບໍ່ໄດ້ ຈຶ່ງບໍ່ໄດ້ລົງທະບຽນໃຫ້ຜູ້ໃດ"
    english = "Some rows cannot be registered, so nobody of this chunk was."


class RowInput(Input):
    """One person of a chunk."""

    organisation: OrganisationCode
    person: PersonInput
    answers: AnswersInput | None = None


class ChunkInput(Input):
    """Persons who are registered together; longer lists are sent as several chunks, each with its Idempotency-Key."""

    rows: Annotated[list[RowInput], Field(min_length=1, max_length=LONGEST_CHUNK)]


class ChunkRegistered(BaseModel):
    """One answer a row, in the order of the rows."""

    registered: int
    rows: list[RegistrationCreated]


@router.post(
    "/bulk",
    status_code=201,
    response_model=ChunkRegistered,
    responses=refusals(NotFound, NotPermitted, ChunkRefused),
)
async def register_chunk(
    meeting_id: UUID,
    body: ChunkInput,
    dependencies: InjectedDependencies,
    actor: Authenticated,
    at: Now,
    attempt: Attempt,
) -> Response:
    """Register up to 500 persons, all or none: the organiser's staff anybody, a focal point the people of his body."""
    require(actor, *STAFF, Role.FOCAL_POINT)

    async def act(connection: Connection) -> Reply:
        meeting = await views.visible_meeting(connection, meeting_id, bodies=actor.bodies)
        _check_rights(actor, meeting["organiser"], body.rows)
        context, by = copy_context(), Command(actor=actor, at=at)
        rows = [_request(dependencies, meeting_id, row, by=by, place=place) for place, row in enumerate(body.rows)]
        requests = [(row, context) for row in rows if isinstance(row, RegistrationRequest)]
        registered = iter(await register_participants(connection, requests))
        outcomes = [next(registered) if isinstance(row, RegistrationRequest) else row for row in rows]
        return Reply(status=201, body=_answer(outcomes))

    return await once(attempt, act, database=dependencies.database, actor=actor)


def _check_rights(actor: Actor, organiser: str, rows: list[RowInput]) -> None:
    if not within(actor, organiser).roles.isdisjoint(STAFF):
        return
    own = actor.bodies if Role.FOCAL_POINT in actor.roles else frozenset()
    for place, row in enumerate(rows):
        if row.organisation not in own:
            raise NotPermitted(field=f"/rows/{place}/organisation")


def _request(
    dependencies: Dependencies, meeting_id: UUID, row: RowInput, *, by: Command, place: int
) -> RegistrationRequest | Refusal:
    try:
        collecting = dependencies.collecting(by)
        person = row.person.recorded(new_id(), row.organisation, field=f"/rows/{place}/person", collecting=collecting)
    except Refusal as refusal:
        return refusal
    command = RegisterParticipant(
        actor=by.actor,
        at=by.at,
        registration_id=new_id(),
        person_id=person.person_id,
        organisation=row.organisation,
        rank=row.person.rank,
        link_sha256=None,
        code=new_code(),
        own_link=dependencies.new_own_link(),
        answers=row.answers,
    )
    return RegistrationRequest(meeting_id=meeting_id, person=person, command=command)


def _answer(outcomes: list[RegistrationOutcome]) -> ChunkRegistered:
    """The answer to a chunk; raises `ChunkRefused` where any row is refused, and with it goes what was written."""
    refused = [_refused(place, one) for place, one in enumerate(outcomes) if isinstance(one, Refusal)]
    if refused:
        raise ChunkRefused(rows=refused)
    rows = [created(one) for one in outcomes if not isinstance(one, Refusal)]
    return ChunkRegistered(registered=len(rows), rows=rows)


def _refused(place: int, refusal: Refusal) -> dict[str, Any]:
    told = {"row": place, "code": refusal.code, "lo": refusal.lao, "en": refusal.english, "field": refusal.field}
    errors = field_problems(refusal.details.get("errors", ()))
    return told | ({"errors": [one.model_dump(by_alias=True) for one in errors]} if errors else {})
