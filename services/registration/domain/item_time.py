"""When an item of the agenda was treated."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemTime:
    """When an item of the agenda was treated; until now, or until the end of the session, where it is not finished."""

    started_at: datetime
    finished_at: datetime | None = None
