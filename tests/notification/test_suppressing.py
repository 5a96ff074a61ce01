"""Messages that are not sent, and what is said of that: too many to one recipient, or a destination abroad."""

import asyncio
from dataclasses import replace
from uuid import UUID

import pytest

from services.notification.domain.attempt import attempt_key, keys_of_recipient
from services.notification.ports import ProviderThrottled
from shared.contracts.ids import derived_id
from tests.notification import saying
from tests.notification.office import FEW, LIMITS, MANY, Office, envelope

NUMBER = "+8562055551234"


@pytest.fixture(name="office")
def sparing(office: Office) -> Office:
    """Who sends three SMS in an hour to one number, and about one meeting."""
    office.limits = replace(LIMITS, allowances={"sms": FEW, "email": MANY})
    return office


def guests(count: int) -> list[UUID]:
    return [derived_id("guest", str(number)) for number in range(count)]


async def registered(office: Office, count: int, **contact: str | None) -> None:
    """So many answers of people who all gave the same number."""
    for guest in guests(count):
        await office.hear(
            saying.person(guest, **{"email": None, "mobile": NUMBER, **contact}), saying.registered(guest)
        )
        await office.work()


async def fates(office: Office) -> list[tuple[str, str | None]]:
    return [tuple(row) for row in await office.rows("SELECT status, reason FROM message ORDER BY created_at")]


async def test_one_number_gets_no_more_than_it_is_allowed_and_that_is_told(office: Office) -> None:
    await registered(office, 5)
    assert await fates(office) == [("sent", None)] * 3 + [("suppressed", "too-many-of-meeting")] * 2
    assert len(office.providers.sms) == 3
    assert await office.said() == ["message-created", "message-sent"] * 3 + ["message-created", "message-failed"] * 2


async def test_hours_and_days_are_counted_over_all_meetings(office: Office) -> None:
    office.limits = replace(LIMITS, allowances={"sms": replace(FEW, meeting=100), "email": MANY})
    await registered(office, 4)
    assert (await fates(office))[-1] == ("suppressed", "too-many-in-an-hour")
    await office.run("UPDATE attempt SET started_at = started_at - interval '2 hours'")
    for guest in [derived_id("later", str(number)) for number in range(3)]:
        await office.hear(saying.person(guest, email=None, mobile=NUMBER), saying.registered(guest))
        await office.work()
    assert (await fates(office))[4:] == [("sent", None)] * 2 + [("suppressed", "too-many-in-a-day")]


async def test_workers_at_the_same_moment_do_not_send_more(office: Office) -> None:
    for guest in guests(6):
        await office.hear(saying.person(guest, email=None, mobile=NUMBER), saying.registered(guest))
    await asyncio.gather(*(office.ask(job) for job in await office.jobs()))
    assert len(office.providers.sms) == FEW.meeting


async def test_another_number_is_not_concerned(office: Office) -> None:
    await registered(office, 4)
    await office.hear(saying.person(saying.NOY, mobile="+8562055559999", email=None), saying.registered(saying.NOY))
    await office.work()
    assert (await fates(office))[-1] == ("sent", None)


async def test_what_the_organiser_says_reaches_also_a_number_that_had_too_much(office: Office) -> None:
    await registered(office, 5)
    await office.hear(saying.cancelled())
    await office.work()
    query = "SELECT DISTINCT status FROM message WHERE template = 'cancelled' AND audience = 'seated'"
    assert await office.rows(query) == [("sent",)]


async def test_a_calendar_entry_is_taken_back_also_from_an_address_that_had_too_much(office: Office) -> None:
    office.limits = replace(LIMITS, allowances={"sms": MANY, "email": replace(FEW, meeting=1)})
    ticket = saying.ticketed(office.sealer.seal("ticket"))
    for fact in (saying.person(), saying.registered(), ticket, saying.withdrawn(), saying.registered(position=1)):
        await office.hear(fact)
        await office.work()
    assert [mail.calendar.method for mail in office.providers.mails if mail.calendar] == ["REQUEST", "CANCEL"]


async def test_a_calendar_entry_that_was_left_out_is_not_taken_back(office: Office) -> None:
    office.limits = replace(LIMITS, allowances={"sms": MANY, "email": replace(FEW, meeting=0)})
    await office.hear(saying.person(), saying.registered(), saying.ticketed(office.sealer.seal("ticket")))
    await office.work()
    assert await office.rows("SELECT method FROM calendar_entry") == []
    await office.hear(saying.cancelled())
    await office.work()
    assert [(mail.subject[:14], mail.calendar) for mail in office.providers.mails] == [("[ຍົກເລີກປະຊຸມ]", None)]


async def test_a_message_that_was_begun_within_the_limits_goes_on(office: Office) -> None:
    office.providers.trouble.append(ProviderThrottled("the gateway", retry_after=1.0))
    await registered(office, 1)
    await registered(office, 4)
    await office.hurry()
    await office.work()
    assert (await fates(office))[0] == ("sent", None)


async def test_who_is_abroad_gets_no_sms_but_an_e_mail(office: Office) -> None:
    abroad = saying.person(mobile="+66812345678")
    await office.hear(abroad, saying.registered(position=1))
    await office.work()
    await office.work()
    assert await office.messages() == [
        ("waitlisted", "email", "sent", None),
        ("waitlisted", "sms", "suppressed", "destination-not-allowed"),
    ]
    assert (office.providers.sms, [mail.to for mail in office.providers.mails]) == ([], [abroad.email])


async def test_an_sms_beside_an_e_mail_is_left_out_abroad(office: Office) -> None:
    await office.hear(saying.person(mobile="+66812345678"), saying.registered())
    await office.work()
    assert await office.messages() == [("registered", "sms", "suppressed", "destination-not-allowed")]
    assert office.providers.mails == []  # the e-mail of the ticket tells


async def test_a_fact_heard_twice_sends_no_second_e_mail(office: Office) -> None:
    event = envelope(saying.registered(position=1))
    await office.hear(saying.person(mobile="+66812345678"))
    for _ in range(2):
        await office.take(event)
        await office.work()
        await office.work()
    assert len(office.providers.mails) == 1


def test_all_attempts_to_one_recipient_stand_together() -> None:
    to, question = "+8562055551234", (derived_id("message"), "text")
    key = attempt_key(to, *question)
    first, last = keys_of_recipient(attempt_key(to, derived_id("another"), "other text"))
    assert (attempt_key(to, *question), key.version, key.variant) == (key, 8, "specified in RFC 4122")
    assert first < key < last
    assert not first < attempt_key("+8562055551235", *question) < last
