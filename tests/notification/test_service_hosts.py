"""Who holds a meeting changes: who comes and who goes is told, and told what all others are told, or nothing more."""

from typing import Any

from shared.contracts.registration import MeetingDiscarded
from tests.notification import scenario
from tests.notification.running_service import NotificationService
from tests.notification.scenario import CHAIR, HOST, KEO, MEETING
from tests.notification.test_service_changes import announced, calendar_of, templates, told

__all__ = ["announced"]  # the fixture is looked up here


async def test_a_new_chair_is_told_all_that_follows_and_the_former_one_nothing_more(
    service: NotificationService,
) -> None:
    await told(service, scenario.hosts_changed(chair=KEO, former_chair=CHAIR), scenario.cancelled())
    assert [template for template, _, _ in await templates(service, KEO)] == ["chair_named", "cancelled", "cancelled"]
    former = {template for template, _, _ in await templates(service, CHAIR)}
    assert former == {"chair_named", "chair_released"}
    assert calendar_of(service, CHAIR)[-1][0] == "CANCEL"


async def hosts(service: NotificationService) -> list[tuple[Any, ...]]:
    query = "SELECT person_id, audience FROM host WHERE audience <> 'contact' ORDER BY audience"
    return [tuple(row) for row in await service.rows(query)]


async def test_a_draft_tells_its_new_hosts_when_it_is_opened(service: NotificationService) -> None:
    assert await hosts(service) == [(CHAIR, "chair"), (HOST, "co-host")]
    await service.hear(scenario.hosts_changed(announced=False, chair=KEO, former_chair=CHAIR, co_host_contacts=()))
    assert await hosts(service) == [(KEO, "chair")]


async def test_of_a_discarded_draft_nothing_is_kept(service: NotificationService) -> None:
    await service.hear(MeetingDiscarded(meeting_id=MEETING))
    assert await hosts(service) == []
    assert await service.rows("SELECT 1 FROM meeting") == []
