"""How far an invited body is with its answer."""

from enum import StrEnum


class InvitationState(StrEnum):
    """pending → accepted, represented, declined or expired; each of them → revoked.

    - pending: nobody of the body has answered, and there is time left.
    - accepted: somebody of the body has a seat or waits for one.
    - represented: all who come for the body are representatives of those who had accepted.
    - declined: the body has answered, and nobody comes: its people have declined or withdrawn.
    - expired: the time to answer is over, and nobody has answered.
    - revoked: the invitation was taken back, whatever was answered before.
    """

    PENDING = "pending"
    ACCEPTED = "accepted"
    REPRESENTED = "represented"
    DECLINED = "declined"
    EXPIRED = "expired"
    REVOKED = "revoked"


UNANSWERED = (InvitationState.PENDING, InvitationState.EXPIRED)
"""Nobody of the body has answered."""
