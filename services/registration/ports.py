"""What registration asks of the outside: somebody who signs tickets and reads them again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from shared.contracts.registration import CheckInRefusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What a QR code says: which seat of which meeting, from when to when."""

    meeting_id: UUID
    registration_id: UUID
    serial: int
    not_before: datetime
    not_after: datetime


class TicketSigner(Protocol):
    """Signs tickets so that a desk without a network can check them."""

    def sign(self, ticket: Ticket) -> str:
        """The text of the QR code."""
        ...

    def read(self, text: str, *, meeting_id: UUID, at: datetime) -> Ticket | CheckInRefusal:
        """The ticket, or what is wrong with it: `forged`, `wrong-meeting`, `too-early`, `revoked` (out of date)."""
        ...
