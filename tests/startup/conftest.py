"""The office of these tests: one stack of its own, as the tests stop it, take rights from it and change passwords."""

import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from deploy.local import postgres
from deploy.local.ports import LOOPBACK, free_port
from deploy.local.processes import Program, http_ready
from deploy.local.secrets import ensure_secrets
from deploy.local.stack import Stack
from deploy.local.topology import Topology
from tests.stack import Databases
from tests.startup.office import Office


@pytest.fixture(scope="session")
def office() -> Iterator[Office]:
    """Kafka with the declared topics and rights, PostgreSQL, and an issuer."""
    folder = Path(tempfile.mkdtemp(prefix="pasum-startup-"))
    folder.chmod(0o711)  # PostgreSQL runs as somebody else when we are root
    behind: dict[str, int] = {}

    def proxy_port(name: str, port: int) -> int:
        behind[name] = port
        return free_port()

    try:
        with (
            Stack(folder, durable=False, topology=Topology(proxy_port=proxy_port)) as stack,
            closing(Databases(stack.admin_dsn())) as databases,
        ):
            yield Office(
                stack=stack,
                databases=databases,
                secrets=ensure_secrets(folder / "secrets"),
                issuer=_issuer(stack, folder),
                issuer_folder=folder / "issuer",
                behind_proxy=behind["kafka-1"],
            )
    finally:
        postgres.remove(folder / "postgres")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(autouse=True)
async def _ways(office: Office) -> AsyncIterator[None]:
    yield
    while office.ways:
        office.ways.pop().close()


def _issuer(stack: Stack, folder: Path) -> str:
    url = f"http://{LOOPBACK}:{(port := free_port())}"
    argv = [sys.executable, "-m", "deploy.local.issuer", "--port", str(port), "--folder", str(folder / "issuer")]
    issuer = stack.processes.start(Program(name="issuer", argv=argv, log=folder / "issuer.log"))
    issuer.wait_until_ready(http_ready(f"{url}/.well-known/jwks.json"))
    return url
