"""Group commit: company shares a transaction, nobody waits for it, and nobody pays for another's fault."""

import asyncio
from collections.abc import Sequence
from contextvars import ContextVar

import pytest

from shared.group_commit import Busy, GroupCommit, GroupedRequest
from shared.kernel import NotFound, Unavailable

WHO: ContextVar[str] = ContextVar("WHO", default="nobody")


class CountingService:
    """Counts to the length of what it is asked; keeps the groups, and the first of them until it is let go."""

    def __init__(self, *, limit: int = 100, lanes: int = 1) -> None:
        self.groups: list[list[str]] = []
        self.go_on = asyncio.Event()
        self.group_commit: GroupCommit[str, int] = GroupCommit(self._carry_out, name="test", limit=limit, lanes=lanes)

    async def _carry_out(self, group: Sequence[GroupedRequest[str]]) -> Sequence[int | Exception]:
        self.groups.append([one.request for one in group])
        await self.go_on.wait()
        for one in group:
            if one.request == "away":
                raise Unavailable("database")
            if one.request == "broken":
                raise ValueError("broken")
        return [NotFound() if one.request == "" else len(one.request) for one in group]

    async def asked(self, *wishes: str) -> list[int | BaseException]:
        """The answers to the first wish, which goes alone, and to all others, which wait for its return."""
        asking = await self.sent(*wishes)
        self.go_on.set()
        return await asyncio.gather(*asking, return_exceptions=True)

    async def sent(self, *wishes: str) -> list[asyncio.Task[int]]:
        """The first has gone in, the others wait."""
        asking = []
        for wish in wishes:
            asking.append(asyncio.create_task(self.group_commit.ask(wish)))
            await asyncio.sleep(0.005)
        return asking


async def test_who_comes_alone_goes_at_once_and_the_others_share_the_next() -> None:
    service = CountingService()
    assert await service.asked("a", "bb", "ccc") == [1, 2, 3]
    assert service.groups == [["a"], ["bb", "ccc"]]


async def test_a_group_has_a_limit_and_keeps_the_order_of_coming() -> None:
    service = CountingService(limit=2)
    assert await service.asked("1", "2", "3", "4", "5", "6") == [1] * 6
    assert service.groups == [["1"], ["2", "3"], ["4", "5"], ["6"]]


async def test_an_answer_may_be_an_exception_and_is_its_owners_alone() -> None:
    service = CountingService()
    first, refused, last = await service.asked("a", "", "ccc")
    assert (first, type(refused), last, service.groups) == (1, NotFound, 3, [["a"], ["", "ccc"]])


async def test_where_a_group_fails_each_is_carried_out_alone() -> None:
    service = CountingService()
    first, good, bad, better = await service.asked("a", "bb", "broken", "ccc")
    assert (first, good, type(bad), better) == (1, 2, ValueError, 3)
    assert service.groups == [["a"], ["bb", "broken", "ccc"], ["bb"], ["broken"], ["ccc"]]


async def test_where_the_database_is_away_nobody_is_tried_again() -> None:
    service = CountingService()
    answers = await service.asked("a", "bb", "away")
    assert ([type(one) for one in answers], service.groups) == (
        [int, Unavailable, Unavailable],
        [["a"], ["bb", "away"]],
    )


async def test_who_has_left_is_carried_out_all_the_same_and_harms_nobody() -> None:
    service = CountingService()
    asking = await service.sent("a", "bb", "ccc")
    asking[1].cancel()
    service.go_on.set()
    answers = await asyncio.gather(*asking, return_exceptions=True)
    assert ([type(one) for one in answers], service.groups) == (
        [int, asyncio.CancelledError, int],
        [["a"], ["bb", "ccc"]],
    )


async def test_who_comes_in_the_same_moment_goes_together() -> None:
    service = CountingService()
    service.go_on.set()
    assert await asyncio.gather(*[service.group_commit.ask(wish) for wish in ("a", "bb")]) == [1, 2]
    assert service.groups == [["a", "bb"]]


async def test_a_gathering_goes_on_after_a_rest() -> None:
    service = CountingService()
    service.go_on.set()
    assert [await service.group_commit.ask(wish) for wish in ("a", "bb")] == [1, 2]
    assert service.groups == [["a"], ["bb"]]


async def test_each_is_seen_in_the_context_it_came_with() -> None:
    seen: list[tuple[str, str]] = []

    async def carry_out(group: Sequence[GroupedRequest[str]]) -> Sequence[str]:
        seen.append(("service", WHO.get()))
        seen.extend((one.request, one.context.run(WHO.get)) for one in group)
        return [one.request for one in group]

    group_commit: GroupCommit[str, str] = GroupCommit(carry_out, name="test")

    async def ask(who: str) -> None:
        WHO.set(who)
        await group_commit.ask(who)

    await asyncio.gather(*[asyncio.create_task(ask(who)) for who in ("keo", "noy")])
    assert seen == [("service", "nobody"), ("keo", "keo"), ("noy", "noy")]


async def test_keys_of_two_lanes_do_not_wait_for_each_other() -> None:
    service = CountingService(lanes=2)
    asking = [
        asyncio.create_task(service.group_commit.ask(wish, key=key)) for wish, key in (("a", 0), ("bb", 1), ("c", 2))
    ]
    await asyncio.sleep(0.01)
    asking.append(asyncio.create_task(service.group_commit.ask("dd", key=3)))
    await asyncio.sleep(0.01)
    assert service.groups == [["a", "c"], ["bb"]]
    service.go_on.set()
    assert (await asyncio.gather(*asking), service.groups) == ([1, 2, 1, 2], [["a", "c"], ["bb"], ["dd"]])


class LockedRows:
    """Rows of which some are locked by somebody else until they are let go; keeps who was written with whom."""

    def __init__(self, *locked: str) -> None:
        self.locked = dict.fromkeys(locked, asyncio.Event())
        self.groups: list[list[str]] = []
        self.group_commit: GroupCommit[str, str] = GroupCommit(self._carry_out, name="test", skips_locked=True)

    async def _carry_out(self, group: Sequence[GroupedRequest[str]]) -> Sequence[str | Exception]:
        rows = [one.request[0] for one in group]
        if group[0].wait:
            await asyncio.gather(*[self.locked[row].wait() for row in rows if row in self.locked])
        busy = {row for row in rows if row in self.locked and not self.locked[row].is_set()}
        self.groups.append([one.request for one, row in zip(group, rows, strict=True) if row not in busy])
        await asyncio.sleep(0)
        return [Busy() if row in busy else one.request for one, row in zip(group, rows, strict=True)]

    def ask(self, *wishes: str) -> list[asyncio.Task[str]]:
        """Each wish is for the row that is its first letter."""
        return [asyncio.create_task(self.group_commit.ask(wish, key=wish[0])) for wish in wishes]


async def test_who_asks_for_a_locked_row_waits_and_the_others_do_not() -> None:
    rows = LockedRows("a")
    held = rows.ask("a1", "b1", "a2")
    assert await held[1] == "b1"
    later = rows.ask("a3", "b2")
    assert await later[1] == "b2"
    assert [one.done() for one in (held[0], held[2], later[0])] == [False] * 3
    rows.locked["a"].set()
    assert [*await asyncio.gather(held[0], held[2], later[0])] == ["a1", "a2", "a3"]
    assert [group for group in rows.groups if group] == [["b1"], ["b2"], ["a1", "a2"], ["a3"]]


async def test_a_row_that_is_free_again_shares_the_groups_of_the_others() -> None:
    rows = LockedRows("a")
    (held,) = rows.ask("a1")
    await asyncio.sleep(0.01)
    rows.locked["a"].set()
    assert await held == "a1"
    assert await asyncio.gather(*rows.ask("a2", "b1")) == ["a2", "b1"]
    assert rows.groups == [[], ["a1"], ["a2", "b1"]]


@pytest.mark.parametrize("count", [1, 7, 250])
async def test_everybody_is_answered_once(count: int) -> None:
    service = CountingService(limit=20)
    assert await service.asked(*["x" * number for number in range(1, count + 1)]) == list(range(1, count + 1))
    assert sorted(len(one) for group in service.groups for one in group) == list(range(1, count + 1))
