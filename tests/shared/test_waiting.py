"""A process that starts while PostgreSQL is away: it says so, is ready for nothing, and goes on when it is there."""

import asyncio
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from deploy.local.ports import free_ports
from shared.auth import TokenVerifier
from shared.database import Database
from shared.http import create_management
from shared.http.server import HttpServer
from shared.runtime import Loop, Part, Runtime
from shared.service.needed import DatabasePart
from tests.shared.forwarding import forward
from tests.shared.lines import Lines
from tests.shared.sample_service import application
from tests.shared.test_runtime import idle, until

SOURCE = Path(__file__).parents[2]


class Waiting:
    """A process of the sample service whose database cannot be reached yet."""

    def __init__(self, dsn: str) -> None:
        self.real = urlsplit(dsn).port or 0
        self.port, public, management = free_ports(3)
        database = Database(dsn.replace(f":{self.real}/", f":{self.port}/"), pool_size=2)
        self.runtime = Runtime("seats", drain_seconds=5)
        app = application(database, TokenVerifier("http://127.0.0.1:1", "pasum"))
        health = create_management(self.runtime.liveness, self.runtime.readiness)
        self.parts: list[Part] = [
            HttpServer(health, host="127.0.0.1", port=management, name="management"),
            DatabasePart(database),
            Loop("relay", idle),
            HttpServer(app, host="127.0.0.1", port=public),
        ]
        self.management = f"http://127.0.0.1:{management}"
        self.public = f"http://127.0.0.1:{public}"


async def asked(url: str) -> tuple[int, Any]:
    async with httpx.AsyncClient() as http:
        while True:
            with suppress(httpx.ConnectError):
                answer = await http.get(url)
                return answer.status_code, answer.json()


async def test_it_waits_and_says_so_and_goes_on_when_the_database_is_there(dsn: str, lines: Lines) -> None:
    waiting = Waiting(dsn)
    running = asyncio.create_task(waiting.runtime.run(waiting.parts))
    await until(lambda: '"event":"waiting"' in lines.getvalue().replace(" ", ""))
    alive, able = await asked(f"{waiting.management}/healthz"), await asked(f"{waiting.management}/readyz")
    parts = {"management": True, "http": True, "process": False}
    assert (alive[0], able) == (200, (503, {"status": "failing", "parts": parts, "faults": able[1]["faults"]}))
    assert [one["code"] for one in able[1]["faults"] if one["parts"] == ["database"]] == ["database-unreachable"]
    assert (await asked(f"{waiting.public}/healthz"))[0] == 200
    way = await forward(waiting.port, waiting.real)
    while (await asked(f"{waiting.management}/readyz"))[0] != 200:
        pass
    waiting.runtime.drain()
    assert await running == 0
    assert lines.getvalue().count("waiting") == 1
    way.close()


async def test_it_ends_cleanly_while_it_waits(dsn: str, lines: Lines) -> None:
    waiting = Waiting(dsn)
    running = asyncio.create_task(waiting.runtime.run(waiting.parts))
    await until(lambda: "waiting" in lines.getvalue())
    waiting.runtime.drain()
    assert await running == 0


@pytest.mark.parametrize("roles", ["api", "consumer", "relay", "worker", "api --migrate"])
async def test_every_role_waits_and_ends_at_sigterm(roles: str, tmp_path: Path) -> None:
    nobody, public, management = free_ports(3)
    key = tmp_path / "ticket.pem"
    key.write_bytes(Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    own = {
        "REGISTRATION_DATABASE_DSN": f"postgresql://nobody@127.0.0.1:{nobody}/none",
        "REGISTRATION_HTTP_PORT": str(public),
        "REGISTRATION_METRICS_PORT": str(management),
        "REGISTRATION_SEALING_KEYS": Fernet.generate_key().decode(),
        "REGISTRATION_TICKET_KEY_FILE": str(key),
    }
    argv = [sys.executable, "-m", "services.registration.main", "serve", "--roles", *roles.split()]
    process = await asyncio.create_subprocess_exec(
        *argv, cwd=SOURCE, env={**os.environ, **own}, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    assert process.stdout is not None
    while b'"waiting"' not in await process.stdout.readline():
        pass
    ready = [(await asked(f"http://127.0.0.1:{port}/readyz"))[0] for port in (public, management)]
    process.terminate()
    rest, _ = await process.communicate()
    assert (ready, process.returncode, b"waiting" in rest) == ([503, 503], 0, False)
