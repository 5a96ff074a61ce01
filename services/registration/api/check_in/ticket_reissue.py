"""For operators: which key has signed how many good tickets, and new tickets for those of a key that was stolen."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field
from starlette.responses import Response

from services.registration import views
from services.registration.api.dependencies import Dependencies, InjectedDependencies
from services.registration.domain.desk.refusals import TicketKeySigns
from services.registration.domain.meeting import another_key_job
from services.registration.ports import TicketKeyState
from shared.database import Connection
from shared.http import Now, refusals
from shared.http.idempotency import Attempt, IdempotencyKeyReused, Reply, RequestInFlight, once
from shared.http.paging import CursorInput, InvalidCursor, decode_cursor, encode_cursor
from shared.kernel import Job, NotFound, NotPermitted
from shared.messaging import jobs
from shared.operations.actions import note
from shared.operations.api.operators import OPERATORS, Operator, ReasonInput

router = APIRouter(prefix="/v1/ticket-keys", tags=["operations"], dependencies=[OPERATORS])

AT_ONCE: Final = 1_000
"""Tickets of one request."""
_FIRST: Final = (UUID(int=0), UUID(int=0))
KeyId = Annotated[str, Path(min_length=1, max_length=100, description="the `kid` of the key")]


class TicketKeyUse(BaseModel):
    """A key, and the good tickets that it has signed: of people with a seat, until 12 hours after the meeting."""

    kid: str | None = Field(description="null: which key has signed was not recorded then; it may be any")
    state: TicketKeyState | None = Field(description="as in the published keys; null: the key is set no more")
    tickets: int = Field(description="how many tickets of this key are good now")
    last_expires_at: datetime | None = Field(description="when the last of them expires; null where there is none")


class TicketKeyUses(BaseModel):
    """Every key that is set or has signed a good ticket."""

    items: list[TicketKeyUse]


class Reissue(ReasonInput):
    """Why the tickets are replaced, and where to go on."""

    cursor: CursorInput = None


class Reissued(BaseModel):
    """How many tickets this request has ordered; `next` is null when all of the key's were."""

    tickets: int
    next: str | None = Field(default=None, description="pass it as `cursor`")


@router.get("/uses", responses=refusals(NotPermitted))
async def ticket_key_uses(dependencies: InjectedDependencies, at: Now) -> TicketKeyUses:
    """How many good tickets each key has signed: one with none can be taken out of the settings."""
    async with dependencies.database.reading() as connection:
        uses = {use.key_id: use for use in await views.ticket_key_uses(connection, at=at)}
    states = {key_id: key.state for key_id, key in dependencies.tickets.public_keys().items()}
    return TicketKeyUses(
        items=[
            TicketKeyUse(
                kid=key_id,
                state=states.get(key_id) if key_id else None,
                tickets=uses[key_id].tickets if key_id in uses else 0,
                last_expires_at=uses[key_id].last_expires_at if key_id in uses else None,
            )
            for key_id in sorted(states.keys() | uses.keys(), key=lambda one: (one is None, one or ""))
        ]
    )


@router.post(
    "/{kid}/reissue",
    response_model=Reissued,
    responses=refusals(NotFound, NotPermitted, TicketKeySigns, InvalidCursor, RequestInFlight, IdempotencyKeyReused),
)
async def reissue_tickets(
    kid: KeyId, body: Reissue, dependencies: InjectedDependencies, attempt: Attempt, actor: Operator, at: Now
) -> Response:
    """Order new tickets for up to 1,000 people whose ticket this key has signed; the old ones are revoked with it.

    The key that signs now signs the new ones, and people are told of them as of any ticket. Sent again, it orders
    nothing twice. Tickets whose key was not recorded are replaced too.
    """
    if kid == dependencies.tickets.key_id:
        raise TicketKeySigns
    after = decode_cursor(body.cursor, tuple[UUID, UUID]) if body.cursor else _FIRST

    async def act(connection: Connection) -> Reply:
        await _check_known(connection, dependencies, kid, at=at)
        found = await views.tickets_signed_by(connection, kid, at=at, after=after, limit=AT_ONCE + 1)
        signed = found[:AT_ONCE]
        await jobs.enqueue(connection, [_job(ticket, kid) for ticket in signed])
        await note(connection, body.by(actor), "reissue-tickets", kid, count=len(signed))
        last = (signed[-1].meeting_id, signed[-1].registration_id) if len(found) > AT_ONCE else None
        return Reply(body=Reissued(tickets=len(signed), next=encode_cursor(last) if last else None))

    return await once(attempt, act, database=dependencies.database, actor=actor)


async def _check_known(connection: Connection, dependencies: Dependencies, kid: str, *, at: datetime) -> None:
    """Raises `NotFound` for a name that is neither set nor stands at a ticket: it would replace unrecorded ones."""
    if kid in dependencies.tickets.public_keys():
        return
    if kid not in {use.key_id for use in await views.ticket_key_uses(connection, at=at)}:
        raise NotFound


def _job(ticket: views.SignedTicket, kid: str) -> Job:
    return another_key_job(
        meeting_id=ticket.meeting_id,
        registration_id=ticket.registration_id,
        sequence=ticket.sequence,
        serial=ticket.ticket_serial,
        instead_of=kid,
    )
