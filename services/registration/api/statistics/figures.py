"""The figures of a meeting as they are told: one model for the route and for the stream."""

from collections.abc import Collection
from hashlib import sha256
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from services.registration import views
from services.registration.domain.registration_states import RegistrationState
from services.registration.domain.reminders.invitation_states import InvitationState
from shared.contracts.base import Bilingual
from shared.database import Connection


class Breakdown(BaseModel):
    """The answers by one property of the people, and for each value of it by state: `{"MOF": {"confirmed": 3}}`."""

    organisation: dict[str, dict[str, int]] = Field(description="by code of the body")
    rank: dict[str, dict[str, int]]
    gender: dict[str, dict[str, int]] = Field(description="female, male or not-stated")
    channel: dict[str, dict[str, int]] = Field(
        description="by link (invitation), without one (open), as the representative of somebody (representative), or "
        "not at all: he was let in at the door (walk-in)"
    )
    answers: dict[str, dict[str, dict[str, int]]] = Field(
        default_factory=dict,
        description="to the form of the meeting: by field, then by choice (or true and false), then by state; without "
        "fields that are personal data",
    )
    organisation_names: dict[str, Bilingual] = Field(
        default_factory=dict, description="by code: what each of these bodies is called on the day of the meeting"
    )


class InvitationFigures(BaseModel):
    """How far the invited bodies have answered; `seats` are those of invitations that were not taken back."""

    states: dict[InvitationState, int] = Field(description="invitations by state, every state named")
    seats_offered: int
    seats_used: int = Field(description="by people who come or wait, and by their representatives")
    seats_unanswered: int = Field(description="of bodies of which nobody has answered yet, while they still may")


class Statistics(BaseModel):
    """Separate facts, never one figure: who was invited, has answered, came, was turned away."""

    meeting_id: UUID
    organisations_invited: int = Field(description="without those whose invitation was taken back")
    invited: int = Field(description="seats offered to invited bodies")
    invitations: InvitationFigures
    answered: int = Field(description="people who have answered in any way; a representative answers for nobody")
    states: dict[str, int] = Field(description="registrations by state, every state named")
    confirmed: int
    requested: int = Field(description="people on whom the organiser has not decided yet")
    waitlisted: int
    declined: int
    represented: int
    withdrawn: int
    rejected: int
    promoted: int
    checked_in: int = Field(description="tickets and list entries that were admitted at the desk")
    walk_ins: int = Field(description="people who had not registered and were let in at the door")
    present: int = Field(description="people in the room: checked in, and the chair of a session that was opened")
    women: int = Field(description="of those present")
    inside: int = Field(description="people who came in and have not gone out since, by the scans of the desks")
    check_ins_refused: dict[str, int] = Field(description="by reason")
    would_have_been_refused: dict[str, int] = Field(
        description="by reason: of those checked in, whom desks without a network let in against what is known now"
    )
    messages: dict[str, int] = Field(description="by channel and status")
    breakdown: Breakdown | None = Field(
        default=None, description="for staff of the organiser's body only: a small figure may show who it is"
    )

    def tag(self) -> str:
        """The strong entity tag of these figures."""
        return f'"{sha256(self.model_dump_json().encode()).hexdigest()[:24]}"'

    def without_breakdown(self) -> "Statistics":
        """What everybody may see."""
        return Statistics(**{**vars(self), "breakdown": None})


async def read_invitations(
    connection: Connection, meeting_id: UUID, *, organisations: Collection[str] | None = None
) -> InvitationFigures:
    """How far the invited bodies of a meeting have answered, or one of them."""
    found = await views.invitation_counts(connection, meeting_id, organisations=organisations)
    counted = {state: found[state]["invitations"] if state in found else 0 for state in InvitationState}
    valid = [row for state, row in found.items() if state is not InvitationState.REVOKED]
    pending = found.get(InvitationState.PENDING)
    return InvitationFigures(
        states=counted,
        seats_offered=sum(row["seats"] for row in valid),
        seats_used=sum(row["used"] for row in valid),
        seats_unanswered=pending["seats"] if pending else 0,
    )


async def read_statistics(connection: Connection, meeting_id: UUID) -> Statistics:
    """All figures of a meeting, with the breakdown."""
    invitations = await read_invitations(connection, meeting_id)
    people = await views.registration_figures(connection, meeting_id)
    found = people.states()
    states = {state.value: found.get(state, 0) for state in RegistrationState}
    bodies = people.by("organisation")
    return Statistics(
        meeting_id=meeting_id,
        organisations_invited=sum(invitations.states.values()) - invitations.states[InvitationState.REVOKED],
        invited=invitations.seats_offered,
        invitations=invitations,
        answered=people.count("answering") + await views.answered_and_left(connection, meeting_id),
        promoted=people.count("promoted"),
        walk_ins=people.count("walk_ins"),
        states=states,
        messages=await views.message_figures(connection, meeting_id),
        breakdown=Breakdown(
            **{name: people.by(name) for name in ("rank", "gender", "channel")},
            organisation=bodies,
            answers=await views.form_figures(connection, meeting_id),
            organisation_names=await views.bodies_of_meeting(connection, meeting_id, bodies),
        ),
        **await _attendance(connection, meeting_id, people),
        **await _scans(connection, meeting_id),
        **{name: states[name] for name in states if name in Statistics.model_fields},
    )


async def _attendance(connection: Connection, meeting_id: UUID, people: views.RegistrationFigures) -> dict[str, int]:
    """People in the room; minutes count alike.

    Whoever was checked in, however late a desk told so and whenever he left; and the chair of a session that was
    opened, once, with a ticket or without.
    """
    chair = await views.chair_present(connection, meeting_id)
    return {
        "present": people.count("came") + (chair is not None),
        "women": people.count("women") + (chair is not None and chair["gender"] == "female"),
        "inside": people.count("inside"),
    }


async def _scans(connection: Connection, meeting_id: UUID) -> dict[str, Any]:
    rows = await views.scan_figures(connection, meeting_id)
    refused: dict[str, int] = {}
    exceptions: dict[str, int] = {}
    for row in rows:
        if row["reason"]:
            refused[row["reason"]] = refused.get(row["reason"], 0) + row["scans"]
        if row["exception"]:
            exceptions[row["exception"]] = exceptions.get(row["exception"], 0) + row["scans"]
    admitted = sum(row["scans"] for row in rows if not row["reason"])
    return {"checked_in": admitted, "check_ins_refused": refused, "would_have_been_refused": exceptions}
