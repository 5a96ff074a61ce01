"""Notices are true: nobody loses an entry that is his own, and a change says what it was and what it is."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from shared.contracts import Fact
from tests.notification import scenario
from tests.notification.running_service import NotificationService
from tests.notification.scenario import CHAIR, CONTACT, HOST, KEO, LATER, NOY, OTHER_VENUE, STARTS
from tests.notification.test_service_changes import announced, calendar_of, templates, ticket, told
from tests.notification.test_service_taken_back import changed

__all__ = ["announced"]  # the fixture is looked up here

HOUR = timedelta(hours=1)


async def with_own_seat(service: NotificationService, person: UUID) -> None:
    """Somebody registers with the address of this person, and gets his ticket."""
    await service.hear(scenario.person(KEO, email=scenario.person(person).email))
    await told(service, scenario.registered(KEO), ticket(service))


@pytest.mark.parametrize(
    ("person", "fact", "template"),
    [
        (CONTACT, scenario.revoked(CONTACT), "invitation_revoked"),
        (CHAIR, scenario.hosts_changed(chair=NOY, former_chair=CHAIR), "chair_released"),
        (
            HOST,
            scenario.hosts_changed(co_hosts=(), co_host_contacts=(), former_co_host_contacts=(HOST,)),
            "co_host_released",
        ),
    ],
    ids=["contact", "chair", "co-host"],
)
async def test_who_has_a_seat_of_his_own_keeps_the_meeting_in_his_calendar(
    service: NotificationService, person: UUID, fact: Fact, template: str
) -> None:
    await with_own_seat(service, person)
    await told(service, fact)
    assert [one for one, _, _ in await templates(service, person)][-1] == template
    assert [method for method, _ in calendar_of(service, person)] == ["REQUEST", "REQUEST"]
    await told(service, scenario.cancelled())
    assert calendar_of(service, person)[-1][0] == "CANCEL"


async def test_who_gives_up_his_seat_keeps_the_meeting_while_he_answers_for_his_body(
    service: NotificationService,
) -> None:
    await with_own_seat(service, CONTACT)
    await told(service, scenario.withdrawn(KEO))
    assert [method for method, _ in calendar_of(service, CONTACT)] == ["REQUEST", "REQUEST"]
    await told(service, scenario.revoked(CONTACT))
    assert calendar_of(service, CONTACT)[-1][0] == "CANCEL"


async def test_who_has_a_place_in_the_queue_only_has_nothing_to_keep(service: NotificationService) -> None:
    await service.hear(scenario.person(KEO, email=scenario.person(CONTACT).email))
    await told(service, scenario.registered(KEO, position=1), scenario.revoked(CONTACT))
    assert calendar_of(service, CONTACT)[-1][0] == "CANCEL"


async def mails_to(service: NotificationService, person: UUID) -> list[tuple[str, str]]:
    """Subject and Lao text of what somebody has got."""
    address = scenario.person(person).email
    mails = [mail for mail in service.providers.mails if mail.to == address]
    return [(mail.subject.partition(" ")[0], mail.text.split("-" * 40)[0]) for mail in mails]


async def test_the_notice_of_a_move_says_until_when_the_invitation_may_be_answered(
    service: NotificationService,
) -> None:
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(days=5)
    await service.hear(scenario.person(CONTACT, email=None))
    await changed(service, scenario.extended(CONTACT, until=until, with_meeting=True), scenario.rescheduled())
    assert [template for template, _, _ in await templates(service, CONTACT)] == ["invitation", "rescheduled"]
    [text] = [sms.text for sms in service.providers.sms if sms.to == scenario.person(CONTACT).mobile]
    day = (until + 7 * HOUR).strftime("%d/%m/%Y")
    assert text == f"ເລື່ອນປະຊຸມປຶກສາຫາລື… ເປັນ 26/09/2022, 08:30 ໂມງ. ຕອບກ່ອນ {day}."


async def test_nobody_is_told_of_a_time_to_answer_that_is_over_or_is_not_his(service: NotificationService) -> None:
    past = datetime.now(UTC) - timedelta(days=1)
    await changed(service, scenario.extended(CONTACT, until=past, with_meeting=True), scenario.rescheduled())
    texts = [text for person in (CONTACT, CHAIR) for _, text in (await mails_to(service, person))[1:]]
    assert [("ຕອບໄດ້ກ່ອນ" in text, "ເປັນວັນທີ 26 ກັນຍາ 2022" in text) for text in texts] == [(False, True)] * 2


async def seated(service: NotificationService) -> None:
    """Somebody who knows of the meeting by his ticket alone."""
    await service.hear(scenario.person(KEO, mobile=None))
    await told(service, scenario.registered(), ticket(service))


async def test_a_ticket_holder_is_told_from_which_place_to_which(service: NotificationService) -> None:
    await seated(service)
    await changed(service, scenario.rescheduled(starts_at=STARTS, venue=OTHER_VENUE))
    subject, text = (await mails_to(service, KEO))[-1]
    assert (subject, "ຈາກ ໂຮງແຮມ ຄລາວພລາຊາ ເປັນ ຫ້ອງປະຊຸມໃຫຍ່ ຊັ້ນ 3" in text) == ("[ປ່ຽນສະຖານທີ່]", True)


async def test_a_ticket_holder_is_told_of_another_end_not_of_a_move_from_a_time_to_the_same(
    service: NotificationService,
) -> None:
    await seated(service)
    await changed(service, scenario.rescheduled(starts_at=STARTS, longer=HOUR), ticket(service, serial=2))
    subject, text = (await mails_to(service, KEO))[-1]
    assert (subject, "ຈາກ 12:00 ໂມງ ເປັນ 13:00 ໂມງ. ເວລາເລີ່ມ 08:30 ໂມງ ຄືເກົ່າ" in text) == ("[ເລື່ອນປະຊຸມ]", True)
    chair = next(sms.text for sms in service.providers.sms if sms.to == scenario.person(CHAIR).mobile)
    assert chair == "ປະຊຸມປຶກສາຫາລື ຍຸດທະສາດລັດຖ… 19/09/2022: ສິ້ນສຸດ 12:00 ເປັນ 13:00 ໂມງ."


async def test_a_move_there_and_back_to_another_place_is_told_as_another_place_with_the_new_ticket(
    service: NotificationService,
) -> None:
    await seated(service)
    back = scenario.rescheduled(old=LATER, starts_at=STARTS, venue=OTHER_VENUE, sequence=2)
    await changed(service, scenario.rescheduled(), ticket(service, serial=2), back, ticket(service, serial=3))
    subject, text = (await mails_to(service, KEO))[-1]
    assert (subject, "ຈາກ ໂຮງແຮມ ຄລາວພລາຊາ ເປັນ ຫ້ອງປະຊຸມໃຫຍ່ ຊັ້ນ 3" in text) == ("[ປ່ຽນສະຖານທີ່]", True)
    assert service.providers.mails[-1].ticket == "ticket-3"


async def test_a_place_that_comes_back_within_the_window_is_told_to_no_ticket_holder(
    service: NotificationService,
) -> None:
    await seated(service)
    there = scenario.rescheduled(starts_at=STARTS, venue=OTHER_VENUE)
    back = scenario.rescheduled(starts_at=STARTS, old_venue=OTHER_VENUE, sequence=2)
    await changed(service, there, back)
    assert [subject for subject, _ in await mails_to(service, KEO)] == ["ລົງທະບຽນສຳເລັດ:"]


async def test_a_ticket_that_is_signed_anew_for_the_same_time_and_place_is_not_a_registration(
    service: NotificationService,
) -> None:
    await seated(service)
    back = scenario.rescheduled(old=LATER, starts_at=STARTS, sequence=2)
    await changed(service, scenario.rescheduled(), ticket(service, serial=2), back, ticket(service, serial=3))
    subject, text = (await mails_to(service, KEO))[-1]
    assert (subject, "ວັນ, ເວລາ ແລະ ສະຖານທີ່" in text, "ເລື່ອນ" in text) == ("[ບັດໃໝ່]", True, False)


async def test_time_and_place_that_change_together_are_told_in_one_notice(service: NotificationService) -> None:
    await seated(service)
    await changed(service, scenario.rescheduled(venue=OTHER_VENUE), ticket(service, serial=2))
    subject, text = (await mails_to(service, KEO))[-1]
    assert (subject, "ສະຖານທີ່ໃໝ່: ຫ້ອງປະຊຸມໃຫຍ່ ຊັ້ນ 3 (ສະຖານທີ່ເກົ່າ: ໂຮງແຮມ ຄລາວພລາຊາ)" in text) == (
        "[ເລື່ອນປະຊຸມ]",
        True,
    )


async def test_who_was_told_who_chairs_is_told_who_chairs_instead(service: NotificationService) -> None:
    await told(service, scenario.hosts_changed(chair=NOY, former_chair=CHAIR))
    for person in (CONTACT, HOST):
        assert (await templates(service, person))[-1] == ("chair_changed", "email", "sent")
    assert ("ປະທານໃໝ່ແມ່ນ ທ່ານ ແກ້ວ" in (await mails_to(service, CONTACT))[-1][1]) is True
    assert [one for one, _, _ in await templates(service, NOY)] == ["chair_named"]


async def test_whose_representative_withdraws_knows_that_nobody_represents_him(service: NotificationService) -> None:
    await told(service, scenario.registered(), ticket(service), scenario.represented(by=NOY), ticket(service, NOY))
    await told(service, scenario.withdrawn(NOY))
    assert (await templates(service, KEO))[-1] == ("representative_withdrawn", "email", "sent")
    assert (await templates(service, NOY))[-1] == ("withdrawn", "email", "sent")
