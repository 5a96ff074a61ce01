"""What can be asked of a meeting about people for whom nobody has answered."""

from dataclasses import dataclass
from uuid import UUID

from services.registration.domain.commands import MeetingCommand


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmRegistration(MeetingCommand):
    """Answer for oneself, by the link that was sent to one's own number or address; the caller has checked it."""

    registration_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class VouchForParticipant(MeetingCommand):
    """Answer for a person of one's own body, or as the organiser for anybody."""

    registration_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class LapseUnproven(MeetingCommand):
    """Give up the seats, places and requests of those for whom nobody has answered in time."""
