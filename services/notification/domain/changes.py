"""What one reader has still to be told of the changes of a meeting; it is decided when a message is sent."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

RESCHEDULED: Final = "rescheduled"
VENUE_CHANGED: Final = "venue_changed"
MEETING_CHANGED: Final = "meeting_changed"
NEW_DOCUMENTS: Final = "new_documents"
"""The template of new documents. It waits longer than changes do: whoever gives one often gives more."""
LONGER: Final = 10
"""How many times as long as changes."""
CHANGES: Final = frozenset({RESCHEDULED, VENUE_CHANGED})
"""Templates of changes. They wait a moment: of several changes in a row only the last is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One message about a change, and what was true before; one that brings a ticket knows the old beginning alone.

    `sent` says that a provider had it before the message was made that is to be sent now. `may_be_known` says that
    between this change and the newest one something else was handed over to the reader by this channel, or at least
    tried: every text tells what is true when it is sent, so he may know this change although it was taken back.
    """

    template: str
    sent: bool = False
    may_be_known: bool = False
    old_starts_at: datetime | None = None
    old_ends_at: datetime | None = None
    old_venue: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Time and place of a meeting as a reader was told them; None where he was told nothing of it, or long ago."""

    starts_at: datetime | None = None
    ends_at: datetime | None = None
    venue: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """The messages about changes to one reader by one channel, up to the one that is to be sent; the oldest first.

    `known` is what the last messages of any kind said that he has got by this channel.
    """

    messages: Sequence[Change] = ()
    known: Told = field(default_factory=Told)

    @property
    def old_starts_at(self) -> datetime | None:
        """When the meeting begins as far as the reader knows."""
        oldest = next(self._untold(RESCHEDULED), None)
        return self.known.starts_at or (oldest.old_starts_at if oldest else None)

    @property
    def old_ends_at(self) -> datetime | None:
        """When the meeting ends as far as the reader knows."""
        oldest = next(self._untold(RESCHEDULED), None)
        return self.known.ends_at or (oldest.old_ends_at if oldest else None)

    @property
    def old_venue(self) -> Mapping[str, Any] | None:
        """Where the meeting is as far as the reader knows."""
        oldest = next((change for change in self._untold(*CHANGES) if change.old_venue), None)
        return self.known.venue or (oldest.old_venue if oldest else None)

    @property
    def is_uncertain(self) -> bool:
        """Whether nobody can say what the reader knows: he is then told what is true now, even if he knew it."""
        return any(change.may_be_known for change in (*self._untold(*CHANGES), *self._untold(RESCHEDULED)))

    @property
    def is_of_older_version(self) -> bool:
        """Whether the message to be sent was written before changes kept the old end and the old place."""
        newest = self.messages[-1] if self.messages else None
        return newest is not None and newest.old_venue is None and newest.old_ends_at is None

    def is_moved(self, *, starts_at: datetime, ends_at: datetime) -> bool:
        """Whether the meeting is at another time than the reader knows; he is told of a beginning and a duration."""
        if self.known.starts_at and self.known.ends_at:
            return (self.known.starts_at, self.known.ends_at) != (starts_at, ends_at)
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
        return self.old_venue is not None and self.old_venue != venue

    def _untold(self, *templates: str) -> Iterator[Change]:
        """Those that have come after the last one that he has got."""
        of_them = [change for change in self.messages if change.template in templates]
        told = max((place for place, change in enumerate(of_them, 1) if change.sent), default=0)
        return iter(of_them[told:])
