"""A change that is taken back before anybody was told of it is told to nobody; a new ticket still goes out."""

from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest

from services.notification.subscribers import handler
from shared.contracts import Fact
from shared.messaging.consumer.handlers import handle_run
from tests.notification import saying
from tests.notification.office import Office, envelope
from tests.notification.saying import CHAIR, HALL, HOTEL, KEO, LATER, NOY, STARTS

THERE = saying.rescheduled(starts_at=LATER)
BACK = saying.rescheduled(old=LATER, starts_at=STARTS, sequence=2)
ELSEWHERE = saying.rescheduled(starts_at=STARTS, venue=HALL)


@pytest.fixture(name="office")
async def announced(office: Office) -> Office:
    """A meeting whose chair, whose only seat and whose waiting list have been told of it."""
    await office.hear(*(saying.person(each) for each in (CHAIR, KEO, NOY)))
    await office.hear(saying.opened(), saying.registered(), ticket(office), saying.registered(NOY, position=1))
    await office.work()
    office.providers.sms.clear()
    office.providers.mails.clear()
    return office


def ticket(office: Office, *, serial: int = 1) -> Fact:
    return saying.ticketed(office.sealer.seal(f"ticket-{serial}"), serial=serial)


async def changed(office: Office, *facts: Fact) -> None:
    """Changes within the minute for which a change waits, and what is sent when it is over."""
    patient = handler(timedelta(seconds=60))
    for fact in facts:
        await office.inside(partial(handle_run, handler=patient, events=[envelope(fact)]))
    await office.hurry()
    await office.work()


def sms(office: Office) -> list[str]:
    return sorted({sms.text.partition(" ")[0] for sms in office.providers.sms})


def subjects(office: Office, person: UUID) -> list[str]:
    address = saying.person(person).email
    return [mail.subject.partition(" ")[0] for mail in office.providers.mails if mail.to == address]


async def test_a_move_there_and_back_is_told_to_nobody_and_the_new_ticket_goes_out(office: Office) -> None:
    await changed(office, THERE, ticket(office, serial=2), BACK, ticket(office, serial=3))
    assert (sms(office), subjects(office, CHAIR), subjects(office, NOY)) == ([], [], [])
    [mail] = office.providers.mails
    assert (mail.subject.partition(":")[0], mail.ticket) == ("ລົງທະບຽນສຳເລັດ", "ticket-3")
    assert mail.calendar is not None
    assert mail.calendar.sequence == 2


async def test_a_move_there_and_back_to_another_place_is_told_as_another_place(office: Office) -> None:
    back = saying.rescheduled(old=LATER, starts_at=STARTS, venue=HALL, sequence=2)
    await changed(office, THERE, back)
    assert (sms(office), subjects(office, CHAIR)) == (["ປ່ຽນສະຖານທີ່ປະຊຸມ"], ["[ປ່ຽນສະຖານທີ່]"])


async def test_another_place_there_and_back_is_told_to_nobody(office: Office) -> None:
    await changed(office, ELSEWHERE, saying.rescheduled(starts_at=STARTS, old_venue=HALL, venue=HOTEL, sequence=2))
    assert (office.providers.sms, office.providers.mails) == ([], [])


async def test_a_place_that_was_taken_back_while_a_move_waited_is_not_told(office: Office) -> None:
    moved = saying.rescheduled(venue=HALL)
    await changed(office, moved, saying.rescheduled(old=LATER, old_venue=HALL, venue=HOTEL, sequence=2))
    assert (sms(office), subjects(office, CHAIR)) == (["ເລື່ອນປະຊຸມ"], ["[ເລື່ອນປະຊຸມ]"])


async def test_a_move_back_after_the_move_was_told_is_told_too(office: Office) -> None:
    await changed(office, THERE, ticket(office, serial=2))
    office.providers.mails.clear()
    await changed(office, BACK, ticket(office, serial=3))
    assert [subjects(office, person) for person in (CHAIR, KEO, NOY)] == [["[ເລື່ອນປະຊຸມ]"]] * 3
    assert ["26 ກັນຍາ 2022, ເວລາ 08:30 ໂມງ ເປັນວັນທີ 19 ກັນຍາ" in mail.text for mail in office.providers.mails] == [True] * 3


async def test_a_meeting_that_became_longer_is_told(office: Office) -> None:
    longer = saying.rescheduled(starts_at=STARTS).model_copy(update={"ends_at": LATER})
    await changed(office, longer)
    assert subjects(office, CHAIR) == ["[ເລື່ອນປະຊຸມ]"]


async def test_who_was_told_of_a_move_by_mail_hears_by_sms_from_which_day_it_was_moved(office: Office) -> None:
    """The chair has got mails only; that one of them told the new day does not make it the old one."""
    await changed(office, THERE)
    chair = saying.person(CHAIR).mobile
    [text] = [sms.text for sms in office.providers.sms if sms.to == chair]
    assert text.startswith("ເລື່ອນປະຊຸມ 19/09/2022 ເປັນ 26/09/2022")
