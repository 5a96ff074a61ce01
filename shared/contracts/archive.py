"""What archive says: a record is being collected, and it is sealed in the log."""

from uuid import UUID

from shared.contracts.base import Contract, Fact, Instant, Topic

RECORD = Topic(
    name="eoffice.archive.record.v1",
    owner="archive",
    readers=("registration", "notification", "minutes"),
)


class RecordOpened(Fact):
    """The archive has begun to collect what belongs to a meeting."""

    record_id: UUID
    meeting_id: UUID


class RecordSealed(Fact):
    """The package is stored and its hash is a leaf of the log; `log_root` is hexadecimal."""

    record_id: UUID
    meeting_id: UUID
    package_sha256: str
    package_size: int
    facts: int
    log_index: int
    log_size: int
    log_root: str
    sealed_at: Instant


CONTRACTS = tuple(Contract(model=model, topic=RECORD, since="0.1") for model in (RecordOpened, RecordSealed))
