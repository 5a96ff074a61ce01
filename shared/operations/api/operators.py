"""Shared parts of the routes for operators: the check of the role, the reason for an act, pages by row number."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, TypeAlias, TypeVar

from fastapi import Depends, Path, Query
from pydantic import BaseModel, Field
from starlette.requests import Request

from shared.contracts.base import LONGEST_SHORT
from shared.database import Database
from shared.http.body import Input
from shared.http.identity import Authenticated, require
from shared.http.paging import Cursor, Page, decode_cursor, page_of
from shared.http.text import ShortTextInput, text_schema
from shared.kernel import Actor, Role
from shared.operations.actions import ActedBy

LAST: Final = 2**63 - 1
TextFilter: TypeAlias = Annotated[str | None, Query(max_length=1_000)]
RowNumber: TypeAlias = Annotated[int, Path(ge=1, le=LAST)]
View = TypeVar("View", bound=BaseModel)


async def operator(actor: Authenticated) -> Actor:
    """Dependency: the actor; raises `NotPermitted` unless the actor is an operator."""
    require(actor, Role.OPERATOR)
    return actor


async def database(request: Request) -> Database:
    """Dependency: the service's database."""
    found: Database = request.app.state.database
    return found


OPERATORS: Final = Depends(operator)
"""A dependency for routers whose routes are for operators only."""

Operator: TypeAlias = Annotated[Actor, Depends(operator)]
ServiceDatabase: TypeAlias = Annotated[Database, Depends(database)]


class ReasonInput(Input):
    """Why the act is done; recorded together with who did it and when."""

    why: Annotated[ShortTextInput, Field(min_length=3), text_schema(LONGEST_SHORT, 3)]

    def by(self, actor: Actor) -> ActedBy:
        """Who acts and why."""
        return ActedBy(who=actor.subject, why=self.why)


def after(cursor: Cursor = None) -> int:
    """Dependency: the row number after which the page begins, 0 without a cursor; raises `InvalidCursor`."""
    return min(decode_cursor(cursor, tuple[int])[0], LAST) if cursor else 0


After: TypeAlias = Annotated[int, Depends(after)]


def paged(view: type[View], rows: Sequence[Mapping[str, Any]], limit: int, *, by: str = "id") -> Page[View]:
    """A page of `rows`, which are ordered by the column `by` and were read with `limit + 1`."""
    return page_of(rows, limit, item=lambda row: view(**row), position=lambda row: (row[by],))
