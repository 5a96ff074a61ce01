"""From a fact to the messages that follow, whatever comes first."""

import asyncio
from uuid import uuid4

import pytest

from services.notification.subscribers import hear
from shared.contracts import Fact
from shared.messaging.consumer.handlers import handle, handle_run
from tests.notification import scenario
from tests.notification.running_service import NotificationService, envelope
from tests.notification.scenario import CHAIR, HOST, KEO, NOY


async def test_one_registration_and_its_ticket_are_one_sms_and_one_mail(service: NotificationService) -> None:
    ticketed = scenario.ticketed(service.sealer.seal("t.i.cket"))
    await service.hear(scenario.person(), scenario.registered(), ticketed)
    await service.work()
    assert await service.messages() == [("registered", "email", "sent", None), ("registered", "sms", "sent", None)]
    assert await service.said() == ["message-created", "message-created", "message-sent", "message-sent"]


async def test_the_same_event_heard_twice_is_one_message(service: NotificationService) -> None:
    event = envelope(scenario.declined())
    await service.hear(scenario.person())
    await service.take(event, event)
    await service.work()
    assert (await service.said(), len(service.providers.sms)) == (["message-created", "message-sent"], 1)


async def test_a_message_waits_for_its_person_and_goes_when_he_arrives(service: NotificationService) -> None:
    await service.hear(scenario.declined())
    assert (await service.messages(), await service.jobs()) == ([("declined", None, "awaiting_contact", None)], [])
    await service.hear(scenario.person())
    await service.work()
    assert await service.messages() == [("declined", "sms", "sent", None)]
    assert await service.said() == ["message-held", "message-created", "message-sent"]


async def test_a_person_who_changes_his_number_is_not_told_twice(service: NotificationService) -> None:
    await service.hear(scenario.person(), scenario.declined(), scenario.person(mobile="+8562099990001"))
    await service.work()
    assert [sms.to for sms in service.providers.sms] == ["+8562099990001"]


async def test_the_person_and_the_message_that_waits_for_him_may_come_at_the_same_time(
    service: NotificationService,
) -> None:
    """Two consumers of one group: neither sees what the other has not committed."""
    held = asyncio.Event()

    async def hear_the_fact() -> None:
        async with service.database.transaction() as connection:
            await handle(connection, hear, envelope(scenario.declined()))
            held.set()
            await asyncio.sleep(0.3)  # the other one has begun meanwhile, and must wait

    async def hear_the_person() -> None:
        await held.wait()
        await service.hear(scenario.person())

    await asyncio.gather(hear_the_fact(), hear_the_person())
    assert await service.messages() == [("declined", "sms", "created", None)]


async def test_an_erased_person_leaves_no_trace_and_gets_nothing_more(service: NotificationService) -> None:
    await service.hear(scenario.person(), scenario.declined(), scenario.erased(), scenario.promoted())
    await service.work()
    assert (await service.messages(), service.providers.sms) == (
        [("declined", "sms", "cancelled", "person-erased")],
        [],
    )
    assert await service.rows("SELECT erased, given_name, mobile, email FROM person WHERE person_id = $1", KEO) == [
        (True, None, None, None)
    ]


async def test_a_person_without_a_mobile_is_told_by_mail(service: NotificationService) -> None:
    await service.hear(scenario.person(mobile=None), scenario.declined(), scenario.registered())
    assert await service.messages() == [("declined", "email", "created", None)]


async def test_a_person_who_cannot_be_reached_at_all_is_accounted_for(service: NotificationService) -> None:
    await service.hear(scenario.person(mobile=None, email=None), scenario.declined())
    assert (await service.messages(), await service.jobs()) == (
        [("declined", "sms", "technical-failure", "no-contact")],
        [],
    )


@pytest.mark.parametrize(
    ("fact", "texts"),
    [
        (scenario.rescheduled(), ["ເລື່ອນປະຊຸມປຶກສາຫາລື ຍຸດທະສາດ… 19/09/2022 ເປັນ 26/09/2022, 08:30 ໂມງ."]),
        (scenario.cancelled(), ["ຍົກເລີກປະຊຸມປຶກສາຫາລື ຍຸດທະສາດລັດຖ… ວັນທີ 19/09/2022. ຂໍອະໄພມາຍັງທ່ານ."]),
    ],
)
async def test_a_change_reaches_seats_and_queue_but_not_who_gave_up(
    service: NotificationService, fact: Fact, texts: list[str]
) -> None:
    people = [scenario.person(each, mobile=f"+85620555500{number}") for number, each in enumerate((KEO, NOY, HOST), 10)]
    seats = [
        scenario.registered(KEO),
        scenario.registered(NOY, position=1),
        scenario.registered(HOST),
        scenario.withdrawn(HOST),
    ]
    await service.hear(*people, *seats)
    await service.run("DELETE FROM job")
    await service.hear(fact)
    await service.work()
    assert [sms.text for sms in service.providers.sms] == texts * 2


async def test_who_is_represented_is_not_told_of_changes_and_his_representative_is(
    service: NotificationService,
) -> None:
    await service.hear(
        scenario.person(KEO), scenario.person(NOY), scenario.registered(KEO), scenario.represented(by=NOY)
    )
    await service.hear(scenario.cancelled())
    query = "SELECT DISTINCT person_id FROM message WHERE template = 'cancelled'"
    assert sorted(await service.rows(query)) == sorted([(NOY,), (CHAIR,)])


async def test_minutes_that_are_heard_before_the_end_of_their_meeting_wait_for_it(service: NotificationService) -> None:
    await service.hear(
        scenario.minutes_signed(), scenario.minutes_published(), scenario.person(), scenario.registered()
    )
    await service.run("DELETE FROM job")
    assert await service.rows("SELECT count(*) FROM message WHERE template = 'minutes_signed'") == [(0,)]
    await service.hear(scenario.held())
    await service.work()
    [mail] = service.providers.mails
    assert mail.subject == f"[ບົດບັນທຶກ] {scenario.TITLE.lo} - ເລກທີ {scenario.NUMBER}"
    assert await service.rows("SELECT count(*) FROM postponed") == [(0,)]


async def test_minutes_of_a_meeting_that_is_over_go_out_at_once(service: NotificationService) -> None:
    await service.hear(
        scenario.person(), scenario.registered(), scenario.checked_in(offline=True), scenario.withdrawn()
    )
    await service.hear(scenario.held(), scenario.minutes_signed(), scenario.minutes_published())
    assert await service.rows("SELECT status FROM message WHERE template = 'minutes_signed'") == [("created",)]


async def test_of_persons_who_come_together_the_last_word_holds_and_messages_are_released_by_who_they_waited_for(
    service: NotificationService,
) -> None:
    await service.hear(scenario.declined())
    persons = [
        scenario.person(),
        scenario.person(NOY),
        scenario.person(mobile="+8562099990001"),
        scenario.person(CHAIR),
    ]
    events = [envelope(fact) for fact in persons]
    await service.take(*events)
    await service.work()
    assert [sms.to for sms in service.providers.sms] == ["+8562099990001"]
    assert await service.rows("SELECT count(*) FROM person") == [(3,)]
    query = "SELECT headers ->> 'ce_causationid' FROM outbox WHERE type LIKE '%message-created%'"
    assert await service.rows(query) == [(events[0].id,)]


async def test_registrations_of_one_run_lead_to_what_each_alone_would(service: NotificationService) -> None:
    unreached, known, unknown = (uuid4() for _ in range(3))
    facts = [
        *(scenario.person(person_id=known), scenario.person(person_id=unreached, mobile=None, email=None)),
        *(scenario.registered(one) for one in (unreached, known, unknown)),
        scenario.registered(known, position=1),
    ]
    events = [envelope(fact) for fact in facts]
    await service.inside(lambda connection: handle_run(connection, hear, events))
    await service.inside(lambda connection: handle_run(connection, hear, events[2:]))  # a repetition writes nothing
    told = await service.rows("SELECT person_id, template, status FROM message")
    assert sorted(told, key=str) == sorted(
        [
            (unreached, "registered", "technical-failure"),
            (known, "registered", "created"),
            (unknown, "registered", "awaiting_contact"),
            (known, "waitlisted", "created"),
        ],
        key=str,
    )
    causes = await service.rows("SELECT headers->>'ce_causationid' FROM outbox ORDER BY id")
    assert list(dict.fromkeys(cause for (cause,) in causes)) == [event.id for event in events[2:]]
    assert len(await service.jobs()) == 2
