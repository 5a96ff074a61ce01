"""When minutes were signed, and minutes that were published before we heard of the end of their meeting."""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from services.notification.domain.states import OVER
from services.notification.store.projection.meetings import lock_phase
from services.notification.store.projection.writer import Writer, statement
from shared.contracts import Fact
from shared.contracts.minutes import MinutesPublished, MinutesSigned
from shared.database import Connection

_SIGNED = "INSERT INTO minutes (minutes_id, signed_at) VALUES ($1, $2) ON CONFLICT (minutes_id) DO NOTHING"
_PHASE = "SELECT phase FROM meeting WHERE meeting_id = $1"
_POSTPONE = "INSERT INTO postponed (cause, meeting_id, fact) VALUES ($1, $2, $3) ON CONFLICT (cause) DO NOTHING"
_TAKE = "DELETE FROM postponed WHERE meeting_id = $1 RETURNING cause, fact"

WRITERS: Final[Mapping[type[Fact], Writer]] = {MinutesSigned: statement(_SIGNED, "minutes_id", "signed_at")}


async def meeting_is_over(connection: Connection, meeting_id: UUID) -> bool:
    """Whether we know that a meeting is over; until the end of the transaction nobody else decides it."""
    await lock_phase(connection, meeting_id)
    return await connection.fetchval(_PHASE, meeting_id) in OVER


async def postpone(connection: Connection, fact: MinutesPublished, cause: UUID) -> None:
    """Keep a publication, and the event it came with, until the end of its meeting is known."""
    await connection.execute(_POSTPONE, cause, fact.meeting_id, fact.model_dump(mode="json"))


async def take_postponed(connection: Connection, meeting_id: UUID) -> Sequence[tuple[UUID, MinutesPublished]]:
    """The publications that have waited for the end of this meeting, each with its cause; they wait no longer."""
    rows = await connection.fetch(_TAKE, meeting_id)
    return [(row["cause"], MinutesPublished.model_validate(row["fact"])) for row in rows]
