"""The policy of a meeting as requests bring it and as answers show it: one flat list of members."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, TypeAlias

import asyncpg
from pydantic import AfterValidator, BaseModel, Field, model_validator

from services.registration.api.inputs import BooleanInput, InstantInput, IntegerInput
from shared.contracts.base import Instant, OrganisationCode
from shared.contracts.registration import Admission, OrganisationSeats, UnprovenPolicy
from shared.http import Input

LIMITED_ORGANISATIONS: Final = 200
MOST_SEATS: Final = 100_000
SHORTEST_HOLD, LONGEST_HOLD = 5, 20_160  # minutes: a message needs some, two weeks are enough

PolicyChoice: TypeAlias = Literal["open", "by-invitation", "with-approval"]
WaitingListChoice: TypeAlias = Literal["automatic", "manual", "none"]

_POLICY: Final = (
    "open: anybody may register; by-invitation: the holders of a link alone; with-approval: whoever registers without "
    "a link asks for a seat, and the organiser approves or rejects him"
)
_WAITING_LIST: Final = (
    "who waits when no seat is free. automatic: whoever is first moves up as soon as a seat is free; manual: when the "
    "organiser says so; none: nobody waits, registration is refused. A meeting by invitation has none"
)
_CLOSES: Final = (
    "nobody registers from then on, but for those whom the organiser registers; not after the beginning. It moves with "
    "a meeting that is moved"
)
_REPRESENTATIVES: Final = "whether people may send a representative"
_PASSING: Final = "whether people may move up past a group that needs more seats than are free"
_WALK_INS: Final = (
    "whether a desk lets in people who have not registered. They are counted as everybody else, also where no seat is "
    "free; neither the deadline nor the lowest rank concerns them"
)
_UNPROVEN: Final = (
    "what people have who register without a link until they have confirmed it or somebody vouches for them. seated: "
    "what others have; held: the same, given up after `unproven_minutes`; waiting: no seat, and their request is given "
    "up after that time. One client can register only so many of them at once; the others wait"
)
_SHARED: Final = (
    "whether several people may have one number or address, as an office has: each has a registration and a link of "
    "his own, and messages name the person they are for. The same name with the same number is the same person"
)
_MINUTES: Final = (
    "for how long people who are not proven hold a seat, a place or a request; a day where nothing is said"
)
_SEATS: Final = (
    f"seats kept for organisations, and the most that their people may have; at most {LIMITED_ORGANISATIONS} of them. "
    "Fewer than are taken evict nobody"
)


_REMINDERS: Final = (
    "how many hours before the time to answer is over the contact of an invited body is reminded of which nobody has "
    "answered; none: nobody is reminded"
)
RemindersInput: TypeAlias = Annotated[
    tuple[Annotated[IntegerInput, Field(ge=1, le=720)], ...],
    Field(max_length=5),
    AfterValidator(lambda hours: tuple(sorted(set(hours), reverse=True))),
]


class OrganisationSeatsInput(Input):
    """The seats of one organisation: how many are kept for it, how many of its people may have one."""

    organisation: OrganisationCode
    reserved: IntegerInput = Field(default=0, ge=0, le=MOST_SEATS)
    most: IntegerInput | None = Field(default=None, ge=0, le=MOST_SEATS, description="null: as many as there are seats")

    @model_validator(mode="after")
    def _kept_seats_can_be_taken(self) -> "OrganisationSeatsInput":
        if self.most is not None and self.most < self.reserved:
            raise ValueError("more seats are reserved than its people may have")
        return self


class PolicyInput(Input):
    """The policy of a new meeting."""

    policy: PolicyChoice = Field(default="open", description=_POLICY)
    waiting_list: WaitingListChoice = Field(default="automatic", description=_WAITING_LIST)
    registration_closes_at: InstantInput | None = Field(default=None, description=_CLOSES)
    representatives: BooleanInput = Field(default=True, description=_REPRESENTATIVES)
    may_pass_groups: BooleanInput = Field(default=False, description=_PASSING)
    walk_ins: BooleanInput = Field(default=False, description=_WALK_INS)
    shared_contacts: BooleanInput = Field(default=False, description=_SHARED)
    unproven: UnprovenPolicy = Field(default="held", description=_UNPROVEN)
    unproven_minutes: IntegerInput = Field(default=1_440, ge=SHORTEST_HOLD, le=LONGEST_HOLD, description=_MINUTES)
    organisation_seats: tuple[OrganisationSeatsInput, ...] = Field(
        default=(), max_length=LIMITED_ORGANISATIONS, description=_SEATS
    )
    reminders: RemindersInput = Field(default=Admission().reminders, description=_REMINDERS)


def left_out() -> Any:
    """The value of a member that is not given: it is never read (`model_fields_set`), and null is not allowed."""
    return None


class PolicyChange(Input):
    """Another policy: what is left out stays as it is."""

    policy: PolicyChoice = Field(default_factory=left_out, description=_POLICY)
    waiting_list: WaitingListChoice = Field(default_factory=left_out, description=_WAITING_LIST)
    registration_closes_at: InstantInput | None = Field(default=None, description=_CLOSES)
    representatives: BooleanInput = Field(default_factory=left_out, description=_REPRESENTATIVES)
    may_pass_groups: BooleanInput = Field(default_factory=left_out, description=_PASSING)
    walk_ins: BooleanInput = Field(default_factory=left_out, description=_WALK_INS)
    shared_contacts: BooleanInput = Field(default_factory=left_out, description=_SHARED)
    unproven: UnprovenPolicy = Field(default_factory=left_out, description=_UNPROVEN)
    unproven_minutes: IntegerInput = Field(
        default_factory=left_out, ge=SHORTEST_HOLD, le=LONGEST_HOLD, description=_MINUTES
    )
    organisation_seats: tuple[OrganisationSeatsInput, ...] = Field(
        default_factory=left_out, max_length=LIMITED_ORGANISATIONS, description=_SEATS
    )
    reminders: RemindersInput = Field(default_factory=left_out, description=_REMINDERS)


class PolicyView(BaseModel):
    """The policy of a meeting."""

    policy: PolicyChoice
    waiting_list: WaitingListChoice
    registration_closes_at: Instant | None
    representatives: bool
    may_pass_groups: bool
    walk_ins: bool
    shared_contacts: bool = Field(description=_SHARED)
    unproven: UnprovenPolicy
    unproven_minutes: int
    organisation_seats: tuple[OrganisationSeats, ...]
    reminders: tuple[int, ...] = Field(description=_REMINDERS)


_AS_GIVEN: Final = (
    *("representatives", "may_pass_groups", "walk_ins", "shared_contacts", "reminders"),
    *("unproven", "unproven_minutes"),
)


def policy_members(given: Mapping[str, Any]) -> dict[str, Any]:
    """The members of a meeting that follow from those of a policy that were given; others stay as they are."""
    members = {name: value for name, value in given.items() if name not in PolicyInput.model_fields}
    admission: dict[str, Any] = {name: given[name] for name in _AS_GIVEN if name in given}
    if "policy" in given:
        admission["approval"] = given["policy"] == "with-approval"
        members["policy"] = "open" if admission["approval"] else given["policy"]
    if "waiting_list" in given:
        admission["manual_promotion"] = given["waiting_list"] == "manual"
        members["waiting_list"] = "automatic" if admission["manual_promotion"] else given["waiting_list"]
    if "registration_closes_at" in given:
        admission["closes_at"] = given["registration_closes_at"]
    if "organisation_seats" in given:
        admission["organisations"] = tuple(OrganisationSeats(**vars(one)) for one in given["organisation_seats"])
    return members | ({"admission": admission} if admission else {})


def policy_of(row: asyncpg.Record) -> PolicyView:
    """The policy of the meeting of a row."""
    admission = Admission(**row["admission"] or {})
    return PolicyView(
        policy="with-approval" if admission.approval and row["policy"] == "open" else row["policy"],
        waiting_list="manual" if admission.manual_promotion else row["waiting_list"],
        registration_closes_at=admission.closes_at,
        representatives=admission.representatives,
        may_pass_groups=admission.may_pass_groups,
        walk_ins=admission.walk_ins,
        shared_contacts=admission.shared_contacts,
        unproven=admission.unproven,
        unproven_minutes=admission.unproven_minutes,
        organisation_seats=admission.organisations,
        reminders=admission.reminders,
    )
