"""Which retired keys of tickets have no good ticket any more; asked of the database at most once a minute."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from services.registration import views
from services.registration.ports import PublicTicketKey
from shared.database import Database

KNOWN_FOR: Final = timedelta(minutes=1)


class TicketKeyUses:
    """What the database says of the keys, kept in the memory of one process: anybody may ask, as often as he likes."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._asked_at: datetime | None = None
        self._used: frozenset[str | None] = frozenset()

    async def ended(self, keys: Mapping[str, PublicTicketKey], *, at: datetime) -> set[str]:
        """The retired keys without a good ticket; none while there are good tickets whose key is not recorded."""
        retired = {key_id for key_id, key in keys.items() if key.state == "retired"}
        if not retired:
            return retired
        if self._asked_at is None or abs(at - self._asked_at) > KNOWN_FOR:
            async with self._database.reading() as connection:
                self._used = frozenset([use.key_id for use in await views.ticket_key_uses(connection, at=at)])
            self._asked_at = at
        return set() if None in self._used else retired - self._used
