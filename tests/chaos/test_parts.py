"""When a fault counts as recovered from: when the part that it struck works again, whatever else is still broken."""

import pytest

from tests.chaos.parts import Leg, Pending, legs_of
from tests.chaos.schedule import KINDS, Planned, Shape, targets_of


def fault(kind: str, target: str) -> Planned:
    return Planned(number=1, at=0.0, kind=kind, target=target, seconds=1.0)


@pytest.mark.parametrize("kind", KINDS)
def test_every_fault_strikes_a_part_that_a_probe_shows(kind: str) -> None:
    for shape in (Shape(), Shape(brokers=1, replicas=1)):
        assert [target for target in targets_of(kind, shape) if not legs_of(fault(kind, target))] == []


@pytest.mark.parametrize(
    ("target", "legs"),
    [
        ("archive-consumer-2", {"archive"}),
        ("postgres-minutes", {"minutes"}),
        ("registration-api", {"commands"}),
        ("registration-relay-1", {"archive"}),
        ("notification-relay", {"registration"}),
        ("sms", {"sms"}),
        ("eoffice.registration.person.v1", {"notification", "minutes"}),
        ("kafka-2", {"commands", "registration", "notification", "minutes", "archive"}),
    ],
)
def test_a_part_is_shown_by_what_needs_it(target: str, legs: set[str]) -> None:
    assert legs_of(fault("any", target)) == legs


def test_a_fault_is_recovered_from_though_other_parts_are_not() -> None:
    pending = Pending(fault("kill", "archive-consumer-1"), ended=10.0)
    pending.seen(Leg.ARCHIVE, 9.9)  # that probe may have come through before it was struck
    pending.seen(Leg.MINUTES, 11.0)
    assert not pending.over(frozenset())
    pending.seen(Leg.ARCHIVE, 11.0)
    assert not pending.over(frozenset({"archive-consumer-1"}))  # the other copy has done it
    assert pending.over(frozenset({"notification-worker-1", "archive-consumer-2"}))
