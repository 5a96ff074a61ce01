"""Dead letters: redriven in order, discarded for good, and pruned only when they were dealt with."""

import asyncio

import pytest

from shared.contracts.registration import MEETING, PERSON
from shared.database import Connection, Database
from shared.kernel import Refusal, Unavailable
from shared.messaging.cloudevents import Envelope
from shared.messaging.consumer import dead_letters
from shared.operations import redrive
from shared.operations.actions import ActedBy
from tests.shared.batches import LETTERS, WAITING, redrive_all, refusing, take
from tests.shared.bus import (
    Sent,
    erased,
    event,
    execute,
    heard,
    note,
    numbered,
    rows,
    until,
    value,
)


async def test_a_redriven_letter_and_what_waits_behind_it_are_taken_in_order(kernel: Database) -> None:
    records = numbered([event("a", number) for number in range(1, 5)], topic=MEETING.name)
    await take(kernel, records, refusing(2))
    assert await redrive_all(kernel, 3) == 3
    await take(kernel, numbered([event("a", 5)], first=4, topic=MEETING.name))
    assert await heard(kernel) == [1, 2, 3, 4, 5]
    found = await rows(kernel, "SELECT DISTINCT state, handled_by, handled_why FROM dead_letter")
    assert found == [("redriven", "operator", "mended")]
    await execute(kernel, "DELETE FROM inbox")
    await take(kernel, records)
    assert await heard(kernel) == [1, 2, 3, 4, 5]


async def test_a_letter_that_still_fails_leaves_everything_as_it_is(kernel: Database) -> None:
    await take(kernel, numbered([event("a", 1), event("a", 2), event("a", 3)]), refusing(1))
    with pytest.raises(redrive.StillFailing) as failing:
        await redrive_all(kernel, 1, refusing(2, error=Refusal()))
    assert (failing.value.letter, failing.value.reason) == (2, "Refusal")
    assert (await heard(kernel), [state for _, state, _ in await rows(kernel, LETTERS)]) == (
        [],
        ["dead", "parked", "parked"],
    )
    with pytest.raises(redrive.StillFailing, match="dead letter 1: KeyError"):
        await redrive_all(kernel, 1, refusing(1))
    with pytest.raises(Unavailable):
        await redrive_all(kernel, 1, refusing(1, error=Unavailable("x")))


async def test_an_unreadable_letter_stays_dead(kernel: Database) -> None:
    await take(kernel, numbered([Sent(key=b"k", value=b"?")]))
    with pytest.raises(
        redrive.StillFailing, match="dead letter 1: no CloudEvent: id, source, type, specversion missing"
    ):
        await redrive_all(kernel, 1)


async def test_a_letter_that_was_overtaken_is_closed_without_effect(kernel: Database) -> None:
    await take(kernel, numbered([erased("a", 1, key=None), erased("a", 2)], topic=PERSON.name), refusing(1))
    assert (await redrive_all(kernel, 1), await heard(kernel)) == (1, [2])


async def test_a_discarded_letter_lets_the_others_be_redriven_and_is_never_taken_again(kernel: Database) -> None:
    records = numbered([event("a", 1), event("a", 2), Sent(key=b"?", value=b"")], topic=MEETING.name)
    await take(kernel, records, refusing(1))
    async with kernel.transaction() as connection:
        for letter in (1, 3):
            row = await dead_letters.lock(connection, letter)
            assert row is not None
            await redrive.discard(connection, row, ActedBy(who="operator", why="never meant"))
    assert await redrive_all(kernel, 2) == 1
    await execute(kernel, "DELETE FROM inbox")
    await take(kernel, records[:2])
    assert (await heard(kernel), [state for _, state, _ in await rows(kernel, LETTERS)]) == (
        [2],
        ["discarded", "redriven", "discarded"],
    )


async def test_a_letter_that_somebody_discards_meanwhile_is_not_redriven(kernel: Database) -> None:
    await take(kernel, numbered([event("a", 1), event("a", 2), event("a", 3)]), refusing(1))
    async with kernel.transaction() as connection:
        await dead_letters.close(connection, 2, state="discarded", who="operator", why="never meant")
        redriving = asyncio.create_task(redrive_all(kernel, 1))
        await until(lambda: value(kernel, WAITING))
    assert (await redriving, await heard(kernel)) == (2, [1, 3])


async def test_events_that_come_during_a_redrive_keep_their_order(kernel: Database) -> None:
    await take(kernel, numbered([event("a", 1), event("a", 2)]), refusing(1))
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(connection: Connection, envelope: Envelope) -> None:
        begun.set()
        await go_on.wait()
        await note(connection, envelope)

    redriving = asyncio.create_task(redrive_all(kernel, 1, slow))
    await begun.wait()
    coming = asyncio.create_task(take(kernel, numbered([event("a", 3), event("b", 1)], first=2)))
    await until(lambda: value(kernel, WAITING))
    go_on.set()
    await asyncio.gather(redriving, coming)
    assert (await heard(kernel, "a"), await heard(kernel, "b")) == ([1, 2, 3], [1])


async def test_what_is_parked_while_a_redrive_begins_is_redriven_with_it(kernel: Database) -> None:
    await take(kernel, numbered([event("a", 1), event("a", 2)]), refusing(1))
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(_: Connection, __: Envelope) -> None:
        begun.set()
        await go_on.wait()

    coming = asyncio.create_task(take(kernel, numbered([event("a", 3), event("b", 1)], first=2), slow))
    await begun.wait()
    redriving = asyncio.create_task(redrive_all(kernel, 1))
    await until(lambda: value(kernel, WAITING))
    go_on.set()
    await coming
    assert (await redriving, await heard(kernel, "a")) == (3, [1, 2, 3])
