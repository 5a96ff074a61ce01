"""Ports that are given out: free, different, and none that an outgoing connection could take meanwhile."""

import socket

import pytest

from deploy.local import ports
from deploy.local.ports import LOOPBACK, first_outgoing, free_port, free_ports, listens


def test_no_port_is_given_twice() -> None:
    given = [*free_ports(50), *(free_port() for _ in range(50))]
    assert len(set(given)) == len(given)


def test_outgoing_connections_never_take_them() -> None:
    assert max(free_ports(200)) < first_outgoing()


def test_a_port_with_a_listener_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    taken, free = sorted(free_ports(2))
    monkeypatch.setattr(ports, "_given", set())
    with socket.create_server((LOOPBACK, taken)):
        assert listens(taken)
        monkeypatch.setattr(ports, "_LOWEST", taken)
        monkeypatch.setattr(ports, "first_outgoing", lambda: taken + 1)
        with pytest.raises(OSError, match="not to be had"):
            free_port()
        monkeypatch.setattr(ports, "_LOWEST", free)
        monkeypatch.setattr(ports, "first_outgoing", lambda: free + 1)
        assert free_port() == free
