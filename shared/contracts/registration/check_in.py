"""Check-in events: who was let into a meeting, and who was refused."""

from typing import Literal
from uuid import UUID

from shared.contracts.base import Contract, Instant
from shared.contracts.registration.base import MEETING, MeetingFact

CheckInRefusal = Literal[
    "unknown", "forged", "revoked", "wrong-meeting", "already-in", "not-confirmed", "too-early", "cancelled", "blocked"
]


class ParticipantCheckedIn(MeetingFact):
    """A person has come in; both clocks are kept, as a desk may have been offline."""

    registration_id: UUID
    person_id: UUID
    device: str
    nonce: str
    scanned_at: Instant
    received_at: Instant
    offline: bool


class CheckInRefused(MeetingFact):
    """Somebody was turned away at the door, or would have been had the desk been online (`offline`)."""

    registration_id: UUID | None
    device: str
    nonce: str
    scanned_at: Instant
    received_at: Instant
    offline: bool
    reason: CheckInRefusal


CONTRACTS = (
    Contract(model=ParticipantCheckedIn, topic=MEETING, since="0.1"),
    Contract(model=CheckInRefused, topic=MEETING, since="0.1"),
)
