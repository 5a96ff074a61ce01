"""Which fault comes when: a pure function of seed, length and topology, so that a run can be made again."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from deploy.local.system import ROLES
from shared.contracts import SERVICE_NAMES, TOPICS

DAY: Final = 86_400.0  # seconds
PACE: Final = 5.5
"""Faults a minute."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How often a kind comes in one round, and for how long (seconds) it lasts at least and at most."""

    weight: int
    shortest: float
    longest: float


# A zombie sleeps longer than the consumers' session (10 s); every other one longer than a job's lease (60 s).
KINDS: Final[Mapping[str, Kind]] = {
    "kill": Kind(8, 0.2, 3.0),
    "terminate": Kind(4, 0.2, 3.0),
    "zombie": Kind(2, 12.0, 20.0),
    "long-zombie": Kind(1, 63.0, 70.0),
    "broker-kill": Kind(2, 1.0, 6.0),
    "broker-terminate": Kind(1, 1.0, 6.0),
    "controller-kill": Kind(1, 1.0, 6.0),
    "postgres-stop": Kind(1, 0.5, 5.0),
    "postgres-kill": Kind(1, 0.5, 5.0),
    "cut": Kind(3, 0.0, 0.5),
    "slow": Kind(2, 4.0, 10.0),
    "half-open": Kind(2, 5.0, 15.0),
    "disk-full": Kind(2, 4.0, 8.0),
    "gateway-down": Kind(1, 5.0, 15.0),
    "gateway-slow": Kind(1, 5.0, 15.0),
    "gateway-500": Kind(1, 5.0, 15.0),
    "gateway-deaf": Kind(1, 5.0, 12.0),
    "mailbox-down": Kind(1, 5.0, 15.0),
    "mailbox-slow": Kind(1, 5.0, 15.0),
    "mailbox-421": Kind(1, 5.0, 15.0),
    "mailbox-deaf": Kind(1, 5.0, 12.0),
    "clock": Kind(2, 15.0, 30.0),
    "storm": Kind(1, 8.0, 12.0),
    "redeploy": Kind(1, 0.0, 0.0),
    "poison": Kind(2, 0.0, 0.0),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A fault to come: `at` seconds after the load has begun, for `seconds`; `value` is the kind's own measure."""

    number: int
    at: float
    kind: str
    target: str
    seconds: float
    value: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What there is to break, and which kinds of faults are wanted (all where none is named)."""

    brokers: int = 3
    replicas: int = 2
    pace: float = PACE
    kinds: tuple[str, ...] = ()


def schedule(seed: int, minutes: float, shape: Shape) -> tuple[Planned, ...]:
    """Every fault of a run; the last begins early enough to end before the load does."""
    chance = random.Random(seed)  # noqa: S311 -- a schedule, not a secret
    kinds = _draw_kinds(chance, [kind for kind in KINDS if not shape.kinds or kind in shape.kinds])
    targets = {kind: _endless(chance, targets_of(kind, shape)) for kind in KINDS}
    gap, planned = 60.0 / shape.pace, []
    for number in range(1, int(minutes * shape.pace) + 1):
        kind = next(kinds)
        at = (number - 1 + chance.uniform(0.1, 0.6)) * gap
        left = max(0.0, minutes * 60.0 - at)
        seconds = min(chance.uniform(KINDS[kind].shortest, KINDS[kind].longest), left)
        planned.append(
            Planned(
                number=number,
                at=round(at, 2),
                kind=kind,
                target=next(targets[kind]),
                seconds=round(seconds, 2),
                value=_value(chance, kind),
            )
        )
    return tuple(planned)


def targets_of(kind: str, shape: Shape) -> Sequence[str]:
    """What a kind of fault can strike."""
    brokers = [f"kafka-{number}" for number in range(1, shape.brokers + 1)]
    everybody = [name for role in ROLES for name in processes(shape, role)]
    servers = [*(f"postgres-{service}" for service in SERVICE_NAMES), *brokers]
    found: dict[str, Sequence[str]] = {
        **dict.fromkeys(("kill", "terminate", "clock"), everybody),
        **dict.fromkeys(("broker-kill", "broker-terminate"), brokers),
        **dict.fromkeys(("cut", "slow", "half-open"), servers),
        "zombie": [name for name in everybody if "-api" not in name],
        "long-zombie": processes(shape, "worker"),
        "disk-full": ["postgres", *brokers],
        "storm": processes(shape, "consumer"),
        "poison": tuple(TOPICS),
    }
    return found.get(kind) or [_SINGLE.get(kind, "everything")]


def processes(shape: Shape, role: str) -> list[str]:
    """The processes of one role, as `deploy.local.system` calls them."""
    names = [f"{service}-{role}" for service in SERVICE_NAMES]
    if shape.replicas == 1:
        return names
    return [f"{name}-{copy}" for name in names for copy in range(1, shape.replicas + 1)]


_SINGLE: Final = {
    "controller-kill": "kafka",
    "postgres-stop": "postgres",
    "postgres-kill": "postgres",
    **{f"gateway-{how}": "sms" for how in ("down", "slow", "500", "deaf")},
    **{f"mailbox-{how}": "smtp" for how in ("down", "slow", "421", "deaf")},
}


def _draw_kinds(chance: random.Random, kinds: Sequence[str]) -> Iterator[str]:
    """Kinds in rounds: one of each, then the rest by their weight, so that a short run has many kinds."""
    while True:
        first = list(kinds)
        rest = [kind for kind in kinds for _ in range(KINDS[kind].weight - 1)]
        for order in (first, rest):
            chance.shuffle(order)
            yield from order


def _endless(chance: random.Random, targets: Sequence[str]) -> Iterator[str]:
    """Each target once before any comes again."""
    while True:
        order = list(targets)
        chance.shuffle(order)
        yield from order


def _value(chance: random.Random, kind: str) -> float:
    match kind:
        case "slow":
            return round(chance.uniform(0.1, 0.5), 3)  # seconds each piece waits
        case "gateway-slow" | "mailbox-slow":
            return round(chance.uniform(0.5, 3.0), 3)
        case "clock":
            return chance.choice((-DAY, DAY))
        case _:
            return 0.0
