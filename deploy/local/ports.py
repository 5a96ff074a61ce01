"""Free TCP ports on the loopback interface, that stay free until their server listens, and while it is down."""

import random
import socket
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Final

LOOPBACK = "127.0.0.1"

_LOWEST: Final = 10_240
_OUTGOING: Final = Path("/proc/sys/net/ipv4/ip_local_port_range")
_FIRST_OUTGOING: Final = 32_768
_given: Final[set[int]] = set()


def free_ports(count: int) -> list[int]:
    """`count` different ports nobody listens on, none of which was given out by this process before.

    They lie below those the kernel gives to outgoing connections. One of these could otherwise take the port of a
    server that is about to start or is being restarted; even the question whether it listens can: a connection to a
    port where nobody listens, made from that very port, connects to itself. Raises `OSError` where there are not so
    many.
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
    """One port nobody listens on."""
    return free_ports(1)[0]


def listens(port: int, *, seconds: float = 0.2) -> bool:
    """Whether somebody on loopback accepts connections at `port`."""
    try:
        socket.create_connection((LOOPBACK, port), timeout=seconds).close()
    except OSError:
        return False
    return True


def first_outgoing() -> int:
    """Where the kernel's own choice begins; its default where it does not say, or leaves too little below."""
    with suppress(OSError, ValueError):
        first = int(_OUTGOING.read_text(encoding="ascii").split()[0])
        return first if first > 2 * _LOWEST else _FIRST_OUTGOING
    return _FIRST_OUTGOING
