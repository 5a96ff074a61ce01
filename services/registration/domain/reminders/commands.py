"""The commands that remind invited bodies."""

from dataclasses import dataclass
from uuid import UUID

from services.registration.domain.commands import OrganiserCommand
from services.registration.domain.invitation_commands import InvitationCommand


@dataclass(frozen=True, slots=True, kw_only=True)
class RemindInvitation(InvitationCommand):
    """The answer of the job: remind one body, `hours_before` the time to answer is over."""

    hours_before: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RemindInvitations(OrganiserCommand):
    """Remind these bodies, or all that have not answered and still may (None)."""

    invitation_ids: frozenset[UUID] | None
