"""Whoever changes his answer is told so, and his calendar follows."""

from tests.notification import scenario
from tests.notification.running_service import NotificationService
from tests.notification.scenario import KEO
from tests.notification.test_service_changes import announced, calendar_of, templates, ticket, told

__all__ = ["announced"]  # the fixture is looked up here


async def test_who_declines_after_all_and_comes_after_all_has_the_meeting_again(service: NotificationService) -> None:
    await told(service, scenario.registered(), ticket(service), scenario.withdrawn(declines=True))
    assert (await templates(service))[-1] == ("declined", "email", "sent")
    await told(service, scenario.reinstated(), ticket(service, serial=2), scenario.rescheduled())
    assert calendar_of(service, KEO) == [("REQUEST", 0), ("CANCEL", 1), ("REQUEST", 2)]
    assert [one[:2] for one in await templates(service)].count(("registered", "sms")) == 2


async def test_who_declines_after_all_is_not_told_that_he_has_a_seat(service: NotificationService) -> None:
    await service.hear(scenario.registered(), ticket(service), scenario.withdrawn(declines=True))
    seat = [one for one in await templates(service) if one[0] != "declined"]
    assert seat == [("registered", "email", "cancelled"), ("registered", "sms", "cancelled")]
