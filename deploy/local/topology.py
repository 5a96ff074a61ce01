"""How many brokers and processes a local system has, and which proxies are between its parts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

ProxyPort: TypeAlias = Callable[[str, int], int]
"""Starts a proxy in front of a server: name and port of the server → port of the proxy, which the services use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Topology:
    """The numbers, by default one of each.

    `replicas` is the number of processes of each role of each service, `connections` the most connections of
    PostgreSQL, which copies its WAL into the folder `wal_archive`, if there is one. With `proxy_port`, services reach
    `kafka-N`, `postgres-<service>`, `sms` and `smtp` through proxies; tools do not. `settings` are variables that
    replace the usual ones; each service is given its own only.
    """

    brokers: int = 1
    replicas: int = 1
    connections: int = 200
    wal_archive: Path | None = None
    proxy_port: ProxyPort | None = None
    settings: Mapping[str, str] = field(default_factory=dict)

    def service_port(self, name: str, port: int) -> int:
        """The port with which the services reach the server `name`."""
        return self.proxy_port(name, port) if self.proxy_port else port


ONE_OF_EACH = Topology()
