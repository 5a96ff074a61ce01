"""The callers: who may see which messages, and that nobody sees a text or an address."""

import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from services.notification.adapters.template_files import read_templates
from shared.operations.api import ROUTERS as OPERATIONS
from tests.notification import scenario
from tests.notification.callers import Callers, serving
from tests.notification.running_service import NotificationService
from tests.notification.scenario import CHAIR, KEO, MEETING, NOY


@pytest.fixture
async def callers(service: NotificationService) -> AsyncIterator[Callers]:
    async with serving(service) as opened:
        yield opened


@pytest.fixture(name="service")
async def with_messages(service: NotificationService) -> NotificationService:
    """Three messages: one sent, one waiting, one that cannot be sent."""
    await service.hear(scenario.person(KEO), scenario.registered(KEO), scenario.person(CHAIR, mobile=None, email=None))
    await service.work()
    await service.hear(scenario.registered(NOY, position=1), scenario.declined(CHAIR))
    return service


async def test_messages_are_listed_page_by_page(callers: Callers) -> None:
    first = (await callers.get("/v1/messages", "organiser", meeting_id=MEETING, limit=2)).json()
    second = (await callers.get("/v1/messages", "organiser", meeting_id=MEETING, limit=2, cursor=first["next"])).json()
    found = {
        each["template"]: (each["channel"], each["status"], each["reason"]) for each in first["items"] + second["items"]
    }
    assert found == {
        "registered": ("sms", "sent", None),
        "waitlisted": (None, "awaiting_contact", None),
        "declined": ("sms", "technical-failure", "no-contact"),
    }
    assert second["next"] is None


async def test_messages_are_found_by_status(callers: Callers) -> None:
    found = await callers.get("/v1/messages", "secretary", meeting_id=MEETING, status="sent")
    assert [each["template"] for each in found.json()["items"]] == ["registered"]


async def test_they_are_counted_by_channel_and_status(callers: Callers) -> None:
    counts = (await callers.get("/v1/messages/counts", "organiser", meeting_id=MEETING)).json()
    assert counts == {
        "sms": {"sent": 1, "awaiting_contact": 1, "technical-failure": 1},
        "email": {},
        "handed_over": {"sms": 1, "email": 0},
    }
    assert (await callers.get("/v1/messages/counts", "operator")).json() == counts


async def test_no_route_shows_a_text_a_number_or_an_address(service: NotificationService, callers: Callers) -> None:
    listed = await callers.get("/v1/messages", "operator")
    read = [await callers.get(f"/v1/messages/{each['message_id']}", "operator") for each in listed.json()["items"]]
    shown = "".join(answer.text for answer in (listed, *read))
    sms = service.providers.sms[0]
    assert [word in shown for word in (sms.to, sms.text, "@example.la", "ແກ້ວ", "A7K2Q9")] == [False] * 5


@pytest.mark.parametrize("path", ["/v1/messages", "/v1/messages/counts"])
async def test_who_may_read(callers: Callers, path: str) -> None:
    asked: list[tuple[str, str, Any, int]] = [
        ("participant", "MTC", MEETING, 403),
        ("desk", "MTC", MEETING, 403),
        ("organiser", "MOF", MEETING, 403),
        ("organiser", "MTC", uuid4(), 403),
        ("organiser", "MTC", None, 403),
        ("secretary", "MTC", None, 403),
        ("organiser", "MTC", MEETING, 200),
        ("secretary", "MOF", MEETING, 200),
        ("operator", "MOF", None, 200),
    ]
    answers = [
        (
            await callers.get(path, role, organisation=organisation, **({"meeting_id": meeting} if meeting else {}))
        ).status_code
        for role, organisation, meeting, _ in asked
    ]
    assert answers == [status for *_, status in asked]
    assert (await callers.get(path, meeting_id=MEETING)).status_code == 401


async def test_another_bodys_message_is_not_shown_and_one_that_is_not_there_is_not_found(
    service: NotificationService, callers: Callers
) -> None:
    [(message_id,)] = await service.rows("SELECT message_id FROM message WHERE template = 'registered'")
    path = f"/v1/messages/{message_id}"
    answers = [
        (await callers.get(path, "organiser")).status_code,
        (await callers.get(path, "organiser", organisation="MOF")).status_code,
        (await callers.get(f"/v1/messages/{uuid4()}", "operator")).status_code,
    ]
    assert answers == [200, 403, 404]


async def test_receipts_are_counted_for_operators_alone(callers: Callers) -> None:
    assert [(await callers.get("/v1/receipts/counts", role)).status_code for role in ("operator", "organiser")] == [
        200,
        403,
    ]


WITH_OWN_LINK = (
    *("registered", "waitlisted", "declined", "delegated", "promoted"),
    *("registered_again", "confirm_registration", "new_documents"),
)
"""What people without an e-mail address are told with the link of their own answer, which takes a second part."""


def _of_sms(template: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for each in template["previews"] if each["channel"] == "sms"]


async def test_every_template_is_shown_with_what_it_costs(callers: Callers) -> None:
    templates = (await callers.get("/v1/templates", "secretary")).json()["items"]
    sms = [each for template in templates for each in _of_sms(template)]
    assert [template["template"] for template in templates] == list(read_templates().keys)
    costs = {template["template"]: {each["parts"] for each in _of_sms(template)} for template in templates}
    with_own_link = {key: {1, 2} for key in WITH_OWN_LINK}
    assert (
        costs
        == {key: {1} for key in read_templates().keys}
        | {"invitation": {1, 2}, "venue_changed": {1, 2}, "rescheduled": {2}}
        | with_own_link
    )
    assert max(each["units"] for each in sms if each["language"] == "lo" and each["parts"] == 1) <= 70
    assert (await callers.get("/v1/templates", "participant")).status_code == 403


async def test_the_document_describes_every_route(callers: Callers) -> None:
    document = (await callers.client.get("/openapi.json")).json()
    shared = {getattr(route, "path", "") for router in OPERATIONS for route in router.routes}
    own = sorted(document["paths"].keys() - shared)
    assert own == [
        "/v1/messages",
        "/v1/messages/counts",
        "/v1/messages/{message_id}",
        "/v1/receipts/counts",
        "/v1/receipts/sms",
        "/v1/templates",
    ]
    assert json.dumps(document["paths"]["/v1/receipts/sms"]["post"]).count("X-Signature") == 1
