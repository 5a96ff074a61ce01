"""What is known of a session: when its items were treated, and where each person was."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlmodel import col

from services.minutes.domain.session import WHOLE_MEETING, ItemStep, ItemTime, Step, Whereabouts, item_times
from services.minutes.tables import AgendaStepRow, AttendanceCorrectionRow, MovementRow
from shared.contracts.registration import ItemPresence
from shared.database import Connection, rows_of, select


async def times_of_items(connection: Connection, meeting_id: UUID) -> dict[UUID, ItemTime]:
    """When the items of the agenda were treated; those of which nothing was said are left out."""
    steps = await select(connection, rows_of(AgendaStepRow).where(col(AgendaStepRow.meeting_id) == meeting_id))
    names = ("item_id", "sequence", "at")
    return item_times(ItemStep(**{name: row[name] for name in names}, step=Step(row["step"])) for row in steps)


async def whereabouts(connection: Connection, meeting_id: UUID) -> Mapping[UUID, Whereabouts]:
    """Who came and went when, and what was corrected by hand, by registration; those without either are left out."""
    moved: dict[tuple[UUID, bool], list[datetime]] = defaultdict(list)
    for row in await select(connection, rows_of(MovementRow).where(col(MovementRow.meeting_id) == meeting_id)):
        moved[row["registration_id"], row["leaving"]].append(row["moved_at"])
    corrected: dict[UUID, dict[UUID | None, ItemPresence]] = defaultdict(dict)
    own = rows_of(AttendanceCorrectionRow).where(col(AttendanceCorrectionRow.meeting_id) == meeting_id)
    for row in await select(connection, own):
        item_id = None if row["item_id"] == WHOLE_MEETING else row["item_id"]
        corrected[row["registration_id"]][item_id] = row["presence"]
    return {
        each: Whereabouts(
            entries=tuple(moved.get((each, False), ())),
            exits=tuple(moved.get((each, True), ())),
            corrections=corrected.get(each, {}),
        )
        for each in {*(registration_id for registration_id, _ in moved), *corrected}
    }
