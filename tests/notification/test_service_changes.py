"""Every calendar that has the meeting hears what becomes of it; what is untrue is not sent."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

import pytest

from services.notification import store
from services.notification.subscribers import handler
from shared.contracts import Fact
from shared.kernel import Unavailable
from shared.messaging.consumer.handlers import handle_run
from tests.conformance.counterparts import until
from tests.notification import saying
from tests.notification.office import Office, envelope
from tests.notification.saying import CHAIR, CONTACT, HOST, KEO, LATER, MEETING, NOY, STARTS
from tests.shared.batches import WAITING

GONE = Unavailable("the provider", retry_after=1.0)
LINK = f"https://e-office.example.gov.la/answer/{MEETING}#secret"


def ticket(office: Office, person: UUID = KEO, *, serial: int = 1) -> Fact:
    return saying.ticketed(office.sealer.seal(f"ticket-{serial}"), person, serial=serial)


def calendar_of(office: Office, person: UUID) -> list[tuple[str, int]]:
    """Method and sequence of each calendar message that a person has got."""
    address = saying.person(person).email
    mails = [mail for mail in office.providers.mails if mail.to == address]
    return [(mail.calendar.method, mail.calendar.sequence) for mail in mails if mail.calendar]


async def templates(office: Office, person: UUID = KEO) -> list[tuple[str, str, str]]:
    """Template, channel and status of what a person is told, in the order of the facts."""
    query = "SELECT template, channel, status FROM message WHERE person_id = $1 ORDER BY created_at, template, channel"
    return [(str(one), str(other), str(status)) for one, other, status in await office.rows(query, person)]


async def told(office: Office, *facts: Fact) -> None:
    """Facts, and all that follows from them."""
    for fact in facts:
        await office.hear(fact)
        await office.work()


@pytest.fixture(name="office")
async def announced(office: Office) -> Office:
    """A meeting with a co-host, whose people are known; it is open and one body is invited."""
    await office.run("INSERT INTO host VALUES ($1, $2, 'co-host')", MEETING, HOST)
    await office.hear(*(saying.person(each) for each in (KEO, NOY, CHAIR, HOST, CONTACT)))
    await told(office, saying.opened(), saying.invited(office.sealer.seal(LINK), CONTACT))
    return office


@pytest.mark.parametrize("person", [CHAIR, HOST, CONTACT])
async def test_who_has_the_meeting_in_his_calendar_is_told_of_its_move_and_its_end(
    office: Office, person: UUID
) -> None:
    await told(office, saying.rescheduled(), saying.cancelled())
    assert calendar_of(office, person) == [("REQUEST", 0), ("REQUEST", 1), ("CANCEL", 2)]
    assert [template for template, channel, _ in await templates(office, person) if channel == "sms"] == [
        "rescheduled",
        "cancelled",
    ]


async def test_a_seat_has_one_mail_for_each_change_and_its_calendar_follows(office: Office) -> None:
    await told(office, saying.registered(), ticket(office))
    await told(office, saying.rescheduled(), ticket(office, serial=2), saying.cancelled())
    assert await templates(office) == [
        ("registered", "sms", "sent"),
        ("registered", "email", "sent"),
        ("rescheduled", "sms", "sent"),
        ("rescheduled", "email", "sent"),
        ("cancelled", "email", "sent"),
        ("cancelled", "sms", "sent"),
    ]
    assert calendar_of(office, KEO) == [("REQUEST", 0), ("REQUEST", 1), ("CANCEL", 2)]
    mail = office.providers.mails[-2 - len((CHAIR, HOST, CONTACT))]
    assert (mail.ticket, "19 ກັນຍາ 2022" in mail.text, "26 ກັນຍາ 2022" in mail.text) == ("ticket-2", True, True)


async def test_who_withdraws_is_told_and_his_calendar_forgets_the_meeting(office: Office) -> None:
    await told(office, saying.registered(), ticket(office), saying.withdrawn(), saying.cancelled())
    assert (await templates(office))[-1] == ("withdrawn", "email", "sent")
    assert calendar_of(office, KEO) == [("REQUEST", 0), ("CANCEL", 1)]


async def test_who_withdraws_and_comes_back_has_the_meeting_again(office: Office) -> None:
    again = saying.registered(NOY, code="B8L3R2")
    await office.hear(saying.person(NOY, email=saying.person().email))  # the same address, registered anew
    await told(office, saying.registered(), ticket(office), saying.withdrawn(), again, ticket(office, NOY))
    await told(office, saying.cancelled())
    assert calendar_of(office, KEO) == [("REQUEST", 0), ("CANCEL", 1), ("REQUEST", 2), ("CANCEL", 4)]


async def test_who_waited_and_withdraws_has_nothing_to_cancel(office: Office) -> None:
    await told(office, saying.registered(position=1), saying.withdrawn())
    assert (calendar_of(office, KEO), (await templates(office))[-1]) == ([], ("withdrawn", "email", "sent"))


async def test_who_is_represented_and_who_comes_for_him_are_both_told(office: Office) -> None:
    await told(office, saying.registered(), ticket(office), saying.represented(by=NOY), ticket(office, NOY))
    await told(office, saying.cancelled())
    assert calendar_of(office, KEO) == [("REQUEST", 0), ("CANCEL", 1)]
    assert calendar_of(office, NOY) == [("REQUEST", 0), ("CANCEL", 2)]
    assert [template for template, _, _ in await templates(office, NOY)] == ["delegated"] * 2 + ["cancelled"] * 2
    assert [mail.ticket for mail in office.providers.mails if mail.to == saying.person(NOY).email] == ["ticket-1", None]


async def test_who_moves_up_has_one_sms_and_one_mail_with_his_ticket(office: Office) -> None:
    await told(office, saying.registered(position=1), saying.promoted(), ticket(office))
    assert (await templates(office))[1:] == [("promoted", "sms", "sent"), ("promoted", "email", "sent")]


@pytest.mark.parametrize(
    ("fact", "detail"),
    [
        (saying.cancelled(), "meeting-cancelled"),
        (saying.held(), "meeting-over"),
        (saying.withdrawn(), "seat-given-up"),
        (saying.represented(by=NOY), "seat-given-up"),
    ],
)
async def test_what_a_later_fact_makes_untrue_is_not_sent(office: Office, fact: Fact, detail: str) -> None:
    await office.hear(saying.registered(), ticket(office))
    office.providers.trouble.extend([GONE] * 2)
    await office.work()
    sent = len(office.providers.mails), len(office.providers.sms)
    await office.hear(fact)
    query = "SELECT template, status, reason FROM message WHERE person_id = $1 AND template = 'registered'"
    assert await office.rows(query, KEO) == [("registered", "cancelled", detail)] * 2
    await office.run("DELETE FROM job WHERE name NOT LIKE '%:%'")
    await office.work()
    assert (len(office.providers.mails), len(office.providers.sms)) == sent
    assert (await office.said()).count("message-cancelled") == 2


async def test_a_message_that_is_being_handed_over_is_not_called_cancelled(office: Office) -> None:
    """A provider that is being asked may have taken it; its calendar hears of the end afterwards."""

    async def cancel() -> None:
        office.providers.meanwhile = None
        await office.hear(saying.cancelled())

    await office.hear(saying.registered())
    office.providers.meanwhile = cancel
    await office.work()
    assert (await templates(office))[0] == ("registered", "sms", "sent")


async def test_what_was_in_trouble_as_it_became_untrue_is_not_tried_again(office: Office) -> None:
    await office.hear(saying.registered())
    [job] = await office.jobs()
    office.providers.trouble.append(GONE)
    answer = await office.ask(job)
    await office.hear(saying.cancelled())
    await office.answer(job, answer)
    await office.hurry()
    await office.work()
    assert (await templates(office))[0] == ("registered", "sms", "cancelled")
    assert [sms.text.startswith("ແຈ້ງຍົກເລີກ") for sms in office.providers.sms] == [True] * 4


async def test_only_the_newest_ticket_is_sent(office: Office) -> None:
    await office.hear(saying.registered(), ticket(office), saying.rescheduled(), ticket(office, serial=2))
    await office.work()
    assert [mail.ticket for mail in office.providers.mails if mail.ticket] == ["ticket-2"]
    assert ("registered", "email", "cancelled") in await templates(office)


async def test_who_has_moved_up_is_not_told_that_he_waits(office: Office) -> None:
    await office.hear(saying.registered(position=1), saying.promoted())
    assert await templates(office) == [("promoted", "sms", "created"), ("waitlisted", "sms", "cancelled")]


async def test_changes_in_a_row_are_told_once_from_the_time_that_people_know(office: Office) -> None:
    patient = handler(timedelta(seconds=60))
    first = saying.rescheduled(starts_at=LATER)
    second = saying.rescheduled(old=LATER, starts_at=LATER + timedelta(days=1), sequence=2)
    for event in (envelope(first), envelope(second)):
        await office.inside(partial(handle_run, handler=patient, events=[event]))
    waiting = "SELECT count(*) FROM job WHERE state = 'ready' AND due_at > now() AND key LIKE $1"
    assert await office.rows(waiting, f"{MEETING} {CHAIR} %") == [(2,)]  # what is not to be sent waits for nothing
    handed_over_from = "SELECT DISTINCT released_at > created_at + interval '50 s' FROM message WHERE template = $1"
    assert await office.rows(handed_over_from, "rescheduled") == [(True,)]  # a pause that is meant is no delay
    await office.hurry()
    await office.work()
    statuses = sorted(status for template, _, status in await templates(office, CHAIR) if template == "rescheduled")
    assert statuses == ["cancelled", "cancelled", "sent", "sent"]
    mail = next(mail for mail in office.providers.mails if mail.subject.startswith("[ເລື່ອນປະຊຸມ]"))
    assert ("19 ກັນຍາ 2022" in mail.text, "27 ກັນຍາ 2022" in mail.text) == (True, True)
    assert calendar_of(office, CHAIR) == [("REQUEST", 0), ("REQUEST", 2)]


async def test_what_one_person_is_told_on_one_channel_is_told_in_order(office: Office) -> None:
    await office.hear(saying.registered(), saying.rescheduled(), saying.cancelled())
    keys = [job.key for job in await office.jobs() if job.kind == "send-sms" and f"{KEO}" in job.key]
    assert keys == [f"{MEETING} {KEO} sms"] * 3


async def test_a_contact_with_a_mobile_only_is_invited_by_sms(office: Office) -> None:
    await office.hear(saying.person(email=None))
    await told(office, saying.invited(office.sealer.seal(LINK)))
    assert [sms.text for sms in office.providers.sms] == [
        f"ເຊີນເຂົ້າຮ່ວມກອງປະຊຸມ 19/09/2022, 08:30 ໂມງ. ກະລຸນາຕອບກ່ອນ 17/09/2022: {LINK}"
    ]
    [(parts,)] = await office.rows("SELECT parts FROM message WHERE person_id = $1", KEO)
    assert (parts, STARTS.year) == (3, 2022)


async def test_who_is_forgotten_leaves_no_calendar_entry(office: Office) -> None:
    await office.hear(saying.erased(CHAIR))
    addresses = await office.rows("SELECT address FROM calendar_entry ORDER BY address")
    assert addresses == sorted((saying.person(each).email,) for each in (HOST, CONTACT))


async def test_an_attempt_that_is_just_being_written_down_counts_as_begun(office: Office) -> None:
    """Whether a provider is being asked is looked at when the message is locked: before, it may be about to begin."""
    await office.hear(saying.registered())
    [job] = await office.jobs()
    message = UUID(job.payload["message_id"])
    async with office.database.transaction() as connection:
        await store.lock_message(connection, message)
        cancelled = asyncio.create_task(office.hear(saying.cancelled()))
        await until(lambda: waiting(office))
        at = datetime.now(UTC)
        await store.begin_attempt(connection, message, key=message, parts=1, starts_at=STARTS, at=at)
    await cancelled
    assert (await templates(office))[0] == ("registered", "sms", "sending")


async def waiting(office: Office) -> bool:
    """Whether somebody waits for a lock."""
    [(found,)] = await office.rows(WAITING)
    return bool(found)
