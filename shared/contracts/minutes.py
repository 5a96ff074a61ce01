"""What minutes publishes: opinions, minutes from the draft to their publication, news; no text is in any fact."""

from datetime import date
from uuid import UUID

from shared.contracts.base import Contract, Fact, Instant, OrganisationCode, Topic, Value, WireEnum

MINUTES = Topic(
    name="eoffice.minutes.minutes.v1",
    owner="minutes",
    readers=("notification", "archive"),
)


class Position(WireEnum):
    """What an opinion says to the matter at hand."""

    SUPPORT = "support"
    SUPPORT_WITH_COMMENT = "support-with-comment"
    OBJECT = "object"
    NO_VIEW = "no-view"


class DocumentReference(Value):
    """A document in the object store (claim check): too large and too personal for a topic."""

    sha256: str
    size: int
    media_type: str


class MinutesStarted(Fact):
    """A file of minutes exists for an opened meeting; opinions may be recorded."""

    minutes_id: UUID
    meeting_id: UUID


class OpinionRecorded(Fact):
    """A body or a person has given an opinion; its text stays in minutes."""

    minutes_id: UUID
    meeting_id: UUID
    opinion_id: UUID
    organisation: OrganisationCode
    agenda_item: str | None
    position: Position


class DecisionRecorded(Fact):
    """The meeting has decided something."""

    minutes_id: UUID
    meeting_id: UUID
    decision_id: UUID
    number: int


class ActionAssigned(Fact):
    """A body has to do something until a date."""

    minutes_id: UUID
    meeting_id: UUID
    action_id: UUID
    number: int
    owner: OrganisationCode
    due: date | None


class MinutesDrafted(Fact):
    """The minutes were drafted from what happened; figures counted from check-ins."""

    minutes_id: UUID
    meeting_id: UUID
    revision: int
    present: int
    women: int


class MinutesRevised(Fact):
    """Somebody has edited the text."""

    minutes_id: UUID
    meeting_id: UUID
    revision: int


class MinutesSubmitted(Fact):
    """The minutes wait for the chair's review."""

    minutes_id: UUID
    meeting_id: UUID
    revision: int


class MinutesReturned(Fact):
    """The chair has sent them back for correction."""

    minutes_id: UUID
    meeting_id: UUID
    revision: int


class MinutesApproved(Fact):
    """The chair has approved; the number is allocated here, gap-free per issuer and year."""

    minutes_id: UUID
    meeting_id: UUID
    revision: int
    number: str
    approved_at: Instant


class MinutesSigned(Fact):
    """The rendered document carries its signatures and stands in the object store.

    `render_sha256` (hexadecimal) is the hash of the document as it was rendered, before anybody signed.
    """

    minutes_id: UUID
    meeting_id: UUID
    number: str
    document: DocumentReference
    content: DocumentReference
    signed_at: Instant
    render_sha256: str | None = None


class MinutesPublished(Fact):
    """The signed minutes are out; participants are told, the archive collects.

    `render_sha256` (hexadecimal) is the hash of the document as it was rendered, before anybody signed.
    """

    minutes_id: UUID
    meeting_id: UUID
    number: str
    document: DocumentReference
    content: DocumentReference
    published_at: Instant
    render_sha256: str | None = None


class NewsPublished(Fact):
    """A news item drafted from the same facts was published at a permanent address."""

    minutes_id: UUID
    meeting_id: UUID
    news_id: UUID
    document: DocumentReference
    published_at: Instant


class MinutesFiled(Fact):
    """The archive holds the record: the minutes have reached their last state."""

    minutes_id: UUID
    meeting_id: UUID
    record_id: UUID


CONTRACTS = tuple(
    Contract(model=model, topic=MINUTES, since="0.1")
    for model in (
        MinutesStarted,
        OpinionRecorded,
        DecisionRecorded,
        ActionAssigned,
        MinutesDrafted,
        MinutesRevised,
        MinutesSubmitted,
        MinutesReturned,
        MinutesApproved,
        MinutesSigned,
        MinutesPublished,
        NewsPublished,
        MinutesFiled,
    )
)
