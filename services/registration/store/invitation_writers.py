"""What the facts about an invited body write; when its contact is told of the invitation is kept for reminders."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from shared.contracts import Fact
from shared.contracts.registration import (
    InvitationExtended,
    InvitationReminded,
    InvitationResent,
    InvitationRevoked,
    OrganisationInvited,
)
from shared.database import Connection

_INVITE = """
INSERT INTO invitation (invitation_id, meeting_id, organisation, seats, used, contact, token_hash, expires_at,
                        sealed_link, told_at)
VALUES ($1, $2, $3, $4, 0, $5, $6, $7, $8, now())
"""
_EXTEND = "UPDATE invitation SET expires_at = $2, told_at = now() WHERE invitation_id = $1"
_RESEND = "UPDATE invitation SET told_at = now() WHERE invitation_id = $1"
_REMIND = """
UPDATE invitation SET told_at = now(), reminded_at = now(), reminders = reminders + 1 WHERE invitation_id = $1
"""
_REVOKE = "UPDATE invitation SET revoked_at = now() WHERE invitation_id = $1"


async def _invited(connection: Connection, fact: OrganisationInvited) -> None:
    await connection.execute(
        _INVITE,
        fact.invitation_id,
        fact.meeting_id,
        fact.organisation,
        fact.seats,
        fact.contact,
        bytes.fromhex(fact.link_sha256),
        fact.expires_at,
        fact.sealed_link,
    )


async def _extended(connection: Connection, fact: InvitationExtended) -> None:
    await connection.execute(_EXTEND, fact.invitation_id, fact.expires_at)


async def _resent(connection: Connection, fact: InvitationResent) -> None:
    await connection.execute(_RESEND, fact.invitation_id)


async def _reminded(connection: Connection, fact: InvitationReminded) -> None:
    await connection.execute(_REMIND, fact.invitation_id)


async def _revoked(connection: Connection, fact: InvitationRevoked) -> None:
    await connection.execute(_REVOKE, fact.invitation_id)


INVITATION_WRITERS: Final[Mapping[type[Fact], Callable[[Connection, Any], Awaitable[None]]]] = {
    OrganisationInvited: _invited,
    InvitationExtended: _extended,
    InvitationResent: _resent,
    InvitationReminded: _reminded,
    InvitationRevoked: _revoked,
}
