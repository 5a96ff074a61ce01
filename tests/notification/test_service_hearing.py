"""From a fact to the messages that follow, whatever comes first."""

import asyncio
from uuid import uuid4

import pytest

from services.notification.subscribers import hear
from shared.contracts import Fact
from shared.messaging.consumer.handlers import handle, handle_run
from tests.notification import saying
from tests.notification.office import Office, envelope
from tests.notification.saying import CHAIR, HOST, KEO, NOY


async def test_one_registration_and_its_ticket_are_one_sms_and_one_mail(office: Office) -> None:
    ticketed = saying.ticketed(office.sealer.seal("t.i.cket"))
    await office.hear(saying.person(), saying.registered(), ticketed)
    await office.work()
    assert await office.messages() == [("registered", "email", "sent", None), ("registered", "sms", "sent", None)]
    assert await office.said() == ["message-created", "message-created", "message-sent", "message-sent"]


async def test_the_same_event_heard_twice_is_one_message(office: Office) -> None:
    event = envelope(saying.declined())
    await office.hear(saying.person())
    await office.take(event, event)
    await office.work()
    assert (await office.said(), len(office.providers.sms)) == (["message-created", "message-sent"], 1)


async def test_a_message_waits_for_its_person_and_goes_when_he_arrives(office: Office) -> None:
    await office.hear(saying.declined())
    assert (await office.messages(), await office.jobs()) == ([("declined", None, "awaiting_contact", None)], [])
    await office.hear(saying.person())
    await office.work()
    assert await office.messages() == [("declined", "sms", "sent", None)]
    assert await office.said() == ["message-held", "message-created", "message-sent"]


async def test_a_person_who_changes_his_number_is_not_told_twice(office: Office) -> None:
    await office.hear(saying.person(), saying.declined(), saying.person(mobile="+8562099990001"))
    await office.work()
    assert [sms.to for sms in office.providers.sms] == ["+8562099990001"]


async def test_the_person_and_the_message_that_waits_for_him_may_come_at_the_same_time(office: Office) -> None:
    """Two consumers of one group: neither sees what the other has not committed."""
    held = asyncio.Event()

    async def hear_the_fact() -> None:
        async with office.database.transaction() as connection:
            await handle(connection, hear, envelope(saying.declined()))
            held.set()
            await asyncio.sleep(0.3)  # the other one has begun meanwhile, and must wait

    async def hear_the_person() -> None:
        await held.wait()
        await office.hear(saying.person())

    await asyncio.gather(hear_the_fact(), hear_the_person())
    assert await office.messages() == [("declined", "sms", "created", None)]


async def test_an_erased_person_leaves_no_trace_and_gets_nothing_more(office: Office) -> None:
    await office.hear(saying.person(), saying.declined(), saying.erased(), saying.promoted())
    await office.work()
    assert (await office.messages(), office.providers.sms) == ([("declined", "sms", "cancelled", "person-erased")], [])
    assert await office.rows("SELECT erased, given_name, mobile, email FROM person WHERE person_id = $1", KEO) == [
        (True, None, None, None)
    ]


async def test_a_person_without_a_mobile_is_told_by_mail(office: Office) -> None:
    await office.hear(saying.person(mobile=None), saying.declined(), saying.registered())
    assert await office.messages() == [("declined", "email", "created", None)]


async def test_a_person_who_cannot_be_reached_at_all_is_accounted_for(office: Office) -> None:
    await office.hear(saying.person(mobile=None, email=None), saying.declined())
    assert (await office.messages(), await office.jobs()) == (
        [("declined", "sms", "technical-failure", "no-contact")],
        [],
    )


@pytest.mark.parametrize(
    ("fact", "texts"),
    [
        (saying.rescheduled(), ["ເລື່ອນປະຊຸມ 19/09/2022 ເປັນ 26/09/2022, 08:30 ໂມງ, ໂຮງແຮມ ຄລາວພລາຊາ."]),
        (saying.cancelled(), ["ແຈ້ງຍົກເລີກກອງປະຊຸມ ວັນທີ 19/09/2022. ຂໍອະໄພມາຍັງທ່ານ."]),
    ],
)
async def test_a_change_reaches_seats_and_queue_but_not_who_gave_up(
    office: Office, fact: Fact, texts: list[str]
) -> None:
    people = [saying.person(each, mobile=f"+85620555500{number}") for number, each in enumerate((KEO, NOY, HOST), 10)]
    seats = [
        saying.registered(KEO),
        saying.registered(NOY, position=1),
        saying.registered(HOST),
        saying.withdrawn(HOST),
    ]
    await office.hear(*people, *seats)
    await office.run("DELETE FROM job")
    await office.hear(fact)
    await office.work()
    assert [sms.text for sms in office.providers.sms] == texts * 2


async def test_who_is_represented_is_not_told_of_changes_and_his_representative_is(office: Office) -> None:
    await office.hear(saying.person(KEO), saying.person(NOY), saying.registered(KEO), saying.represented(by=NOY))
    await office.hear(saying.cancelled())
    query = "SELECT DISTINCT person_id FROM message WHERE template = 'cancelled'"
    assert sorted(await office.rows(query)) == sorted([(NOY,), (CHAIR,)])


async def test_minutes_that_are_heard_before_the_end_of_their_meeting_wait_for_it(office: Office) -> None:
    await office.hear(saying.minutes_signed(), saying.minutes_published(), saying.person(), saying.registered())
    await office.run("DELETE FROM job")
    assert await office.rows("SELECT count(*) FROM message WHERE template = 'minutes_signed'") == [(0,)]
    await office.hear(saying.held())
    await office.work()
    [mail] = office.providers.mails
    assert mail.subject == f"[ບົດບັນທຶກ] {saying.TITLE.lo} - ເລກທີ {saying.NUMBER}"
    assert await office.rows("SELECT count(*) FROM postponed") == [(0,)]


async def test_minutes_of_a_meeting_that_is_over_go_out_at_once(office: Office) -> None:
    await office.hear(saying.person(), saying.registered(), saying.checked_in(offline=True), saying.withdrawn())
    await office.hear(saying.held(), saying.minutes_signed(), saying.minutes_published())
    assert await office.rows("SELECT status FROM message WHERE template = 'minutes_signed'") == [("created",)]


async def test_of_persons_who_come_together_the_last_word_holds_and_messages_are_released_by_who_they_waited_for(
    office: Office,
) -> None:
    await office.hear(saying.declined())
    persons = [saying.person(), saying.person(NOY), saying.person(mobile="+8562099990001"), saying.person(CHAIR)]
    events = [envelope(fact) for fact in persons]
    await office.take(*events)
    await office.work()
    assert [sms.to for sms in office.providers.sms] == ["+8562099990001"]
    assert await office.rows("SELECT count(*) FROM person") == [(3,)]
    query = "SELECT headers ->> 'ce_causationid' FROM outbox WHERE type LIKE '%message-created%'"
    assert await office.rows(query) == [(events[0].id,)]


async def test_registrations_of_one_run_lead_to_what_each_alone_would(office: Office) -> None:
    unreached, known, unknown = (uuid4() for _ in range(3))
    facts = [
        *(saying.person(person_id=known), saying.person(person_id=unreached, mobile=None, email=None)),
        *(saying.registered(one) for one in (unreached, known, unknown)),
        saying.registered(known, position=1),
    ]
    events = [envelope(fact) for fact in facts]
    await office.inside(lambda connection: handle_run(connection, hear, events))
    await office.inside(lambda connection: handle_run(connection, hear, events[2:]))  # a repetition writes nothing
    told = await office.rows("SELECT person_id, template, status FROM message")
    assert sorted(told, key=str) == sorted(
        [
            (unreached, "registered", "technical-failure"),
            (known, "registered", "created"),
            (unknown, "registered", "awaiting_contact"),
            (known, "waitlisted", "created"),
        ],
        key=str,
    )
    causes = await office.rows("SELECT headers->>'ce_causationid' FROM outbox ORDER BY id")
    assert list(dict.fromkeys(cause for (cause,) in causes)) == [event.id for event in events[2:]]
    assert len(await office.jobs()) == 2
