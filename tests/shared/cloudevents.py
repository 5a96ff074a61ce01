"""The sample service as a process of its own, on uvloop as in production, and raw connections to it."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

SOURCE = Path(__file__).parents[2]
METRICS = b"GET /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
PROGRAM = """
import asyncio, sys
from shared.auth import TokenVerifier
from shared.database import Database
from shared.http import create_management
from shared.http.health import Verdict
from shared.http.server import HttpServer
from shared.runtime import Runtime, launch
from tests.shared.sample_service import application

class Announced(HttpServer):
    async def start(self):
        await super().start()
        print(self.port, flush=True)

management = Announced(create_management(lambda: Verdict.of({}), None), host="127.0.0.1", port=0, name="management")

app = application(Database("postgresql://nobody@127.0.0.1:1/none"), TokenVerifier("http://127.0.0.1:1", "pasum"))
sys.exit(launch(Runtime("seats", drain_seconds=5).run([management, Announced(app, host="127.0.0.1", port=0)])))
"""


@dataclass(frozen=True, slots=True)
class Served:
    """A running server."""

    port: int
    management: int
    process: psutil.Process

    def connect(self, source: str = "127.0.0.1", *, port: int | None = None) -> socket.socket:
        return socket.create_connection(("127.0.0.1", port or self.port), timeout=30, source_address=(source, 0))

    def answers(self, *pieces: bytes, source: str = "127.0.0.1", port: int | None = None) -> bytes:
        """What comes back until the server closes; the client keeps its side open."""
        with self.connect(source, port=port) as wire:
            for piece in pieces:
                wire.sendall(piece)
            return rest(wire)

    def metric(self, line: str) -> float:
        """A figure of `/metrics`, 0 where it is not there."""
        text = self.answers(METRICS, port=self.management).decode()
        return sum(float(one.rpartition(" ")[2]) for one in text.splitlines() if one.startswith(f"{line} "))


@contextmanager
def served(**limits: str) -> Iterator[Served]:
    """A server with these limits."""
    own = {f"HTTP_{name.upper()}": value for name, value in limits.items()}
    argv = [sys.executable, "-c", PROGRAM]
    with subprocess.Popen(argv, cwd=SOURCE, stdout=subprocess.PIPE, env={**os.environ, **own}) as process:
        assert process.stdout is not None
        management, port = (int(next(line for line in process.stdout if line.strip().isdigit())) for _ in range(2))
        try:
            yield Served(port, management, psutil.Process(process.pid))
        finally:
            process.terminate()
            process.communicate()


def rest(wire: socket.socket) -> bytes:
    """What still comes until the server closes or breaks the connection."""
    found = b""
    try:
        while piece := wire.recv(65_536):
            found += piece
    except ConnectionResetError:
        pass
    return found


def an_answer(wire: socket.socket) -> bytes:
    """One answer with its body, on a connection that stays open."""
    found = b""
    while b"\r\n\r\n" not in found:
        found += wire.recv(65_536)
    head, _, body = found.partition(b"\r\n\r\n")
    length = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
    while len(body) < int(length.partition(b":")[2]):
        body += wire.recv(65_536)
    return head + b"\r\n\r\n" + body


def flood(wire: socket.socket, pieces: Sequence[bytes]) -> tuple[int, bytes]:
    """Send the pieces until the server answers or breaks off: how many bytes it took, and what it said."""
    sent = 0
    wire.setblocking(False)  # noqa: FBT003 -- its only argument
    for piece in pieces:
        try:
            if said := wire.recv(65_536):
                return sent, said
        except BlockingIOError:
            pass
        except ConnectionError:
            break
        wire.settimeout(5)
        try:
            wire.sendall(piece)
        except (ConnectionError, TimeoutError):
            break
        wire.setblocking(False)  # noqa: FBT003 -- its only argument
        sent += len(piece)
    wire.settimeout(5)
    return sent, rest(wire)
