"""How often somebody may ask: bursts, refills, bounded memory, pauses after wrong codes, and who somebody is."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from shared.http.clients import READS, WRITES, ClientLimits
from shared.http.rate_limits import Lockout, Rate, RateLimit, TooManyRequests
from shared.kernel import NotFound, NotPermitted, Unavailable


@dataclass(slots=True)
class Clock:
    """Goes when it is told to."""

    seconds: float = 1_000.0
    calls: int = field(default=0)

    def __call__(self) -> float:
        self.calls += 1
        return self.seconds


def waits(act: Callable[[], object]) -> int:
    """For how many seconds an act is refused; 0 where it is not."""
    try:
        act()
    except TooManyRequests as refusal:
        return int(refusal.details["retry_after"])
    return 0


def test_so_many_at_once_and_then_evenly() -> None:
    clock = Clock()
    limit = RateLimit("r", Rate(3, 60.0), clock=clock)
    assert [waits(lambda: limit.take("a")) for _ in range(5)] == [0, 0, 0, 20, 20]
    clock.seconds += 20.0
    assert [waits(lambda: limit.take("a")) for _ in range(2)] == [0, 20]
    clock.seconds += 3_600.0
    assert [waits(lambda: limit.take("a")) for _ in range(4)] == [0, 0, 0, 20]


def test_each_key_has_a_rate_of_its_own() -> None:
    limit = RateLimit("r", Rate(1, 60.0), clock=Clock())
    assert [waits(lambda key=key: limit.take(key)) for key in "aabb"] == [0, 60, 0, 60]  # type: ignore[misc] # -- a default is no parameter to mypy


def test_looking_counts_nothing() -> None:
    limit = RateLimit("r", Rate(1, 60.0), clock=Clock())
    assert [waits(lambda: limit.check("a")) for _ in range(3)] == [0, 0, 0]
    limit.note("a")
    assert waits(lambda: limit.check("a")) == 60


def test_what_was_asked_for_longest_ago_is_forgotten_first() -> None:
    limit = RateLimit("r", Rate(2, 60.0), clock=Clock(), capacity=2)
    for key in ("a", "b", "a", "c"):
        limit.take(key)
    assert (waits(lambda: limit.take("a")), waits(lambda: limit.take("b"))) == (30, 0)


def happen(outcome: Exception | None) -> None:
    if outcome is not None:
        raise outcome


def guessed(lockout: Lockout, outcome: Exception | None, key: str = "k") -> str:
    """What a guess with this outcome leads to."""
    try:
        with lockout.guess(key):
            happen(outcome)
    except TooManyRequests as refusal:
        return f"wait {refusal.details['retry_after']}"
    except Exception as error:  # noqa: BLE001 -- named
        return type(error).__name__
    return "right"


def test_pauses_grow_with_each_wrong_code_up_to_the_longest() -> None:
    clock = Clock()
    lockout, pauses = Lockout("c", free=3, longest=10.0, clock=clock), []
    for _ in range(8):
        assert guessed(lockout, NotPermitted()) == "NotPermitted"
        waiting = guessed(lockout, NotPermitted())
        pauses.append(waiting)
        clock.seconds += float(waiting.removeprefix("wait ")) if waiting.startswith("wait") else 0.0
    assert pauses == ["NotPermitted", "wait 1", "wait 2", "wait 4", "wait 8", "wait 10", "wait 10", "wait 10"]


def test_while_somebody_waits_the_right_code_waits_too() -> None:
    lockout = Lockout("c", free=2, clock=Clock())
    outcomes = [guessed(lockout, each) for each in (NotFound(), NotPermitted(), None)]
    assert outcomes == ["NotFound", "NotPermitted", "wait 1"]


def test_what_was_no_wrong_code_counts_nothing() -> None:
    lockout = Lockout("c", free=2, clock=Clock())
    outcomes = [guessed(lockout, each) for each in (None, Unavailable("it"), NotPermitted(), None, None)]
    assert outcomes == ["right", "Unavailable", "NotPermitted", "right", "right"]


def test_guesses_at_the_same_moment_are_not_all_free() -> None:
    lockout = Lockout("c", free=2, clock=Clock())
    with lockout.guess("k"), lockout.guess("k"):
        assert guessed(lockout, None) == "wait 1"


def test_an_address_that_many_share_is_counted_by_wrong_codes_alone() -> None:
    lockout = Lockout("c", free=2, clock=Clock())
    with lockout.watch("k"), lockout.watch("k"), lockout.watch("k"):
        lockout.check("k")
    for outcome in (NotPermitted(), NotFound()):
        with pytest.raises(type(outcome)), lockout.watch("k"):
            happen(outcome)
    with pytest.raises(TooManyRequests), lockout.watch("k"):
        happen(None)


def test_wrong_codes_are_forgotten_after_an_hour_and_by_age() -> None:
    clock = Clock()
    lockout = Lockout("c", free=2, clock=clock, capacity=2)
    lockout.wrong("k")
    clock.seconds += 3_601.0
    assert (guessed(lockout, NotPermitted()), guessed(lockout, NotPermitted())) == ("NotPermitted", "NotPermitted")
    lockout.wrong("l")
    lockout.wrong("m")
    assert guessed(lockout, None) == "right"
    lockout.check("k")


def test_what_is_long_past_is_not_remembered() -> None:
    clock = Clock()
    limit = RateLimit("r", Rate(2, 60.0), clock=clock)
    for number in range(100):
        limit.take(number)
        clock.seconds += 10.0
    assert len(limit) == 3  # those whose requests still count


def asked_from(peer: str | None, *forwarded: str) -> dict[str, Any]:
    headers = [(b"x-forwarded-for", value.encode()) for value in forwarded]
    return {"client": (peer, 1) if peer else None, "headers": headers}


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("192.0.2.7", (), "192.0.2.7"),
        ("192.0.2.7", ("203.0.113.9",), "192.0.2.7"),  # anybody can write that
        ("10.0.0.1", ("203.0.113.9",), "203.0.113.9"),
        ("10.0.0.1", ("198.51.100.1, 203.0.113.9",), "203.0.113.9"),  # what the proxy has seen, not what it was told
        ("10.0.0.1", ("198.51.100.1", "203.0.113.9, 10.0.0.2"), "203.0.113.9"),
        ("10.0.0.1", ("198.51.100.1, nonsense, 10.0.0.2",), "10.0.0.1"),
        ("10.0.0.1", ("",), "10.0.0.1"),
        ("10.0.0.1", (), "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", (), "2001:db8:1:2::"),
        ("::ffff:192.0.2.7", (), "192.0.2.7"),
        ("unix:socket", (), "unix:socket"),
        (None, (), ""),
    ],
)
def test_a_client_is_who_the_nearest_trusted_machine_has_seen(
    peer: str | None, forwarded: tuple[str, ...], client: str
) -> None:
    limits = ClientLimits({READS: 1, WRITES: 1}, trusted_proxies="10.0.0.0/8, fd00::/8")
    assert limits.client(asked_from(peer, *forwarded)) == client


def test_without_trusted_proxies_nobody_speaks_for_another() -> None:
    assert ClientLimits({READS: 1}).client(asked_from("10.0.0.1", "203.0.113.9")) == "10.0.0.1"


def test_a_request_costs_the_same_however_many_were_made() -> None:
    clock = Clock()
    limit = RateLimit("r", Rate(1_000_000, 60.0), clock=clock, capacity=100)
    costs = []
    for _ in range(3):
        before = clock.calls
        for key in range(1_000):
            limit.take(key)
        costs.append(clock.calls - before)
    assert (costs, len(limit)) == ([1_000] * 3, 100)
