"""What can be asked of a meeting about who is admitted: groups, decisions on requests, and the waiting list by hand."""

from dataclasses import dataclass
from uuid import UUID

from services.registration.domain.commands import MeetingCommand, OrganiserCommand, RegisterParticipant


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterGroup(MeetingCommand):
    """Take a seat for each of these people, or a place in the queue for all of them, or ask for seats for all."""

    members: tuple[RegisterParticipant, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideRequest:
    """What the organiser says to one request: `reason` is why it is rejected, none where it is approved."""

    registration_id: UUID
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideRequests(OrganiserCommand):
    """Approve or reject requests, in this order; those that are no requests stay as they are."""

    decisions: tuple[DecideRequest, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PromoteParticipant(OrganiserCommand):
    """Give somebody who waits a seat that is free; he is told the reason."""

    registration_id: UUID
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PromoteWaiting(MeetingCommand):
    """Move up who can have a seat, after the directory says of other bodies that they count as one."""
