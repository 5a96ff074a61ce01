"""An identity provider on loopback, a database with the kernel's tables, the sample service, the log."""

import logging
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog
import uvicorn
from fastapi import FastAPI
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from deploy.local.ports import free_port
from shared.database import Database
from shared.http import IdempotencyKey
from shared.observability.logging import configure_logging
from tests.conftest import FreshDatabase
from tests.shared.bus import create_kernel_tables
from tests.shared.lines import Lines
from tests.shared.operator_client import OperatorClient, operator_client
from tests.shared.provider import Provider, Street, wait_for
from tests.shared.sample_service import Health, application, client
from tests.stack import Databases


@pytest.fixture(scope="session")
def street() -> Iterator[Street]:
    """One server for the providers of all tests."""
    opened = Street(port=free_port())
    config = uvicorn.Config(opened, port=opened.port, lifespan="off", log_config=None, ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_for(opened.port)
    yield opened
    server.should_exit = True
    thread.join()


@pytest.fixture
def provider(street: Street, tmp_path: Path) -> Provider:
    return street.open(tmp_path / "issuer")


@pytest.fixture
def moment() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
async def database(dsn: str) -> AsyncIterator[Database]:
    opened = Database(dsn, pool_size=4)
    await opened.open()
    async with opened.transaction() as connection:
        table = IdempotencyKey.metadata.tables["idempotency_key"]
        dialect = postgresql.dialect()  # type: ignore[no-untyped-call] # -- SQLAlchemy leaves it untyped
        await connection.execute(str(CreateTable(table).compile(dialect=dialect)))
        await connection.execute("CREATE TABLE effect (id int GENERATED ALWAYS AS IDENTITY, what text UNIQUE)")
    yield opened
    await opened.close()


@pytest.fixture
def lines() -> Iterator[Lines]:
    stream = Lines()
    root = logging.getLogger()
    before: tuple[list[Any], int] = root.handlers[:], root.level
    configure_logging("registration", "info", stream=stream)
    yield stream
    structlog.reset_defaults()
    root.handlers[:], level = before
    root.setLevel(level)
    assert sys.stdout is not stream


@pytest.fixture
def health() -> Health:
    return Health()


@pytest.fixture
def seats_app(provider: Provider, health: Health) -> FastAPI:
    return application(Database("postgresql://nobody@127.0.0.1:1/none"), provider.verifier(), health)


@pytest.fixture
async def caller(seats_app: FastAPI, provider: Provider) -> AsyncIterator[httpx.AsyncClient]:
    async with client(seats_app) as opened:
        opened.headers["authorization"] = f"Bearer {provider.token('desk')}"
        yield opened


@pytest.fixture
async def kernel(databases: Databases, fresh_database: FreshDatabase) -> AsyncIterator[Database]:
    """A database with the kernel's tables, as every service has them."""
    template = await databases.template("kernel", create_kernel_tables)
    opened = Database(await fresh_database(template), pool_size=6)
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
async def operators(kernel: Database, provider: Provider) -> AsyncIterator[OperatorClient]:
    """A client of the operators' API on `kernel`."""
    opened = operator_client(kernel, provider)
    async with opened.caller:
        yield opened
