"""Finds free TCP ports on loopback that stay free until their server listens, and while the server is down."""

import random
import socket
from contextlib import ExitStack, suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Final

LOOPBACK = "127.0.0.1"

_LOWEST: Final = 10_240
_OUTGOING: Final = Path("/proc/sys/net/ipv4/ip_local_port_range")
_FIRST_OUTGOING: Final = 32_768
_given: Final[set[int]] = set()


def free_ports(count: int) -> list[int]:
    """`count` different ports on which nobody listens and which this process was not given before.

    They are below the ports that the kernel uses for outgoing connections: one of these could take the port of a
    server that is starting or restarting. Even the test whether a server listens could: a connection to a port where
    nobody listens, made from the same port, connects to itself. Raises `OSError` if there are not enough.
    """
    candidates = [port for port in range(_LOWEST, first_outgoing()) if port not in _given]
    random.shuffle(candidates)
    found: list[int] = []
    with ExitStack() as held:
        while len(found) < count:
            if not candidates:
                raise OSError(f"{count} free ports below those of outgoing connections are not to be had")
            with suppress(OSError):
                held.enter_context(socket.create_server((LOOPBACK, candidates[-1])))
                found.append(candidates[-1])
            candidates.pop()
    _given.update(found)
    return found


def free_port() -> int:
    """One port on which nobody listens."""
    return free_ports(1)[0]


def listens(port: int, *, seconds: float = 0.2) -> bool:
    """Whether a server accepts connections at `port` on loopback."""
    try:
        socket.create_connection((LOOPBACK, port), timeout=seconds).close()
    except OSError:
        return False
    return True


def on_loopback(host: str) -> bool:
    """Whether a name or an address is this machine's loopback."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def first_outgoing() -> int:
    """The first port that the kernel uses for outgoing connections, or its default if it is unknown or too low."""
    with suppress(OSError, ValueError):
        first = int(_OUTGOING.read_text(encoding="ascii").split()[0])
        return first if first > 2 * _LOWEST else _FIRST_OUTGOING
    return _FIRST_OUTGOING
