"""Who did what and when: of a meeting and of a registration for the organiser, of his own for each person."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Header
from pydantic import BaseModel, BeforeValidator, Field
from starlette.responses import Response

from services.registration import views
from services.registration.api.dependencies import ClientAddress, InjectedDependencies, digest, within
from services.registration.api.inputs import text_of_header
from services.registration.api.tokens import LinkTokenInput
from services.registration.domain.history import ActedAs
from shared.contracts.base import Instant
from shared.database import Connection
from shared.http import Authenticated, Cursor, Limit, Page, decode_cursor, page_of, refusals, require
from shared.kernel import Actor, NotFound, NotPermitted, Role

router = APIRouter(tags=["registrations"])


class OwnHistoryEntry(BaseModel):
    """Something that was done with a registration."""

    at: Instant = Field(description="when it was done, by the clock of the server")
    what: str = Field(
        description="the fact that followed, as the type of its event names it; of answers to the form, which are in "
        "no event: answers-given, answers-changed, answers-erased"
    )
    acted_as: ActedAs = Field(
        description="who did it: staff by role; own-link: the person by his link or code; represented-person: whoever "
        "is represented; invitation-link: somebody with the link of the body; without-link: somebody with neither; "
        "system: it followed by itself"
    )
    body: str | None = Field(description="of staff: the body for which they acted")


class HistoryEntryView(OwnHistoryEntry):
    """Something that was done in a meeting."""

    registration_id: UUID | None = Field(description="the registration that it was done with; null without")
    actor: str | None = Field(description="of staff: the account, never a name")


@router.get("/v1/meetings/{meeting_id}/history", responses=refusals(NotFound, NotPermitted))
async def read_history(
    meeting_id: UUID,
    dependencies: InjectedDependencies,
    actor: Authenticated,
    response: Response,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[HistoryEntryView]:
    """Who did what and when in a meeting, the oldest first; scans that let nobody in are not among it."""
    async with dependencies.database.reading() as connection:
        await _check_organiser(connection, meeting_id, actor)
        rows = await views.history_of_meeting(connection, meeting_id, after=_after(cursor), limit=limit + 1)
    response.headers["Cache-Control"] = "no-store"
    return _page(rows, limit)


@router.get(
    "/v1/meetings/{meeting_id}/registrations/{registration_id}/history", responses=refusals(NotFound, NotPermitted)
)
async def read_history_of_registration(
    meeting_id: UUID,
    registration_id: UUID,
    dependencies: InjectedDependencies,
    actor: Authenticated,
    response: Response,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[HistoryEntryView]:
    """Who did what and when with one registration, the oldest first."""
    async with dependencies.database.reading() as connection:
        await _check_organiser(connection, meeting_id, actor)
        await views.check_registered(connection, meeting_id, registration_id)
        rows = await views.history_of_registration(connection, registration_id, after=_after(cursor), limit=limit + 1)
    response.headers["Cache-Control"] = "no-store"
    return _page(rows, limit)


@router.get("/v1/registration/history", responses=refusals(NotFound))
async def read_own_history(
    dependencies: InjectedDependencies,
    client: ClientAddress,
    response: Response,
    token: Annotated[
        LinkTokenInput,
        BeforeValidator(text_of_header),
        Header(alias="Registration-Token", description="at the end of the own link"),
    ],
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[OwnHistoryEntry]:
    """Who did what and when with one's own registration, by the own link; accounts of staff are not shown."""
    after = _after(cursor)
    with dependencies.limits.link(client=client):
        async with dependencies.database.reading() as connection:
            own = await views.registration_of_link(connection, bytes.fromhex(digest(token)))
            rows = await views.history_of_registration(connection, own["registration_id"], after=after, limit=limit + 1)
    response.headers["Cache-Control"] = "no-store"
    return page_of(rows, limit, item=_own_entry, position=_position)


async def _check_organiser(connection: Connection, meeting_id: UUID, actor: Actor) -> None:
    require(actor, Role.ORGANISER)
    meeting = await views.visible_meeting(connection, meeting_id, bodies=actor.bodies)
    require(within(actor, meeting["organiser"]), Role.ORGANISER)


def _after(cursor: str | None) -> int:
    return decode_cursor(cursor, int) if cursor else 0


def _page(rows: Sequence[asyncpg.Record], limit: int) -> Page[HistoryEntryView]:
    return page_of(rows, limit, item=_entry, position=_position)


def _position(row: asyncpg.Record) -> int:
    position: int = row["entry_id"]
    return position


def _entry(row: asyncpg.Record) -> HistoryEntryView:
    return HistoryEntryView(**{name: row[name] for name in HistoryEntryView.model_fields})


def _own_entry(row: asyncpg.Record) -> OwnHistoryEntry:
    return OwnHistoryEntry(**{name: row[name] for name in OwnHistoryEntry.model_fields})
