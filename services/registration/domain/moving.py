"""What a meeting that moves does to its invitations: until when each may be answered."""

from collections.abc import Sequence
from datetime import datetime

from services.registration.domain.invitation import Invitation
from services.registration.domain.state import Meeting
from shared.contracts.registration import InvitationExtended


def moved_invitations(meeting: Meeting, *, to: datetime, at: datetime) -> Sequence[InvitationExtended]:
    """The invitations of `meeting` that may be answered until another time when it begins at `to`; `at` is now.

    One that was over is told, too, where it may be answered again; one that stays over is left alone.
    """
    moved = ((one, _moved(one, old=meeting.starts_at, new=to)) for one in meeting.invited)
    return [
        InvitationExtended(
            meeting_id=meeting.meeting_id,
            invitation_id=one.invitation_id,
            organisation=one.organisation,
            contact=one.contact,
            old_expires_at=one.expires_at,
            expires_at=expires_at,
            with_meeting=True,
        )
        for one, expires_at in moved
        if expires_at != one.expires_at and max(expires_at, one.expires_at) > at
    ]


def _moved(invitation: Invitation, *, old: datetime, new: datetime) -> datetime:
    """A later meeting gives as much more time; an earlier one takes none away, but that after its beginning."""
    if new > old:
        return invitation.expires_at + (new - old)
    return min(invitation.expires_at, new) if invitation.expires_at <= old else invitation.expires_at
