"""A meeting corrected: what its organiser drafted, but for time and place (`lifecycle.reschedule_meeting`)."""

from uuid import UUID

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from services.registration.api.dependencies import InjectedDependencies
from services.registration.api.inputs import AgendaInput, BilingualInput, BooleanInput, IntegerInput
from services.registration.api.meetings.hosts_input import HOSTS, CoHostContact, hosts_of
from services.registration.api.meetings.meetings import RANK_FLOOR, MeetingState, state_reply
from services.registration.api.meetings.policy_input import PolicyChange, left_out, policy_members
from services.registration.api.person_input import PERSON_REFUSALS, PersonInput
from services.registration.domain.commands import ChangeMeeting
from services.registration.domain.policies import POLICY_REFUSALS
from services.registration.domain.refusals import WrongPhase
from services.registration.flows import hosts as flows
from shared.contracts.base import OrganisationCode
from shared.database import Connection
from shared.http import (
    Attempt,
    Authenticated,
    IfMatch,
    LongTextInput,
    Now,
    Reply,
    expected_version,
    once,
    refusals,
)
from shared.kernel import InvalidValue, NotFound, NotPermitted, StaleVersion

router = APIRouter(prefix="/v1/meetings", tags=["meetings"])


class MeetingChange(PolicyChange):
    """Members that are left out stay as they are; null empties one that may be empty (RFC 7396)."""

    title: BilingualInput = Field(default_factory=left_out)
    purpose: LongTextInput | None = None
    outcome: LongTextInput | None = None
    organiser_unit: BilingualInput | None = None
    capacity: IntegerInput = Field(default_factory=left_out, ge=1, le=100_000)
    rank_floor: IntegerInput | None = Field(default=None, ge=1, le=1_000, description=RANK_FLOOR)
    tacit_consent: BooleanInput = Field(default_factory=left_out)
    agenda: tuple[AgendaInput, ...] = Field(default_factory=left_out, max_length=200)
    chair: PersonInput = Field(default_factory=left_out)
    co_hosts: tuple[OrganisationCode, ...] = Field(default_factory=left_out, max_length=20)
    co_host_contacts: tuple[CoHostContact, ...] = Field(
        default_factory=left_out, max_length=20, description="who is told for the co-hosts"
    )


@router.patch(
    "/{meeting_id}",
    response_model=MeetingState,
    responses=refusals(
        NotFound, NotPermitted, WrongPhase, StaleVersion, InvalidValue, *POLICY_REFUSALS, *PERSON_REFUSALS
    ),
)
async def change_meeting(
    meeting_id: UUID,
    body: MeetingChange,
    dependencies: InjectedDependencies,
    actor: Authenticated,
    at: Now,
    attempt: Attempt,
    if_match: IfMatch = None,
) -> Response:
    """Correct a meeting before it begins; of a new title or agenda everybody is told who expects it.

    Who chairs or co-hosts an open meeting now is told so, and so is who no longer does. A person with the same number
    or address as before is the same person, corrected.

    More seats, or seats that are not kept any more, move up the waiting list. Fewer than are taken evict nobody:
    `over_capacity` and `over_most` say how many too many sit.
    """
    changes = policy_members({name: getattr(body, name) for name in body.model_fields_set - HOSTS})
    if actor.organisation is None:
        raise NotPermitted
    command = ChangeMeeting(actor=actor, at=at, expected_version=expected_version(if_match), changes=changes)
    collecting = dependencies.collecting(command, purpose="hosting")
    hosts = hosts_of(body, organiser=actor.organisation, collecting=collecting, named=body.model_fields_set)

    async def act(connection: Connection) -> Reply:
        return state_reply(await flows.change_meeting(connection, meeting_id, command, hosts))

    return await once(attempt, act, database=dependencies.database, actor=actor)
