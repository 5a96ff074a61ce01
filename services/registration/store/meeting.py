"""The row of a meeting: its lock is the lock of everything that belongs to the meeting."""

from collections.abc import Sequence
from uuid import UUID

from services.registration.domain.commands import DraftMeeting
from services.registration.domain.history import entries_of
from services.registration.domain.meeting import Meeting, MeetingCommand
from services.registration.domain.state import Phase
from services.registration.store.admission import admission_columns, admission_with_bodies
from services.registration.store.history import note
from services.registration.store.loaders import load_context
from services.registration.store.uniqueness import uniqueness
from services.registration.store.writers import title_key, write_rows
from services.registration.tables import MeetingRow
from shared.columns import names_of
from shared.contracts import Fact
from shared.contracts.base import Bilingual
from shared.contracts.registration import MeetingDrafted
from shared.database import Connection
from shared.kernel import Key, StaleVersion

_COLUMNS = (
    *("meeting_id", "version", "organiser", "policy", "waiting_list", "capacity", "rank_floor", "starts_at", "ends_at"),
    *("started_at", "ended_at", "sequence", "confirmed", "waitlisted", "queue_last", "requested", "grouped"),
)
_LOAD = f"SELECT {names_of(MeetingRow)} FROM meeting WHERE meeting_id = $1 FOR UPDATE"  # noqa: S608 -- constant names
_DISCARDED = "SELECT version FROM discarded_meeting WHERE meeting_id = $1"
_INSERT = """
INSERT INTO meeting (meeting_id, version, phase, organiser, policy, waiting_list, capacity, rank_floor, venue,
                     starts_at, ends_at, sequence, confirmed, waitlisted, queue_last, details, search_key, admission,
                     taken)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, 0, 0, 0, $12, $13, $14, $15)
"""
_UPDATE = """
UPDATE meeting SET version = $3, phase = $4, venue = $5, starts_at = $6, ends_at = $7, started_at = $8, sequence = $9,
                   confirmed = $10, waitlisted = $11, queue_last = $12, requested = $13, grouped = $14, policy = $15,
                   admission = $16, taken = $17
WHERE meeting_id = $1 AND version = $2
"""


async def load_meeting(connection: Connection, key: Key, command: MeetingCommand) -> Meeting:
    """The meeting, locked, with what `command` needs; phase `absent` where there is none."""
    meeting_id = UUID(str(key))
    row = await connection.fetchrow(_LOAD, meeting_id)
    if row is None:
        needed = await load_context(connection, meeting_id, command) if isinstance(command, DraftMeeting) else {}
        version = await connection.fetchval(_DISCARDED, meeting_id) or 0
        return Meeting(meeting_id=meeting_id, version=version, **needed)
    columns = {name: row[name] for name in _COLUMNS}
    columns |= await admission_with_bodies(connection, row)
    columns |= await load_context(connection, meeting_id, command)
    return Meeting(phase=Phase(row["phase"]), venue=Bilingual(**row["venue"]), **columns)


async def save_meeting(connection: Connection, before: Meeting, after: Meeting, facts: Sequence[Fact]) -> None:
    """Write the meeting's row and the rows of each fact.

    Raises `StaleVersion` where the row has changed since it was loaded, and the Refusal of a violated uniqueness.
    """
    with uniqueness():
        if before.phase is Phase.ABSENT:
            await _insert(connection, after, facts[0])
        else:
            await _update(connection, before, after)
        for fact in facts:
            await write_rows(connection, fact)
    if after.by is not None:
        entries = entries_of(facts, after.by, meeting_id=after.meeting_id, organiser=after.organiser)
        await note(connection, entries)


async def _insert(connection: Connection, after: Meeting, fact: Fact) -> None:
    if not isinstance(fact, MeetingDrafted):
        raise TypeError("a meeting begins with MeetingDrafted")
    await connection.execute(
        _INSERT,
        after.meeting_id,
        after.version,
        after.phase,
        after.organiser,
        after.policy,
        after.waiting_list,
        after.capacity,
        after.rank_floor,
        fact.venue.model_dump(),
        after.starts_at,
        after.ends_at,
        fact.model_dump(mode="json"),
        title_key(fact.title),
        *admission_columns(after),
    )


async def _update(connection: Connection, before: Meeting, after: Meeting) -> None:
    done = await connection.execute(
        _UPDATE,
        after.meeting_id,
        before.version,
        after.version,
        after.phase,
        after.venue.model_dump() if after.venue else {},
        after.starts_at,
        after.ends_at,
        after.started_at,
        after.sequence,
        after.confirmed,
        after.waitlisted,
        after.queue_last,
        after.requested,
        after.grouped,
        after.policy,
        *admission_columns(after),
    )
    if done != "UPDATE 1":
        raise StaleVersion
