"""Whom a meeting invites: bodies with a number of seats; until when they may answer, and that they may no longer."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from services.registration.domain.commands import MeetingCommand
from services.registration.domain.directory_refusals import OrganisationEnded
from services.registration.domain.invitation import Invitation
from services.registration.domain.invitation_commands import (
    ExtendInvitation,
    InvitationCommand,
    InviteOrganisation,
    ResendInvitation,
    RevokeInvitation,
)
from services.registration.domain.lifecycle import check_organiser
from services.registration.domain.refusals import (
    AlreadyInvited,
    ExpiryPassed,
    LinkNotKept,
    OrganisationUnknown,
    RevokedInvitation,
)
from services.registration.domain.state import Meeting, Phase
from shared.contracts import Fact
from shared.contracts.registration import (
    InvitationExtended,
    InvitationResent,
    InvitationRevoked,
    OrganisationInvited,
)
from shared.kernel import LimitReached, NotFound

INVITATIONS = 1_000  # of one meeting


def invite(meeting: Meeting, command: InviteOrganisation) -> Sequence[Fact]:
    """Invite a body once; a draft invites nobody."""
    check_organiser(meeting, command, Phase.OPEN)
    if not meeting.organisation_known:
        raise OrganisationUnknown(field="/organisation")
    if meeting.ended_for is not None:
        raise OrganisationEnded(field="/organisation", acting=meeting.ended_for)
    if meeting.invitation is not None:
        known = meeting.invitation.organisation
        raise AlreadyInvited(field="/organisation", **({} if known == command.organisation else {"invited": known}))
    if meeting.invitations >= INVITATIONS:
        raise LimitReached(what="invitations", limit=INVITATIONS)
    if command.expires_at <= command.at:
        raise ExpiryPassed(field="/expires_at")
    members = {name: getattr(command, name) for name in OrganisationInvited.model_fields if hasattr(command, name)}
    return [OrganisationInvited(meeting_id=meeting.meeting_id, **members)]


def extend(meeting: Meeting, command: ExtendInvitation) -> Sequence[Fact]:
    """Another time until which a body may answer; nothing where it is the same."""
    invitation = _invitation(meeting, command)
    if command.expires_at <= command.at:
        raise ExpiryPassed(field="/expires_at")
    if command.expires_at == invitation.expires_at:
        return []
    return [
        InvitationExtended(
            meeting_id=meeting.meeting_id,
            invitation_id=invitation.invitation_id,
            organisation=invitation.organisation,
            contact=invitation.contact,
            old_expires_at=invitation.expires_at,
            expires_at=command.expires_at,
        )
    ]


def resend(meeting: Meeting, command: ResendInvitation) -> Sequence[Fact]:
    """The same link once more, while it can be used."""
    invitation = _invitation(meeting, command)
    if invitation.expires_at <= command.at:
        raise ExpiryPassed
    if invitation.sealed_link is None:
        raise LinkNotKept
    return [
        InvitationResent(
            meeting_id=meeting.meeting_id,
            invitation_id=invitation.invitation_id,
            organisation=invitation.organisation,
            seats=invitation.seats,
            contact=invitation.contact,
            expires_at=invitation.expires_at,
            sealed_link=invitation.sealed_link,
        )
    ]


def revoke(meeting: Meeting, command: RevokeInvitation) -> Sequence[Fact]:
    """Take an invitation back; whoever has a seat by it keeps the seat."""
    invitation = _invitation(meeting, command)
    return [
        InvitationRevoked(
            meeting_id=meeting.meeting_id,
            invitation_id=invitation.invitation_id,
            organisation=invitation.organisation,
            contact=invitation.contact,
            reason=command.reason,
        )
    ]


def _invitation(meeting: Meeting, command: InvitationCommand) -> Invitation:
    """The invitation that the organiser means, while the meeting is open."""
    check_organiser(meeting, command, Phase.OPEN)
    if meeting.invitation is None:
        raise NotFound
    if meeting.invitation.revoked:
        raise RevokedInvitation
    return meeting.invitation


RULES: Final[Mapping[type[MeetingCommand], Callable[[Meeting, Any], Sequence[Fact]]]] = {
    InviteOrganisation: invite,
    ExtendInvitation: extend,
    ResendInvitation: resend,
    RevokeInvitation: revoke,
}
"""Kind of command → the rule that decides on it."""
