"""How one fact is written down."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, TypeAlias

from shared.database import Connection

Writer: TypeAlias = Callable[[Connection, Any, datetime], Awaitable[None]]
"""Writes down what is needed of a fact of its type, which happened at that time."""


def statement(query: str, *members: str, constants: tuple[object, ...] = ()) -> Writer:
    """A writer that runs one statement with these members of the fact, then these constants."""

    async def write(connection: Connection, fact: Any, _at: datetime) -> None:
        await connection.execute(query, *(getattr(fact, name) for name in members), *constants)

    return write
