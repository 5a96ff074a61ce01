"""Who is two things to a meeting under one number or address is told of its changes once."""

from collections import Counter
from typing import Any

import pytest

from shared.contracts import Fact
from tests.notification import scenario
from tests.notification.running_service import NotificationService
from tests.notification.scenario import CHAIR, CONTACT, HOST, KEO, MEETING

LINK = "https://e-office.example.gov.la/answer/1#a"
SAME: dict[str, Any] = {"email": "Keo@example.la", "mobile": "+8562055550101"}
LOWER = SAME | {"email": "keo@example.la"}


async def meeting(service: NotificationService, *, position: int | None = None) -> None:
    """A meeting whose contact takes a seat, or a place in the queue, under his own address."""
    await service.run("INSERT INTO host VALUES ($1, $2, 'co-host')", MEETING, HOST)
    await service.hear(scenario.person(KEO, **LOWER), scenario.person(CONTACT, **SAME))
    await service.hear(scenario.person(CHAIR, mobile="+8562055550102"), scenario.person(HOST, mobile="+8562055550103"))
    await service.hear(scenario.opened(), scenario.invited(service.sealer.seal(LINK), CONTACT))
    await service.hear(scenario.registered(position=position))
    if position is None:
        await service.hear(scenario.ticketed(service.sealer.seal("ticket")))
    await service.work()
    service.providers.sms.clear()
    service.providers.mails.clear()


def counted(service: NotificationService) -> tuple[dict[str, int], dict[str, int]]:
    """SMS by number, mails by address."""
    sms = Counter(sms.to for sms in service.providers.sms)
    return dict(sms), dict(Counter(mail.to.lower() for mail in service.providers.mails))


async def test_a_contact_who_takes_a_seat_is_told_once_on_each_channel(service: NotificationService) -> None:
    await meeting(service)
    await service.hear(scenario.cancelled())
    await service.work()
    sms, mails = counted(service)
    assert sms == {"+8562055550101": 1, "+8562055550102": 1, "+8562055550103": 1}
    assert mails == {"keo@example.la": 1, f"{CHAIR}@example.la": 1, f"{HOST}@example.la": 1}
    assert [mail.calendar.method for mail in service.providers.mails if mail.calendar] == ["CANCEL"] * 3


async def test_a_contact_who_waits_still_hears_of_his_calendar(service: NotificationService) -> None:
    await meeting(service, position=1)
    await service.hear(scenario.cancelled())
    await service.work()
    sms, mails = counted(service)
    assert (sms["+8562055550101"], mails["keo@example.la"]) == (1, 2)
    assert [mail.calendar.method for mail in service.providers.mails if mail.calendar] == ["CANCEL"] * 3


@pytest.mark.parametrize("channel", ["sms", "email"])
async def test_a_seat_that_is_reached_on_one_channel_leaves_the_other_to_the_contact(
    service: NotificationService, channel: str
) -> None:
    await meeting(service)
    gone = {"sms": {"mobile": None}, "email": {"email": None}}[channel]
    await service.hear(scenario.person(KEO, **LOWER | gone), scenario.cancelled())
    await service.work()
    sms, mails = counted(service)
    assert (sms["+8562055550101"], mails["keo@example.la"]) == (1, 1)


async def test_a_chair_who_is_contact_of_his_own_body_is_told_as_chair(service: NotificationService) -> None:
    await meeting(service)
    await service.hear(scenario.person(CHAIR, **SAME | {"mobile": "+8562055550103"}), scenario.person(CONTACT, **SAME))
    await service.hear(scenario.withdrawn(), scenario.cancelled())
    await service.work()
    roles = await service.rows(
        "SELECT DISTINCT audience FROM message WHERE template = 'cancelled' AND channel = 'sms' ORDER BY 1"
    )
    assert roles == [("chair",), ("contact",)]


async def named(service: NotificationService, **host: str | None) -> list[tuple[str, str, str]]:
    """Who is told that the meeting is announced, as what and how, where chair and co-host share a telephone."""
    await service.run("INSERT INTO host VALUES ($1, $2, 'co-host')", MEETING, HOST)
    shared: dict[str, Any] = {"mobile": "+8562055550102"}
    await service.hear(scenario.person(CHAIR, **shared), scenario.person(HOST, **shared, **host))
    await service.hear(scenario.opened())
    await service.work()
    return [(template, channel, status) for template, channel, status, _ in await service.messages()]


async def test_a_co_host_with_the_telephone_of_the_chair_is_told_by_e_mail(service: NotificationService) -> None:
    assert await named(service) == [("chair_named", "email", "sent"), ("co_host_named", "email", "sent")]


async def test_a_co_host_who_shares_a_number_by_which_the_chair_is_not_told_is_told_by_it(
    service: NotificationService,
) -> None:
    assert await named(service, email=None) == [("chair_named", "email", "sent"), ("co_host_named", "sms", "sent")]


async def published(service: NotificationService, host: dict[str, Any], *facts: Fact) -> list[tuple[str, ...]]:
    """As what who waits and is a host under the same number is told of the minutes, after these facts."""
    await meeting(service, position=1)
    await service.hear(scenario.person(HOST, **host), *facts, scenario.held(), scenario.minutes_signed())
    await service.hear(scenario.minutes_published())
    return await service.rows("SELECT audience, channel FROM message WHERE template = 'minutes_signed'")


async def test_a_host_who_waited_in_vain_is_told_of_the_minutes_as_host(service: NotificationService) -> None:
    assert await published(service, SAME | {"email": None}) == [("co-host", "sms")]


async def test_a_host_who_was_at_the_meeting_is_told_of_the_minutes_once(service: NotificationService) -> None:
    assert await published(service, SAME, scenario.promoted(), scenario.checked_in(), scenario.withdrawn()) == [
        ("seated", "email")
    ]
