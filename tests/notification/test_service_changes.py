"""Every calendar that has the meeting hears what becomes of it; what is untrue is not sent."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

import pytest

from services.notification import store
from services.notification.domain.changes import Told
from services.notification.subscribers import handler
from shared.contracts import Fact
from shared.kernel import Unavailable
from shared.messaging.consumer.handlers import handle_run
from tests.conformance.counterparts import until
from tests.notification import scenario
from tests.notification.running_service import NotificationService, envelope
from tests.notification.scenario import CHAIR, CONTACT, HOST, KEO, LATER, MEETING, NOY, STARTS
from tests.shared.batches import WAITING

GONE = Unavailable("the provider", retry_after=1.0)
LINK = f"https://e-office.example.gov.la/answer/{MEETING}#secret"


def ticket(service: NotificationService, person: UUID = KEO, *, serial: int = 1) -> Fact:
    return scenario.ticketed(service.sealer.seal(f"ticket-{serial}"), person, serial=serial)


def calendar_of(service: NotificationService, person: UUID) -> list[tuple[str, int]]:
    """Method and sequence of each calendar message that a person has got."""
    address = scenario.person(person).email
    mails = [mail for mail in service.providers.mails if mail.to == address]
    return [(mail.calendar.method, mail.calendar.sequence) for mail in mails if mail.calendar]


async def templates(service: NotificationService, person: UUID = KEO) -> list[tuple[str, str, str]]:
    """Template, channel and status of what a person is told, in the order of the facts."""
    query = "SELECT template, channel, status FROM message WHERE person_id = $1 ORDER BY created_at, template, channel"
    return [(str(one), str(other), str(status)) for one, other, status in await service.rows(query, person)]


async def told(service: NotificationService, *facts: Fact) -> None:
    """Facts, and all that follows from them."""
    for fact in facts:
        await service.hear(fact)
        await service.work()


@pytest.fixture(name="service")
async def announced(service: NotificationService) -> NotificationService:
    """A meeting with a co-host, whose people are known; it is open and one body is invited."""
    await service.run("INSERT INTO host VALUES ($1, $2, 'co-host')", MEETING, HOST)
    await service.hear(*(scenario.person(each) for each in (KEO, NOY, CHAIR, HOST, CONTACT)))
    await told(service, scenario.opened(), scenario.invited(service.sealer.seal(LINK), CONTACT))
    return service


@pytest.mark.parametrize("person", [CHAIR, HOST, CONTACT])
async def test_who_has_the_meeting_in_his_calendar_is_told_of_its_move_and_its_end(
    service: NotificationService, person: UUID
) -> None:
    await told(service, scenario.rescheduled(), scenario.cancelled())
    assert calendar_of(service, person) == [("REQUEST", 0), ("REQUEST", 1), ("CANCEL", 2)]
    assert [template for template, channel, _ in await templates(service, person) if channel == "sms"] == [
        "rescheduled",
        "cancelled",
    ]


async def test_a_seat_has_one_mail_for_each_change_and_its_calendar_follows(service: NotificationService) -> None:
    await told(service, scenario.registered(), ticket(service))
    await told(service, scenario.rescheduled(), ticket(service, serial=2), scenario.cancelled())
    assert await templates(service) == [
        ("registered", "sms", "sent"),
        ("registered", "email", "sent"),
        ("rescheduled", "sms", "sent"),
        ("rescheduled", "email", "sent"),
        ("cancelled", "email", "sent"),
        ("cancelled", "sms", "sent"),
    ]
    assert calendar_of(service, KEO) == [("REQUEST", 0), ("REQUEST", 1), ("CANCEL", 2)]
    mail = service.providers.mails[-2 - len((CHAIR, HOST, CONTACT))]
    assert (mail.ticket, "19 ກັນຍາ 2022" in mail.text, "26 ກັນຍາ 2022" in mail.text) == ("ticket-2", True, True)


async def test_who_withdraws_is_told_and_his_calendar_forgets_the_meeting(service: NotificationService) -> None:
    await told(service, scenario.registered(), ticket(service), scenario.withdrawn(), scenario.cancelled())
    assert (await templates(service))[-1] == ("withdrawn", "email", "sent")
    assert calendar_of(service, KEO) == [("REQUEST", 0), ("CANCEL", 1)]


async def test_who_withdraws_and_comes_back_has_the_meeting_again(service: NotificationService) -> None:
    again = scenario.registered(NOY, code="B8L3R2")
    await service.hear(scenario.person(NOY, email=scenario.person().email))  # the same address, registered anew
    await told(service, scenario.registered(), ticket(service), scenario.withdrawn(), again, ticket(service, NOY))
    await told(service, scenario.cancelled())
    assert calendar_of(service, KEO) == [("REQUEST", 0), ("CANCEL", 1), ("REQUEST", 2), ("CANCEL", 4)]


async def test_who_waited_and_withdraws_has_nothing_to_cancel(service: NotificationService) -> None:
    await told(service, scenario.registered(position=1), scenario.withdrawn())
    assert (calendar_of(service, KEO), (await templates(service))[-1]) == ([], ("withdrawn", "email", "sent"))


async def test_who_is_represented_and_who_comes_for_him_are_both_told(service: NotificationService) -> None:
    await told(service, scenario.registered(), ticket(service), scenario.represented(by=NOY), ticket(service, NOY))
    await told(service, scenario.cancelled())
    assert calendar_of(service, KEO) == [("REQUEST", 0), ("CANCEL", 1)]
    assert calendar_of(service, NOY) == [("REQUEST", 0), ("CANCEL", 2)]
    assert [template for template, _, _ in await templates(service, NOY)] == ["delegated"] * 2 + ["cancelled"] * 2
    assert [mail.ticket for mail in service.providers.mails if mail.to == scenario.person(NOY).email] == [
        "ticket-1",
        None,
    ]


async def test_who_moves_up_has_one_sms_and_one_mail_with_his_ticket(service: NotificationService) -> None:
    await told(service, scenario.registered(position=1), scenario.promoted(), ticket(service))
    assert (await templates(service))[1:] == [("promoted", "sms", "sent"), ("promoted", "email", "sent")]


@pytest.mark.parametrize(
    ("fact", "detail"),
    [
        (scenario.cancelled(), "meeting-cancelled"),
        (scenario.held(), "meeting-over"),
        (scenario.withdrawn(), "seat-given-up"),
        (scenario.represented(by=NOY), "seat-given-up"),
    ],
)
async def test_what_a_later_fact_makes_untrue_is_not_sent(
    service: NotificationService, fact: Fact, detail: str
) -> None:
    await service.hear(scenario.registered(), ticket(service))
    service.providers.trouble.extend([GONE] * 2)
    await service.work()
    sent = len(service.providers.mails), len(service.providers.sms)
    await service.hear(fact)
    query = "SELECT template, status, reason FROM message WHERE person_id = $1 AND template = 'registered'"
    assert await service.rows(query, KEO) == [("registered", "cancelled", detail)] * 2
    await service.run("DELETE FROM job WHERE name NOT LIKE '%:%'")
    await service.work()
    assert (len(service.providers.mails), len(service.providers.sms)) == sent
    assert (await service.said()).count("message-cancelled") == 2


async def test_a_message_that_is_being_handed_over_is_not_called_cancelled(service: NotificationService) -> None:
    """A provider that is being asked may have taken it; its calendar hears of the end afterwards."""

    async def cancel() -> None:
        service.providers.meanwhile = None
        await service.hear(scenario.cancelled())

    await service.hear(scenario.registered())
    service.providers.meanwhile = cancel
    await service.work()
    assert (await templates(service))[0] == ("registered", "sms", "sent")


async def test_what_was_in_trouble_as_it_became_untrue_is_not_tried_again(service: NotificationService) -> None:
    await service.hear(scenario.registered())
    [job] = await service.jobs()
    service.providers.trouble.append(GONE)
    answer = await service.ask(job)
    await service.hear(scenario.cancelled())
    await service.answer(job, answer)
    await service.pass_time()
    await service.work()
    assert (await templates(service))[0] == ("registered", "sms", "cancelled")
    assert [sms.text.startswith("ຍົກເລີກ") for sms in service.providers.sms] == [True] * 4


async def test_only_the_newest_ticket_is_sent(service: NotificationService) -> None:
    await service.hear(scenario.registered(), ticket(service), scenario.rescheduled(), ticket(service, serial=2))
    await service.work()
    assert [mail.ticket for mail in service.providers.mails if mail.ticket] == ["ticket-2"]
    assert ("registered", "email", "cancelled") in await templates(service)


async def test_who_has_moved_up_is_not_told_that_he_waits(service: NotificationService) -> None:
    await service.hear(scenario.registered(position=1), scenario.promoted())
    assert await templates(service) == [("promoted", "sms", "created"), ("waitlisted", "sms", "cancelled")]


async def test_changes_in_a_row_are_told_once_from_the_time_that_people_know(service: NotificationService) -> None:
    patient = handler(timedelta(seconds=60))
    first = scenario.rescheduled(starts_at=LATER)
    second = scenario.rescheduled(old=LATER, starts_at=LATER + timedelta(days=1), sequence=2)
    for event in (envelope(first), envelope(second)):
        await service.inside(partial(handle_run, handler=patient, events=[event]))
    waiting = "SELECT count(*) FROM job WHERE state = 'ready' AND due_at > now() AND key LIKE $1"
    assert await service.rows(waiting, f"{MEETING} {CHAIR} %") == [(2,)]  # what is not to be sent waits for nothing
    handed_over_from = "SELECT DISTINCT released_at > created_at + interval '50 s' FROM message WHERE template = $1"
    assert await service.rows(handed_over_from, "rescheduled") == [(True,)]  # a pause that is meant is no delay
    await service.pass_time()
    await service.work()
    statuses = sorted(status for template, _, status in await templates(service, CHAIR) if template == "rescheduled")
    assert statuses == ["cancelled", "cancelled", "sent", "sent"]
    mail = next(mail for mail in service.providers.mails if mail.subject.startswith("[ເລື່ອນປະຊຸມ]"))
    assert ("19 ກັນຍາ 2022" in mail.text, "27 ກັນຍາ 2022" in mail.text) == (True, True)
    assert calendar_of(service, CHAIR) == [("REQUEST", 0), ("REQUEST", 2)]


async def test_what_one_person_is_told_on_one_channel_is_told_in_order(service: NotificationService) -> None:
    await service.hear(scenario.registered(), scenario.rescheduled(), scenario.cancelled())
    keys = [job.key for job in await service.jobs() if job.kind == "send-sms" and f"{KEO}" in job.key]
    assert keys == [f"{MEETING} {KEO} sms"] * 3


async def test_a_contact_with_a_mobile_only_is_invited_by_sms(service: NotificationService) -> None:
    await service.hear(scenario.person(email=None))
    await told(service, scenario.invited(service.sealer.seal(LINK)))
    assert [sms.text for sms in service.providers.sms] == [f"ເຊີນປະຊຸມປຶກສາຫ… 19/09/2022 08:30. ຕອບກ່ອນ 17/09/2022 {LINK}"]
    [(parts,)] = await service.rows("SELECT parts FROM message WHERE person_id = $1", KEO)
    assert (parts, STARTS.year) == (3, 2022)


async def test_who_is_forgotten_leaves_no_calendar_entry(service: NotificationService) -> None:
    await service.hear(scenario.erased(CHAIR))
    addresses = await service.rows("SELECT address FROM calendar_entry ORDER BY address")
    assert addresses == sorted((scenario.person(each).email,) for each in (HOST, CONTACT))


async def test_an_attempt_that_is_just_being_written_down_counts_as_begun(service: NotificationService) -> None:
    """Whether a provider is being asked is looked at when the message is locked: before, it may be about to begin."""
    await service.hear(scenario.registered())
    [job] = await service.jobs()
    message = UUID(job.payload["message_id"])
    async with service.database.transaction() as connection:
        await store.lock_message(connection, message)
        cancelled = asyncio.create_task(service.hear(scenario.cancelled()))
        await until(lambda: waiting(service))
        at = datetime.now(UTC)
        await store.begin_attempt(connection, message, key=message, parts=1, told=Told(starts_at=STARTS), at=at)
    await cancelled
    assert (await templates(service))[0] == ("registered", "sms", "sending")


async def waiting(service: NotificationService) -> bool:
    """Whether somebody waits for a lock."""
    [(found,)] = await service.rows(WAITING)
    return bool(found)


async def test_an_invitation_is_extended_resent_and_taken_back(service: NotificationService) -> None:
    sealed = service.sealer.seal(LINK)
    await told(service, scenario.extended(CONTACT), scenario.resent(sealed, CONTACT), scenario.revoked(CONTACT))
    mails = [mail for mail in service.providers.mails if mail.to == str(scenario.person(CONTACT).email)]
    invitation, extended, again, revoked = (mail.text for mail in mails)
    assert (invitation == again, "#secret" in again, "#secret" in extended) == (True, True, False)
    assert ("ກ່ອນວັນທີ 18 ກັນຍາ 2022" in extended, "ເຫດຜົນ: ເຊີນຜິດອົງການ." in revoked) == (True, True)
    assert calendar_of(service, CONTACT) == [("REQUEST", 0), ("REQUEST", 0), ("CANCEL", 1)]


async def test_whose_invitation_was_taken_back_is_told_nothing_more(service: NotificationService) -> None:
    await told(service, scenario.revoked(CONTACT), scenario.rescheduled(), scenario.cancelled())
    assert [template for template, _, _ in await templates(service, CONTACT)] == ["invitation", "invitation_revoked"]


async def test_an_invitation_that_was_taken_back_meanwhile_is_not_sent(service: NotificationService) -> None:
    service.providers.trouble.extend([GONE] * 2)
    await service.hear(scenario.resent(service.sealer.seal(LINK), CONTACT))
    await service.work()
    await service.hear(scenario.revoked(CONTACT))
    query = "SELECT template, status, reason FROM message WHERE person_id = $1 AND status = 'cancelled'"
    assert await service.rows(query, CONTACT) == [("invitation", "cancelled", "invitation-revoked")]


async def test_another_title_is_told_to_everybody_and_stands_in_the_calendar(service: NotificationService) -> None:
    await told(service, scenario.registered(), ticket(service), scenario.changed())
    mails = [mail for mail in service.providers.mails if mail.subject.startswith("[ປ່ຽນແປງ]")]
    assert sorted(mail.to for mail in mails) == sorted(
        str(scenario.person(each).email) for each in (KEO, CHAIR, HOST, CONTACT)
    )
    assert {scenario.OTHER_TITLE.lo in mail.subject for mail in mails} == {True}
    assert calendar_of(service, KEO) == [("REQUEST", 0), ("REQUEST", 1)]


@pytest.mark.parametrize("fact", [scenario.changed("capacity"), scenario.changed(announced=False)])
async def test_what_no_message_has_said_is_changed_in_silence(service: NotificationService, fact: Fact) -> None:
    await told(service, scenario.registered(), ticket(service))
    before = await templates(service)
    await told(service, fact)
    assert await templates(service) == before
