"""Check-in events: who came into a meeting, left it and came back, and who was refused."""

from typing import Literal
from uuid import UUID

from shared.contracts.base import Contract, Instant
from shared.contracts.registration.base import MEETING, MeetingFact

CheckInRefusal = Literal[
    "unknown", "forged", "revoked", "wrong-meeting", "already-in", "not-confirmed", "too-early", "cancelled", "blocked"
]

CheckInMethod = Literal["ticket", "code", "list", "walk-in"]


class ParticipantCheckedIn(MeetingFact):
    """A person has come in; both clocks are kept, as a desk may have been offline.

    - `scanned_at`: as the clock of the device showed it; `received_at`: when the scan reached the server.
    - `came_at`: when he came, as far as it can be known: online the clock of the server, offline that of the device,
      corrected by `clock_skew`. Missing in older events: then `scanned_at` is all that is known.
    - `clock_skew`: seconds by which the device is ahead of the server (behind: negative); null where it is not known.
    - `method`: by which he was known: his ticket, his code, the desk's list, or nothing as he had not registered.
    - `checked_by`: who sent the scan, as the subject of his token (never a name).
    - `would_have_been_refused`: the desk was offline and let him in; had it been online, it would have refused him for
      this reason. He is in the room all the same.
    """

    registration_id: UUID
    person_id: UUID
    device: str
    nonce: str
    scanned_at: Instant
    received_at: Instant
    offline: bool
    came_at: Instant | None = None
    clock_skew: int | None = None
    checked_by: str | None = None
    would_have_been_refused: CheckInRefusal | None = None
    method: CheckInMethod | None = None


class _Movement(MeetingFact):
    """Members as in `ParticipantCheckedIn`; `moved_at` is its `came_at`."""

    registration_id: UUID
    person_id: UUID
    device: str
    nonce: str
    scanned_at: Instant
    received_at: Instant
    moved_at: Instant
    clock_skew: int | None = None
    checked_by: str | None = None
    offline: bool
    would_have_been_refused: CheckInRefusal | None = None
    method: CheckInMethod | None = None


class ParticipantLeft(_Movement):
    """A person has gone out at `moved_at`; desks without a network may tell of it before they tell that he came."""


class ParticipantReturned(_Movement):
    """A person who had gone out has come in again at `moved_at`."""


class CheckInRefused(MeetingFact):
    """Somebody was turned away at the door, or would have been had the desk been online (`offline`).

    `came_at`, `clock_skew` and `checked_by` as in `ParticipantCheckedIn`. `turned_away`: a desk without a network did
    not let him in for this reason; `already-in` of such a desk without it: two desks have let him in.
    """

    registration_id: UUID | None
    device: str
    nonce: str
    scanned_at: Instant
    received_at: Instant
    offline: bool
    reason: CheckInRefusal
    came_at: Instant | None = None
    clock_skew: int | None = None
    checked_by: str | None = None
    turned_away: bool = False


CONTRACTS = (
    Contract(model=ParticipantCheckedIn, topic=MEETING, since="0.1"),
    Contract(model=CheckInRefused, topic=MEETING, since="0.1"),
    Contract(model=ParticipantLeft, topic=MEETING, since="0.1"),
    Contract(model=ParticipantReturned, topic=MEETING, since="0.1"),
)
