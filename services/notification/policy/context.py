"""What a reaction knows beside its fact."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from services.notification.domain.recipient import Host, Seat
from shared.kernel import service_actor

SERVICE: Final = service_actor("notification")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionContext:
    """What a reaction may need beside its fact: the cause, the people of the meeting, the person's unsent messages.

    `told_soon` are those who will be told of new documents by a message that nobody has sent yet.
    `quiet` is how long changes wait for others; `moved_from` is when the meeting was to begin before it was moved.
    """

    cause: UUID
    at: datetime
    seats: Sequence[Seat] = field(default_factory=tuple)
    hosts: Sequence[Host] = field(default_factory=tuple)
    unsent: Sequence[UUID] = field(default_factory=tuple)
    told_soon: frozenset[UUID] = frozenset()
    moved_from: datetime | None = None
    quiet: timedelta = timedelta(0)
