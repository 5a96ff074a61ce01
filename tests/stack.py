"""What tests stand on: one real Kafka and one real PostgreSQL a session, from packages or, if asked, containers."""

import asyncio
import gc
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString, Protocol
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
from confluent_kafka.admin import AdminClient, NewTopic
from pydantic import SecretStr

from deploy.local import kafka, postgres, topics
from deploy.local.packages import KAFKA_VERSION, POSTGRES_VERSION
from deploy.local.stack import Stack
from pasum import kafka as kafka_reader
from shared.settings import KafkaSettings
from tests.containers import kafka as container_kafka

OWNER = "tester"  # and its password: it guards nothing but the databases of one session
KAFKA_IMAGE = f"apache/kafka:{KAFKA_VERSION}"
POSTGRES_IMAGE = f"postgres:{POSTGRES_VERSION.removesuffix('.0')}"

_LOGIN_SECONDS = 20.0


class NoDockerEngine(RuntimeError):
    """The tests were asked to stand on containers, and no engine answers."""


class Broker(Protocol):
    """A Kafka of our own, that a test may kill."""

    def kill(self) -> None:
        """SIGKILL."""
        ...

    def start(self) -> None:
        """Bring it back with its data and on its port; returns when it answers."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Servers:
    """Where Kafka and PostgreSQL are; `kafka` and `admin_dsn` are superusers.

    `broker` is `None` where `KAFKA_BOOTSTRAP_SERVERS` names a Kafka of somebody else's, `local` on containers.
    """

    kafka: KafkaSettings
    admin_dsn: str
    broker: Broker | None
    local: Stack | None = None

    def admin(self) -> AdminClient:
        """Return a Kafka client of the superuser."""
        if self.kafka.password is None:
            return AdminClient({"bootstrap.servers": self.kafka.bootstrap_servers, "log_level": 0})
        password = self.kafka.password.get_secret_value()
        return kafka.admin_client(self.kafka.bootstrap_servers, username=kafka.ADMIN, password=password)

    def user(self, name: str, password: str) -> KafkaSettings:
        """Create a Kafka user without any right; returns when it can log in."""
        topics.set_passwords(self.admin(), {name: password})
        self.logs_in(name, password)
        return self.kafka.model_copy(update={"username": name, "password": SecretStr(password)})

    def logs_in(self, name: str, password: str) -> None:
        """Return when a Kafka user can log in; raises `KafkaException` if that takes too long."""
        client = kafka.admin_client(self.kafka.bootstrap_servers, username=name, password=password)
        client.list_topics(timeout=_LOGIN_SECONDS)

    def create_topic(
        self, name: str | None = None, *, partitions: int = 1, config: Mapping[str, str] | None = None
    ) -> str:
        """Create a topic, with a name of its own unless one is given, and return the name.

        Its records are kept, however old their times are: Kafka would delete those of former years, now and then.
        """
        name = name or f"eoffice.test.t{uuid4().hex[:12]}.v1"
        kept = {"retention.ms": "-1", **(config or {})}
        topics.create(self.admin(), [NewTopic(name, partitions, 1, config=kept)])
        return name


class Databases:
    """Databases for single tests: a copy of a template costs some tens of milliseconds.

    One connection makes and drops them all, and files are copied as files: a quarter less processor time than with a
    connection for each and a copy through the write-ahead log.
    """

    def __init__(self, admin_dsn: str) -> None:
        self._admin_dsn = admin_dsn
        self._templates: dict[str, str] = {}
        self._connection: psycopg.Connection | None = None

    async def fresh(self, template: str | None = None) -> str:
        """Create a database, empty or as the one whose DSN `template` is, and return its owner's DSN."""
        name = f"t{uuid4().hex[:16]}"
        source = "template1" if template is None else urlsplit(template).path.removeprefix("/")
        self._execute(f"CREATE DATABASE {name} OWNER {OWNER} TEMPLATE {source} STRATEGY FILE_COPY")
        self._execute(f"REVOKE ALL ON DATABASE {name} FROM PUBLIC")
        address = urlsplit(self._admin_dsn)
        return urlunsplit(
            address._replace(netloc=f"{OWNER}:{OWNER}@{address.hostname}:{address.port}", path=f"/{name}")
        )

    async def template(self, name: str, migrate: Callable[[str], None]) -> str:
        """Return the DSN of a database that `migrate(dsn)` has brought up; done once a session for each `name`.

        `migrate` runs in a thread, so that it may have an event loop of its own, as Alembic's environments do.
        """
        if name not in self._templates:
            dsn = await self.fresh()
            await asyncio.to_thread(migrate, dsn)
            self._templates[name] = dsn
        return self._templates[name]

    async def drop(self, dsn: str) -> None:
        """Drop a database, whoever is still connected to it."""
        self._execute(f"DROP DATABASE IF EXISTS {urlsplit(dsn).path.removeprefix('/')} WITH (FORCE)")

    def close(self) -> None:
        """End the connection; the databases stay."""
        if self._connection is not None:
            self._connection.close()

    def _execute(self, statement: LiteralString) -> None:
        """Carry out a statement; once more where a test has killed the server since the last one."""
        if self._connection is not None:
            with suppress(psycopg.OperationalError):
                self._connection.execute(statement)
                return
        self._connection = self._connect()
        self._connection.execute(statement)

    def _connect(self) -> psycopg.Connection:
        connection = psycopg.connect(self._admin_dsn, autocommit=True)
        known = connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [OWNER]).fetchone() is not None
        connection.execute(f"{'ALTER' if known else 'CREATE'} ROLE {OWNER} LOGIN PASSWORD '{OWNER}'")
        connection.execute("REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC")
        return connection


def started_servers() -> AbstractContextManager[Servers]:
    """What `PASUM_TEST_STACK` asks for: `local` (the default) or `containers`; `ValueError` for anything else."""
    match os.environ.get("PASUM_TEST_STACK", "local"):
        case "local":
            return on_packages()
        case "containers":
            return on_containers()
        case other:
            message = f"PASUM_TEST_STACK is {other!r}; it can be local or containers"
            raise ValueError(message)


@contextmanager
def on_packages() -> Iterator[Servers]:
    """Kafka with SCRAM and rights, and PostgreSQL, in a folder that lasts as long as the session."""
    folder = Path(tempfile.mkdtemp(prefix="pasum-tests-"))
    folder.chmod(0o711)  # PostgreSQL runs as somebody else when we are root
    try:
        with Stack(folder, durable=False, topics_file=folder / "none") as stack:
            settings = settings_of(stack.kafka_environment())
            yield Servers(kafka=settings, admin_dsn=stack.admin_dsn(), broker=stack.kafka, local=stack)
    finally:
        postgres.remove(folder / "postgres")
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def on_containers() -> Iterator[Servers]:
    """The same servers from images, as strict; raises `NoDockerEngine` rather than skip anything.

    `PASUM_KAFKA_IMAGE` and `PASUM_POSTGRES_IMAGE` name other images with the same conventions as the official ones.
    """
    from testcontainers.community.postgres import PostgresContainer  # noqa: PLC0415 -- needs Docker when imported

    host = _engine_host()
    image = os.environ.get("PASUM_POSTGRES_IMAGE", POSTGRES_IMAGE)
    server = PostgresContainer(image, username=postgres.SUPERUSER, password=OWNER, dbname="postgres", driver=None)
    server = server.with_env("POSTGRES_INITDB_ARGS", "--locale-provider=icu --icu-locale=und --locale=C.UTF-8 -E UTF8")
    server = server.with_command("postgres -c max_connections=200 -c fsync=off")
    image = os.environ.get("PASUM_KAFKA_IMAGE", KAFKA_IMAGE)
    with container_kafka.started(image, host=host, password=OWNER) as broker, server:
        admin_dsn = server.get_connection_url(driver=None)
        postgres.wait(postgres.check_lao(admin_dsn))
        settings = KafkaSettings(
            bootstrap_servers=broker.bootstrap,
            security_protocol=kafka.PROTOCOL,
            username=kafka.ADMIN,
            password=SecretStr(broker.password),
        )
        yield Servers(kafka=settings, admin_dsn=admin_dsn, broker=broker)


def _engine_host() -> str:
    from testcontainers.core.docker_client import DockerClient  # noqa: PLC0415 -- needs Docker's settings when imported

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # a client that cannot connect leaves its socket open
        try:
            client = DockerClient()
            client.client.ping()
            return client.host()
        except Exception as error:  # noqa: BLE001 -- each transport has its own, and each means the same
            message = f"PASUM_TEST_STACK=containers, but no Docker engine answers: {error}"
        gc.collect()
    raise NoDockerEngine(message)


def settings_of(environment: Mapping[str, str]) -> KafkaSettings:
    """Read `KAFKA_…` variables as a service's process would."""
    return kafka_reader.settings_of({name.removeprefix("KAFKA_").lower(): value for name, value in environment.items()})
