"""Requests to register that share a transaction: those that come while one is under way wait for the next."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from pydantic import BaseModel, Field
from starlette.responses import Response

from services.registration.domain.registration_batch import RegistrationFact, RegistrationRequest
from services.registration.domain.registration_states import RegistrationState
from services.registration.flows import register_participants, register_unless_busy
from shared.contracts.base import Instant
from shared.contracts.registration import ParticipationRequested
from shared.database import Connection, Database
from shared.group_commit import GroupCommit, GroupedRequest
from shared.http import Attempted, Reply, RequestAttempt, once_each
from shared.kernel import Actor


class RegistrationCreated(BaseModel):
    """`confirmed` has a seat, `waitlisted` is in the queue, `requested` and `awaiting-proof` have neither yet."""

    registration_id: UUID
    state: str
    position: int | None = Field(
        default=None, description="in the queue, from 1: one more than the people before; null where one does not wait"
    )
    code: str
    proven: bool = Field(
        default=True, description="whether somebody has answered for the person; false until he has confirmed"
    )
    held_until: Instant | None = Field(
        default=None, description="where he is not proven: when the seat, the place or the request is given up"
    )
    own_token: str | None = Field(
        default=None,
        description="of the link to the own answer (`GET /v1/registration`), for whoever has shown the link of an "
        "invitation; null for everybody else, who is sent it",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingRequest:
    """One HTTP request to register, with its Idempotency-Key and its actor; `own_token` is told with the answer."""

    request: RegistrationRequest
    attempt: RequestAttempt
    actor: Actor
    own_token: str | None = None


RegistrationGroupCommit: TypeAlias = GroupCommit[WaitingRequest, Response]


def registration_group_commit(database: Database) -> RegistrationGroupCommit:
    """Where people who register themselves wait for the transaction that carries their registration."""

    async def carry_out(group: Sequence[GroupedRequest[WaitingRequest]]) -> Sequence[Response | Exception]:
        async def act(connection: Connection, fresh: Sequence[int]) -> Sequence[Reply | Exception]:
            asked = [group[place] for place in fresh]
            register = register_participants if group[0].wait else register_unless_busy
            outcomes = await register(connection, [(one.request.request, one.context) for one in asked])
            return [
                outcome
                if isinstance(outcome, Exception)
                else Reply(status=201, body=created(outcome, own_token=one.request.own_token))
                for one, outcome in zip(asked, outcomes, strict=True)
            ]

        attempts = [Attempted(attempt=one.request.attempt, actor=one.request.actor) for one in group]
        return await once_each(attempts, act, database=database)

    return GroupCommit(carry_out, name="registrations", lanes=2, skips_locked=True)


def created(fact: RegistrationFact, *, own_token: str | None = None) -> RegistrationCreated:
    """What somebody who has registered is told."""
    if isinstance(fact, ParticipationRequested):
        awaited = RegistrationState.REQUESTED if fact.awaits == "decision" else RegistrationState.AWAITING_PROOF
        state, position = awaited.value, None
    else:
        state, position = str(fact.state), fact.position
    return RegistrationCreated(
        registration_id=fact.registration_id,
        state=state,
        position=position,
        code=fact.code,
        proven=fact.proven,
        held_until=fact.held_until,
        own_token=own_token,
    )
