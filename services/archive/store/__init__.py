"""Load and save of records, the received facts, and the log, in SQL over asyncpg."""

from services.archive.domain import record as records
from services.archive.domain.commands import RecordCommands
from services.archive.domain.state import Record, evolve
from services.archive.observability import count_fact
from services.archive.policy import plan
from services.archive.store.audit import keep_facts, note_view
from services.archive.store.bodies import keep_successions
from services.archive.store.documents import keep_documents
from services.archive.store.log import EntryDiffers, Logged, append_entry, keep_checkpoint
from services.archive.store.record import load_record, save_record
from shared.application import Aggregate

RECORDS: Aggregate[Record, RecordCommands] = Aggregate(
    name="record",
    decide=records.decide,
    evolve=evolve,
    plan=plan,
    load=load_record,
    save=save_record,
    count=count_fact,
)

__all__ = [
    "RECORDS",
    "EntryDiffers",
    "Logged",
    "append_entry",
    "keep_checkpoint",
    "keep_documents",
    "keep_facts",
    "keep_successions",
    "note_view",
]
