"""When an item of the agenda was treated, and who was there, in whichever order the facts have come."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.minutes.domain.session import ItemStep, ItemTime, Step, TreatedItem, Whereabouts, item_times
from shared.contracts.registration import ItemPresence
from tests.minutes.session.facts import at

ITEM, OTHER, MISTAKE = UUID(int=1), UUID(int=2), UUID(int=3)
TREATED = TreatedItem(started_at=at(10), ended_at=at(20))


def step(sequence: int, kind: str, minutes: int, item_id: UUID = ITEM) -> ItemStep:
    return ItemStep(item_id=item_id, sequence=sequence, step=Step(kind), at=at(minutes))


STEPS = (
    step(1, "started", 10),
    step(2, "finished", 20),
    step(3, "started", 20, OTHER),
    step(4, "started", 30),
    step(5, "finished", 20, OTHER),
    step(6, "finished", 40),
    step(7, "started", 50),
    step(8, "undone", 51),
    step(9, "started", 60, MISTAKE),
    step(10, "undone", 61, MISTAKE),
)


def test_an_item_to_which_the_meeting_returns_lasts_from_its_first_start_to_its_last_end() -> None:
    assert item_times(STEPS) == {
        ITEM: ItemTime(started_at=at(10), ended_at=at(40)),
        OTHER: ItemTime(started_at=at(20), ended_at=at(20)),
    }


def test_an_item_that_goes_on_has_no_end_and_lasts_as_long_as_the_session() -> None:
    known = item_times(STEPS[:4])[ITEM]
    assert (known, known.until(at(210))) == (
        ItemTime(started_at=at(10)),
        TreatedItem(started_at=at(10), ended_at=at(210)),
    )


def test_what_was_taken_back_was_not_said() -> None:
    both = [step(2, "finished", 20), step(3, "undone", 21), step(4, "finished", 25), step(5, "undone", 26)]
    assert item_times([step(1, "started", 10), *both]) == {ITEM: ItemTime(started_at=at(10))}
    assert item_times([step(1, "started", 10), *both, step(6, "undone", 27)]) == {}


@given(told=st.permutations(STEPS * 2))
def test_steps_in_any_order_and_told_twice_give_the_same_times(told: list[ItemStep]) -> None:
    assert item_times(told) == item_times(STEPS)


def test_an_end_or_an_undoing_whose_beginning_has_not_been_told_yet_says_nothing() -> None:
    assert item_times([step(2, "finished", 20)]) == {}
    assert item_times([step(2, "undone", 20)]) == {}


@pytest.mark.parametrize(
    ("entries", "exits", "there"),
    [
        ((), (), False),
        ((0,), (), True),
        ((10,), (), True),
        ((19,), (), True),
        ((20,), (), False),
        ((0,), (5,), False),
        ((0,), (10,), False),
        ((0,), (11,), True),
        ((0, 12), (5, 14), True),
        ((0, 20), (5,), False),
        ((0, 25), (5, 30), False),
        ((15,), (15,), True),
        ((5,), (5,), False),
        ((), (15,), False),
    ],
)
def test_whoever_was_in_the_room_for_some_of_an_item_was_there(
    entries: tuple[int, ...], exits: tuple[int, ...], *, there: bool
) -> None:
    known = Whereabouts(entries=tuple(map(at, entries)), exits=tuple(map(at, exits)))
    assert known.present_at(ITEM, TREATED) is there


@pytest.mark.parametrize(
    ("presence", "there"),
    [("present", True), ("late", True), ("left-early", True), ("partly", True), ("absent", False), ("excused", False)],
)
def test_what_was_said_by_hand_of_an_item_counts_before_scans_and_for_no_other_item(
    presence: ItemPresence, *, there: bool
) -> None:
    known = Whereabouts(entries=(at(0),), corrections={ITEM: presence})
    assert (known.present_at(ITEM, TREATED), known.present_at(OTHER, TREATED)) == (there, True)


@pytest.mark.parametrize(
    ("corrections", "checked_in", "there"),
    [
        ({}, True, True),
        ({}, False, False),
        ({ITEM: "late"}, False, True),
        ({ITEM: "absent"}, True, True),
        ({ITEM: "absent", OTHER: "absent"}, True, False),
        ({ITEM: "absent", OTHER: "present"}, True, True),
        ({None: "excused"}, False, False),
    ],
)
def test_who_was_scanned_took_part_unless_it_was_said_of_all_items_that_he_did_not(
    corrections: dict[UUID | None, ItemPresence], *, checked_in: bool, there: bool
) -> None:
    assert Whereabouts(corrections=corrections).was_there([ITEM, OTHER], checked_in=checked_in) is there
