"""What the archive does with a whole batch of facts, and with its records and its log together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.archive import views
from services.archive.domain.commands import BeginSealing, SealRecord
from services.archive.domain.package import ArchivedFact
from services.archive.domain.state import Record, record_id_of
from services.archive.policy import react
from services.archive.store import RECORDS, keep_checkpoint
from shared.application import execute
from shared.database import Connection
from shared.messaging.cloudevents import Envelope
from shared.messaging.consumer.handlers import effect_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealing:
    """What is fixed of a record: its state, the facts that its package lists, the documents that it names."""

    record: Record
    facts: Sequence[ArchivedFact]
    documents: Sequence[Mapping[str, Any]]


async def collect(connection: Connection, events: Sequence[Envelope], *, at: datetime, settle: timedelta) -> None:
    """Let the records of the meetings collect what belongs into them; a complete one is sealed `settle` later."""
    for event in events:
        for command in react(event.data, at=at, settle=settle) if event.data else ():
            with effect_of(event):
                await execute(connection, RECORDS, record_id_of(command.meeting_id), command)


async def begin_sealing(connection: Connection, record_id: UUID, command: BeginSealing) -> Sealing:
    """Fix what the package holds, or find what an earlier attempt has fixed; raises `RecordIncomplete`."""
    record = (await execute(connection, RECORDS, record_id, command)).state
    return Sealing(
        record=record,
        facts=await views.facts_sealed_in(connection, record_id=record_id, meeting_id=record.meeting_id),
        documents=await views.documents_sealed_in(connection, record_id),
    )


async def seal(connection: Connection, record_id: UUID, command: SealRecord, *, checkpoint: str) -> None:
    """Keep the signed checkpoint that proves the package, and say that the record is sealed."""
    await keep_checkpoint(connection, command.log_size, checkpoint)
    await execute(connection, RECORDS, record_id, command)
