"""What one reader has still to be told of the changes of a meeting; it is decided when a message is sent."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

RESCHEDULED: Final = "rescheduled"
VENUE_CHANGED: Final = "venue_changed"
CHANGES: Final = frozenset({RESCHEDULED, VENUE_CHANGED})
"""Templates of changes. They wait a moment: of several changes in a row only the last is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One message about a change, and what was true before; one that brings a ticket knows the old beginning alone.

    `sent` says that a provider had it before the message was made that is to be sent now.
    """

    template: str
    sent: bool = False
    old_starts_at: datetime | None = None
    old_ends_at: datetime | None = None
    old_venue: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """The messages about changes to one reader by one channel, up to the one that is to be sent; the oldest first.

    `known_starts_at` is when the meeting begins by the last message of any kind that he has got by this channel.
    """

    messages: Sequence[Change] = ()
    known_starts_at: datetime | None = None

    @property
    def old_starts_at(self) -> datetime | None:
        """When the meeting begins as far as the reader knows."""
        oldest = next(self._untold(RESCHEDULED), None)
        return self.known_starts_at or (oldest.old_starts_at if oldest else None)

    def is_moved(self, starts_at: datetime, ends_at: datetime) -> bool:
        """Whether the meeting is at another time than the reader knows; he is told of a beginning and a duration."""
        oldest = next(self._untold(RESCHEDULED), None)
        lengthened = (
            oldest
            and oldest.old_starts_at
            and oldest.old_ends_at
            and (oldest.old_ends_at - oldest.old_starts_at != ends_at - starts_at)
        )
        return bool(lengthened) or self.old_starts_at != starts_at

    def is_elsewhere(self, venue: Mapping[str, Any]) -> bool:
        """Whether the meeting is at another place than the reader knows."""
        oldest = next((change for change in self._untold(*CHANGES) if change.old_venue), None)
        return oldest is not None and oldest.old_venue != venue

    def _untold(self, *templates: str) -> Iterator[Change]:
        """Those that have come after the last one that he has got."""
        of_them = [change for change in self.messages if change.template in templates]
        told = max((place for place, change in enumerate(of_them, 1) if change.sent), default=0)
        return iter(of_them[told:])
