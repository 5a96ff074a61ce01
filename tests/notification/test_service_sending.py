"""Sending: an attempt is written first, every failure has its outcome, every message gets a final status."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.notification.domain.attempt import PATIENCE, REFUSALS
from services.notification.ports import OutcomeUnknown, ProviderRefused, ProviderThrottled
from shared.kernel import Unavailable
from shared.messaging.jobs import MAX_ATTEMPTS
from tests.notification import scenario
from tests.notification.running_service import NotificationService
from tests.notification.scenario import drafted

WAIT = "SELECT extract(epoch FROM due_at - now())::int FROM job WHERE state = 'ready'"


@pytest.fixture(name="service")
async def told(service: NotificationService) -> NotificationService:
    """One message is to be sent."""
    await service.hear(scenario.person(), scenario.declined())
    return service


async def again(service: NotificationService, times: int = 1) -> None:
    for _ in range(times):
        await service.pass_time()
        await service.work()


async def test_an_attempt_is_committed_before_the_provider_is_asked(service: NotificationService) -> None:
    seen: list[object] = []

    async def look() -> None:
        seen.extend(
            await service.rows("SELECT m.status, a.number, a.outcome FROM attempt a JOIN message m USING (message_id)")
        )

    service.providers.meanwhile = look
    await service.work()
    assert seen == [("sending", 1, None)]
    assert await service.rows("SELECT outcome, provider_message_id, parts FROM attempt") == [("sent", "1", 1)]


async def test_a_crash_between_question_and_answer_asks_again_with_the_same_key(service: NotificationService) -> None:
    [job] = await service.jobs()
    await service.ask(job)  # and the process dies: the answer is never given
    await service.work(attempts=2)
    assert await service.outcomes() == ["unknown", "sent"]
    assert len({sms.key for sms in service.providers.sms}) == 1
    assert await service.rows("SELECT provider_message_id FROM attempt WHERE number = 2") == [("1",)]
    assert await service.said() == ["message-created", "message-sent"]


async def test_two_workers_with_one_job_make_one_sent_message(service: NotificationService) -> None:
    [job] = await service.jobs()
    first = await service.ask(job)
    second = await service.ask(replace(job, attempts=2))
    await service.answer(job, first)
    await service.answer(job, second)
    assert await service.said() == ["message-created", "message-sent"]


@pytest.mark.parametrize(
    ("trouble", "outcome", "least"),
    [
        (Unavailable("the gateway", retry_after=7.0), "unavailable", 6),
        (OutcomeUnknown("the gateway", retry_after=7.0), "unknown", 6),
        (ProviderThrottled("the gateway", retry_after=30.0), "throttled", 29),
        (ProviderRefused("smtp-450", permanent=False), "refused", 59),
    ],
)
async def test_what_may_work_later_is_tried_later(
    service: NotificationService, trouble: Exception, outcome: str, least: int
) -> None:
    service.providers.trouble.append(trouble)
    await service.work()
    [(wait,)] = await service.rows(WAIT)
    assert (wait >= least, await service.messages()) == (True, [("declined", "sms", "sending", None)])
    await again(service)
    assert await service.outcomes() == [outcome, "sent"]
    assert await service.messages() == [("declined", "sms", "sent", None)]


async def test_a_recipient_who_can_get_nothing_is_a_permanent_failure(service: NotificationService) -> None:
    service.providers.trouble.append(ProviderRefused("bad-address", permanent=True))
    await service.work()
    assert await service.messages() == [("declined", "sms", "permanent-failure", "bad-address")]
    assert (await service.outcomes(), await service.rows(WAIT)) == (["refused"], [])


async def test_refusals_that_blame_nobody_are_not_repeated_for_ever(service: NotificationService) -> None:
    service.providers.trouble.extend([ProviderRefused("http-400", permanent=False)] * (REFUSALS + 1))
    await again(service, REFUSALS + 1)
    assert await service.messages() == [("declined", "sms", "temporary-failure", "http-400")]
    assert await service.outcomes() == ["refused"] * REFUSALS


@pytest.mark.parametrize(
    ("trouble", "status"),
    [(Unavailable("the gateway"), "technical-failure"), (OutcomeUnknown("the gateway"), "expired")],
)
async def test_after_three_days_a_message_is_given_up_and_that_is_told(
    service: NotificationService, trouble: Exception, status: str
) -> None:
    await service.run("UPDATE message SET released_at = released_at - $1::interval", PATIENCE)
    service.providers.trouble.append(trouble)
    await service.work()
    [(_, _, found, reason)] = await service.messages()
    assert (found, reason.startswith("not-in-time-"), await service.rows(WAIT)) == (status, True, [])
    assert await service.said() == ["message-created", "message-failed"]


async def test_throttling_does_not_wear_a_message_out(service: NotificationService) -> None:
    service.providers.trouble.extend([ProviderThrottled("the gateway", retry_after=1.0)] * (MAX_ATTEMPTS + 1))
    await again(service, MAX_ATTEMPTS + 2)
    assert await service.messages() == [("declined", "sms", "sent", None)]


async def test_a_defect_is_tried_again_and_at_last_told(service: NotificationService) -> None:
    service.providers.trouble.extend([RuntimeError("a defect of ours")] * 2)
    [job] = await service.jobs()
    with pytest.raises(RuntimeError):
        await service.ask(job)
    await service.work(attempts=MAX_ATTEMPTS)
    assert await service.messages() == [("declined", "sms", "technical-failure", "gave-up")]


async def test_a_message_waits_for_the_name_of_the_organiser(service: NotificationService) -> None:
    await service.run("UPDATE meeting SET organiser = 'MOJ'")
    [job] = await service.jobs()
    with pytest.raises(Unavailable):
        await service.ask(job)
    assert (await service.outcomes(), drafted().organiser) == ([], "MTC")


async def test_what_was_cancelled_before_its_turn_is_not_sent(service: NotificationService) -> None:
    await service.hear(scenario.erased())
    await service.work()
    assert (service.providers.sms, await service.outcomes()) == ([], [])


async def test_who_is_erased_while_the_provider_is_asked_stays_erased(service: NotificationService) -> None:
    async def erase() -> None:
        await service.hear(scenario.erased())

    service.providers.meanwhile = erase
    await service.work()
    assert await service.messages() == [("declined", "sms", "cancelled", "person-erased")]
    assert await service.outcomes() == ["sent"]


async def test_an_attempt_after_the_message_is_settled_does_nothing(service: NotificationService) -> None:
    [job] = await service.jobs()
    await service.work()
    await service.answer(job, await service.ask(replace(job, attempts=2)))
    assert (len(service.providers.sms), timedelta(hours=72)) == (1, PATIENCE)
