"""Free TCP ports on the loopback interface."""

import socket
from contextlib import ExitStack

LOOPBACK = "127.0.0.1"


def free_ports(count: int) -> list[int]:
    """`count` different ports nobody listens on; all are held until the last is found, then let go."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) for _ in range(count)]
        for each in sockets:
            each.bind((LOOPBACK, 0))
        return [each.getsockname()[1] for each in sockets]


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
