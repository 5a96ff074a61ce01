"""A message that changes or ends a meeting names it by the time that its reader was last told."""

from datetime import timedelta
from uuid import UUID

import pytest

from tests.notification import scenario
from tests.notification.running_service import NotificationService
from tests.notification.scenario import CHAIR, CONTACT, KEO, LATER

SECOND = scenario.rescheduled(old=LATER, starts_at=LATER + timedelta(days=1), sequence=2)
"""To the 27th, after the 19th and the 26th."""


@pytest.fixture(name="service")
async def announced(service: NotificationService) -> NotificationService:
    """A meeting on the 19th; its chair and the contact of a body that has only a mobile know of it."""
    await service.hear(scenario.person(), scenario.person(CHAIR), scenario.person(CONTACT, email=None))
    await service.hear(
        scenario.opened(), scenario.invited(service.sealer.seal("https://e-office.example.gov.la/a/1#a"), CONTACT)
    )
    await service.hear(scenario.registered())
    await service.work()
    return service


def texts(service: NotificationService, person: UUID, beginning: str) -> list[str]:
    """What a person got by e-mail that begins so, and what went out by SMS."""
    address = scenario.person(person).email
    mails = [mail.text for mail in service.providers.mails if mail.to == address and mail.subject.startswith(beginning)]
    return [*mails, *(sms.text for sms in service.providers.sms[-3:])]


@pytest.mark.parametrize("person", [CHAIR, CONTACT, KEO])
async def test_a_meeting_that_was_moved_and_called_off_before_the_move_was_told_ends_on_the_day_people_know(
    service: NotificationService, person: UUID
) -> None:
    await service.hear(scenario.rescheduled(), scenario.cancelled())
    await service.work()
    found = texts(service, person, "[ຍົກເລີກປະຊຸມ]")
    assert [("19" in text, "26" in text) for text in found] == [(True, False)] * len(found)
    assert all(sms.startswith("ຍົກເລີກ") and "ວັນທີ 19/09/2022" in sms for sms in found[-3:])


async def test_who_was_told_of_the_move_hears_that_the_new_day_is_called_off(service: NotificationService) -> None:
    await service.hear(scenario.rescheduled())
    await service.work()
    await service.hear(scenario.cancelled())
    await service.work()
    assert all(sms.startswith("ຍົກເລີກ") and "ວັນທີ 26/09/2022" in sms for sms in texts(service, KEO, "")[-3:])


async def test_a_second_move_begins_from_the_day_people_know_when_the_first_was_never_told(
    service: NotificationService,
) -> None:
    await service.hear(scenario.rescheduled())
    await service.run("UPDATE meeting SET moved_at = moved_at - interval '1 hour'")
    await service.hear(SECOND)
    await service.work()
    (mail, *_) = texts(service, CHAIR, "[ເລື່ອນປະຊຸມ]")
    assert ("19 ກັນຍາ 2022" in mail, "26 ກັນຍາ 2022" in mail, "27 ກັນຍາ 2022" in mail) == (True, False, True)
