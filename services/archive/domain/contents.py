"""What the package of a record holds and says of itself: the same in every attempt to seal it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from services.archive.domain.package import MINUTES_JSON, MINUTES_PDF, NEWS_JSON, RecordDescription
from services.archive.domain.refusals import RecordIncomplete
from services.archive.domain.state import Record, record_name
from shared.contracts.minutes import DocumentReference

KIND = "meeting"


def documents(record: Record) -> Mapping[str, DocumentReference]:
    """What belongs into the package, by the name it has there; `RecordIncomplete` while something is missing."""
    if record.minutes is None or record.news is None:
        raise RecordIncomplete
    return {
        MINUTES_PDF: record.minutes.document,
        MINUTES_JSON: record.minutes.content,
        NEWS_JSON: record.news.document,
    }


def description(record: Record, given: Sequence[Mapping[str, Any]] = ()) -> RecordDescription:
    """What the package says of itself; the same in every attempt. `RecordIncomplete` before the sealing has begun.

    `given` are the documents of the meeting: the package names each with the SHA-256 of its file.
    """
    if record.minutes is None or record.title is None or record.sealed_at is None:
        raise RecordIncomplete
    rendered = record.minutes.render_sha256
    return RecordDescription(
        record=record_name(record.record_id),
        kind=KIND,
        title=record.title.model_dump(exclude_none=True),
        sealed_at=record.sealed_at,
        about={
            "meeting": str(record.meeting_id),
            "number": record.minutes.number,
            "issuer": record.organiser,
            "retain_until": kept_until(record).isoformat(),
            **({"documents": [dict(each) for each in given]} if given else {}),
        },
        renders={MINUTES_PDF: rendered} if rendered else {},
    )


def kept_until(record: Record) -> date:
    """The last day on which the package is kept; `RecordIncomplete` before the sealing has begun."""
    if record.retain_until is None:
        raise RecordIncomplete
    return record.retain_until
