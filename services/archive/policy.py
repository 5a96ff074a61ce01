"""Which commands of the archive follow from a fact of another service, and which jobs from its own."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from services.archive.domain.commands import CollectCommand, CollectMinutes, CollectNews, OpenRecord
from services.archive.domain.state import Record
from shared.contracts import Fact
from shared.contracts.archive import RecordCompleted, RecordHeld, RecordReleased
from shared.contracts.minutes import MinutesPublished, NewsPublished
from shared.contracts.registration import MeetingChanged, MeetingDiscarded, MeetingDrafted
from shared.kernel import Job, service_actor

SERVICE = service_actor("archive")
SEAL_RECORD = "seal-record"
HOLD_RECORD = "hold-record"
RELEASE_RECORD = "release-record"


def react(fact: Fact, *, at: datetime, settle: timedelta) -> Sequence[CollectCommand]:
    """The commands that follow from a fact; each goes to the record of its meeting.

    They may come in any order: minutes, news and meetings travel in topics of their own.
    """
    match fact:
        case MeetingDrafted() | MeetingChanged():
            return [
                OpenRecord(
                    actor=SERVICE,
                    at=at,
                    settle=settle,
                    meeting_id=fact.meeting_id,
                    title=fact.title,
                    organiser=fact.organiser,
                )
            ]
        case MeetingDiscarded():
            # nobody may read any more what a draft was called that was told to nobody
            return [
                OpenRecord(actor=SERVICE, at=at, settle=settle, meeting_id=fact.meeting_id, title=None, organiser=None)
            ]
        case MinutesPublished():
            return [_collect_minutes(fact, at=at, settle=settle)]
        case NewsPublished():
            meeting = fact.meeting_id
            return [CollectNews(actor=SERVICE, at=at, settle=settle, meeting_id=meeting, document=fact.document)]
        case _:
            return []


def plan(record: Record, fact: Fact) -> Sequence[Job]:
    """A complete record is sealed; legal holds are passed to the store, in the order of placing and lifting."""
    key = str(record.record_id)
    match fact:
        case RecordCompleted():
            return [Job(kind=SEAL_RECORD, name=key, key=key, payload={"record_id": key}, due=fact.seal_at)]
        case RecordHeld():
            payload = {"record_id": key, "reason": fact.reason}
            return [Job(kind=HOLD_RECORD, name=f"{key}:{record.version}", key=key, payload=payload)]
        case RecordReleased():
            return [Job(kind=RELEASE_RECORD, name=f"{key}:{record.version}", key=key, payload={"record_id": key})]
        case _:
            return []


def _collect_minutes(fact: MinutesPublished, *, at: datetime, settle: timedelta) -> CollectMinutes:
    return CollectMinutes(
        actor=SERVICE,
        at=at,
        settle=settle,
        meeting_id=fact.meeting_id,
        number=fact.number,
        document=fact.document,
        content=fact.content,
        render_sha256=fact.render_sha256,
    )
