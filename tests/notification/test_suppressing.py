"""Messages that are not sent, and what is said of that: too many to one recipient, or a destination abroad."""

import asyncio
from dataclasses import replace
from uuid import UUID

import pytest

from services.notification.domain.attempt import attempt_key, keys_of_recipient
from services.notification.ports import ProviderThrottled
from shared.contracts.ids import derived_id
from tests.notification import scenario
from tests.notification.running_service import FEW, LIMITS, MANY, NotificationService, envelope

NUMBER = "+8562055551234"


@pytest.fixture(name="service")
def limited(service: NotificationService) -> NotificationService:
    """Who sends three SMS in an hour to one number, and about one meeting."""
    service.limits = replace(LIMITS, allowances={"sms": FEW, "email": MANY})
    return service


def guests(count: int) -> list[UUID]:
    return [derived_id("guest", str(number)) for number in range(count)]


async def registered(service: NotificationService, count: int, **contact: str | None) -> None:
    """So many answers of people who all gave the same number."""
    for guest in guests(count):
        await service.hear(
            scenario.person(guest, **{"email": None, "mobile": NUMBER, **contact}), scenario.registered(guest)
        )
        await service.work()


async def fates(service: NotificationService) -> list[tuple[str, str | None]]:
    return [tuple(row) for row in await service.rows("SELECT status, reason FROM message ORDER BY created_at")]


async def test_one_number_gets_no_more_than_it_is_allowed_and_that_is_told(service: NotificationService) -> None:
    await registered(service, 5)
    assert await fates(service) == [("sent", None)] * 3 + [("suppressed", "too-many-of-meeting")] * 2
    assert len(service.providers.sms) == 3
    assert await service.said() == ["message-created", "message-sent"] * 3 + ["message-created", "message-failed"] * 2


async def test_hours_and_days_are_counted_over_all_meetings(service: NotificationService) -> None:
    service.limits = replace(LIMITS, allowances={"sms": replace(FEW, meeting=100), "email": MANY})
    await registered(service, 4)
    assert (await fates(service))[-1] == ("suppressed", "too-many-in-an-hour")
    await service.run("UPDATE attempt SET started_at = started_at - interval '2 hours'")
    for guest in [derived_id("later", str(number)) for number in range(3)]:
        await service.hear(scenario.person(guest, email=None, mobile=NUMBER), scenario.registered(guest))
        await service.work()
    assert (await fates(service))[4:] == [("sent", None)] * 2 + [("suppressed", "too-many-in-a-day")]


async def test_workers_at_the_same_moment_do_not_send_more(service: NotificationService) -> None:
    for guest in guests(6):
        await service.hear(scenario.person(guest, email=None, mobile=NUMBER), scenario.registered(guest))
    await asyncio.gather(*(service.ask(job) for job in await service.jobs()))
    assert len(service.providers.sms) == FEW.meeting


async def test_another_number_is_not_concerned(service: NotificationService) -> None:
    await registered(service, 4)
    await service.hear(
        scenario.person(scenario.NOY, mobile="+8562055559999", email=None), scenario.registered(scenario.NOY)
    )
    await service.work()
    assert (await fates(service))[-1] == ("sent", None)


async def test_what_the_organiser_says_reaches_also_a_number_that_had_too_much(service: NotificationService) -> None:
    await registered(service, 5)
    await service.hear(scenario.cancelled())
    await service.work()
    query = "SELECT DISTINCT status FROM message WHERE template = 'cancelled' AND audience = 'seated'"
    assert await service.rows(query) == [("sent",)]


async def test_a_calendar_entry_is_taken_back_also_from_an_address_that_had_too_much(
    service: NotificationService,
) -> None:
    service.limits = replace(LIMITS, allowances={"sms": MANY, "email": replace(FEW, meeting=1)})
    ticket = scenario.ticketed(service.sealer.seal("ticket"))
    for fact in (
        scenario.person(),
        scenario.registered(),
        ticket,
        scenario.withdrawn(),
        scenario.registered(position=1),
    ):
        await service.hear(fact)
        await service.work()
    assert [mail.calendar.method for mail in service.providers.mails if mail.calendar] == ["REQUEST", "CANCEL"]


async def test_a_calendar_entry_that_was_left_out_is_not_taken_back(service: NotificationService) -> None:
    service.limits = replace(LIMITS, allowances={"sms": MANY, "email": replace(FEW, meeting=0)})
    await service.hear(scenario.person(), scenario.registered(), scenario.ticketed(service.sealer.seal("ticket")))
    await service.work()
    assert await service.rows("SELECT method FROM calendar_entry") == []
    await service.hear(scenario.cancelled())
    await service.work()
    assert [(mail.subject[:14], mail.calendar) for mail in service.providers.mails] == [("[ຍົກເລີກປະຊຸມ]", None)]


async def test_a_message_that_was_begun_within_the_limits_goes_on(service: NotificationService) -> None:
    service.providers.trouble.append(ProviderThrottled("the gateway", retry_after=1.0))
    await registered(service, 1)
    await registered(service, 4)
    await service.pass_time()
    await service.work()
    assert (await fates(service))[0] == ("sent", None)


async def test_who_is_abroad_gets_no_sms_but_an_e_mail(service: NotificationService) -> None:
    abroad = scenario.person(mobile="+66812345678")
    await service.hear(abroad, scenario.registered(position=1))
    await service.work()
    await service.work()
    assert await service.messages() == [
        ("waitlisted", "email", "sent", None),
        ("waitlisted", "sms", "suppressed", "destination-not-allowed"),
    ]
    assert (service.providers.sms, [mail.to for mail in service.providers.mails]) == ([], [abroad.email])


async def test_an_sms_beside_an_e_mail_is_left_out_abroad(service: NotificationService) -> None:
    await service.hear(scenario.person(mobile="+66812345678"), scenario.registered())
    await service.work()
    assert await service.messages() == [("registered", "sms", "suppressed", "destination-not-allowed")]
    assert service.providers.mails == []  # the e-mail of the ticket tells


async def test_a_fact_heard_twice_sends_no_second_e_mail(service: NotificationService) -> None:
    event = envelope(scenario.registered(position=1))
    await service.hear(scenario.person(mobile="+66812345678"))
    for _ in range(2):
        await service.take(event)
        await service.work()
        await service.work()
    assert len(service.providers.mails) == 1


def test_all_attempts_to_one_recipient_stand_together() -> None:
    to, question = "+8562055551234", (derived_id("message"), "text")
    key = attempt_key(to, *question)
    first, last = keys_of_recipient(attempt_key(to, derived_id("another"), "other text"))
    assert (attempt_key(to, *question), key.version, key.variant) == (key, 8, "specified in RFC 4122")
    assert first < key < last
    assert not first < attempt_key("+8562055551235", *question) < last
