"""A database with TLS: its CA is checked by the service, by its migration and by who waits for that."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from shared.database import Database
from shared.kernel import Unavailable
from shared.migrations import upgrade
from tests.deploy.test_migration_jobs import parts_of, run
from tests.migration import wanted
from tests.stack import Servers
from tests.tls import PrivateAuthority, private_authority


@pytest.fixture
def authority(stack: Servers, tmp_path: Path) -> Iterator[PrivateAuthority]:
    """PostgreSQL with a certificate of this authority, until the test ends."""
    made = private_authority(tmp_path)
    with psycopg.connect(stack.admin_dsn, autocommit=True) as server:
        for file in (made.certificate, made.key):
            write = f"umask 077; echo ''{file.read_text()}'' >{file.name}"  # in the folder of the server's data
            server.execute(f"COPY (SELECT) TO PROGRAM 'cat >/dev/null; {write}'")
        _reload(server, "on", made)
        yield made
        _reload(server, "off", made)


def _reload(server: psycopg.Connection, ssl: str, made: PrivateAuthority) -> None:
    """Set `ssl`, and return when a new connection can tell."""
    server.execute(f"ALTER SYSTEM SET ssl_cert_file = '{made.certificate.name}'")
    server.execute(f"ALTER SYSTEM SET ssl_key_file = '{made.key.name}'")
    server.execute(f"ALTER SYSTEM SET ssl = {ssl}")
    server.execute("SELECT pg_reload_conf()")
    while server.execute("SHOW ssl").fetchone() != (ssl,):
        pass


@pytest.mark.parametrize("asked", ["?sslmode=require", "?sslmode=verify-full&sslrootcert={ca}"])
async def test_a_dsn_that_asks_for_tls_migrates_and_serves(dsn: str, authority: PrivateAuthority, asked: str) -> None:
    with_tls = dsn + asked.format(ca=authority.ca)
    await asyncio.to_thread(upgrade, wanted("archive")[0], with_tls)
    database = Database(with_tls, pool_size=1)
    await database.open()
    async with database.reading() as connection:
        assert await connection.fetchval("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()") is True
    await database.close()


@pytest.mark.parametrize(("name", "service"), [("all-in-one", "archive"), ("by-role", "registration")])
async def test_the_job_and_who_waits_for_it_check_the_ca(
    name: str, service: str, dsn: str, authority: PrivateAuthority
) -> None:
    told = {**parts_of(dsn), "ARCHIVE_DATABASE_DSN": dsn}
    told |= {"PGSSLMODE": "verify-full", "PGSSLROOTCERT": str(authority.ca)}
    assert await run(service, told, name=name) == 0
    assert await run(service, told, name=name, init=True) == 0


async def test_a_server_that_the_ca_does_not_know_is_not_spoken_to(
    dsn: str, authority: PrivateAuthority, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    other = private_authority(tmp_path / "other")
    assert other.ca.read_bytes() != authority.ca.read_bytes()
    with pytest.raises(Unavailable):
        await Database(f"{dsn}?sslmode=verify-full&sslrootcert={other.ca}", pool_size=1).open()
