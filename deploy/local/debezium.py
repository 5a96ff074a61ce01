"""Runs Debezium instead of our relay: Kafka Connect in standalone mode with the files of `deploy/debezium`."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

from deploy.local import java, packages, postgres
from deploy.local.ports import LOOPBACK, free_port
from deploy.local.processes import Process, Processes, Program

FOLDER = Path(__file__).parents[1] / "debezium"
ROLE = "debezium"

_HEAP = ("-Xmx512m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError", "--enable-native-access=ALL-UNNAMED")
_LOGGING = ("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-Dorg.slf4j.simpleLogger.showDateTime=true")
_ANSWER_SECONDS = 1.0


class LogicalDecodingOff(RuntimeError):
    """PostgreSQL's `wal_level` is not `logical`."""


async def prepare(admin_dsn: str, *, password: str) -> None:
    """Create the role, the columns and the publication in the database of `admin_dsn` (of a superuser); repeatable.

    Raises `LogicalDecodingOff` if the `wal_level` of the server must be changed first, which needs a restart.
    """
    connection = await asyncpg.connect(admin_dsn)
    try:
        if await connection.fetchval("SHOW wal_level") != "logical":
            raise LogicalDecodingOff("ALTER SYSTEM SET wal_level = 'logical', then restart PostgreSQL")
        known = await connection.fetchval("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)", ROLE)
        secret = password.replace("'", "''")
        name = urlsplit(admin_dsn).path.removeprefix("/")
        await connection.execute(f"{'ALTER' if known else 'CREATE'} ROLE {ROLE} LOGIN REPLICATION PASSWORD '{secret}'")
        await connection.execute(f"GRANT CONNECT, CREATE ON DATABASE {name} TO {ROLE}")
        await connection.execute("DROP PUBLICATION IF EXISTS outbox")
        await connection.execute((FOLDER / "outbox.sql").read_text(encoding="utf-8"))
    finally:
        await connection.close()


async def switch_on_logical_decoding(server: postgres.Postgres) -> None:
    """Set `wal_level = logical` and restart `server`; all connections are closed."""
    connection = await asyncpg.connect(server.dsn())
    await connection.execute("ALTER SYSTEM SET wal_level = 'logical'")
    await connection.close()
    server.stop()
    server.start()


def start(
    processes: Processes, folder: Path, *, service: str, dsn: str, kafka: dict[str, str]
) -> tuple[Process, Callable[[], bool]]:
    """Start the worker and its connector; returns them with a probe that tells whether the connector is running.

    `dsn` is that of Debezium's role, `kafka` has the `KAFKA_…` variables of the service's user; offsets and log are in
    `folder`. Raises `PackageUnavailable` if the packages cannot be downloaded.
    """
    jars = packages.debezium_jars()
    address = urlsplit(dsn)
    port = free_port()
    folder.mkdir(parents=True, exist_ok=True)
    settings = {
        **kafka,
        "CONNECT_PORT": str(port),
        "CONNECT_OFFSETS": str(folder / "offsets"),
        "OUTBOX_SERVICE": service,
        "OUTBOX_HOST": address.hostname or LOOPBACK,
        "OUTBOX_PORT": str(address.port),
        "OUTBOX_DATABASE": address.path.removeprefix("/"),
        "OUTBOX_USER": address.username or ROLE,
        "OUTBOX_PASSWORD": address.password or "",
    }
    files = [str(FOLDER / name) for name in ("connect.properties", "outbox.properties")]
    main = "org.apache.kafka.connect.cli.ConnectStandalone"
    program = Program(
        name=f"debezium-{service}",
        argv=java.command(main, *files, options=(*_HEAP, *_LOGGING)),
        environment={**java.environment(jars), **settings},
        log=folder / "debezium.log",
        folder=folder,
    )
    return processes.start(program), lambda: _runs(f"http://{LOOPBACK}:{port}/connectors/outbox/status")


def _runs(url: str) -> bool:
    """Whether the connector and its one task report that they are running."""
    try:
        with urllib.request.urlopen(url, timeout=_ANSWER_SECONDS) as answer:  # noqa: S310 -- our own address
            status = json.load(answer)
    except (urllib.error.URLError, OSError, ValueError):
        return False
    states = [status["connector"]["state"], *(task["state"] for task in status["tasks"])]
    return states == ["RUNNING", "RUNNING"]
