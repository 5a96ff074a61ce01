"""How the PostgreSQL model knows a statement: by its text; and what answers have in common.

Each answer is checked against the real server (`test_conformance.py`): the same steps, the same results.
"""

import re
from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any, TypeAlias

import asyncpg

from tests.model.rows import Row, Transaction, Values

Rows: TypeAlias = list[dict[str, Any]]
Found: TypeAlias = "Rows | Status"
Answer: TypeAlias = Callable[..., Awaitable[Found]]

ANSWERS: dict[str, Answer] = {}


class Status(str):
    """What a statement without rows says: `DELETE 3`."""

    __slots__ = ()


@cache
def known_as(text: str) -> str:
    """A statement without its line breaks."""
    return re.sub(r"\s+", " ", text).strip()


def answers(*texts: str) -> Callable[[Answer], Answer]:
    """Let a function `(session, transaction, *arguments)` answer these statements."""

    def register(answer: Answer) -> Answer:
        ANSWERS.update({known_as(text): answer for text in texts})
        return answer

    return register


async def insert(transaction: Transaction, table: str, values: Values) -> None:
    """Insert, or fail as PostgreSQL does where the row is there."""
    if await transaction.insert(table, values) is None:
        error = asyncpg.UniqueViolationError(f"duplicate key in {table}")
        error.table_name = table
        raise error


def one(transaction: Transaction, table: str, **wanted: Any) -> Row | None:
    """The row with these values, if it is visible."""
    found = (row for row, values in transaction.scan(table) if all(values[name] == wanted[name] for name in wanted))
    return next(found, None)
