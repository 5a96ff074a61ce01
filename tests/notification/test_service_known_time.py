"""A message that changes or ends a meeting names it by the time that its reader was last told."""

from datetime import timedelta
from uuid import UUID

import pytest

from tests.notification import saying
from tests.notification.office import Office
from tests.notification.saying import CHAIR, CONTACT, KEO, LATER

SECOND = saying.rescheduled(old=LATER, starts_at=LATER + timedelta(days=1), sequence=2)
"""To the 27th, after the 19th and the 26th."""


@pytest.fixture(name="office")
async def announced(office: Office) -> Office:
    """A meeting on the 19th; its chair and the contact of a body that has only a mobile know of it."""
    await office.hear(saying.person(), saying.person(CHAIR), saying.person(CONTACT, email=None))
    await office.hear(
        saying.opened(), saying.invited(office.sealer.seal("https://e-office.example.gov.la/a/1#a"), CONTACT)
    )
    await office.hear(saying.registered())
    await office.work()
    return office


def texts(office: Office, person: UUID, beginning: str) -> list[str]:
    """What a person got by e-mail that begins so, and what went out by SMS."""
    address = saying.person(person).email
    mails = [mail.text for mail in office.providers.mails if mail.to == address and mail.subject.startswith(beginning)]
    return [*mails, *(sms.text for sms in office.providers.sms[-3:])]


@pytest.mark.parametrize("person", [CHAIR, CONTACT, KEO])
async def test_a_meeting_that_was_moved_and_called_off_before_the_move_was_told_ends_on_the_day_people_know(
    office: Office, person: UUID
) -> None:
    await office.hear(saying.rescheduled(), saying.cancelled())
    await office.work()
    found = texts(office, person, "[ຍົກເລີກປະຊຸມ]")
    assert [("19" in text, "26" in text) for text in found] == [(True, False)] * len(found)
    assert all(sms.startswith("ແຈ້ງຍົກເລີກກອງປະຊຸມ ວັນທີ 19/09/2022") for sms in found[-3:])


async def test_who_was_told_of_the_move_hears_that_the_new_day_is_called_off(office: Office) -> None:
    await office.hear(saying.rescheduled())
    await office.work()
    await office.hear(saying.cancelled())
    await office.work()
    assert all(sms.startswith("ແຈ້ງຍົກເລີກກອງປະຊຸມ ວັນທີ 26/09/2022") for sms in texts(office, KEO, "")[-3:])


async def test_a_second_move_begins_from_the_day_people_know_when_the_first_was_never_told(office: Office) -> None:
    await office.hear(saying.rescheduled())
    await office.run("UPDATE meeting SET moved_at = moved_at - interval '1 hour'")
    await office.hear(SECOND)
    await office.work()
    (letter, *_) = texts(office, CHAIR, "[ເລື່ອນປະຊຸມ]")
    assert ("19 ກັນຍາ 2022" in letter, "26 ກັນຍາ 2022" in letter, "27 ກັນຍາ 2022" in letter) == (True, False, True)
