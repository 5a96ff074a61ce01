"""The start or the end of an agenda item that was recorded by mistake is taken back."""

from datetime import datetime
from typing import Any

import pytest

from services.registration.domain.desk.commands import UndoAgendaItem
from services.registration.domain.desk.refusals import AnotherItemRunning, NothingToUndo
from services.registration.domain.refusals import AgendaItemUnknown, WrongPhase
from shared.contracts.registration import AgendaItemStep, AgendaItemUndone
from shared.kernel import Actor, NotPermitted
from tests.registration.facts import REASON, held, opened, started
from tests.registration.running_service import RegistrationService, code_of
from tests.registration.scenario import DESK, END, MEETING, START, Step, after, refuses
from tests.registration.test_attendance import (
    AGENDA,
    MINUTE,
    SECRETARY,
    SESSION,
    begin,
    begun,
    finish,
    finished,
    item,
    session_of,
)


def undo(number: str, step: AgendaItemStep, *, by: Actor = SECRETARY) -> UndoAgendaItem:
    return UndoAgendaItem(actor=by, at=END, item_id=item(number), step=step, reason=REASON)


def undone(number: str, step: AgendaItemStep, begins: int | None = None, ends: int | None = None) -> AgendaItemUndone:
    times = {"started_at": _moment(begins), "finished_at": _moment(ends)}
    about = {"meeting_id": MEETING, "item_id": item(number), "number": number, "undone": step, **times}
    return AgendaItemUndone(**about, reason=REASON, recorded_by="secretary")


def _moment(minutes: int | None) -> datetime | None:
    return None if minutes is None else START + minutes * MINUTE


RETURNED: list[Step] = [*SESSION, begun("1", 5), finished("1", 9), begun("1", 20), finished("1", 30)]


def test_an_item_whose_start_is_taken_back_has_not_begun_and_may_begin() -> None:
    assert after(*SESSION, begun("1", 5), command=undo("1", "start")) == [undone("1", "start")]
    again: list[Step] = [*SESSION, begun("1", 5), undone("1", "start")]
    assert after(*again, command=begin("1", minutes=7)) == [begun("1", 7)]
    assert after(*again, command=undo("1", "start")) == refuses(NothingToUndo, last=None)


def test_an_item_whose_end_is_taken_back_goes_on_and_may_end() -> None:
    ended: list[Step] = [*SESSION, begun("1", 5), finished("1", 9)]
    assert after(*ended, command=undo("1", "finish")) == [undone("1", "finish", 5)]
    assert after(*ended, undone("1", "finish", 5), command=finish("1", minutes=12)) == [finished("1", 12)]


def test_step_by_step_everything_that_was_said_of_an_item_is_taken_back() -> None:
    steps: list[tuple[AgendaItemStep, AgendaItemUndone]] = [
        ("finish", undone("1", "finish", 5)),
        ("start", undone("1", "start", 5, 9)),
        ("finish", undone("1", "finish", 5)),
        ("start", undone("1", "start")),
    ]
    so_far = list(RETURNED)
    for step, expected in steps:
        assert after(*so_far, command=undo("1", step)) == [expected]
        so_far.append(expected)


def test_a_request_that_is_repeated_takes_back_nothing_more() -> None:
    assert after(*RETURNED, undone("1", "finish", 5), command=undo("1", "finish")) == refuses(
        NothingToUndo, last="start"
    )


def test_an_item_that_begins_by_mistake_leaves_the_end_of_the_one_before_to_be_taken_back_after_it() -> None:
    by_mistake: list[Step] = [*SESSION, begun("1"), finished("1", 5), begun("3", 5)]
    assert after(*by_mistake, command=undo("1", "finish")) == refuses(AnotherItemRunning, number="3")
    back: list[Step] = [*by_mistake, undone("3", "start")]
    assert after(*back, command=undo("1", "finish")) == [undone("1", "finish", 0)]


def test_a_part_does_not_hinder_what_contains_it() -> None:
    parts: list[Step] = [*SESSION, begun("2"), finished("2", 5), begun("2.1", 6)]
    assert after(*parts, command=undo("2", "finish")) == [undone("2", "finish", 0)]


def test_steps_are_taken_back_during_the_session_and_after_it_by_those_who_record_them() -> None:
    assert after(*RETURNED, held(), command=undo("1", "finish")) == [undone("1", "finish", 5)]
    assert after(opened(agenda=AGENDA), command=undo("1", "start")) == refuses(WrongPhase, phase="open")
    assert after(opened(agenda=AGENDA), started(), command=undo("9", "start")) == refuses(AgendaItemUnknown)
    roles = ["chair", "organiser", "secretary"]
    assert after(*RETURNED, command=undo("1", "finish", by=DESK)) == refuses(NotPermitted, roles=roles)


async def take_back(service: RegistrationService, path: str, item_id: str, step: str) -> Any:
    body = {"step": step, "reason": "ກົດຜິດວາລະ"}
    return await service.organiser.post(f"{path}/agenda/{item_id}/undo", body)


async def test_the_organiser_takes_back_a_wrong_start_and_the_attendance_follows(
    service: RegistrationService,
) -> None:
    session, _ = await session_of(service)
    first, second = session.items
    before = await session.at_item(0)
    refused = await take_back(service, session.path, first, "finish")
    assert code_of(refused)[:2] == (409, "AnotherItemRunning")
    begins = await take_back(service, session.path, second, "start")
    assert (begins.json()["started_at"], begins.json()["finished_at"]) == (None, None)
    assert (await session.at_item(1))["counts"] is None
    goes_on = await take_back(service, session.path, first, "finish")
    assert (goes_on.json()["started_at"], goes_on.json()["finished_at"]) == (before["started_at"], None)
    assert (await session.at_item(0))["counts"]["in_the_room"] == before["counts"]["in_the_room"] + 1
    assert code_of(await take_back(service, session.path, first, "finish"))[:2] == (409, "NothingToUndo")
    types = await service.rows("SELECT type FROM outbox WHERE type LIKE '%agenda-item-undone%'")
    assert len(types) == 2


@pytest.mark.parametrize("times", [1, 2, 3])
async def test_what_was_stored_of_a_return_is_taken_back_step_by_step(service: RegistrationService, times: int) -> None:
    session, _ = await session_of(service)
    first, second = session.items
    known = [await session.at_item(0)]
    await take_back(service, session.path, second, "start")
    for step, minute in (("start", 25), ("finish", 26), ("start", 27))[:times]:
        await session.step(0, step, minute)
        known.append(await session.at_item(0))
    for step in ("start", "finish", "start")[-times:]:
        known.pop()
        assert (await take_back(service, session.path, first, step)).status_code == 200
        told = await session.at_item(0)
        assert {name: told[name] for name in ("started_at", "finished_at")} == {
            name: known[-1][name] for name in ("started_at", "finished_at")
        }
