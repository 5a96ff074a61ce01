"""How many of everything a local system has, and what stands between its parts."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

Front: TypeAlias = Callable[[str, int], int]
"""Puts something (a proxy) before a server: its name and port → the port by which the services reach it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Topology:
    """One of each by default.

    `replicas` counts the processes of each role of each service, `connections` what PostgreSQL lets in at a time. Where
    a `front` is given, the services reach `kafka-N`, `postgres-<service>`, `sms` and `smtp` through it; tools do not.
    """

    brokers: int = 1
    replicas: int = 1
    connections: int = 200
    front: Front | None = None

    def reached(self, name: str, port: int) -> int:
        """The port by which the services reach the server `name`."""
        return self.front(name, port) if self.front else port


ONE_OF_EACH = Topology()
