"""Runs a real PostgreSQL without containers: ICU collation, SCRAM passwords, one role and one database per service."""

import asyncio
import hashlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import asyncpg

from deploy.local import packages
from deploy.local.ports import LOOPBACK, free_port
from deploy.local.processes import DidNotStart, Process, Processes, Program

SUPERUSER = "postgres"

_NOBODY = 65534  # PostgreSQL refuses to run as root; this user owns nothing else
_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_LOCALE = ("--locale-provider=icu", "--icu-locale=und", "--locale=C.UTF-8", "--encoding=UTF8")
_SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    # Rows and statements may contain personal data, so neither is logged.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}
_NOT_DURABLE = {"fsync": "off", "full_page_writes": "off"}  # safe if the server is killed, not if the machine crashes
_INITDB_SECONDS = 120.0
_CONNECT_SECONDS = 2.0

_T = TypeVar("_T")


class Postgres:
    """A server on loopback with its data in `folder`, started by `processes`; the superuser is `postgres`.

    If we are root, the server runs as an unprivileged user; if that user may not enter `folder`, the data are in the
    package cache and `folder` has a link to them. With `durable=False` it does not wait for the disk (for tests).
    `wal_archive` is a folder for continuous archiving.
    """

    def __init__(
        self,
        processes: Processes,
        folder: Path,
        *,
        password: str,
        durable: bool = True,
        max_connections: int = 200,
        wal_archive: Path | None = None,
    ) -> None:
        self.port = free_port()
        self._password = password
        self._processes = processes
        self._folder = folder.absolute()
        self._settings = {**_SETTINGS, **({} if durable else _NOT_DURABLE), "max_connections": str(max_connections)}
        self._settings |= _archiving(wal_archive) if wal_archive else {}
        self._process: Process | None = None

    def dsn(
        self,
        database: str = "postgres",
        *,
        user: str = SUPERUSER,
        password: str | None = None,
        port: int | None = None,
    ) -> str:
        """The DSN, `postgresql://user:password@host:port/database`; defaults: superuser's password, server's port."""
        return f"postgresql://{user}:{password or self._password}@{LOOPBACK}:{port or self.port}/{database}"

    def start(self) -> None:
        """Start the server and wait until it answers; creates the cluster if there is none. Raises `DidNotStart`."""
        if self._process is not None and self._process.running:
            return
        home = packages.postgres_home()
        data = _data_folder(self._folder)
        if not (data / "PG_VERSION").exists():
            _initialise(home, data, self._password)
        self._process = self._processes.start(self._program(home, data))
        self._process.wait_until_ready(self._answers)
        wait(check_lao(self.dsn()))

    @property
    def running(self) -> bool:
        """Whether the server's process exists."""
        return self._process is not None and self._process.running

    @property
    def pid(self) -> int | None:
        """The process id of the server since its last start; None before the first."""
        return None if self._process is None else self._process.pid

    def stop(self) -> None:
        """Stop the server with PostgreSQL's fast shutdown: open connections are closed."""
        if self._process is not None:
            self._process.stop()

    def stop_at_once(self) -> None:
        """Stop the server with PostgreSQL's immediate shutdown (SIGQUIT); the next start recovers from the WAL."""
        if self._process is not None:
            self._process.signal(signal.SIGQUIT)
            self._process.stop()

    def kill(self) -> None:
        """Kill the server and all its backends (SIGKILL); after `start` all committed data are there."""
        if self._process is not None:
            self._process.kill()

    def pause(self) -> None:
        """Make the server hang for new connections (SIGSTOP); existing backends continue."""
        if self._process is not None:
            self._process.pause()

    def resume(self) -> None:
        """Continue after `pause`."""
        if self._process is not None:
            self._process.resume()

    def create_database(self, name: str, *, owner: str, password: str) -> str:
        """Create a database that only `owner`, a role without other rights, may use; repeatable. Returns its DSN."""
        wait(create_database(self.dsn(), name, owner=owner, password=password))
        return self.dsn(name, user=owner, password=password)

    def _program(self, home: Path, data: Path) -> Program:
        settings = {**self._settings, "port": str(self.port)}
        return Program(
            name="postgres",
            argv=[
                str(home / "bin" / "postgres"),
                "-D",
                str(data),
                *(f"--{key}={value}" for key, value in settings.items()),
            ],
            environment=_environment(home),
            log=self._folder / "postgres.log",
            folder=data,
            user=_user(),
            stop_signal=signal.SIGINT,
        )

    def _answers(self) -> bool:
        try:
            wait(_ask(self.dsn(), "SELECT true"))
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return False
        return True


def _archiving(archive: Path) -> dict[str, str]:
    """Settings with which each WAL segment is copied into `archive`, at the latest after a few seconds of writing.

    The server's user must be able to write there. Production: docs/howto/backup-and-restore.md.
    """
    copy = f'test ! -f "{archive}/%f" && cp "%p" "{archive}/.%f" && mv "{archive}/.%f" "{archive}/%f"'
    return {"archive_mode": "on", "archive_timeout": "3", "archive_command": copy}


async def create_database(admin: str, name: str, *, owner: str, password: str, template: str = "template1") -> None:
    """As `Postgres.create_database`, on any server where `admin` is a superuser's DSN; `template` is copied."""
    for each in (name, owner, template):
        if not _NAME.fullmatch(each):
            message = f"{each!r} is not a name for a database or role: {_NAME.pattern}"
            raise ValueError(message)
    connection = await asyncpg.connect(admin)
    try:
        known = await connection.fetchval("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)", owner)
        secret = password.replace("'", "''")
        await connection.execute(f"{'ALTER' if known else 'CREATE'} ROLE {owner} LOGIN PASSWORD '{secret}'")
        if not await connection.fetchval("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", name):
            await connection.execute(f"CREATE DATABASE {name} OWNER {owner} TEMPLATE {template}")
        for closed in (name, "postgres", "template1"):
            await connection.execute(f"REVOKE ALL ON DATABASE {closed} FROM PUBLIC")
    finally:
        await connection.close()


def wait(work: Coroutine[Any, Any, _T]) -> _T:
    """Run `work` in its own thread and event loop, wait for it and return its result; also inside a running loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


async def _ask(dsn: str, query: str) -> object:
    connection = await asyncpg.connect(dsn, timeout=_CONNECT_SECONDS)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def check_lao(dsn: str) -> None:
    """Raise `DidNotStart` if pg_trgm ignores Lao letters (lc_ctype is C): every search would find nothing."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        if not await connection.fetchval("SELECT cardinality(show_trgm('ກອງ')) > 0"):
            message = "this PostgreSQL's pg_trgm sees no Lao letters; the cluster needs --locale=C.UTF-8 and ICU"
            raise DidNotStart(message)
    finally:
        await connection.close()


def _initialise(home: Path, data: Path, password: str) -> None:
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True, mode=0o700)
    with tempfile.NamedTemporaryFile("w", prefix="pasum-") as secret:
        secret.write(password)
        secret.flush()
        user = _user()
        if user is not None:
            os.chown(data, user, user)
            os.chown(secret.name, user, user)
        argv = [str(home / "bin" / "initdb"), "-D", str(data), "-U", SUPERUSER, "--auth=scram-sha-256", "--no-sync"]
        done = subprocess.run(
            [*argv, f"--pwfile={secret.name}", *_LOCALE],
            env=_environment(home),
            cwd=data,
            user=user,
            group=user,
            extra_groups=None if user is None else [],
            capture_output=True,
            timeout=_INITDB_SECONDS,
            check=False,
        )
    if done.returncode != 0:
        shutil.rmtree(data, ignore_errors=True)
        message = f"PostgreSQL's data could not be initialised:\n{done.stderr.decode(errors='replace')}"
        raise DidNotStart(message)


def _data_folder(folder: Path) -> Path:
    """The path `folder/data`; for root it may be a link to a place that the unprivileged user may enter."""
    folder.mkdir(parents=True, exist_ok=True)
    data = folder / "data"
    if _user() is None or packages.open_to_all(folder):
        return data
    elsewhere = packages.cache_folder() / "data" / hashlib.sha256(bytes(data)).hexdigest()[:16]
    if not packages.open_to_all(elsewhere.parent):
        closed = f"neither {folder} nor {elsewhere.parent}"
        message = f"PostgreSQL does not run as root, and the user it runs as may enter {closed}: set PASUM_CACHE"
        raise DidNotStart(message)
    elsewhere.parent.mkdir(parents=True, exist_ok=True)
    _remove_orphans(elsewhere.parent)
    if not data.is_symlink():
        shutil.rmtree(elsewhere, ignore_errors=True)
        data.symlink_to(elsewhere)
    elsewhere.with_suffix(".link").write_text(str(data), encoding="utf-8")
    return elsewhere


def _remove_orphans(place: Path) -> None:
    """Delete data to which no folder has a link any more."""
    for note in place.glob("*.link"):
        if not Path(note.read_text(encoding="utf-8")).is_symlink():
            shutil.rmtree(note.with_suffix(""), ignore_errors=True)
            note.unlink(missing_ok=True)


def remove(folder: Path) -> None:
    """Delete `folder` and the data to which it has a link."""
    data = folder / "data"
    if data.is_symlink():
        shutil.rmtree(data.readlink(), ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


def _user() -> int | None:
    return _NOBODY if os.geteuid() == 0 else None


def _environment(home: Path) -> dict[str, str]:
    """The environment of PostgreSQL's programs: LD_LIBRARY_PATH, and none of the user's PGHOST, PGDATA and so on."""
    libraries = str(home / "lib")
    return {
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "LD_LIBRARY_PATH": libraries,
        "DYLD_LIBRARY_PATH": libraries,
        "PATH": os.defpath,
    }
