"""What notification shows: each status that a message comes to, what waits, and how long its recipients have waited."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.notification import views
from services.notification.observability import MESSAGES_OLDEST_SECONDS, MESSAGES_UNSENT
from services.notification.store import Sendable
from shared.observability.gauges import GaugeValues
from tests.notification import scenario
from tests.notification.running_service import NotificationService
from tests.shared.bus import sample

FACT = datetime(2022, 9, 19, 1, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def counted(*statuses: str, channel: str = "sms") -> list[float]:
    return [sample("pasum_messages_total", channel=channel, status=status) for status in statuses]


async def gauges(service: NotificationService) -> GaugeValues:
    async with service.database.reading() as connection:
        return await views.count_gauges(connection)


async def test_a_message_is_counted_in_each_status_that_it_comes_to(service: NotificationService) -> None:
    before = counted("created", "sent", "delivered")
    await service.hear(scenario.person(), scenario.declined())
    await service.work()
    assert [now - then for now, then in zip(counted("created", "sent", "delivered"), before, strict=True)] == [1, 1, 0]


async def test_a_message_to_somebody_unknown_has_no_channel_yet(service: NotificationService) -> None:
    before = counted("awaiting_contact", channel="none")
    await service.hear(scenario.declined())
    assert [counted("awaiting_contact", channel="none")[0] - before[0]] == [1]


async def test_what_no_provider_has_yet_is_shown_with_the_time_for_which_it_has_waited(
    service: NotificationService,
) -> None:
    await service.hear(scenario.person(), scenario.declined())
    await service.run("UPDATE message SET released_at = now() - interval '2 minutes'")
    found = await gauges(service)
    assert {labels: number for labels, number in found[MESSAGES_UNSENT].items() if number} == {("sms", "created"): 1}
    assert {labels: age // 60 for labels, age in found[MESSAGES_OLDEST_SECONDS].items()} == {("sms",): 2, ("email",): 0}
    await service.work()
    assert {value for values in (await gauges(service)).values() for value in values.values()} == {0}


async def test_a_message_that_waits_for_changes_is_not_late(service: NotificationService) -> None:
    await service.hear(scenario.person(), scenario.declined())
    await service.run("UPDATE message SET released_at = now() + interval '2 minutes'")
    assert set((await gauges(service))[MESSAGES_OLDEST_SECONDS].values()) == {0.0}


async def test_the_wait_is_measured_from_the_fact(service: NotificationService) -> None:
    before = sample("pasum_message_from_fact_seconds_sum", channel="sms")
    await service.hear(scenario.person(), scenario.declined())
    (job,) = await service.jobs()
    late = replace(job, cause=replace(job.cause, time=datetime.now(UTC) - timedelta(minutes=10)))
    await service.answer(late, await service.ask(late))
    assert (sample("pasum_message_from_fact_seconds_sum", channel="sms") - before) // 60 == 10


@pytest.mark.parametrize(
    ("created", "released", "fact", "since"),
    [
        pytest.param(1, 1, 0, 0, id="from the fact"),
        pytest.param(1, 60, 0, 60, id="from the end of the wait for other changes"),
        pytest.param(1, 60, 59, 59, id="from the fact by which the recipient became known"),
        pytest.param(1, 1, None, 1, id="from its making where no fact is known"),
    ],
)
def test_a_recipient_has_waited_since(created: int, released: int, fact: int | None, since: int) -> None:
    made, free = FACT + created * SECOND, FACT + released * SECOND
    message = Sendable(channel="sms", template="declined", created_at=made, since=free)
    assert message.waited_since(None if fact is None else FACT + fact * SECOND) == FACT + since * SECOND
