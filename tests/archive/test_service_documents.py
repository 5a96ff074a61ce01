"""The package of a record names the documents of its meeting with the SHA-256 of their files."""

from dataclasses import replace
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest

from services.archive.domain.package import read_package
from shared.contracts import Fact
from shared.contracts.base import Bilingual
from shared.contracts.ids import derived_id, new_id
from shared.contracts.registration import (
    DocumentAdded,
    DocumentChanged,
    DocumentReplaced,
    DocumentWithdrawn,
    MeetingDiscarded,
    MeetingDocument,
)
from shared.messaging.cloudevents import Envelope
from tests.archive.running_service import ArchiveService, drafted, envelope

REPORT, WITHDRAWN, LATE = "ບົດລາຍງານ", "ຮ່າງເກົ່າ", "ເອກະສານຊັກຊ້າ"


def paper(title: str, **members: Any) -> MeetingDocument:
    known = {"document_id": derived_id("paper", title), "position": 1, "title": Bilingual(lo=title)}
    file = {"access": "participants", "version": 1, "sha256": "a" * 64, "size": 9, "media_type": "application/pdf"}
    return MeetingDocument(**known | file | members)


def told(meeting: UUID) -> list[Fact]:
    """One document that has had two files and another class, and one that was withdrawn."""
    second = {"version": 2, "sha256": "b" * 64}
    return [
        DocumentAdded(meeting_id=meeting, document=paper(REPORT)),
        DocumentAdded(meeting_id=meeting, document=paper(WITHDRAWN, position=2)),
        DocumentReplaced(meeting_id=meeting, document=paper(REPORT, **second)),
        DocumentChanged(meeting_id=meeting, changed=("access",), document=paper(REPORT, access="public", **second)),
        DocumentWithdrawn(meeting_id=meeting, document_id=derived_id("paper", WITHDRAWN)),
    ]


def numbered(meeting: UUID) -> list[Envelope]:
    """The events with the places that they have among the facts of the meeting."""
    return [replace(envelope(fact), sequence=place) for place, fact in enumerate(told(meeting), start=2)]


def named(service: ArchiveService, meeting: UUID) -> Any:
    return read_package(service.package(meeting).read_bytes()).description.about.get("documents")


EXPECTED = [
    {
        "document_id": str(derived_id("paper", REPORT)),
        "position": 1,
        "title": {"lo": REPORT},
        "access": "public",
        "version": 2,
        "sha256": "b" * 64,
        "size": 9,
        "media_type": "application/pdf",
    }
]


async def test_a_sealed_record_names_each_document_as_it_was_in_the_end(archive_service: ArchiveService) -> None:
    meeting = new_id()
    await archive_service.receive_events(*numbered(meeting), *numbered(new_id()))
    await archive_service.complete(meeting)
    await archive_service.attempt(meeting)
    assert named(archive_service, meeting) == EXPECTED


@pytest.mark.parametrize("order", list(permutations(range(5)))[::17])
async def test_documents_told_twice_and_in_any_order_are_named_alike(
    archive_service: ArchiveService, order: tuple[int, ...]
) -> None:
    meeting = new_id()
    events = numbered(meeting)
    await archive_service.receive_events(*(events[place] for place in order))
    await archive_service.complete(meeting)
    again = [replace(events[place], id=str(new_id())) for place in order]
    await archive_service.receive_events(*again)
    await archive_service.attempt(meeting)
    assert named(archive_service, meeting) == EXPECTED


async def test_what_is_given_after_the_sealing_has_begun_is_not_named(archive_service: ArchiveService) -> None:
    meeting = new_id()
    await archive_service.receive_events(*numbered(meeting))
    await archive_service.complete(meeting)
    await archive_service.work(meeting)
    package = archive_service.package(meeting).read_bytes()
    await archive_service.receive(DocumentAdded(meeting_id=meeting, document=paper(LATE)))
    await archive_service.attempt(meeting)
    assert archive_service.package(meeting).read_bytes() == package


async def test_a_meeting_without_documents_names_none(archive_service: ArchiveService) -> None:
    meeting = await archive_service.complete()
    await archive_service.attempt(meeting)
    assert named(archive_service, meeting) is None


async def test_the_archive_forgets_what_the_documents_of_a_deleted_draft_were_called(
    archive_service: ArchiveService,
) -> None:
    meeting = new_id()
    await archive_service.receive(drafted(meeting), *told(meeting), MeetingDiscarded(meeting_id=meeting))
    assert await archive_service.rows("SELECT document FROM meeting_document") == []
