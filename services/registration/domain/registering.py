"""Answers to an invitation or an announcement: registering and declining.

The capacity is exact under the lock of the meeting's row.
"""

from collections.abc import Callable, Mapping, Sequence
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
from shared.contracts.registration import InvitationDeclined, ParticipantRegistered
from shared.kernel import NotFound, Role

SPARE_DECLINES = 3  # beyond one for each seat: people whom somebody asked before a seat was taken
SHORTEST_QUEUE = 1_000  # people who may wait, or as many as there are seats


def register(meeting: Meeting, command: RegisterParticipant) -> Sequence[Fact]:
    """Take a seat, or a place in the queue when all seats are taken."""
    _check_open(meeting)
    invitation = _invitation_if_needed(meeting, command)
    if invitation and invitation.used >= invitation.seats:
        raise InvitationExhausted(seats=invitation.seats)
    full = meeting.confirmed >= meeting.capacity
    queue_full = meeting.waitlisted >= max(SHORTEST_QUEUE, meeting.capacity)
    if full and (queue_full or not meeting.queues):
        raise MeetingFull(capacity=meeting.capacity)
    return [
        ParticipantRegistered(
            meeting_id=meeting.meeting_id,
            registration_id=command.registration_id,
            person_id=command.person_id,
            invitation_id=invitation.invitation_id if invitation else None,
            organisation=command.organisation,
            rank=command.rank,
            state=RegistrationState.WAITLISTED if full else RegistrationState.CONFIRMED,
            position=meeting.queue_last + 1 if full else None,
            code=command.code,
        )
    ]


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
    if invitation.revoked:
        raise RevokedInvitation(field="/invitation")
    if invitation.expires_at <= command.at:
        raise InvitationExpired(field="/invitation")
    if invitation.organisation != command.organisation:
        raise OrganisationMismatch(field="/organisation")
    return invitation


RULES: Final[Mapping[type[MeetingCommand], Callable[[Meeting, Any], Sequence[Fact]]]] = {
    RegisterParticipant: register,
    DeclineInvitation: decline,
}
"""Kind of command → the rule that decides on it."""
