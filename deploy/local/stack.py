"""Runs Kafka and PostgreSQL in one folder, with a user and a database for each service, and an address file."""

import fcntl
import os
import shutil
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Self

from deploy.local import packages, postgres, topics
from deploy.local.kafka import ADMIN, PROTOCOL, Kafka
from deploy.local.passwords import Passwords, write_private
from deploy.local.postgres import Postgres
from deploy.local.processes import Processes, stop_leftovers
from deploy.local.topology import ONE_OF_EACH, Topology
from shared.contracts import SERVICE_NAMES

FOLDER = Path(".local/run")

_KAFKA_NAMES = ("BOOTSTRAP_SERVERS", "SECURITY_PROTOCOL", "USERNAME", "PASSWORD", "CA_FILE")


class StackInUse(RuntimeError):
    """Another process is running a stack in this folder."""


class Stack:
    """Kafka and PostgreSQL during a `with` block; however it ends, nothing is left running.

    If `KAFKA_BOOTSTRAP_SERVERS` is set, that Kafka is used unchanged (its operators manage topics, users and rights);
    if `<SERVICE>_DATABASE_DSN` is set, that database. `fresh=True` begins with empty data, otherwise the data of the
    last run are kept. `durable=False` does not wait for the disk. Until the stack stops, its addresses and passwords
    are in `address_file` (default `folder/stack.json`), readable by its owner only.
    """

    def __init__(
        self,
        folder: Path = FOLDER,
        *,
        fresh: bool = False,
        durable: bool = True,
        topology: Topology = ONE_OF_EACH,
        topics_file: Path = topics.TOPICS_FILE,
        address_file: Path | None = None,
    ) -> None:
        self.folder = folder.absolute()
        self.address_file = (address_file or self.folder / "stack.json").absolute()
        self.processes = Processes(self.folder)
        self.kafka: Kafka | None = None
        self.postgres: Postgres | None = None
        self._fresh = fresh
        self._durable = durable
        self._topology = topology
        self._topics_file = topics_file
        self._dsns: dict[str, str] = {}
        self._proxied: dict[str, str] = {}
        self._addresses: dict[str, Any] = {}
        self._exit = ExitStack()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start everything; raises `StackInUse`, `PackageUnavailable` or `DidNotStart`, then nothing is running."""
        packages.prepare()
        with ExitStack() as started:
            started.enter_context(_alone(self.folder))
            stop_leftovers(self.folder)
            if self._fresh:
                self._remove()
            started.callback(self.address_file.unlink, missing_ok=True)
            started.enter_context(self.processes)
            self._start_servers()
            self._exit = started.pop_all()
        self.describe({"pid": os.getpid(), "kafka": self._kafka_address(), "databases": self._dsns, "services": {}})

    def stop(self) -> None:
        """Stop all processes, last started first, and delete the address file."""
        self._exit.close()

    def environment(self, service: str) -> dict[str, str]:
        """The environment variables with which a process of `service` finds its database and Kafka."""
        dsn = self._proxied.get(service, self._dsns[service])
        return {f"{service.upper()}_DATABASE_DSN": dsn, **self.kafka_environment(service)}

    def kafka_environment(self, user: str = ADMIN) -> dict[str, str]:
        """The `KAFKA_…` variables for `user` (a principal of the topics file, or the superuser)."""
        if self.kafka is None:
            return {
                f"KAFKA_{name}": os.environ[f"KAFKA_{name}"] for name in _KAFKA_NAMES if f"KAFKA_{name}" in os.environ
            }
        return {
            "KAFKA_BOOTSTRAP_SERVERS": self.kafka.bootstrap if user == ADMIN else self.kafka.proxied,
            "KAFKA_SECURITY_PROTOCOL": PROTOCOL,
            "KAFKA_USERNAME": user,
            "KAFKA_PASSWORD": self._passwords.of(f"kafka/{user}"),
        }

    def dsn(self, service: str) -> str:
        """The DSN of a service's database, as its owner."""
        return self._dsns[service]

    def admin_dsn(self) -> str:
        """The DSN of PostgreSQL's superuser; raises `LookupError` if all services use databases from elsewhere."""
        if self.postgres is None:
            message = "this stack has no PostgreSQL of its own"
            raise LookupError(message)
        return self.postgres.dsn()

    def describe(self, entries: Mapping[str, Any]) -> None:
        """Add `entries` to the address file atomically, member by member."""
        _merge(self._addresses, entries)
        write_private(self.address_file, self._addresses)

    def apply_topics(self, path: Path) -> None:
        """Create the topics, users and rights of a topics file on our own Kafka."""
        if self.kafka is None:
            return
        declared = topics.load(path)
        passwords = {name: self._passwords.of(f"kafka/{name}") for name in declared.principals}
        topics.apply(self.kafka.admin(), declared, passwords=passwords, replication=self.kafka.replicas)
        for name, password in passwords.items():
            self.kafka.wait_for_user(name, password)

    def _start_servers(self) -> None:
        self._passwords = Passwords(self.folder / "passwords.json")
        with ThreadPoolExecutor(2) as pool:
            starting = [pool.submit(self._start_kafka), pool.submit(self._start_postgres)]
        for each in starting:
            each.result()

    def _start_kafka(self) -> None:
        if "KAFKA_BOOTSTRAP_SERVERS" in os.environ:
            return
        password = self._passwords.of(f"kafka/{ADMIN}")
        self.kafka = Kafka(self.processes, self.folder / "kafka", password=password, topology=self._topology)
        self.kafka.start()
        if self._topics_file.exists():
            self.apply_topics(self._topics_file)

    def _start_postgres(self) -> None:
        given = {service: os.environ.get(f"{service.upper()}_DATABASE_DSN") for service in SERVICE_NAMES}
        self._dsns = {service: dsn for service, dsn in given.items() if dsn}
        missing = [service for service in SERVICE_NAMES if service not in self._dsns]
        if not missing:
            return
        password = self._passwords.of("postgres")
        self.postgres = Postgres(
            self.processes,
            self.folder / "postgres",
            password=password,
            durable=self._durable,
            max_connections=self._topology.connections,
            wal_archive=self._topology.wal_archive,
        )
        self.postgres.start()
        for service in missing:
            secret = self._passwords.of(f"postgres/{service}")
            self._dsns[service] = self.postgres.create_database(service, owner=service, password=secret)
            port = self._topology.service_port(f"postgres-{service}", self.postgres.port)
            self._proxied[service] = self.postgres.dsn(service, user=service, password=secret, port=port)

    def _kafka_address(self) -> dict[str, str]:
        return {name.removeprefix("KAFKA_").lower(): value for name, value in self.kafka_environment().items()}

    def _remove(self) -> None:
        postgres.remove(self.folder / "postgres")
        shutil.rmtree(self.folder / "kafka", ignore_errors=True)
        (self.folder / "passwords.json").unlink(missing_ok=True)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Context for one stack per folder; the kernel releases the lock when the process ends, so it is never stale."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            message = f"another stack runs in {folder}; stop it first"
            raise StackInUse(message) from error
        yield


def _merge(into: dict[str, Any], entries: Mapping[str, Any]) -> None:
    for name, value in entries.items():
        if isinstance(value, Mapping):
            _merge(into.setdefault(name, {}), value)
        else:
            into[name] = value
