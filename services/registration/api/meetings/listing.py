"""The answers to a meeting, listed for those who organise it and for those who manage their own body's people."""

from dataclasses import replace
from operator import itemgetter
from typing import Annotated, Final
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from services.registration import views
from services.registration.api.dependencies import STAFF, Dependencies, InjectedDependencies, within
from services.registration.api.inputs import BooleanInput
from services.registration.domain.registration_states import RegistrationState
from shared.contracts.base import Bilingual, Instant, OrganisationCode
from shared.contracts.registration import PromotionReason
from shared.http import (
    Authenticated,
    Cursor,
    CursorInput,
    Input,
    InvalidCursor,
    Limit,
    LimitInput,
    Page,
    SearchInput,
    decode_cursor,
    page_of,
    refusals,
    require,
)
from shared.kernel import Actor, NotFound, NotPermitted, Role

router = APIRouter(prefix="/v1/meetings/{meeting_id}", tags=["registrations"])
_NAME: Final = "part of a name, in any spelling"
_BODY: Final = "only those of this body"
_STATE: Final = "only answers in this state"
_PROVEN: Final = "only people for whom somebody has answered, or nobody has"
_ORDER: Final = "`arrival`, or `precedence`: by rank, protocol order of the body, name as in a Lao dictionary"


class RegistrationView(BaseModel):
    """An answer, for those who organise."""

    registration_id: UUID
    organisation: str
    organisation_name: Bilingual | None = Field(description="as it is called on the day of the meeting")
    rank: int
    state: RegistrationState
    position: int | None = Field(description="in the queue, from 1: one more than the people before; null without")
    code: None = Field(default=None, description="null: a code is known to its person alone, who may act with it")
    represents: UUID | None
    checked_in_at: Instant | None = Field(description="when he first came")
    entered_at: Instant | None = Field(description="when he last came in")
    left_at: Instant | None = Field(description="when he last went out")
    reason: str | None
    promoted: bool
    promotion_reason: PromotionReason | None
    promotion_note: str | None = Field(description="the organiser's words, where he has moved the person up himself")
    group_id: UUID | None = Field(description="the same for people who have registered together")
    walk_in: bool = Field(description="he had not registered: a desk let him in")
    over_capacity: bool = Field(description="a walk-in for whom no seat was free")
    proven: bool = Field(description="whether somebody has answered for the person, or nobody had to")
    held_until: Instant | None = Field(description="where he is not proven: when the seat or the request is given up")
    same_contact_as: UUID | None = Field(
        description="another registration with the same number or address: perhaps the same person, registered twice"
    )
    honorific: str | None
    given_name: str | None = Field(description="null after the erasure")
    family_name: str | None
    position_title: str | None
    gender: str | None
    fictitious: bool | None


class RegistrationSearch(Input):
    """Which answers are wanted; names stand in the body, as addresses are written into the logs of proxies."""

    registration_id: UUID | None = Field(default=None, description="only this answer")
    q: SearchInput | None = Field(default=None, description=_NAME)
    organisation: OrganisationCode | None = Field(default=None, description=_BODY)
    state: RegistrationState | None = Field(default=None, description=_STATE)
    proven: BooleanInput | None = Field(default=None, description=_PROVEN)
    order: views.RegistrationOrder = Field(default=views.RegistrationOrder.ARRIVAL, description=_ORDER)
    cursor: CursorInput = None
    limit: LimitInput = 100


@router.get("/registrations", responses=refusals(NotFound, NotPermitted))
async def list_registrations(
    meeting_id: UUID,
    dependencies: InjectedDependencies,
    actor: Authenticated,
    organisation: Annotated[OrganisationCode | None, Query(description=_BODY)] = None,
    state: Annotated[RegistrationState | None, Query(description=_STATE)] = None,
    proven: Annotated[bool | None, Query(description=_PROVEN)] = None,
    q: Annotated[SearchInput | None, Query(description=f"{_NAME}; use `…/search`", deprecated=True)] = None,
    order: Annotated[views.RegistrationOrder, Query(description=_ORDER)] = views.RegistrationOrder.ARRIVAL,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[RegistrationView]:
    """All answers, for the staff of the organiser's body; a focal point sees those of his own."""
    wanted = views.RegistrationList(organisations=_only(organisation), state=state, text=q, order=order, proven=proven)
    return await _page(dependencies, meeting_id, wanted, actor=actor, cursor=cursor, limit=limit)


@router.post("/registrations/search", responses=refusals(NotFound, NotPermitted, InvalidCursor))
async def search_registrations(
    meeting_id: UUID, body: RegistrationSearch, dependencies: InjectedDependencies, actor: Authenticated
) -> Page[RegistrationView]:
    """As the list of all answers, with the name in the body: an address would carry it into the logs of proxies."""
    wanted = views.RegistrationList(
        registration_id=body.registration_id,
        organisations=_only(body.organisation),
        state=body.state,
        text=body.q,
        order=body.order,
        proven=body.proven,
    )
    return await _page(dependencies, meeting_id, wanted, actor=actor, cursor=body.cursor, limit=body.limit)


async def _page(
    dependencies: Dependencies,
    meeting_id: UUID,
    wanted: views.RegistrationList,
    *,
    actor: Actor,
    cursor: str | None,
    limit: int,
) -> Page[RegistrationView]:
    require(actor, *STAFF, Role.FOCAL_POINT)
    after = decode_cursor(cursor, UUID) if cursor else None
    async with dependencies.database.reading() as connection:
        meeting = await views.visible_meeting(connection, meeting_id, bodies=actor.bodies)
        if within(actor, meeting["organiser"]).roles.isdisjoint(STAFF):
            wanted = replace(wanted, organisations=own_bodies(actor, wanted.organisations))
        rows = await views.listed_registrations(connection, meeting_id, wanted, after=after, limit=limit + 1)
    return page_of(rows, limit, item=_view, position=itemgetter("registration_id"))


def _view(row: asyncpg.Record) -> RegistrationView:
    members = {name: value for name, value in row.items() if name in RegistrationView.model_fields}
    name = Bilingual(lo=row["name_lo"], en=row["name_en"]) if row["name_lo"] else None
    return RegistrationView(**members, organisation_name=name)


def _only(organisation: str | None) -> frozenset[str] | None:
    return frozenset({organisation}) if organisation else None


def own_bodies(actor: Actor, wanted: frozenset[str] | None = None) -> frozenset[str]:
    """Whose people a focal point manages: his body's, and those it has taken over; raises `NotPermitted` for others.

    Of those the one that he asks for; whoever asks for another body's people is shown his own.
    """
    require(actor if actor.bodies else replace(actor, roles=frozenset()), Role.FOCAL_POINT)
    return actor.bodies & (wanted or actor.bodies) or actor.bodies
