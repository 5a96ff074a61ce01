"""What registration asks of the outside: somebody who signs tickets and reads them again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol
from uuid import UUID

from shared.contracts.registration import CheckInRefusal

VALID_BEFORE: Final = timedelta(hours=12)  # of a ticket, before the meeting begins
VALID_AFTER: Final = timedelta(hours=12)  # after it has ended


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What a QR code says: which seat of which meeting, from when to when."""

    meeting_id: UUID
    registration_id: UUID
    serial: int
    not_before: datetime
    not_after: datetime

    @classmethod
    def of_seat(
        cls, meeting_id: UUID, registration_id: UUID, *, serial: int, schedule: tuple[datetime, datetime]
    ) -> "Ticket":
        """The ticket of a seat at a meeting that begins and ends as `schedule` says; the same seat, the same ticket."""
        return cls(
            meeting_id=meeting_id,
            registration_id=registration_id,
            serial=serial,
            not_before=schedule[0] - VALID_BEFORE,
            not_after=schedule[1] + VALID_AFTER,
        )


class TicketSigner(Protocol):
    """Signs tickets so that a desk without a network can check them."""

    def sign(self, ticket: Ticket) -> str:
        """The text of the QR code."""
        ...

    def public_keys(self) -> Mapping[str, bytes]:
        """Of every key whose tickets are good, its 32 bytes by key id: what a desk needs to check them."""
        ...

    def read(self, text: str, *, meeting_id: UUID) -> Ticket | CheckInRefusal:
        """The ticket, or what is wrong with it: `forged`, `wrong-meeting`.

        When it is good is for desks without a network; a desk with one asks the meeting.
        """
        ...
