"""Who is two things to a meeting under one number or address is told of its changes once."""

from collections import Counter
from typing import Any

import pytest

from shared.contracts import Fact
from tests.notification import saying
from tests.notification.office import Office
from tests.notification.saying import CHAIR, CONTACT, HOST, KEO, MEETING

LINK = "https://e-office.example.gov.la/answer/1#a"
SAME: dict[str, Any] = {"email": "Keo@example.la", "mobile": "+8562055550101"}
LOWER = SAME | {"email": "keo@example.la"}


async def meeting(office: Office, *, position: int | None = None) -> None:
    """A meeting whose contact takes a seat, or a place in the queue, under his own address."""
    await office.run("INSERT INTO host VALUES ($1, $2, 'co-host')", MEETING, HOST)
    await office.hear(saying.person(KEO, **LOWER), saying.person(CONTACT, **SAME))
    await office.hear(saying.person(CHAIR, mobile="+8562055550102"), saying.person(HOST, mobile="+8562055550103"))
    await office.hear(saying.opened(), saying.invited(office.sealer.seal(LINK), CONTACT))
    await office.hear(saying.registered(position=position))
    if position is None:
        await office.hear(saying.ticketed(office.sealer.seal("ticket")))
    await office.work()
    office.providers.sms.clear()
    office.providers.mails.clear()


def counted(office: Office) -> tuple[dict[str, int], dict[str, int]]:
    """SMS by number, mails by address."""
    sms = Counter(sms.to for sms in office.providers.sms)
    return dict(sms), dict(Counter(mail.to.lower() for mail in office.providers.mails))


async def test_a_contact_who_takes_a_seat_is_told_once_on_each_channel(office: Office) -> None:
    await meeting(office)
    await office.hear(saying.cancelled())
    await office.work()
    sms, mails = counted(office)
    assert sms == {"+8562055550101": 1, "+8562055550102": 1, "+8562055550103": 1}
    assert mails == {"keo@example.la": 1, f"{CHAIR}@example.la": 1, f"{HOST}@example.la": 1}
    assert [mail.calendar.method for mail in office.providers.mails if mail.calendar] == ["CANCEL"] * 3


async def test_a_contact_who_waits_still_hears_of_his_calendar(office: Office) -> None:
    await meeting(office, position=1)
    await office.hear(saying.cancelled())
    await office.work()
    sms, mails = counted(office)
    assert (sms["+8562055550101"], mails["keo@example.la"]) == (1, 2)
    assert [mail.calendar.method for mail in office.providers.mails if mail.calendar] == ["CANCEL"] * 3


@pytest.mark.parametrize("channel", ["sms", "email"])
async def test_a_seat_that_is_reached_on_one_channel_leaves_the_other_to_the_contact(
    office: Office, channel: str
) -> None:
    await meeting(office)
    gone = {"sms": {"mobile": None}, "email": {"email": None}}[channel]
    await office.hear(saying.person(KEO, **LOWER | gone), saying.cancelled())
    await office.work()
    sms, mails = counted(office)
    assert (sms["+8562055550101"], mails["keo@example.la"]) == (1, 1)


async def test_a_chair_who_is_contact_of_his_own_body_is_told_as_chair(office: Office) -> None:
    await meeting(office)
    await office.hear(saying.person(CHAIR, **SAME | {"mobile": "+8562055550103"}), saying.person(CONTACT, **SAME))
    await office.hear(saying.withdrawn(), saying.cancelled())
    await office.work()
    roles = await office.rows(
        "SELECT DISTINCT audience FROM message WHERE template = 'cancelled' AND channel = 'sms' ORDER BY 1"
    )
    assert roles == [("chair",), ("contact",)]


async def named(office: Office, **host: str | None) -> list[tuple[str, str, str]]:
    """Who is told that the meeting is announced, as what and how, where chair and co-host share a telephone."""
    await office.run("INSERT INTO host VALUES ($1, $2, 'co-host')", MEETING, HOST)
    shared: dict[str, Any] = {"mobile": "+8562055550102"}
    await office.hear(saying.person(CHAIR, **shared), saying.person(HOST, **shared, **host))
    await office.hear(saying.opened())
    await office.work()
    return [(template, channel, status) for template, channel, status, _ in await office.messages()]


async def test_a_co_host_with_the_telephone_of_the_chair_is_told_by_e_mail(office: Office) -> None:
    assert await named(office) == [("chair_named", "email", "sent"), ("co_host_named", "email", "sent")]


async def test_a_co_host_who_is_reached_only_where_the_chair_is_told_gets_no_message_of_his_own(
    office: Office,
) -> None:
    assert await named(office, email=None) == [("chair_named", "email", "sent")]


async def published(office: Office, host: dict[str, Any], *facts: Fact) -> list[tuple[str, ...]]:
    """As what who waits and is a host under the same number is told of the minutes, after these facts."""
    await meeting(office, position=1)
    await office.hear(saying.person(HOST, **host), *facts, saying.held(), saying.minutes_signed())
    await office.hear(saying.minutes_published())
    return await office.rows("SELECT audience, channel FROM message WHERE template = 'minutes_signed'")


async def test_a_host_who_waited_in_vain_is_told_of_the_minutes_as_host(office: Office) -> None:
    assert await published(office, SAME | {"email": None}) == [("co-host", "sms")]


async def test_a_host_who_was_at_the_meeting_is_told_of_the_minutes_once(office: Office) -> None:
    assert await published(office, SAME, saying.promoted(), saying.checked_in(), saying.withdrawn()) == [
        ("seated", "email")
    ]
