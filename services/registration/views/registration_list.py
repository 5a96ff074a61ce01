"""The answers to a meeting as those who organise it list them: of one body, by name, in one of two orders."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import ColumnElement, Label, Subquery, and_, case, false, func, or_
from sqlalchemy import select as choose
from sqlalchemy.orm import aliased
from sqlalchemy.sql.selectable import TableValuedAlias
from sqlmodel import col

from services.registration.domain.registration_states import RegistrationState
from services.registration.tables import PersonRow, RegistrationRow
from services.registration.views.organisations import bodies_on_day_of
from shared.database import LAO_ORDER, Connection, columns, matches_search, select
from shared.lao import normalise, search_key

_SEAT = (
    "registration_id",
    "organisation",
    "rank",
    "state",
    "represents",
    "checked_in_at",
    "entered_at",
    "left_at",
    "reason",
    "promoted",
    "promotion_reason",
    "promotion_note",
    "group_id",
    "walk_in",
    "over_capacity",
    "same_contact_as",
    "held_until",
)
_PERSON = ("honorific", "given_name", "family_name", "position_title", "gender", "fictitious")


class RegistrationOrder(StrEnum):
    """`arrival`: as the answers came; `precedence`: by rank, protocol order of the body, and name in Lao order."""

    ARRIVAL = "arrival"
    PRECEDENCE = "precedence"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationList:
    """Which answers are wanted (one, of bodies, in a state, with `text` in a name, however spelled), in which order."""

    registration_id: UUID | None = None
    organisations: frozenset[str] | None = None
    state: RegistrationState | None = None
    text: str | None = None
    order: RegistrationOrder = RegistrationOrder.ARRIVAL
    proven: bool | None = None


async def listed_registrations(
    connection: Connection, meeting_id: UUID, wanted: RegistrationList, *, after: UUID | None, limit: int
) -> Sequence[asyncpg.Record]:
    """Answers with their persons; `after` is the last answer of the page before."""
    placed = _placed(meeting_id, wanted.order)
    proven = placed.c.proof.is_distinct_from("unproven")
    shown = [placed.c[name] for name in (*_SEAT, *_PERSON, "name_lo", "name_en")] + [proven.label("proven")]
    query = choose(*shown, _position(placed)).order_by(placed.c.place).limit(limit)
    if wanted.registration_id is not None:
        query = query.where(placed.c.registration_id == wanted.registration_id)
    if wanted.organisations is not None:
        query = query.where(placed.c.organisation.in_(wanted.organisations))
    if wanted.state is not None:
        query = query.where(placed.c.state == wanted.state)
    if wanted.proven is not None:
        query = query.where(proven == wanted.proven)
    if wanted.text:
        query = query.where(_named(placed, wanted.text))
    if after is not None:
        query = query.where(placed.c.place > _place_of(placed, after, wanted.order))
    return await select(connection, query)


def _placed(meeting_id: UUID, order: RegistrationOrder) -> Subquery:
    """All answers of a meeting, each with its place in the list."""
    body = bodies_on_day_of(meeting_id)
    place = func.row_number().over(order_by=precedence(body)) if order is RegistrationOrder.PRECEDENCE else _arrival()
    return (
        choose(
            *columns(RegistrationRow, "meeting_id", "proof", *_SEAT),
            *columns(PersonRow, *_PERSON),
            col(PersonRow.search_key).label("name_key"),
            body.c.name_lo,
            body.c.name_en,
            place.label("place"),
            col(RegistrationRow.position).label("turn"),
        )
        .select_from(RegistrationRow)
        .join(PersonRow, col(PersonRow.person_id) == col(RegistrationRow.person_id))
        .join(body, body.c.code == col(RegistrationRow.organisation), isouter=True)
        .where(col(RegistrationRow.meeting_id) == meeting_id)
        .subquery()
    )


def _position(placed: Subquery) -> Label[int | None]:
    """The place in the queue: one more than the people who wait before; null where one does not wait."""
    before = aliased(RegistrationRow)
    places = choose(func.count() + 1).where(
        col(before.meeting_id) == placed.c.meeting_id,
        col(before.state) == RegistrationState.WAITLISTED,
        col(before.position) < placed.c.turn,
    )
    waits = placed.c.state == RegistrationState.WAITLISTED
    return case((waits, places.scalar_subquery())).label("position")


def _arrival() -> Any:
    return col(RegistrationRow.registration_id)


def precedence(body: TableValuedAlias) -> list[Any]:
    """As minutes sort the people they print (`precedence` of their attendance); erased persons come last.

    `body` are the bodies as they stood on the day of the meeting.
    """
    return [
        col(RegistrationRow.rank),
        body.c.protocol_order,
        col(PersonRow.given_name).collate(LAO_ORDER),
        col(PersonRow.family_name).collate(LAO_ORDER),
        col(RegistrationRow.registration_id),
    ]


def _place_of(placed: Subquery, registration_id: UUID, order: RegistrationOrder) -> Any:
    if order is RegistrationOrder.ARRIVAL:
        return registration_id
    return choose(placed.c.place).where(placed.c.registration_id == registration_id).scalar_subquery()


def _named(placed: Subquery, text: str) -> ColumnElement[bool]:
    """By the search key; a row that has none yet is found as its name was written."""
    if not search_key(text):
        return false()
    name = func.concat_ws(" ", placed.c.given_name, placed.c.family_name)
    written = and_(placed.c.name_key.is_(None), name.icontains(normalise(text), autoescape=True))
    return or_(matches_search(placed.c.name_key, text), written)
