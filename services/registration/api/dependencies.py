"""What the routes need beyond the request, and who asks."""

from dataclasses import replace
from hashlib import sha256
from typing import Annotated, TypeAlias

from fastapi import Depends
from starlette.requests import Request

from services.registration.api.limits import AnswerLimits
from services.registration.api.registration_group import RegistrationGroupCommit
from services.registration.ports import TicketSigner
from shared.database import Database
from shared.http.clients import client_of
from shared.kernel import Actor, Role
from shared.sealing import Sealer
from shared.settings import SmsSettings

STAFF = (Role.ORGANISER, Role.SECRETARY, Role.DESK)  # who of the organiser's body may see who is coming


class Dependencies:
    """What `main.build` has put into `app.state`, and the address that asks."""

    def __init__(self, request: Request) -> None:
        state = request.app.state
        self.database: Database = state.database
        self.sealer: Sealer = state.sealer
        self.tickets: TicketSigner = state.tickets
        self.registrations: RegistrationGroupCommit = state.registrations
        self.public_url: str = state.public_url
        self.limits: AnswerLimits = state.limits
        self.sms: SmsSettings = state.sms
        self._scope = request.scope

    @property
    def client(self) -> str:
        """The address that asks."""
        return client_of(self._scope)


async def injected_dependencies(request: Request) -> Dependencies:
    """Dependency of a route."""
    return Dependencies(request)


InjectedDependencies: TypeAlias = Annotated[Dependencies, Depends(injected_dependencies)]


def within(actor: Actor, body: str) -> Actor:
    """The actor as `body` sees him: without any role where he acts for another one."""
    return actor if actor.organisation == body else replace(actor, roles=frozenset())


def anonymous(token: str | None) -> Actor:
    """Somebody who holds a link, or nothing at all: known by the hash of what he holds."""
    return Actor(subject=f"link:{digest(token)[:16]}" if token else "anonymous")


def digest(token: str) -> str:
    """SHA-256 of a link's token, hexadecimal: 256 random bits need no slow hash."""
    return sha256(token.encode()).hexdigest()
