"""Column types that the tables of all services share, and their names as a statement lists them."""

from typing import Any, Final

from sqlalchemy import DateTime, Text

MOMENT: Final[Any] = DateTime(timezone=True)
IDENTIFIER: Final[Any] = Text(collation="C")
"""Identifiers are compared byte by byte: a language's sort order would make every index larger and slower."""


def names_of(table: type[Any], alias: str | None = None) -> str:
    """All columns of a SQLModel table, as a `SELECT` lists them: `a, b`, with an alias `seat.a, seat.b`.

    Written out, as `*` would change what a prepared statement returns when a newer version adds a column: PostgreSQL
    then refuses the statement.
    """
    return ", ".join(f"{alias}.{column.name}" if alias else column.name for column in table.__table__.columns)
