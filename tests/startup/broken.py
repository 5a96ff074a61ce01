"""The form of a fault that a test makes."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from shared.observability.faults import Fault
from tests.startup.office import Environment, Office

Cure: TypeAlias = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A process that starts with this environment has the fault, until `cure` was awaited.

    `what` is what the process must say about it; `then` are codes that it may pass through while it is cured.
    """

    environment: Environment
    what: str
    cure: Cure
    roles: str = "api"
    service: str = "registration"
    then: tuple[Fault, ...] = ()


Make: TypeAlias = Callable[[Office, Path], Awaitable[Broken]]
