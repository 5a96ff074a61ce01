"""How people are admitted to a meeting, as its row has it: nothing where the meeting says nothing of it."""

from typing import Any

import asyncpg

from services.registration.domain.state import DEFAULT_ADMISSION, Meeting, Members
from services.registration.store.succession import counted_together
from shared.contracts.registration import Admission
from shared.database import Connection


def admission_of(row: asyncpg.Record) -> Members:
    """The members of a meeting, from its row."""
    admission = Admission(**row["admission"]) if row["admission"] else DEFAULT_ADMISSION
    return {"admission": admission, "taken": row["taken"] or {}}


async def admission_with_bodies(connection: Connection, row: asyncpg.Record) -> Members:
    """As `admission_of`, with the bodies that count as one; a meeting that limits no seats needs none."""
    members = admission_of(row)
    limited = [one.organisation for one in members["admission"].organisations]
    return members | (await counted_together(connection, row["starts_at"], limited) if limited else {})


def admission_columns(meeting: Meeting) -> tuple[dict[str, Any] | None, dict[str, int] | None]:
    """`admission` and `taken`, as they are stored."""
    stored = None if meeting.admission == DEFAULT_ADMISSION else meeting.admission.model_dump(mode="json")
    return stored, dict(meeting.taken) or None
