"""Reminding invited bodies of which nobody has answered: as the policy says, and when the organiser asks for it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from services.registration.domain.commands import MeetingCommand
from services.registration.domain.invitation import Invitation
from services.registration.domain.lifecycle import check_organiser
from services.registration.domain.refusals import InvitationExpired, RevokedInvitation
from services.registration.domain.reminders.commands import RemindInvitation, RemindInvitations
from services.registration.domain.reminders.refusals import AlreadyAnswered, ToldLately
from services.registration.domain.state import Meeting, Phase
from shared.contracts import Fact
from shared.contracts.registration import InvitationReminded
from shared.kernel import NotFound, Refusal

AGAIN_AFTER: Final = timedelta(hours=12)
"""Nobody is reminded earlier after he was last told of the invitation, by whatever message."""


def remind_by_policy(meeting: Meeting, command: RemindInvitation) -> Sequence[Fact]:
    """Remind a body; nothing where that has become wrong since the job was written."""
    invitation = meeting.invitation
    if meeting.phase is not Phase.OPEN or invitation is None or command.hours_before not in meeting.admission.reminders:
        return []
    due_at = answer_by(meeting, invitation) - timedelta(hours=command.hours_before)
    if command.at < due_at or why_not(meeting, invitation, command.at) is not None:
        return []
    return [_reminded(meeting, invitation, hours_before=command.hours_before)]


def remind(meeting: Meeting, command: RemindInvitations) -> Sequence[Fact]:
    """Remind each of these bodies that can be reminded now; `why_not` tells of the others why they are not."""
    check_organiser(meeting, command, Phase.OPEN)
    if (command.invitation_ids or frozenset()) - {one.invitation_id for one in meeting.invited}:
        raise NotFound(field="/invitation_ids")
    return [_reminded(meeting, one) for one in meeting.invited if why_not(meeting, one, command.at) is None]


def why_not(meeting: Meeting, invitation: Invitation, at: datetime) -> Refusal | None:
    """Why the contact of an invited body cannot be reminded at this time; None where he can."""
    if invitation.revoked:
        return RevokedInvitation()
    if invitation.answered:
        return AlreadyAnswered()
    if answer_by(meeting, invitation) <= at:
        return InvitationExpired()
    told_at = invitation.told_at
    if told_at is not None and at < told_at + AGAIN_AFTER:
        return ToldLately(told_at=told_at.isoformat(), again_from=(told_at + AGAIN_AFTER).isoformat())
    return None


def answer_by(meeting: Meeting, invitation: Invitation) -> datetime:
    """Until when the people of an invited body may register."""
    closes_at = meeting.admission.closes_at or invitation.expires_at
    return min(invitation.expires_at, closes_at, meeting.starts_at)


def _reminded(meeting: Meeting, invitation: Invitation, *, hours_before: int | None = None) -> InvitationReminded:
    return InvitationReminded(
        meeting_id=meeting.meeting_id,
        invitation_id=invitation.invitation_id,
        organisation=invitation.organisation,
        seats=invitation.seats,
        contact=invitation.contact,
        answer_by=answer_by(meeting, invitation),
        hours_before=hours_before,
        sealed_link=invitation.sealed_link,
    )


RULES: Final[Mapping[type[MeetingCommand], Callable[[Meeting, Any], Sequence[Fact]]]] = {
    RemindInvitation: remind_by_policy,
    RemindInvitations: remind,
}
"""Kind of command → the rule that decides on it."""
