"""Which commands and which jobs of minutes follow from a fact."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.minutes.domain.commands import FileMinutes, StartMinutes
from services.minutes.domain.state import Minutes, minutes_id_of
from shared.contracts import Fact
from shared.contracts.archive import RecordSealed
from shared.contracts.minutes import MinutesApproved, MinutesPublished
from shared.contracts.registration import MeetingHeld, MeetingOpened
from shared.kernel import Job, service_actor

SERVICE = service_actor("minutes")
DRAFT_MINUTES = "draft-minutes"
SIGN_MINUTES = "sign-minutes"
PUBLISH_NEWS = "publish-news"


def react(fact: Fact, *, at: datetime) -> Sequence[tuple[UUID, StartMinutes | FileMinutes]]:
    """The commands that follow from a fact of another service, each with the identifier of its minutes."""
    match fact:
        case MeetingOpened():
            start = StartMinutes(actor=SERVICE, at=at, meeting_id=fact.meeting_id)
            return [(minutes_id_of(fact.meeting_id), start)]
        case RecordSealed():
            file = FileMinutes(actor=SERVICE, at=at, record_id=fact.record_id)
            return [(minutes_id_of(fact.meeting_id), file)]
        case _:
            return []


def jobs_after(fact: Fact) -> Sequence[Job]:
    """The jobs that follow from a fact of any service: drafting, signing, publishing the news item."""
    match fact:
        case MeetingHeld():
            return [_job(DRAFT_MINUTES, minutes_id_of(fact.meeting_id))]
        case MinutesApproved():
            return [_job(SIGN_MINUTES, fact.minutes_id)]
        case MinutesPublished():
            return [_job(PUBLISH_NEWS, fact.minutes_id)]
        case _:
            return []


def plan(minutes: Minutes, fact: Fact) -> Sequence[Job]:  # noqa: ARG001 -- a `plan`
    """The jobs of our own facts."""
    return jobs_after(fact)


def _job(kind: str, minutes_id: UUID) -> Job:
    return Job(kind=kind, name=str(minutes_id), key=str(minutes_id), payload={"minutes_id": str(minutes_id)})
