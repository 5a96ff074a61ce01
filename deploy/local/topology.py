"""How many of everything a local system has, and what stands between its parts."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

ProxyPort: TypeAlias = Callable[[str, int], int]
"""Puts something (a proxy) before a server: its name and port → the port by which the services reach it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Topology:
    """One of each by default.

    `replicas` counts the processes of each role of each service, `connections` what PostgreSQL lets in at a time. Where
    `proxy_port` is given, the services reach `kafka-N`, `postgres-<service>`, `sms` and `smtp` by it; tools do not.
    """

    brokers: int = 1
    replicas: int = 1
    connections: int = 200
    proxy_port: ProxyPort | None = None

    def service_port(self, name: str, port: int) -> int:
        """The port by which the services reach the server `name`."""
        return self.proxy_port(name, port) if self.proxy_port else port


ONE_OF_EACH = Topology()
