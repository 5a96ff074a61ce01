"""OParl: the lists of a body, page by page, by when their objects were created or changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Final, TypeAlias
from urllib.parse import urlencode
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Depends, Query
from starlette.responses import JSONResponse

from services.registration import views
from services.registration.api.dependencies import InjectedDependencies
from services.registration.api.inputs import InstantInput
from services.registration.api.oparl.answers import MEETING, answer, answers, page_like
from services.registration.api.oparl.objects import PATH, OParl, OParlObject, list_of
from shared.contracts.base import OrganisationCode
from shared.database import Connection
from shared.http import Cursor, decode_cursor
from shared.http.paging import encode_cursor

router = APIRouter(prefix=PATH, tags=["open data"])
_MOST: Final = 100
_SINCE: Final = "only objects whose time is this one or a later one"
_UNTIL: Final = "only objects whose time is this one or an earlier one"
_Since: TypeAlias = Annotated[InstantInput | None, Query(description=_SINCE)]
_Until: TypeAlias = Annotated[InstantInput | None, Query(description=_UNTIL)]


class ListKind(StrEnum):
    """What a list has; nothing is published of people, papers and votes, so their lists are empty."""

    ORGANISATIONS = "organizations"
    PEOPLE = "people"
    MEETINGS = "meetings"
    PAPERS = "papers"
    AGENDA_ITEMS = "agenda-items"
    CONSULTATIONS = "consultations"
    FILES = "files"
    LOCATIONS = "locations"
    MEMBERSHIPS = "memberships"
    LEGISLATIVE_TERMS = "legislative-terms"


_OF_MEETINGS: Final = (ListKind.MEETINGS, ListKind.AGENDA_ITEMS, ListKind.FILES, ListKind.LOCATIONS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which page of a list, and what of it."""

    cursor: str | None
    organization: str | None
    size: int
    changed: views.ChangedBetween

    def address(self, of_list: str, cursor: str | None) -> str:
        """The address of the page with this cursor, and the same of all else."""
        names = ("created_since", "created_until", "modified_since", "modified_until")
        times = {name: at and at.isoformat() for name, at in zip(names, self.changed.bounds, strict=True)}
        told = {**times, "organization": self.organization, "elementsPerPage": self.size, "cursor": cursor}
        return f"{of_list}?{urlencode({name: value for name, value in told.items() if value is not None})}"


async def _asked(
    cursor: Cursor = None,
    created_since: _Since = None,
    created_until: _Until = None,
    modified_since: _Since = None,
    modified_until: _Until = None,
    organization: Annotated[OrganisationCode | None, Query(description="only meetings of this body")] = None,
    size: Annotated[int, Query(alias="elementsPerPage", ge=1, le=_MOST, description="the most objects of a page")] = 50,
) -> Asked:
    changed = views.ChangedBetween(
        created_since=created_since,
        created_until=created_until,
        modified_since=modified_since,
        modified_until=modified_until,
    )
    return Asked(cursor=cursor, organization=organization, size=size, changed=changed)


@router.get("/bodies/1/{kind}", responses=answers(page_like(MEETING), missing=False))
async def oparl_list(
    kind: ListKind, dependencies: InjectedDependencies, asked: Annotated[Asked, Depends(_asked)]
) -> JSONResponse:
    """A list of OParl in the order of its identifiers; `links.next` leads to the page that follows.

    A page of agenda items, files or places has those of so many meetings: it may be empty although others follow.
    """
    oparl = OParl(dependencies.public_url)
    objects: list[OParlObject] = []
    last: UUID | str | None = None
    async with dependencies.database.reading() as connection:
        if kind is ListKind.ORGANISATIONS:
            objects, last = await _organisations(connection, oparl, asked)
        elif kind in _OF_MEETINGS:
            objects, last = await _of_meetings(connection, oparl, asked, kind)
    here = f"{oparl.body}/{kind}"
    following = None if last is None else asked.address(here, encode_cursor(last))
    return answer(list_of(objects, own=asked.address(here, asked.cursor), following=following))


async def _organisations(connection: Connection, oparl: OParl, asked: Asked) -> tuple[list[OParlObject], str | None]:
    after = decode_cursor(asked.cursor, str) if asked.cursor else None
    rows = await views.published_organisations(connection, after=after, changed=asked.changed, limit=asked.size + 1)
    shown = rows[: asked.size]
    return [oparl.organisation_object(row) for row in shown], shown[-1]["code"] if len(rows) > asked.size else None


async def _of_meetings(
    connection: Connection, oparl: OParl, asked: Asked, kind: ListKind
) -> tuple[list[OParlObject], UUID | None]:
    """The objects of the meetings of a page; files by their own times, all others by those of their meeting."""
    after = decode_cursor(asked.cursor, UUID) if asked.cursor else None
    changed = views.ChangedBetween() if kind is ListKind.FILES else asked.changed
    rows = await views.published_meetings(
        connection, after=after, organiser=asked.organization, changed=changed, limit=asked.size + 1
    )
    shown = rows[: asked.size]
    files = await views.published_files(connection, [row["meeting_id"] for row in shown])
    following = shown[-1]["meeting_id"] if len(rows) > asked.size else None
    if kind is ListKind.FILES:
        return [oparl.file_object(one, alone=True) for one in files if asked.changed.has(one["added_at"])], following
    return [each for row in shown for each in _objects(oparl, kind, row, files)], following


def _objects(oparl: OParl, kind: ListKind, row: asyncpg.Record, files: Sequence[asyncpg.Record]) -> list[OParlObject]:
    if kind is ListKind.MEETINGS:
        return [oparl.meeting_object(row, files)]
    if kind is ListKind.LOCATIONS:
        return [oparl.location_object(row, alone=True)]
    return oparl.items(row, [one for one in files if one["meeting_id"] == row["meeting_id"]], alone=True)
