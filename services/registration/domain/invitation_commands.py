"""What the organiser can ask about the invitations of bodies."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.registration.domain.commands import OrganiserCommand


@dataclass(frozen=True, slots=True, kw_only=True)
class InviteOrganisation(OrganiserCommand):
    """Invite a body with a number of seats; only the hash of its link is kept."""

    invitation_id: UUID
    organisation: str
    seats: int
    contact: UUID
    expires_at: datetime
    link_sha256: str
    sealed_link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationCommand(OrganiserCommand):
    """A command of the organiser about one of the meeting's invitations."""

    invitation_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendInvitation(InvitationCommand):
    """Give an invited body another time until which it may answer."""

    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ResendInvitation(InvitationCommand):
    """Send the contact of an invited body its link once more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeInvitation(InvitationCommand):
    """Invite a body no more; its link opens nothing from now on."""

    reason: str
