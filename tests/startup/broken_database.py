"""Faults of PostgreSQL and of the schema, made on a real server, and how each is over."""

import asyncio
import os
import shutil
import signal
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

from deploy.local.ports import free_port
from deploy.local.postgres import Postgres
from shared.migrations import upgrade
from shared.observability.faults import Fault
from shared.schema import newest_steps
from tests.migration import wanted
from tests.startup.broken import Broken
from tests.startup.office import Office, changed
from tests.tls import PrivateAuthority, private_authority

STEPS = newest_steps(wanted("registration")[0])
NEEDED = "/".join(STEPS)
OFFICE = "password-of-the-office"  # of the test's own server


def address(dsn: str) -> str:
    """What a process may say of its database."""
    parts = urlsplit(dsn)
    return f"{parts.username}@{parts.hostname}:{parts.port}{parts.path}"


async def unreachable(office: Office, _folder: Path) -> Broken:
    """Nobody listens; later there is a way."""
    dsn, port = await office.database(), free_port()
    there = urlsplit(dsn).port or 0
    away = changed(dsn, port=port)
    return Broken(environment=office.environment(away), what=address(away), cure=partial(office.forward, port, there))


async def login_refused(office: Office, _folder: Path) -> Broken:
    """The password of the secret is not that of the role, until it is set."""
    dsn = await office.database()
    await office.sql("CREATE ROLE clerk LOGIN PASSWORD 'former-password' IN ROLE tester")
    await office.sql(f"GRANT CONNECT ON DATABASE {urlsplit(dsn).path[1:]} TO clerk")
    wrong = changed(dsn, login="clerk:newer-password")
    cure = partial(office.sql, "ALTER ROLE clerk PASSWORD 'newer-password'")
    return Broken(environment=office.environment(wrong), what=address(wrong), cure=cure)


async def full(office: Office, _folder: Path) -> Broken:
    """The role may have no connection, until it may have some."""
    dsn = await office.database()
    await office.sql("CREATE ROLE crowd LOGIN PASSWORD 'password-of-many' IN ROLE tester CONNECTION LIMIT 0")
    await office.sql(f"GRANT CONNECT ON DATABASE {urlsplit(dsn).path[1:]} TO crowd")
    own = changed(dsn, login="crowd:password-of-many")
    cure = partial(office.sql, "ALTER ROLE crowd CONNECTION LIMIT -1")
    return Broken(environment=office.environment(own), what=address(own), cure=cure)


async def missing(office: Office, _folder: Path) -> Broken:
    """The database is made later, as a copy of a migrated one."""
    source = urlsplit(await office.database()).path[1:]
    dsn = changed(await office.database(), name=f"{source}_later")
    create = f"CREATE DATABASE {source}_later OWNER tester TEMPLATE {source}"
    return Broken(environment=office.environment(dsn), what=address(dsn), cure=partial(office.sql, create))


async def read_only(office: Office, _folder: Path) -> Broken:
    """The database only reads, until it is set back."""
    dsn = await office.database()
    name = urlsplit(dsn).path[1:]
    await office.sql(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    cure = partial(office.sql, f"ALTER DATABASE {name} RESET default_transaction_read_only")
    return Broken(environment=office.environment(dsn), what=address(dsn), cure=cure)


async def too_old(office: Office, _folder: Path) -> Broken:
    """Nobody has migrated the database yet."""
    dsn = await office.databases.fresh()
    cure = partial(asyncio.to_thread, upgrade, wanted("registration")[0], dsn)
    what = f"found nothing/nothing, needed {NEEDED}"
    return Broken(environment=office.environment(dsn), what=what, cure=cure)


async def too_new(office: Office, _folder: Path) -> Broken:
    """A step of a newer version has ended the support of this one; somebody puts the database back."""
    dsn = await office.database()
    await office.sql("COMMENT ON TABLE alembic_version IS '9999'", database=dsn)
    cure = partial(office.sql, "COMMENT ON TABLE alembic_version IS NULL", database=dsn)
    what = f"found {NEEDED}, needed {NEEDED}, supports from nothing/9999"
    return Broken(environment=office.environment(dsn), what=what, cure=cure)


async def server_of(office: Office, folder: Path) -> tuple[Postgres, str]:
    """A server of the test's own, and the DSN of a migrated database on it."""
    server = Postgres(office.stack.processes, folder / "postgres", password=OFFICE, durable=False)
    await asyncio.to_thread(server.start)
    dsn = await asyncio.to_thread(
        partial(server.create_database, "registration", owner="registration", password=OFFICE)
    )
    await asyncio.to_thread(upgrade, wanted("registration")[0], dsn)
    return server, dsn


async def starting(office: Office, folder: Path) -> Broken:
    """PostgreSQL waits for its last client to leave, takes no other connection, and is started again."""
    server, dsn = await server_of(office, folder)
    last = await asyncpg.connect(server.dsn())
    assert server.pid is not None
    os.kill(server.pid, signal.SIGTERM)  # its "smart" shutdown
    while await answers(server.dsn()):
        pass

    async def cure() -> None:
        await last.close()
        while server.running:  # noqa: ASYNC110 -- a process of its own
            await asyncio.sleep(0.02)
        await asyncio.to_thread(server.start)

    then = (Fault.DATABASE_UNREACHABLE,)
    return Broken(environment=office.environment(dsn), what=address(dsn), cure=cure, then=then)


async def answers(dsn: str) -> bool:
    """Whether a connection is taken."""
    try:
        await (await asyncpg.connect(dsn)).close()
    except asyncpg.CannotConnectNowError:
        return False
    return True


def give(file: Path, folder: Path) -> None:
    """A copy for the user whose folder it is, who alone may read it."""
    copy = Path(shutil.copy(file, folder))
    copy.chmod(0o600)
    os.chown(copy, folder.stat().st_uid, folder.stat().st_gid)


async def certificate_refused(office: Office, folder: Path) -> Broken:
    """PostgreSQL has a certificate of an authority that nobody knows, until it gets one of the right authority."""
    (folder / "right").mkdir()
    (folder / "wrong").mkdir()
    right, wrong = private_authority(folder / "right"), private_authority(folder / "wrong")
    server, dsn = await server_of(office, folder)
    data = folder / "postgres" / "data"

    async def has(authority: PrivateAuthority) -> None:
        for file in (authority.certificate, authority.key):
            give(file, data)
        connection = await asyncpg.connect(server.dsn())
        for setting, value in (("ssl_cert_file", "tls.crt"), ("ssl_key_file", "tls.key"), ("ssl", "on")):
            await connection.execute(f"ALTER SYSTEM SET {setting} = '{value}'")
        await connection.execute("SELECT pg_reload_conf()")
        await connection.close()

    await has(wrong)
    own = f"{dsn}?sslmode=verify-full&sslrootcert={right.ca}"
    return Broken(environment=office.environment(own), what=address(dsn), cure=partial(has, right))
