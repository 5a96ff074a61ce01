"""What the routes need beyond the request, and who asks."""

import secrets
from dataclasses import dataclass, replace
from hashlib import sha256
from hmac import digest as keyed_hash
from typing import Annotated, Final, TypeAlias
from uuid import UUID

from fastapi import Depends
from starlette.requests import Request

from services.registration.api.check_in.ticket_key_uses import TicketKeyUses
from services.registration.api.documents.keeping import DocumentKeeping
from services.registration.api.limits import AnswerLimits
from services.registration.api.privacy.collecting import Collecting
from services.registration.api.registrations.registration_group import RegistrationGroupCommit
from services.registration.api.statistics.statistics_boards import StatisticsStreams
from services.registration.api.tokens import new_token
from services.registration.domain.privacy.notice import PrivacyNotice
from services.registration.domain.proof.confirm_code import DIGITS
from services.registration.domain.proof.stranger import Stranger
from services.registration.ports import TicketSigner, Typesetter
from shared.auth import TokenInvalid, TokenMissing
from shared.contracts.registration import CollectionPurpose, OwnLink
from shared.database import Database
from shared.http.clients import client_of
from shared.http.dependencies import injected_dependencies
from shared.http.identity import BearerToken
from shared.kernel import Actor, Command, Role
from shared.sealing import Sealer
from shared.settings import SmsSettings
from shared.succession import Succession

CLIENT_BYTES: Final = 12
_BEARER: Final = BearerToken()
ACCOUNT: Final = (TokenMissing, TokenInvalid)
"""What `StaffIfAny` raises."""
STAFF = (Role.ORGANISER, Role.SECRETARY, Role.DESK)  # who of the organiser's body may see who is coming


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependencies:
    """What the routes of registration work with; `public_url` is where the links of invitations lead.

    `keeping`: None where no store for documents of meetings is set up.
    """

    database: Database
    sealer: Sealer
    tickets: TicketSigner
    ticket_key_uses: TicketKeyUses
    typesetter: Typesetter
    registrations: RegistrationGroupCommit
    limits: AnswerLimits
    sms: SmsSettings
    public_url: str
    streams: StatisticsStreams
    succession: Succession
    client_key: bytes
    unproven_of_client: int
    notice: PrivacyNotice
    notice_needed: bool
    keeping: DocumentKeeping | None = None

    def new_own_link(self) -> OwnLink:
        """A link by which a person will see his own answer; it is told to him alone."""
        return self.own_link_of(new_token())

    def own_link_of(self, token: str) -> OwnLink:
        """The same with a token that its person is shown at once."""
        return OwnLink(token_sha256=digest(token), sealed=self.sealer.seal(f"{self.public_url}/t/{token}"))

    def new_confirm_code(self) -> str:
        """A short code by which a person will confirm that he has registered, sealed; it is told to him alone."""
        return self.sealer.seal(f"{secrets.randbelow(10**DIGITS):0{DIGITS}}")

    def collecting(
        self, by: Command, *, purpose: CollectionPurpose = "participation", himself: bool = False
    ) -> Collecting:
        """With what this request records people."""
        return Collecting(
            by=by,
            sms=self.sms,
            notice=self.notice,
            notice_needed=self.notice_needed,
            purpose=purpose,
            himself=himself,
        )

    def stranger(self, meeting_id: UUID, client: str) -> Stranger:
        """Somebody without account at this address, as a meeting keeps it: of no use in another one."""
        known = keyed_hash(self.client_key, meeting_id.bytes + client.encode(), "sha256")[:CLIENT_BYTES]
        return Stranger(client=known, allowed=self.unproven_of_client)


async def client_address(request: Request) -> str:
    """Dependency: the address that asks."""
    return client_of(request.scope)


async def staff_if_any(request: Request) -> Actor | None:
    """Dependency: the account that asks, where a route takes a code or a link and an access token comes along."""
    return await _BEARER(request) if "authorization" in request.headers else None


InjectedDependencies: TypeAlias = Annotated[Dependencies, Depends(injected_dependencies)]
ClientAddress: TypeAlias = Annotated[str, Depends(client_address)]
StaffIfAny: TypeAlias = Annotated[Actor | None, Depends(staff_if_any)]
"""None without an access token; one that is not valid is refused."""


def within(actor: Actor, body: str) -> Actor:
    """The actor as `body` sees him: without any role where he acts for another one."""
    return actor if actor.acts_for(body) else replace(actor, roles=frozenset())


def anonymous(token: str | None) -> Actor:
    """Somebody who holds a link, or nothing at all: known by the hash of what he holds."""
    return Actor(subject=f"link:{digest(token)[:16]}" if token else "anonymous")


def digest(token: str) -> str:
    """SHA-256 of a link's token, hexadecimal: 80 random bits and more need no slow hash."""
    return sha256(token.encode()).hexdigest()
