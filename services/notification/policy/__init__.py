"""What each fact makes notification do: messages as `domain/who_is_told` says, released and cancelled ones."""

from services.notification.policy.context import SERVICE, ReactionContext
from services.notification.policy.reactions import meeting_of, react, seat_of
from services.notification.policy.receipts import conclude
from services.notification.policy.untrue import made_untrue

__all__ = ["SERVICE", "ReactionContext", "conclude", "made_untrue", "meeting_of", "react", "seat_of"]
