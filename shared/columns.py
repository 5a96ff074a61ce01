"""Column types that the tables of all services share."""

from typing import Any, Final

from sqlalchemy import DateTime, Text

MOMENT: Final[Any] = DateTime(timezone=True)
IDENTIFIER: Final[Any] = Text(collation="C")
"""What machines name things by: compared byte by byte, not as people sort, which costs each index more."""
