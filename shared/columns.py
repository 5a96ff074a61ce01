"""Column types that the tables of all services share."""

from typing import Any, Final

from sqlalchemy import DateTime, Text

MOMENT: Final[Any] = DateTime(timezone=True)
IDENTIFIER: Final[Any] = Text(collation="C")
"""Identifiers are compared byte by byte: a language's sort order would make every index larger and slower."""
