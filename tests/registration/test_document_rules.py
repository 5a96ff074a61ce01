"""Documents of a meeting, decided: when they may be given, their order, their versions, their limits."""

from typing import Any
from uuid import UUID

import pytest

from services.registration.domain.documents.commands import (
    AddDocument,
    ChangeDocument,
    ReplaceDocument,
    WithdrawDocument,
)
from services.registration.domain.documents.refusals import DocumentUnknown, FileUnknown
from services.registration.domain.documents.rules import MOST_DOCUMENTS, MOST_VERSIONS
from services.registration.domain.refusals import AgendaItemUnknown, WrongPhase
from shared.contracts.base import Bilingual
from shared.contracts.registration import (
    AgendaItem,
    DocumentAdded,
    DocumentChanged,
    DocumentReplaced,
    DocumentWithdrawn,
    MeetingDocument,
    MeetingHeld,
)
from shared.kernel import LimitReached, NotFound, NotPermitted
from tests.registration.document_rows import NEVER_SENT
from tests.registration.facts import announced, cancelled, closed, drafted, opened, started
from tests.registration.people import DESK, END, MEETING, NOW, ORGANISER, OTHER_ORGANISER, START, named
from tests.registration.scenario import Step, after, refuses

WHO: dict[str, Any] = {"actor": ORGANISER, "at": NOW}
PAPER, ITEM = named("paper"), named("item")
TITLE = Bilingual(lo="ຮ່າງຍຸດທະສາດ")
AGENDA = (AgendaItem(number="1", title=Bilingual(lo="ປຶກສາຫາລື"), item_id=ITEM),)


def paper(key: UUID = PAPER, **members: Any) -> MeetingDocument:
    told: dict[str, Any] = {
        "document_id": key,
        "position": 1,
        "title": TITLE,
        "access": "participants",
        "version": 1,
        "sha256": "a" * 64,
        "size": 9,
        "media_type": "application/pdf",
    }
    return MeetingDocument(**told | members)


def added(key: UUID = PAPER, **members: Any) -> DocumentAdded:
    return DocumentAdded(meeting_id=MEETING, document=paper(key, **members))


def add(**members: Any) -> AddDocument:
    told: dict[str, Any] = {"document_id": PAPER, "sha256": "a" * 64, "title": TITLE, "access": "participants"}
    return AddDocument(**WHO, **told | members)


def change(**changes: Any) -> ChangeDocument:
    return ChangeDocument(document_id=PAPER, changes=changes, **WHO)


def replace(sha256: str = "b" * 64) -> ReplaceDocument:
    return ReplaceDocument(document_id=PAPER, sha256=sha256, **WHO)


HELD = MeetingHeld(meeting_id=MEETING, started_at=START, ended_at=END)


@pytest.mark.parametrize(
    ("steps", "announced"),
    [([drafted()], False), (opened(), True), ([*opened(), started()], True), ([*opened(), started(), HELD], False)],
    ids=["draft", "open", "in session", "held"],
)
def test_documents_are_given_until_the_meeting_is_closed_and_say_whether_people_expect_it(
    steps: list[Step], *, announced: bool
) -> None:
    told = DocumentAdded(meeting_id=MEETING, document=paper(), announced=announced)
    assert after(*steps, command=add()) == [told]
    replaced = paper(version=2, sha256="b" * 64)
    assert after(*steps, told, command=replace()) == [
        DocumentReplaced(meeting_id=MEETING, document=replaced, announced=announced)
    ]


def test_a_meeting_that_is_over_takes_no_documents() -> None:
    for steps, phase in (([*opened(), started(), HELD, closed()], "closed"), ([drafted(), cancelled()], "cancelled")):
        assert after(*steps, command=add()) == refuses(WrongPhase, phase=phase)


def test_nobody_else_gives_documents() -> None:
    refused = refuses(NotPermitted, roles=["organiser"])
    assert after(opened(), command=AddDocument(**vars_of(add(), actor=DESK))) == refused
    assert after(drafted(), command=AddDocument(**vars_of(add(), actor=OTHER_ORGANISER))) == refuses(NotFound)


def vars_of(command: AddDocument, **members: Any) -> dict[str, Any]:
    names = ("at", "document_id", "sha256", "title", "access")
    return {name: getattr(command, name) for name in names} | members


def test_a_document_needs_its_file_and_its_agenda_item() -> None:
    assert after(drafted(), command=add(sha256=NEVER_SENT)) == refuses(FileUnknown, at="/sha256")
    assert after(drafted(), command=add(item_id=ITEM)) == refuses(AgendaItemUnknown, at="/item_id")
    assert after(drafted(agenda=AGENDA), command=add(item_id=ITEM)) == [added(item_id=ITEM)]
    assert after(drafted(), added(), command=replace(NEVER_SENT)) == refuses(FileUnknown, at="/sha256")


def test_without_a_position_it_is_the_last_of_its_item() -> None:
    before = [drafted(agenda=AGENDA), added(named("one"), position=7), added(named("two"), item_id=ITEM, position=3)]
    assert after(*before, command=add()) == [added(position=8)]
    assert after(*before, command=add(item_id=ITEM)) == [added(item_id=ITEM, position=4)]
    assert after(*before, command=add(position=2)) == [added(position=2)]
    moved = paper(item_id=ITEM, position=4)
    told = DocumentChanged(meeting_id=MEETING, changed=("item_id", "position"), document=moved)
    assert after(*before, added(), command=change(item_id=ITEM)) == [told]


def test_what_does_not_differ_is_no_fact() -> None:
    assert after(drafted(), added(), command=change(title=TITLE, access="participants", item_id=None)) == []
    assert after(drafted(), added(), command=replace("a" * 64)) == []


def test_another_class_and_another_file_are_facts() -> None:
    told = DocumentChanged(meeting_id=MEETING, changed=("access",), document=paper(access="staff"))
    assert after(opened(), added(), command=change(access="staff")) == [told]
    replaced = DocumentReplaced(meeting_id=MEETING, document=paper(version=2, sha256="b" * 64), announced=True)
    assert after(opened(), added(), command=replace()) == [replaced]


def test_a_withdrawn_document_is_there_for_nobody() -> None:
    withdrawn = DocumentWithdrawn(meeting_id=MEETING, document_id=PAPER, reason="ມີສະບັບໃໝ່")
    command = WithdrawDocument(document_id=PAPER, reason="ມີສະບັບໃໝ່", **WHO)
    assert after(opened(), added(), command=command) == [withdrawn]
    for each in (command, change(access="staff"), replace()):
        assert after(opened(), added(), withdrawn, command=each) == refuses(DocumentUnknown)


def test_documents_and_versions_have_limits() -> None:
    many = [added(named(f"paper {number}")) for number in range(MOST_DOCUMENTS)]
    assert after(drafted(), announced(), *many, command=add()) == refuses(
        LimitReached, what="documents", limit=MOST_DOCUMENTS
    )
    often = added(version=MOST_VERSIONS)
    refused = refuses(LimitReached, what="versions of the document", limit=MOST_VERSIONS)
    assert after(drafted(), often, command=replace()) == refused
