"""For how long people have a seat for whom nobody has answered, and how many of them one client may register."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from services.registration.domain.commands import RegisterParticipant
from services.registration.domain.invitation import Invitation
from services.registration.domain.registration import Seat
from services.registration.domain.state import Meeting

SHARE: Final = 2
"""Of the seats of a meeting one client may hold one in so many for people for whom nobody has answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Whether somebody has answered for a person; until when he holds his seat, and whether he has none before."""

    proven: bool = True
    held_until: datetime | None = None
    waits: bool = False


PROVEN: Final = Standing()


def standing_of(
    meeting: Meeting, command: RegisterParticipant, invitation: Invitation | None, *, size: int
) -> Standing:
    """Of people who register, `size` of them together: those of a link and of an account are known to their body."""
    if command.stranger is None or invitation is not None:
        return PROVEN
    many = crowded(meeting, allowed=command.stranger.allowed, size=size)
    return _unproven(meeting, command.at, waits=many or meeting.admission.unproven == "waiting")


def standing_again(meeting: Meeting, held: Seat, at: datetime) -> Standing:
    """Of somebody who comes after all: who was not proven before is not proven now."""
    return PROVEN if held.proven else _unproven(meeting, at, waits=False)


def confirm_code_of(one: RegisterParticipant | Seat, standing: Standing) -> str | None:
    """The sealed code by which a new registration can be confirmed, where nobody has answered for its person."""
    return None if standing.proven or isinstance(one, Seat) else one.sealed_confirm_code


def crowded(meeting: Meeting, *, allowed: int, size: int = 1) -> bool:
    """Whether one client would have registered too many people for whom nobody has answered; 0: any number may be."""
    most = max(min(allowed, meeting.capacity // SHARE), 1)
    return allowed > 0 and meeting.unproven_of_client + size > most


def _unproven(meeting: Meeting, at: datetime, *, waits: bool) -> Standing:
    policy = meeting.admission
    ends = waits or policy.unproven != "seated"
    until = at + timedelta(minutes=policy.unproven_minutes) if ends else None
    return Standing(proven=False, held_until=until, waits=waits)
