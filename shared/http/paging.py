"""Cursor paging of lists: an opaque cursor holds the position of the last item of a page."""

import base64
import binascii
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Annotated, Any, Final, Generic, TypeAlias, TypeVar, cast

from fastapi import Query
from pydantic import BaseModel, Field, TypeAdapter, ValidationError
from pydantic_core import to_json

from shared.http.values import IntegerInput
from shared.kernel import Refusal

CURSOR_LIMIT: Final = 1024  # characters
PAGE_LIMIT: Final = 200
_LARGEST: Final = 2**63 - 1

_CURSOR: Final = "`next` of the page before; opaque"
_LIMIT: Final = "the most items of a page"

Cursor: TypeAlias = Annotated[str | None, Query(min_length=1, max_length=CURSOR_LIMIT, description=_CURSOR)]
Limit: TypeAlias = Annotated[int, Query(ge=1, le=PAGE_LIMIT, description=_LIMIT)]
CursorInput: TypeAlias = Annotated[str | None, Field(min_length=1, max_length=CURSOR_LIMIT, description=_CURSOR)]
LimitInput: TypeAlias = Annotated[IntegerInput, Field(ge=1, le=PAGE_LIMIT, description=_LIMIT)]
"""The same two as members of a body."""

T = TypeVar("T")
R = TypeVar("R")


class InvalidCursor(Refusal):
    """The cursor does not come from this list."""

    status = 422
    lao = "ຕົວຊີ້ໜ້າບໍ່ຖືກຕ້ອງ. ກະລຸນາເລີ່ມຈາກໜ້າທຳອິດ"
    english = "The cursor is not valid; start with the first page."


class Page(BaseModel, Generic[T]):
    """Some items of a list; `next` fetches the following ones and is null on the last page."""

    items: list[T]
    next: str | None = Field(default=None, description="pass it as `cursor`")


def page_of(rows: Sequence[R], limit: int, *, item: Callable[[R], T], position: Callable[[R], object]) -> Page[T]:
    """The page of the first `limit` of `rows`, which were read with `limit + 1`, so that the last page is known.

    `position` is where a row stands in the list: what the cursor of the next page holds.
    """
    following = encode_cursor(position(rows[limit - 1])) if len(rows) > limit else None
    return Page(items=[item(row) for row in rows[:limit]], next=following)


def encode_cursor(position: object) -> str:
    """The opaque cursor of a position, for example of `(created_at, id)`."""
    return base64.urlsafe_b64encode(to_json(position)).decode().rstrip("=")


def decode_cursor(cursor: str, kind: type[T]) -> T:
    """The position in a cursor, validated as `kind`, for example `tuple[datetime, UUID]`; raises `InvalidCursor`."""
    if len(cursor) > CURSOR_LIMIT:
        raise InvalidCursor(field="/cursor")
    try:
        content = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        position: T = _adapter(cast("Any", kind)).validate_json(content)
    except (binascii.Error, ValidationError, ValueError):
        raise InvalidCursor(field="/cursor") from None
    if b"\\u0000" in content or not _storable(position):
        raise InvalidCursor(field="/cursor")
    return position


def _storable(position: object) -> bool:
    """Whether all numbers fit into a bigint of PostgreSQL; JSON allows larger ones."""
    if isinstance(position, tuple):
        return all(_storable(part) for part in position)
    return not isinstance(position, int) or -_LARGEST <= position <= _LARGEST


@lru_cache(maxsize=128)
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
