"""Who reads documents: the organiser's staff, whoever has a link to the meeting, everybody."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Final, TypeAlias
from uuid import UUID

import asyncpg
from fastapi import Depends, Header
from pydantic import BeforeValidator

from services.registration import views
from services.registration.api.dependencies import (
    STAFF,
    ClientAddress,
    Dependencies,
    InjectedDependencies,
    StaffIfAny,
    digest,
)
from services.registration.api.inputs import text_of_header
from services.registration.api.tokens import LinkTokenInput
from shared.contracts.registration import DocumentAccess
from shared.database import Connection
from shared.kernel import Actor, NotFound

ALL: Final[tuple[DocumentAccess, ...]] = ("public", "participants", "staff")
GIVEN: Final[tuple[DocumentAccess, ...]] = ("public", "participants")
PUBLIC: Final[tuple[DocumentAccess, ...]] = ("public",)
_Header: TypeAlias = Annotated[LinkTokenInput, BeforeValidator(text_of_header)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who asks: somebody with an account, with a link, with both, or with nothing."""

    actor: Actor | None
    invitation: str | None
    registration: str | None
    dependencies: Dependencies
    client: str

    @property
    def bodies(self) -> frozenset[str]:
        """The bodies for which he acts by his account."""
        return self.actor.bodies if self.actor else frozenset()

    async def access(self, connection: Connection, meeting: asyncpg.Record) -> tuple[DocumentAccess, ...]:
        """The classes of documents of this meeting that he may see; raises `NotFound` for a link that leads nowhere."""
        if self.actor and not self.actor.roles.isdisjoint(STAFF):
            if meeting["organiser"] in self.bodies:
                return ALL
            if not self.bodies.isdisjoint(meeting["details"]["co_hosts"]):
                return GIVEN
        for token, look in ((self.invitation, views.invited_by_link), (self.registration, views.seated_by_link)):
            if token and await self._leads_to(connection, meeting["meeting_id"], token, look):
                return GIVEN
        return PUBLIC

    async def _leads_to(
        self,
        connection: Connection,
        meeting_id: UUID,
        token: str,
        look: Callable[[Connection, bytes], Awaitable[asyncpg.Record | None]],
    ) -> bool:
        with self.dependencies.limits.link(client=self.client):
            found = await look(connection, bytes.fromhex(digest(token)))
            if found is None:
                raise NotFound
        return bool(found["good"] and found["meeting_id"] == meeting_id)


async def _reader(
    dependencies: InjectedDependencies,
    client: ClientAddress,
    actor: StaffIfAny,
    invitation: Annotated[
        _Header | None, Header(alias="Invitation-Token", description="at the end of the link of an invitation")
    ] = None,
    registration: Annotated[
        _Header | None, Header(alias="Registration-Token", description="at the end of the link to one's own answer")
    ] = None,
) -> Reader:
    return Reader(
        actor=actor, invitation=invitation, registration=registration, dependencies=dependencies, client=client
    )


AnyReader: TypeAlias = Annotated[Reader, Depends(_reader)]
"""Whoever asks; a token that is not valid is refused, none is not."""
