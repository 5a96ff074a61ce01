"""Groups: people who register together have seats together, or wait together, or ask for seats together."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import Response

from services.registration.api.dependencies import ClientAddress, InjectedDependencies, anonymous, digest
from services.registration.api.form.answers_input import AnswersInput
from services.registration.api.person_input import PERSON_REFUSALS, PersonInput
from services.registration.api.registrations.registration_group import RegistrationCreated, created
from services.registration.api.registrations.registrations import LINK_REFUSALS
from services.registration.api.tokens import LinkTokenInput
from services.registration.domain.commands import RegisterParticipant
from services.registration.domain.form.refusals import AnswersInvalid
from services.registration.domain.refusals import (
    AlreadyRegistered,
    GroupTooLarge,
    GroupUnproven,
    InvitationExhausted,
    MeetingFull,
    OrganisationFull,
    RankBelowFloor,
    RegistrationClosed,
    WrongPhase,
)
from services.registration.domain.registration_batch import RegistrationRequest
from services.registration.flows import new_code, register_group
from shared.contracts.base import OrganisationCode
from shared.contracts.ids import new_id
from shared.database import Connection
from shared.http import Attempt, Input, Now, Reply, once, refusals
from shared.kernel import Command, NotFound

LARGEST_GROUP = 20

router = APIRouter(prefix="/v1/meetings/{meeting_id}", tags=["registrations"])


class GroupMemberInput(PersonInput):
    """One person of a group, with what he answers."""

    organisation: OrganisationCode | None = Field(default=None, description="where it is not that of the group")
    answers: AnswersInput | None = None


class GroupInput(Input):
    """People who want to come together; `invitation` is the token at the end of the link."""

    organisation: OrganisationCode = Field(description="of all who name no other")
    people: Annotated[list[GroupMemberInput], Field(min_length=2, max_length=LARGEST_GROUP)]
    invitation: LinkTokenInput | None = None


class GroupRegistered(BaseModel):
    """All have a seat, or all wait, or all ask for one; each has a code of his own, and may withdraw alone."""

    group_id: UUID
    people: list[RegistrationCreated]


@router.post(
    "/groups",
    status_code=201,
    response_model=GroupRegistered,
    responses=refusals(
        NotFound,
        AlreadyRegistered,
        MeetingFull,
        OrganisationFull,
        GroupTooLarge,
        GroupUnproven,
        InvitationExhausted,
        RegistrationClosed,
        RankBelowFloor,
        AnswersInvalid,
        WrongPhase,
        *LINK_REFUSALS,
        *PERSON_REFUSALS,
    ),
)
async def register_people_together(
    meeting_id: UUID,
    body: GroupInput,
    dependencies: InjectedDependencies,
    client: ClientAddress,
    at: Now,
    attempt: Attempt,
) -> Response:
    """Register 2 to 20 people as a group: all have seats, or all wait in the queue and move up together.

    They may be of several organisations. Where the organiser approves people, all ask, and are approved together.
    `AlreadyRegistered` is told of people of one's own organisation, by its link, and of two with one number or address.
    """
    actor = anonymous(body.invitation)
    group_id, link = new_id(), digest(body.invitation) if body.invitation else None
    by, stranger = Command(actor=actor, at=at), None if link else dependencies.stranger(meeting_id, client)
    built = [
        _request(dependencies, meeting_id, body, by=by, place=place, group_id=group_id)
        for place in range(len(body.people))
    ]
    requests = [replace(one, command=replace(one.command, stranger=stranger)) for one in built]
    for request in requests:
        dependencies.limits.answering(meeting_id, request.person, client=client, link=link)

    async def act(connection: Connection) -> Reply:
        facts = await register_group(connection, requests)
        for request in requests:
            dependencies.limits.answered(meeting_id, request.person, client=client)
        return Reply(status=201, body=GroupRegistered(group_id=group_id, people=[created(fact) for fact in facts]))

    with dependencies.limits.invitation(link, client=client):
        return await once(attempt, act, database=dependencies.database, actor=actor)


def _request(
    dependencies: InjectedDependencies, meeting_id: UUID, body: GroupInput, *, by: Command, place: int, group_id: UUID
) -> RegistrationRequest:
    told = body.people[place]
    organisation = told.organisation or body.organisation
    person = told.recorded(new_id(), organisation, field=f"/people/{place}", collecting=dependencies.collecting(by))
    command = RegisterParticipant(
        actor=by.actor,
        at=by.at,
        registration_id=new_id(),
        person_id=person.person_id,
        organisation=organisation,
        rank=person.rank,
        link_sha256=digest(body.invitation) if body.invitation else None,
        code=new_code(),
        group_id=group_id,
        own_link=dependencies.new_own_link(),
        answers=told.answers,
        sealed_confirm_code=None if body.invitation else dependencies.new_confirm_code(),
    )
    return RegistrationRequest(meeting_id=meeting_id, person=person, command=command)
