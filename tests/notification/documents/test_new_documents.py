"""Whoever may read the documents of an announced meeting is told of new ones, once for several."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from shared.contracts import Fact
from shared.contracts.base import Bilingual
from shared.contracts.ids import new_id
from shared.contracts.registration import (
    DocumentAdded,
    DocumentChanged,
    DocumentReplaced,
    DocumentWithdrawn,
    MeetingDocument,
)
from tests.notification import scenario
from tests.notification.running_service import NotificationService
from tests.notification.scenario import CHAIR, CONTACT, HOST, KEO, MEETING, NOY
from tests.notification.test_message_policy import EVERYBODY, MAIL_FIRST, NOW, asked, orders, seat
from tests.notification.test_service_changes import LINK, templates, ticket, told


def document(**members: Any) -> MeetingDocument:
    known = {"document_id": new_id(), "position": 1, "title": Bilingual(lo="ຮ່າງຍຸດທະສາດ"), "access": "participants"}
    file = {"version": 1, "sha256": "a" * 64, "size": 9, "media_type": "application/pdf"}
    return MeetingDocument(**known | file | members)


def added(*, announced: bool = True, **members: Any) -> DocumentAdded:
    return DocumentAdded(meeting_id=MEETING, document=document(**members), announced=announced)


REPLACED = DocumentReplaced(meeting_id=MEETING, document=document(version=2), announced=True)
CORRECTED = DocumentChanged(meeting_id=MEETING, document=document(), changed=("title",))
WITHDRAWN = DocumentWithdrawn(meeting_id=MEETING, document_id=new_id())


@pytest.mark.parametrize("fact", [added(), added(access="public"), REPLACED], ids=["added", "public", "replaced"])
def test_whoever_may_read_a_document_is_told_of_it_and_who_has_no_seat_is_not(fact: Fact) -> None:
    people = replace(EVERYBODY, seats=(*EVERYBODY.seats, seat(CONTACT, "requested")))
    told_of_it = [(person, "new_documents", MAIL_FIRST, None) for person in (CHAIR, HOST, CONTACT, KEO)]
    assert asked(fact, people) == told_of_it


@pytest.mark.parametrize(
    "fact",
    [added(access="staff"), added(announced=False), CORRECTED, WITHDRAWN],
    ids=["of the staff", "of a draft", "corrected", "withdrawn"],
)
def test_what_nobody_else_may_read_or_was_only_corrected_is_told_to_nobody(fact: Fact) -> None:
    assert asked(fact, EVERYBODY) == []


def test_who_will_be_told_by_a_message_that_waits_is_not_told_twice() -> None:
    assert [each.person_id for each in orders(added(), replace(EVERYBODY, told_soon=frozenset({KEO, CHAIR})))] == [
        HOST,
        CONTACT,
    ]


def test_new_documents_wait_longer_for_others_than_changes_do() -> None:
    patient = replace(EVERYBODY, quiet=timedelta(minutes=1))
    assert {each.not_before for each in orders(added(), patient)} == {NOW + timedelta(minutes=10)}


@pytest.fixture(name="service")
async def announced(service: NotificationService) -> NotificationService:
    await service.hear(*(scenario.person(each) for each in (KEO, CHAIR, CONTACT)))
    await told(service, scenario.opened(), scenario.invited(service.sealer.seal(LINK), CONTACT))
    await told(service, scenario.registered(), ticket(service))
    return service


async def notices(service: NotificationService, person: UUID) -> int:
    return sum(template == "new_documents" for template, *_ in await templates(service, person))


async def test_several_documents_are_one_notice_and_a_later_one_is_another(service: NotificationService) -> None:
    await service.hear(added(), added(), REPLACED)
    await service.hear(added())
    assert [await notices(service, person) for person in (KEO, CHAIR, CONTACT)] == [1, 1, 1]
    await service.work()
    await told(service, added())
    assert [await notices(service, person) for person in (KEO, CHAIR, CONTACT)] == [2, 2, 2]


async def test_the_notice_of_a_cancelled_meeting_is_not_sent(service: NotificationService) -> None:
    await service.hear(added(), scenario.cancelled())
    await service.work()
    assert [status for template, _, status in await templates(service) if template == "new_documents"] == ["cancelled"]


async def test_the_mail_names_the_meeting_and_leads_to_what_its_reader_may_see(service: NotificationService) -> None:
    await told(service, added())
    mails = {mail.to: mail for mail in service.providers.mails if "ເອກະສານໃໝ່" in mail.subject}
    assert set(mails) == {scenario.person(each).email for each in (KEO, CHAIR, CONTACT)}
    assert NOY not in mails
    assert all("ຮ່າງຍຸດທະສາດ" not in mail.text for mail in mails.values())  # the class may change until it is read
