"""Handing over: an attempt is written first, every trouble has its outcome, nothing dies unheard."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.notification.domain.attempt import PATIENCE, REFUSALS
from services.notification.ports import OutcomeUnknown, ProviderRefused, ProviderThrottled
from shared.kernel import Unavailable
from shared.messaging.jobs import MAX_ATTEMPTS
from tests.notification import saying
from tests.notification.office import Office
from tests.notification.saying import drafted

WAIT = "SELECT extract(epoch FROM due_at - now())::int FROM job WHERE state = 'ready'"


@pytest.fixture(name="office")
async def told(office: Office) -> Office:
    """One message is to be sent."""
    await office.hear(saying.person(), saying.declined())
    return office


async def again(office: Office, times: int = 1) -> None:
    for _ in range(times):
        await office.hurry()
        await office.work()


async def test_an_attempt_is_committed_before_the_provider_is_asked(office: Office) -> None:
    seen: list[object] = []

    async def look() -> None:
        seen.extend(
            await office.rows("SELECT m.status, a.number, a.outcome FROM attempt a JOIN message m USING (message_id)")
        )

    office.providers.meanwhile = look
    await office.work()
    assert seen == [("sending", 1, None)]
    assert await office.rows("SELECT outcome, provider_message_id, parts FROM attempt") == [("sent", "1", 1)]


async def test_a_crash_between_question_and_answer_asks_again_with_the_same_key(office: Office) -> None:
    [job] = await office.jobs()
    await office.ask(job)  # and the process dies: the answer is never given
    await office.work(attempts=2)
    assert await office.outcomes() == ["unknown", "sent"]
    assert len({sms.key for sms in office.providers.sms}) == 1
    assert await office.rows("SELECT provider_message_id FROM attempt WHERE number = 2") == [("1",)]
    assert await office.said() == ["message-created", "message-sent"]


async def test_two_workers_with_one_job_make_one_sent_message(office: Office) -> None:
    [job] = await office.jobs()
    first = await office.ask(job)
    second = await office.ask(replace(job, attempts=2))
    await office.answer(job, first)
    await office.answer(job, second)
    assert await office.said() == ["message-created", "message-sent"]


@pytest.mark.parametrize(
    ("trouble", "outcome", "least"),
    [
        (Unavailable("the gateway", retry_after=7.0), "unavailable", 6),
        (OutcomeUnknown("the gateway", retry_after=7.0), "unknown", 6),
        (ProviderThrottled("the gateway", retry_after=30.0), "throttled", 29),
        (ProviderRefused("smtp-450", permanent=False), "refused", 59),
    ],
)
async def test_what_may_work_later_is_tried_later(office: Office, trouble: Exception, outcome: str, least: int) -> None:
    office.providers.trouble.append(trouble)
    await office.work()
    [(wait,)] = await office.rows(WAIT)
    assert (wait >= least, await office.messages()) == (True, [("declined", "sms", "sending", None)])
    await again(office)
    assert await office.outcomes() == [outcome, "sent"]
    assert await office.messages() == [("declined", "sms", "sent", None)]


async def test_a_recipient_who_can_get_nothing_is_a_permanent_failure(office: Office) -> None:
    office.providers.trouble.append(ProviderRefused("bad-address", permanent=True))
    await office.work()
    assert await office.messages() == [("declined", "sms", "permanent-failure", "bad-address")]
    assert (await office.outcomes(), await office.rows(WAIT)) == (["refused"], [])


async def test_refusals_that_blame_nobody_are_not_repeated_for_ever(office: Office) -> None:
    office.providers.trouble.extend([ProviderRefused("http-400", permanent=False)] * (REFUSALS + 1))
    await again(office, REFUSALS + 1)
    assert await office.messages() == [("declined", "sms", "temporary-failure", "http-400")]
    assert await office.outcomes() == ["refused"] * REFUSALS


@pytest.mark.parametrize(
    ("trouble", "status"),
    [(Unavailable("the gateway"), "technical-failure"), (OutcomeUnknown("the gateway"), "expired")],
)
async def test_after_three_days_a_message_is_given_up_and_that_is_told(
    office: Office, trouble: Exception, status: str
) -> None:
    await office.run("UPDATE message SET released_at = released_at - $1::interval", PATIENCE)
    office.providers.trouble.append(trouble)
    await office.work()
    [(_, _, found, reason)] = await office.messages()
    assert (found, reason.startswith("not-in-time-"), await office.rows(WAIT)) == (status, True, [])
    assert await office.said() == ["message-created", "message-failed"]


async def test_throttling_does_not_wear_a_message_out(office: Office) -> None:
    office.providers.trouble.extend([ProviderThrottled("the gateway", retry_after=1.0)] * (MAX_ATTEMPTS + 1))
    await again(office, MAX_ATTEMPTS + 2)
    assert await office.messages() == [("declined", "sms", "sent", None)]


async def test_a_defect_is_tried_again_and_at_last_told(office: Office) -> None:
    office.providers.trouble.extend([RuntimeError("a defect of ours")] * 2)
    [job] = await office.jobs()
    with pytest.raises(RuntimeError):
        await office.ask(job)
    await office.work(attempts=MAX_ATTEMPTS)
    assert await office.messages() == [("declined", "sms", "technical-failure", "gave-up")]


async def test_a_message_waits_for_the_name_of_the_organiser(office: Office) -> None:
    await office.run("UPDATE meeting SET organiser = 'MOJ'")
    [job] = await office.jobs()
    with pytest.raises(Unavailable):
        await office.ask(job)
    assert (await office.outcomes(), drafted().organiser) == ([], "MTC")


async def test_what_was_cancelled_before_its_turn_is_not_sent(office: Office) -> None:
    await office.hear(saying.erased())
    await office.work()
    assert (office.providers.sms, await office.outcomes()) == ([], [])


async def test_who_is_erased_while_the_provider_is_asked_stays_erased(office: Office) -> None:
    async def erase() -> None:
        await office.hear(saying.erased())

    office.providers.meanwhile = erase
    await office.work()
    assert await office.messages() == [("declined", "sms", "cancelled", "person-erased")]
    assert await office.outcomes() == ["sent"]


async def test_an_attempt_after_the_message_is_settled_does_nothing(office: Office) -> None:
    [job] = await office.jobs()
    await office.work()
    await office.answer(job, await office.ask(replace(job, attempts=2)))
    assert (len(office.providers.sms), timedelta(hours=72)) == (1, PATIENCE)
