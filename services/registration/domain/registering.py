"""Answers to an invitation or an announcement: registering and declining.

The capacity is exact under the lock of the meeting's row.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from services.registration.domain.commands import DeclineInvitation, MeetingCommand, RegisterParticipant
from services.registration.domain.refusals import (
    AlreadyRegistered,
    DeclinesExhausted,
    InvitationExhausted,
    InvitationExpired,
    InvitationNeeded,
    InvitationUnknown,
    MeetingFull,
    OrganisationMismatch,
    OrganisationUnknown,
    RevokedInvitation,
    WrongPhase,
)
from services.registration.domain.state import Invitation, Meeting, Phase, RegistrationState
from shared.contracts import Fact
from shared.contracts.registration import InvitationDeclined, ParticipantRegistered, ParticipantReinstated
from shared.kernel import NotFound, Role

SPARE_DECLINES = 3  # beyond one for each seat: people whom somebody asked before a seat was taken
SHORTEST_QUEUE = 1_000  # people who may wait, or as many as there are seats


def register(meeting: Meeting, command: RegisterParticipant) -> Sequence[Fact]:
    """Take a seat, or a place in the queue when all seats are taken; who has declined before has changed his mind."""
    _check_open(meeting)
    invitation = _invitation_if_needed(meeting, command)
    place = place_for_one_more(meeting, invitation)
    members: dict[str, Any] = {
        "meeting_id": meeting.meeting_id,
        "invitation_id": invitation.invitation_id if invitation else None,
        "organisation": command.organisation,
        "rank": command.rank,
        "state": state_of(place),
        "position": place,
        "code": command.code,
        "own_link": command.own_link,
    }
    declined = meeting.seat
    if declined is not None:
        known = {"registration_id": declined.registration_id, "person_id": declined.person_id}
        return [ParticipantReinstated(**members, **known)]
    return [
        ParticipantRegistered(registration_id=command.registration_id, person_id=command.person_id, **members),
    ]


def place_for_one_more(meeting: Meeting, invitation: Invitation | None) -> int | None:
    """The place in the queue of whoever comes now; None where a seat is free. Raises where neither is to be had."""
    if invitation and invitation.used >= invitation.seats:
        raise InvitationExhausted(seats=invitation.seats)
    if meeting.confirmed < meeting.capacity:
        return None
    if not meeting.queues or meeting.waitlisted >= max(SHORTEST_QUEUE, meeting.capacity):
        raise MeetingFull(capacity=meeting.capacity)
    return meeting.queue_last + 1


def state_of(place: int | None) -> RegistrationState:
    """`waitlisted` with a place in the queue, `confirmed` with a seat."""
    return RegistrationState.WAITLISTED if place else RegistrationState.CONFIRMED


def decline(meeting: Meeting, command: DeclineInvitation) -> Sequence[Fact]:
    """Say by the link of an invited body that one will not come."""
    _check_open(meeting)
    invitation = _valid_invitation(meeting, command)
    if meeting.seat is not None:
        raise AlreadyRegistered  # whoever holds a seat withdraws
    if invitation.declined >= invitation.seats + SPARE_DECLINES:
        raise DeclinesExhausted(allowed=invitation.seats + SPARE_DECLINES)
    return [
        InvitationDeclined(
            meeting_id=meeting.meeting_id,
            invitation_id=invitation.invitation_id,
            registration_id=command.registration_id,
            person_id=command.person_id,
            organisation=command.organisation,
            reason=command.reason,
            code=command.code,
            own_link=command.own_link,
        )
    ]


def _check_open(meeting: Meeting) -> None:
    if meeting.phase in (Phase.ABSENT, Phase.DRAFT):
        raise NotFound  # a draft is nobody's business
    if meeting.phase is not Phase.OPEN:
        raise WrongPhase(phase=meeting.phase.value)


def _invitation_if_needed(meeting: Meeting, command: RegisterParticipant) -> Invitation | None:
    """The invitation that was shown; a meeting by invitation needs one, unless the organiser registers somebody."""
    if command.link_sha256 is not None:
        return _valid_invitation(meeting, command)
    actor = command.actor
    organiser = Role.ORGANISER in actor.roles and actor.organisation == meeting.organiser
    if meeting.policy == "by-invitation" and not organiser:
        raise InvitationNeeded(field="/invitation")
    if not meeting.organisation_known:
        raise OrganisationUnknown(field="/organisation")
    return None


def _valid_invitation(meeting: Meeting, command: RegisterParticipant | DeclineInvitation) -> Invitation:
    invitation = meeting.invitation
    if invitation is None:
        raise InvitationUnknown(field="/invitation")
    check_usable(invitation, command.at, field="/invitation")
    if invitation.organisation != command.organisation:
        raise OrganisationMismatch(field="/organisation")
    return invitation


def check_usable(invitation: Invitation, at: datetime, *, field: str | None = None) -> None:
    """Raise the refusal of an invitation that is over at this time; `field` names the member that showed it."""
    if invitation.revoked:
        raise RevokedInvitation(field=field)
    if invitation.expires_at <= at:
        raise InvitationExpired(field=field)


RULES: Final[Mapping[type[MeetingCommand], Callable[[Meeting, Any], Sequence[Fact]]]] = {
    RegisterParticipant: register,
    DeclineInvitation: decline,
}
"""Kind of command → the rule that decides on it."""
