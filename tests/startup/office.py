"""What the processes of these tests need: Kafka with the declared rights, PostgreSQL, an issuer, keys, databases."""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from deploy.local import topics
from deploy.local.issuer import issue_token
from deploy.local.kafka import Kafka
from deploy.local.secrets import Secrets
from deploy.local.stack import Stack
from shared.migrations import upgrade
from tests.migration import wanted
from tests.shared.forwarding import forward
from tests.stack import Databases


def changed(dsn: str, *, port: int | None = None, login: str | None = None, name: str | None = None) -> str:
    """The DSN with another port, login (`user:password`) or name of the database."""
    parts = urlsplit(dsn)
    before, _, host = parts.netloc.rpartition("@")
    address = f"{login or before}@{host.partition(':')[0]}:{port or parts.port}"
    return urlunsplit(parts._replace(netloc=address, path=f"/{name}" if name else parts.path))


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """One stack for all these tests."""

    stack: Stack
    databases: Databases
    secrets: Secrets
    issuer: str
    issuer_folder: Path
    behind_proxy: int
    ways: list[asyncio.Server] = field(default_factory=list)

    async def forward(self, listening: int, to: int, *, tls: ssl.SSLContext | None = None) -> None:
        """Open a way from one port to another, with TLS in front where it is given; closed after the test."""
        self.ways.append(await forward(listening, to, tls=tls))

    @property
    def kafka(self) -> Kafka:
        """The broker, to be stopped and started."""
        assert self.stack.kafka is not None
        return self.stack.kafka

    async def database(self, service: str = "registration") -> str:
        """The DSN of a new migrated database, as its owner."""
        folder = wanted(service)[0]
        return await self.databases.fresh(await self.databases.template(service, lambda dsn: upgrade(folder, dsn)))

    async def sql(self, *statements: str, database: str | None = None) -> None:
        """Carry out statements as the superuser, in the database of this DSN."""
        name = urlsplit(database).path.removeprefix("/") if database else "postgres"
        connection = await asyncpg.connect(self.stack.admin_dsn(), database=name)
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    async def declare(self) -> None:
        """Make topics, users and rights as they are declared; they are there when this returns."""
        await asyncio.to_thread(self.stack.apply_topics, topics.TOPICS_FILE)

    def environment(self, dsn: str, **changes: str) -> dict[str, str]:
        """The variables of registration's processes; every process has its own ports."""
        own = {
            "DATABASE_DSN": dsn,
            "SEALING_KEYS": self.secrets.sealing_key,
            "TICKET_KEY_FILE": str(self.secrets.ticket_key),
            "OIDC_ISSUER": self.issuer,
        }
        kafka = {**self.stack.kafka_environment("registration"), "KAFKA_BOOTSTRAP_SERVERS": self.kafka.bootstrap}
        return {**kafka, **{f"REGISTRATION_{name}": value for name, value in own.items()}, **changes}

    def token(self, *roles: str, organisation: str | None = None) -> str:
        """A token that the processes accept."""
        return issue_token(
            self.issuer_folder, issuer=self.issuer, audience="pasum", roles=roles, organisation=organisation
        )


def secrets_of(environment: Mapping[str, str]) -> list[str]:
    """What no log line and no answer of a process may hold."""
    logins = [urlsplit(value) for name, value in environment.items() if name.endswith("_DSN")]
    passwords = [login.password for login in logins if login.password != login.username]  # the name may be said
    named = [
        environment.get(name) for name in ("KAFKA_PASSWORD", "REGISTRATION_SEALING_KEYS", "MINUTES_KEY_PASSPHRASE")
    ]
    return [word for word in (*passwords, *named) if word]


Environment = dict[str, str]
