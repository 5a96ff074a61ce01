"""Who answers the form of a meeting: the person with the link or the code of his registration, or the organiser."""

from dataclasses import dataclass
from hmac import compare_digest
from typing import Annotated, TypeAlias
from uuid import UUID

from fastapi import Depends, Header
from pydantic import BeforeValidator

from services.registration import views
from services.registration.api.dependencies import (
    ClientAddress,
    Dependencies,
    InjectedDependencies,
    StaffIfAny,
    anonymous,
    digest,
    within,
)
from services.registration.api.inputs import CodeInput, text_of_header
from services.registration.api.tokens import LinkTokenInput
from shared.auth import TokenMissing
from shared.database import Connection
from shared.http import require
from shared.kernel import Actor, NotFound, NotPermitted, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """By what somebody may answer: as `actor`, with the `code` of the registration where it is his own."""

    actor: Actor
    code: str | None
    phase: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who asks, and what he shows."""

    actor: Actor | None
    token: str | None
    code: str | None
    dependencies: Dependencies
    client: str

    async def prove(self, connection: Connection, meeting_id: UUID, registration_id: UUID) -> Proof:
        """What this person may do with this registration: it is his own, or he organises the meeting.

        Raises `NotFound`, `NotPermitted`, `TooManyRequests`, and `TokenMissing` where he shows nothing at all.
        """
        limits = self.dependencies.limits
        if self.token:
            with limits.link(client=self.client):
                row = await views.registration_of_link(connection, bytes.fromhex(digest(self.token)))
                if (row["meeting_id"], row["registration_id"]) != (meeting_id, registration_id):
                    raise NotFound
            return Proof(actor=self.actor or anonymous(self.token), code=row["code"], phase=row["phase"])
        if self.code:
            with limits.code(registration_id, client=self.client):
                row = await views.own_registration(connection, meeting_id=meeting_id, registration_id=registration_id)
                if not compare_digest(self.code, row["code"]):
                    raise NotPermitted(field="/code")
            return Proof(actor=self.actor or anonymous(self.code), code=row["code"], phase=row["phase"])
        if self.actor is None:
            raise TokenMissing
        meeting = await views.visible_meeting(connection, meeting_id, bodies=self.actor.bodies)
        require(within(self.actor, meeting["organiser"]), Role.ORGANISER)
        await views.check_registered(connection, meeting_id, registration_id)
        return Proof(actor=self.actor, code=None, phase=meeting["phase"])


async def _holder(
    dependencies: InjectedDependencies,
    client: ClientAddress,
    actor: StaffIfAny,
    token: Annotated[
        LinkTokenInput | None,
        BeforeValidator(text_of_header),
        Header(alias="Registration-Token", description="at the end of the own link"),
    ] = None,
    code: Annotated[
        CodeInput | None,
        BeforeValidator(text_of_header),
        Header(alias="Registration-Code", description="the code of the registration"),
    ] = None,
) -> Holder:
    return Holder(actor=actor, token=token, code=code, dependencies=dependencies, client=client)


AnyHolder: TypeAlias = Annotated[Holder, Depends(_holder)]
"""Whoever asks about one registration; an access token that is not valid is refused, none is not."""
