"""Meetings: drafted, found and read; what happens to them afterwards is in `lifecycle`."""

from datetime import datetime
from http import HTTPStatus
from operator import itemgetter
from typing import Annotated, Any
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Query
from pydantic import BaseModel, Field, ValidationInfo, field_validator
from starlette.responses import Response

from services.registration import views
from services.registration.api.dependencies import InjectedDependencies
from services.registration.api.inputs import AgendaInput, BilingualInput, BooleanInput, InstantInput, IntegerInput
from services.registration.api.meetings.hosts_input import CoHostContact, hosts_of
from services.registration.api.meetings.policy_input import PolicyInput, PolicyView, policy_members, policy_of
from services.registration.api.person_input import PERSON_REFUSALS, PersonInput
from services.registration.domain.commands import DraftMeeting
from services.registration.domain.policies import POLICY_REFUSALS
from services.registration.domain.refusals import AlreadyExists, InvalidSchedule
from services.registration.domain.state import Meeting
from services.registration.flows.hosts import Hosts, put_draft
from shared.application import Outcome
from shared.contracts.base import Bilingual, Instant, OrganisationCode
from shared.contracts.ids import new_id
from shared.contracts.registration import Admission, AgendaItem, FormField
from shared.database import Connection
from shared.http import (
    Attempt,
    Authenticated,
    Cursor,
    Limit,
    LongTextInput,
    Now,
    Page,
    Reply,
    SearchInput,
    decode_cursor,
    etag,
    once,
    page_of,
    refusals,
)
from shared.http.rate_limits import TooManyRequests
from shared.kernel import Actor, Command, NotFound, NotPermitted

router = APIRouter(prefix="/v1/meetings", tags=["meetings"])
DRAFT_REFUSALS = (
    *(NotPermitted, AlreadyExists, InvalidSchedule, TooManyRequests),
    *POLICY_REFUSALS,
    *PERSON_REFUSALS,
)
RANK_FLOOR = "the highest number of a rank that is admitted, to register and to represent; null: any"


class MeetingInput(PolicyInput):
    """A meeting to be drafted; the chair is a person with a name and a title."""

    title: BilingualInput
    purpose: LongTextInput | None = None
    outcome: LongTextInput | None = None
    venue: BilingualInput
    starts_at: InstantInput
    ends_at: InstantInput
    organiser: OrganisationCode
    organiser_unit: BilingualInput | None = None
    co_hosts: tuple[OrganisationCode, ...] = Field(default=(), max_length=20)
    co_host_contacts: tuple[CoHostContact, ...] = Field(
        default=(), max_length=20, description="who is told for the co-hosts"
    )
    chair: PersonInput
    capacity: IntegerInput = Field(ge=1, le=100_000)
    rank_floor: IntegerInput | None = Field(default=None, ge=1, le=1_000, description=RANK_FLOOR)
    tacit_consent: BooleanInput = False
    agenda: tuple[AgendaInput, ...] = Field(default=(), max_length=200)

    @field_validator("co_host_contacts")
    @classmethod
    def _of_co_hosts(cls, contacts: tuple[CoHostContact, ...], info: ValidationInfo) -> tuple[CoHostContact, ...]:
        if {contact.organisation for contact in contacts} - set(info.data.get("co_hosts", ())):
            raise ValueError("a contact of a body that is no co-host")
        return contacts


class MeetingView(BaseModel):
    """A meeting as it stands."""

    meeting_id: UUID
    phase: str
    version: int
    title: Bilingual
    venue: Bilingual
    starts_at: Instant
    ends_at: Instant
    organiser: str
    capacity: int
    confirmed: int
    waitlisted: int
    requested: int = Field(description="people who wait for the organiser's decision")
    policy: str


class ChairView(BaseModel):
    """Who chairs: as people address him, without numbers and addresses; null members after his erasure."""

    person_id: UUID
    honorific: str | None
    given_name: str | None
    family_name: str | None
    position_title: str | None


class MeetingDetails(MeetingView, PolicyView):
    """A meeting as it was drafted, and as it stands."""

    purpose: str | None
    outcome: str | None
    organiser_unit: Bilingual | None
    co_hosts: tuple[OrganisationCode, ...]
    chair: ChairView
    rank_floor: int | None
    tacit_consent: bool
    agenda: tuple[AgendaItem, ...]
    previous_meeting_id: UUID | None = Field(default=None, description="the meeting that this one continues")
    series_id: UUID | None = Field(default=None, description="the first meeting of its series; null for that one")
    form: tuple[FormField, ...] = Field(description="what people are asked when they register")
    organisation_names: dict[str, Bilingual] = Field(
        description="by code: what organiser and co-hosts are called on the day of the meeting"
    )


class MeetingState(BaseModel):
    """What a command has led to; a policy that leaves fewer seats than are taken evicts nobody, and says so here."""

    meeting_id: UUID
    phase: str
    version: int
    over_capacity: int = Field(default=0, description="how many more people have a seat than there are seats")
    over_most: dict[str, int] = Field(
        default_factory=dict, description="by organisation: how many more of its people have a seat than may"
    )


@router.post("", status_code=201, response_model=MeetingState, responses=refusals(*DRAFT_REFUSALS))
async def draft_meeting(
    body: MeetingInput, dependencies: InjectedDependencies, actor: Authenticated, at: Now, attempt: Attempt
) -> Response:
    """Draft a meeting, at most 200 a day; nobody is told until it is opened."""
    collecting = dependencies.collecting(Command(actor=actor, at=at), purpose="hosting")
    hosts = hosts_of(body, organiser=body.organiser, collecting=collecting)
    command = draft_of(body, hosts, meeting_id=new_id(), actor=actor, at=at)
    dependencies.limits.drafts.check(actor.subject)

    async def act(connection: Connection) -> Reply:
        meeting, _ = await put_draft(connection, command, hosts)
        dependencies.limits.drafts.note(actor.subject)
        return state_reply(meeting, status=201)

    return await once(attempt, act, database=dependencies.database, actor=actor)


def draft_of(body: MeetingInput, hosts: Hosts, *, meeting_id: UUID, actor: Actor, at: datetime) -> DraftMeeting:
    """The command that drafts what was sent, held by these persons."""
    persons: dict[str, Any] = {"chair": hosts.chair and hosts.chair.person_id}
    persons["co_host_contacts"] = tuple(person.person_id for person in hosts.contacts or ())
    members = policy_members({name: getattr(body, name) for name in MeetingInput.model_fields if name not in persons})
    members["admission"] = Admission(**members["admission"])
    return DraftMeeting(actor=actor, at=at, meeting_id=meeting_id, **persons, **members)


@router.get("")
async def list_meetings(
    dependencies: InjectedDependencies,
    actor: Authenticated,
    q: Annotated[SearchInput | None, Query(description="part of a title, in any spelling")] = None,
    own: Annotated[
        bool | None, Query(description="`true`: only those that the caller's own body organises, or took over")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[MeetingView]:
    """Meetings, the newest first; for any signed-in person, drafts for the organiser's own body."""
    after = decode_cursor(cursor, UUID) if cursor else None
    async with dependencies.database.reading() as connection:
        rows = await views.meetings(
            connection, bodies=actor.bodies, own=own or False, text=q, after=after, limit=limit + 1
        )
    return page_of(rows, limit, item=_view, position=itemgetter("meeting_id"))


@router.get("/{meeting_id}", responses=refusals(NotFound))
async def read_meeting(
    meeting_id: UUID, dependencies: InjectedDependencies, actor: Authenticated, response: Response
) -> MeetingDetails:
    """One meeting, with its ETag; for any signed-in person, a draft for the organiser's own body."""
    async with dependencies.database.reading() as connection:
        row = await views.visible_meeting(connection, meeting_id, bodies=actor.bodies)
        chair = await views.person_name(connection, UUID(row["details"]["chair"]))
        form = await views.form_of_meeting(connection, meeting_id) if row["form_version"] else {"fields": ()}
        hosts = (row["organiser"], *row["details"]["co_hosts"])
        names = await views.bodies_of_meeting(connection, meeting_id, hosts)
    response.headers["ETag"] = etag(row["version"])
    told = {name: value for name, value in row["details"].items() if name in MeetingDetails.model_fields}
    read = {"chair": ChairView(**dict(chair)), "form": form["fields"], "organisation_names": names}
    return MeetingDetails(**told | vars(_view(row)) | vars(policy_of(row)) | read)


def state_reply(meeting: Meeting, *, status: int = 200) -> Reply:
    """The answer to a command on a meeting, with its new ETag; with 201 also where the meeting is."""
    body = MeetingState(
        meeting_id=meeting.meeting_id,
        phase=meeting.phase,
        version=meeting.version,
        over_capacity=max(meeting.confirmed - meeting.capacity, 0),
        over_most={
            one.organisation: meeting.taken[one.organisation] - one.most
            for one in meeting.admission.organisations
            if one.most is not None and meeting.taken[one.organisation] > one.most
        },
    )
    created = {"Location": f"/v1/meetings/{meeting.meeting_id}"} if status == HTTPStatus.CREATED else {}
    return Reply(status=status, body=body, headers={"ETag": etag(meeting.version), **created})


def outcome_reply(outcome: Outcome[Meeting]) -> Reply:
    """The answer to a command that was carried out on a meeting."""
    return state_reply(outcome.state)


def _view(row: asyncpg.Record) -> MeetingView:
    names = (
        "meeting_id",
        "phase",
        "version",
        "starts_at",
        "ends_at",
        "organiser",
        "capacity",
        "confirmed",
        "waitlisted",
        "requested",
    )
    known = {"title": row["details"]["title"], "venue": row["venue"], "policy": policy_of(row).policy}
    return MeetingView(**known, **{name: row[name] for name in names})
