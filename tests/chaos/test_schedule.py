"""The schedule of faults: the same for the same seed, dense enough, and of every kind."""

import pytest

from tests.chaos.faults import BREAKS
from tests.chaos.schedule import KINDS, Shape, processes, schedule, targets_of

SEEDS = (1, 7, 20220919)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_same_seed_makes_the_same_schedule(seed: int) -> None:
    assert schedule(seed, 60, Shape()) == schedule(seed, 60, Shape())


def test_another_seed_makes_another_schedule() -> None:
    assert len({schedule(seed, 2, Shape()) for seed in range(20)}) == 20


@pytest.mark.parametrize("seed", SEEDS)
def test_an_hour_holds_more_than_three_hundred_faults_of_every_kind(seed: int) -> None:
    planned = schedule(seed, 60, Shape())
    assert len(planned) >= 300
    assert {fault.kind for fault in planned} == set(KINDS)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_process_and_every_broker_is_killed_within_an_hour(seed: int) -> None:
    planned = schedule(seed, 60, Shape())
    for kind in ("kill", "broker-kill"):
        assert {fault.target for fault in planned if fault.kind == kind} == set(targets_of(kind, Shape()))


@pytest.mark.parametrize("seed", SEEDS)
def test_faults_come_in_order_and_end_with_the_load(seed: int) -> None:
    planned = schedule(seed, 10, Shape())
    assert [fault.at for fault in planned] == sorted(fault.at for fault in planned)
    assert [fault for fault in planned if fault.at + fault.seconds > 10 * 60 + 0.02] == []


def test_only_the_kinds_that_were_asked_for_come() -> None:
    planned = schedule(1, 10, Shape(kinds=("kill", "zombie")))
    assert {fault.kind for fault in planned} == {"kill", "zombie"}


def test_a_small_system_is_struck_where_it_has_something() -> None:
    shape = Shape(brokers=1, replicas=1)
    assert set(targets_of("broker-kill", shape)) == {"kafka-1"}
    assert processes(shape, "relay") == [
        "registration-relay",
        "notification-relay",
        "minutes-relay",
        "archive-relay",
    ]


def test_every_kind_can_be_carried_out() -> None:
    assert set(BREAKS) == set(KINDS)
