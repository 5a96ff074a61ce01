"""An identity provider on loopback, and a database with the tables of the doors."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from shared.database import Database
from shared.http import IdempotencyKey
from shared.runtime import HttpServer
from tests.shared.provider import Provider


@pytest.fixture
async def provider(tmp_path: Path) -> AsyncIterator[Provider]:
    served = Provider(tmp_path / "issuer")
    server = HttpServer(served, host="127.0.0.1", port=0)
    await server.start()
    served.url = f"http://127.0.0.1:{server.port}"
    yield served
    await server.stop()


@pytest.fixture
def moment() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
async def database(dsn: str) -> AsyncIterator[Database]:
    opened = Database(dsn, pool_size=4)
    await opened.open()
    async with opened.transaction() as connection:
        table = IdempotencyKey.metadata.tables["idempotency_key"]
        await connection.execute(str(CreateTable(table).compile(dialect=postgresql.dialect())))
        await connection.execute("CREATE TABLE effect (id int GENERATED ALWAYS AS IDENTITY, what text UNIQUE)")
    yield opened
    await opened.close()
