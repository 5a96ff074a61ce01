"""The events of archive: a record is opened, filled, completed, sealed in the transparency log, held and released."""

from datetime import date
from uuid import UUID

from shared.contracts.base import Bilingual, Contract, Fact, Instant, OrganisationCode, ShortText, Topic
from shared.contracts.minutes import DocumentReference

RECORD = Topic(
    name="eoffice.archive.record.v1",
    owner="archive",
    readers=("minutes",),
)


class RecordOpened(Fact):
    """The archive has begun to collect what belongs to a meeting; title and organiser as last heard.

    Both are null where the draft of the meeting was deleted: nothing of it is kept but that there was one.
    """

    record_id: UUID
    meeting_id: UUID
    title: Bilingual | None = None
    organiser: OrganisationCode | None = None


class MinutesCollected(Fact):
    """The published minutes are among what will be sealed.

    `render_sha256` (hexadecimal) is the hash of the document as it was rendered, before anybody signed.
    """

    record_id: UUID
    meeting_id: UUID
    number: str
    document: DocumentReference
    content: DocumentReference
    render_sha256: str | None = None


class NewsCollected(Fact):
    """The published news item is among what will be sealed."""

    record_id: UUID
    meeting_id: UUID
    document: DocumentReference


class RecordCompleted(Fact):
    """Everything that a record needs is there; it is sealed at `seal_at` or later."""

    record_id: UUID
    meeting_id: UUID
    seal_at: Instant


class SealingBegun(Fact):
    """From now on nothing is added: documents, list of facts and dates are those of the package."""

    record_id: UUID
    meeting_id: UUID
    sealed_at: Instant
    retain_until: date


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


class RecordHeld(Fact):
    """A legal hold lies on the record: nobody may dispose of it."""

    record_id: UUID
    meeting_id: UUID
    reason: ShortText


class RecordReleased(Fact):
    """The legal hold is lifted."""

    record_id: UUID
    meeting_id: UUID
    reason: ShortText


CONTRACTS = tuple(
    Contract(model=model, topic=RECORD, since="0.1")
    for model in (
        RecordOpened,
        MinutesCollected,
        NewsCollected,
        RecordCompleted,
        SealingBegun,
        RecordSealed,
        RecordHeld,
        RecordReleased,
    )
)
