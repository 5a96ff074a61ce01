"""Correcting a meeting before it begins: what may be changed, who moves up, and what is written."""

from typing import Any

import pytest

from services.registration.domain.refusals import WrongPhase
from shared.contracts.base import Bilingual
from shared.contracts.registration import AgendaItem, MeetingChanged
from shared.kernel import NotFound, NotPermitted, StaleVersion
from tests.registration.commands import change, register, withdraw
from tests.registration.facts import (
    cancelled,
    changed,
    drafted,
    opened,
    promoted,
    registered,
    started,
    waiting,
    withdrawn,
)
from tests.registration.running_service import RegistrationService, code_of
from tests.registration.scenario import KEO, NOY, OTHER_ORGANISER, VANH, Step, after, meeting_after, refuses

TITLE = Bilingual(lo="ກອງປະຊຸມ ຄັ້ງທີ 2")
AGENDA = (AgendaItem(number="1", title=Bilingual(lo="ເປີດ"), minutes=10),)
FULL: list[Step] = [opened(seats=1), registered(KEO), waiting(NOY, 1), waiting(VANH, 2)]


@pytest.mark.parametrize(
    "members",
    [{"title": TITLE}, {"agenda": AGENDA}, {"purpose": "ປຶກສາ"}, {"capacity": 9}, {"rank_floor": 60}],
    ids=lambda members: next(iter(members)),
)
def test_a_draft_is_corrected_and_nobody_is_told(members: dict[str, Any]) -> None:
    assert after(drafted(), command=change(**members)) == [changed(**members)]


def test_only_what_people_were_told_of_makes_a_new_revision_of_an_announced_meeting() -> None:
    assert after(opened(), command=change(title=TITLE)) == [changed(announced=True, sequence=1, title=TITLE)]
    assert after(opened(), command=change(agenda=AGENDA)) == [changed(announced=True, sequence=1, agenda=AGENDA)]
    assert after(opened(), command=change(purpose="ປຶກສາ")) == [changed(announced=True, purpose="ປຶກສາ")]


def test_what_is_the_same_already_changes_nothing() -> None:
    assert after(drafted(), command=change(title=drafted().title, capacity=drafted().capacity)) == []
    assert after(drafted(), changed(title=TITLE), command=change(title=TITLE)) == []


def test_more_seats_move_up_the_head_of_the_queue_in_its_order() -> None:
    raised = changed(announced=True, capacity=2)
    assert after(*FULL, command=change(capacity=2)) == [raised, promoted(NOY, reason="capacity-raised")]
    everybody = after(*FULL, command=change(capacity=9))
    assert everybody == [
        changed(announced=True, capacity=9),
        promoted(NOY, reason="capacity-raised"),
        promoted(VANH, reason="capacity-raised"),
    ]
    assert isinstance(everybody, list)
    assert meeting_after(*FULL, *everybody).confirmed == 3


def test_fewer_seats_evict_nobody_and_let_nobody_in() -> None:
    full: list[Step] = [opened(seats=2), registered(KEO), registered(NOY)]
    lower = changed(announced=True, capacity=1)
    assert after(*full, command=change(capacity=1)) == [lower]
    assert (meeting_after(*full, lower).confirmed, meeting_after(*full, lower).capacity) == (2, 1)
    assert after(*full, lower, command=register(VANH)) == [waiting(VANH, 1)]


def test_who_waits_already_moves_up_although_nobody_else_may_wait_any_more() -> None:
    closed = changed(announced=True, waiting_list="none", capacity=1)
    assert after(*FULL, closed, command=withdraw(KEO)) == [withdrawn(KEO), promoted(NOY)]
    raised = changed(announced=True, waiting_list="none", capacity=2).model_dump() | {"changed": ("capacity",)}
    assert after(*FULL, closed, command=change(capacity=2)) == [
        MeetingChanged(**raised),
        promoted(NOY, reason="capacity-raised"),
    ]


@pytest.mark.parametrize(("phase", "steps"), [("in-session", [started()]), ("cancelled", [cancelled()])])
def test_nothing_is_corrected_once_the_meeting_has_begun_or_is_called_off(phase: str, steps: list[Step]) -> None:
    assert after(opened(), *steps, command=change(title=TITLE)) == refuses(WrongPhase, phase=phase)


def test_the_organiser_alone_corrects_the_version_that_he_has_seen() -> None:
    assert after(command=change(title=TITLE)) == refuses(NotFound)
    assert after(opened(), command=change(OTHER_ORGANISER, title=TITLE)) == refuses(NotPermitted, roles=["organiser"])
    assert after(opened(), command=change(seen=1, title=TITLE)) == refuses(StaleVersion, version=2)


async def patched(service: RegistrationService, path: str, body: dict[str, Any]) -> Any:
    return await service.http.patch(path, json=body, headers=service.organiser.headers)


async def test_a_corrected_meeting_is_read_and_found_as_it_is_now(service: RegistrationService) -> None:
    path = await service.opened(purpose="ເກົ່າ", rank_floor=70)
    agenda = [{"number": "1", "title": {"lo": "ເປີດ", "en": None}, "minutes": 10}]
    body = {"title": {"lo": "ຫົວຂໍ້ໃໝ່ແທ້"}, "purpose": None, "agenda": agenda}
    done = await patched(service, path, body)
    assert (done.status_code, done.json()["version"], done.headers["etag"]) == (200, 3, '"3"')
    told = (await service.organiser.get(path)).json()
    assert (told["title"]["lo"], told["purpose"], told["agenda"], told["rank_floor"]) == (
        "ຫົວຂໍ້ໃໝ່ແທ້",
        None,
        [{**agenda[0], "presenter": None, "item_id": None}],
        70,
    )
    found = await service.organiser.get("/v1/meetings", q="ຫົວຂໍ້ໃໝ່ແທ້")
    assert [one["meeting_id"] for one in found.json()["items"]] == [told["meeting_id"]]


async def test_raised_and_lowered_capacity(service: RegistrationService) -> None:
    path = await service.opened(capacity=1)
    for number in range(4):
        await service.registered(path, number)
    assert (await patched(service, path, {"capacity": 3})).json()["over_capacity"] == 0
    assert (await patched(service, path, {"capacity": 1})).json()["over_capacity"] == 2
    rows = await service.rows("SELECT state, promoted FROM registration ORDER BY answered_at, registration_id")
    assert sorted(tuple(row) for row in rows) == [
        ("confirmed", False),
        ("confirmed", True),
        ("confirmed", True),
        ("waitlisted", False),
    ]


@pytest.mark.parametrize(
    ("body", "field"),
    [({"title": None}, "/title"), ({"capacity": None}, "/capacity"), ({"venue": {"lo": "x"}}, "/venue")],
    ids=["no title", "no capacity", "a member of another command"],
)
async def test_what_a_meeting_needs_cannot_be_emptied(
    shared_service: RegistrationService, body: dict[str, Any], field: str
) -> None:
    path = await shared_service.opened()
    assert code_of(await patched(shared_service, path, body)) == (422, "InvalidRequest", field)
