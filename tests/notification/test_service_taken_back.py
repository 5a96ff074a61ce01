"""A change that is taken back before anybody was told of it is told to nobody; a new ticket still goes out."""

from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest

from services.notification.subscribers import handler
from shared.contracts import Fact
from shared.messaging.consumer.handlers import handle_run
from tests.notification import scenario
from tests.notification.running_service import NotificationService, envelope
from tests.notification.scenario import CHAIR, HOTEL, KEO, LATER, NOY, OTHER_VENUE, STARTS

THERE = scenario.rescheduled(starts_at=LATER)
BACK = scenario.rescheduled(old=LATER, starts_at=STARTS, sequence=2)
ELSEWHERE = scenario.rescheduled(starts_at=STARTS, venue=OTHER_VENUE)


@pytest.fixture(name="service")
async def announced(service: NotificationService) -> NotificationService:
    """A meeting whose chair, whose only seat and whose waiting list have been told of it."""
    await service.hear(*(scenario.person(each) for each in (CHAIR, KEO, NOY)))
    await service.hear(scenario.opened(), scenario.registered(), ticket(service), scenario.registered(NOY, position=1))
    await service.work()
    service.providers.sms.clear()
    service.providers.mails.clear()
    return service


def ticket(service: NotificationService, *, serial: int = 1) -> Fact:
    return scenario.ticketed(service.sealer.seal(f"ticket-{serial}"), serial=serial)


async def heard(service: NotificationService, *facts: Fact) -> None:
    """Changes within the minute for which a change waits."""
    patient = handler(timedelta(seconds=60))
    for fact in facts:
        await service.inside(partial(handle_run, handler=patient, events=[envelope(fact)]))


async def changed(service: NotificationService, *facts: Fact) -> None:
    """Changes within the minute, and what is sent when it is over."""
    await heard(service, *facts)
    await service.pass_time()
    await service.work()


def sms(service: NotificationService) -> list[str]:
    return sorted({sms.text.partition(" ")[0] for sms in service.providers.sms})


def subjects(service: NotificationService, person: UUID) -> list[str]:
    address = scenario.person(person).email
    return [mail.subject.partition(" ")[0] for mail in service.providers.mails if mail.to == address]


async def test_a_move_there_and_back_is_told_to_nobody_and_the_new_ticket_goes_out(
    service: NotificationService,
) -> None:
    await changed(service, THERE, ticket(service, serial=2), BACK, ticket(service, serial=3))
    assert (sms(service), subjects(service, CHAIR), subjects(service, NOY)) == ([], [], [])
    [mail] = service.providers.mails
    assert (mail.subject.partition(" ")[0], mail.ticket) == ("[ບັດໃໝ່]", "ticket-3")
    assert mail.calendar is not None
    assert mail.calendar.sequence == 2


async def test_a_move_there_and_back_to_another_place_is_told_as_another_place(service: NotificationService) -> None:
    back = scenario.rescheduled(old=LATER, starts_at=STARTS, venue=OTHER_VENUE, sequence=2)
    await changed(service, THERE, back)
    assert (sms(service), subjects(service, CHAIR)) == (["ປ່ຽນສະຖານທີ່ປະຊຸມປຶກສາຫາລື"], ["[ປ່ຽນສະຖານທີ່]"])


async def test_another_place_there_and_back_is_told_to_nobody(service: NotificationService) -> None:
    await changed(
        service, ELSEWHERE, scenario.rescheduled(starts_at=STARTS, old_venue=OTHER_VENUE, venue=HOTEL, sequence=2)
    )
    assert (service.providers.sms, service.providers.mails) == ([], [])


async def test_a_place_that_was_taken_back_while_a_move_waited_is_not_told(service: NotificationService) -> None:
    moved = scenario.rescheduled(venue=OTHER_VENUE)
    await changed(service, moved, scenario.rescheduled(old=LATER, old_venue=OTHER_VENUE, venue=HOTEL, sequence=2))
    assert (sms(service), subjects(service, CHAIR)) == (["ເລື່ອນປະຊຸມປຶກສາຫາລື"], ["[ເລື່ອນປະຊຸມ]"])


async def test_a_move_back_after_the_move_was_told_is_told_too(service: NotificationService) -> None:
    await changed(service, THERE, ticket(service, serial=2))
    service.providers.mails.clear()
    await changed(service, BACK, ticket(service, serial=3))
    assert [subjects(service, person) for person in (CHAIR, KEO, NOY)] == [["[ເລື່ອນປະຊຸມ]"]] * 3
    assert ["26 ກັນຍາ 2022, ເວລາ 08:30 ໂມງ ເປັນວັນທີ 19 ກັນຍາ" in mail.text for mail in service.providers.mails] == [
        True
    ] * 3


async def test_a_place_that_a_message_about_the_move_told_is_taken_back_aloud(service: NotificationService) -> None:
    """The move waits before the new place does, and is told with the place that is true then."""
    await heard(service, THERE, scenario.rescheduled(old=LATER, venue=OTHER_VENUE, sequence=2))
    await service.run(
        "UPDATE job SET due_at = now() WHERE payload->>'message_id' IN"
        " (SELECT message_id::text FROM message WHERE template = 'rescheduled')"
    )
    await service.work()
    assert subjects(service, CHAIR) == ["[ເລື່ອນປະຊຸມ]"]
    service.providers.mails.clear()
    await changed(service, scenario.rescheduled(old=LATER, old_venue=OTHER_VENUE, venue=HOTEL, sequence=3))
    assert subjects(service, CHAIR) == ["[ປ່ຽນສະຖານທີ່]"]


async def test_a_meeting_that_became_longer_is_told(service: NotificationService) -> None:
    longer = scenario.rescheduled(starts_at=STARTS).model_copy(update={"ends_at": LATER})
    await changed(service, longer)
    assert subjects(service, CHAIR) == ["[ເລື່ອນປະຊຸມ]"]


async def test_who_was_told_of_a_move_by_mail_hears_by_sms_from_which_day_it_was_moved(
    service: NotificationService,
) -> None:
    """The chair has got mails only; that one of them told the new day does not make it the old one."""
    await changed(service, THERE)
    chair = scenario.person(CHAIR).mobile
    [text] = [sms.text for sms in service.providers.sms if sms.to == chair]
    assert text.startswith("ເລື່ອນປະຊຸມປຶກສາຫາລື ຍຸດທະສາດ… 19/09/2022 ເປັນ 26/09/2022")
