"""One service as a process: its card in code, its roles, and the command line every service has.

python -m services.registration.main serve --roles api,consumer,relay,worker
python -m services.registration.main migrate
python -m services.registration.main replay      all facts come again, and change nothing
python -m services.registration.main rebuild     an empty database learns all facts, and does nothing about them
"""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI

from shared.auth import TokenVerifier
from shared.database import Database
from shared.http import create_app, create_management
from shared.http.clients import READS, WRITES, ClientLimits
from shared.http.server import HttpServer
from shared.kernel import Unavailable
from shared.messaging.consumer.consumer import Consumer
from shared.messaging.consumer.groups import GroupAlive, rewind
from shared.messaging.consumer.handlers import Handler
from shared.messaging.consumer.rebuild import RebuildTarget, rebuild
from shared.messaging.jobs import Effect, Worker
from shared.messaging.relay.relay import Relay
from shared.messaging.wakeup import Notifier
from shared.observability.logging import Log, configure_logging, log
from shared.observability.tracing import configure_tracing
from shared.operations import api as operations
from shared.operations.maintenance import Maintenance
from shared.runtime import DatabasePart, Loop, Part, Runtime, launch
from shared.settings import KafkaSettings, ServiceSettings


class ProcessRole(StrEnum):
    """What a process does; `/healthz` and `/readyz` are served by each, `/metrics` on a port of its own."""

    API = "api"
    CONSUMER = "consumer"
    RELAY = "relay"
    WORKER = "worker"


ALL_ROLES = tuple(ProcessRole)


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What `main.build` puts together; `state` are the members that the routes find in `app.state`.

    `limits` are rate limits that routes of its own name, requests of one client a minute.
    `projection` is the part of `handler` that nothing follows from: what a rebuilt database learns facts by.
    """

    name: str
    title: str
    settings: ServiceSettings
    database: Database
    routers: Sequence[APIRouter]
    group: str
    topics: Sequence[str]
    handler: Handler
    projection: Handler
    effects: Mapping[str, Effect] = field(default_factory=dict)
    state: Mapping[str, Any] = field(default_factory=dict)
    limits: Mapping[str, int] = field(default_factory=dict)
    concurrency: int = 8
    closing: Sequence[Callable[[], Awaitable[None]]] = ()


class OutsidePart:
    """The connections to outside systems: opened by whoever first needs them, closed when nobody does any more."""

    name = "outside"

    def __init__(self, closing: Sequence[Callable[[], Awaitable[None]]]) -> None:
        self._closing = closing

    async def start(self) -> None:
        """Nothing to open yet."""

    async def ended(self) -> None:
        """Never."""
        await asyncio.Future()

    async def stop(self) -> None:
        """Close them all."""
        for close in self._closing:
            await close()

    def healthy(self) -> bool:
        """Always: a restart here mends nothing there."""
        return True

    async def ready(self) -> bool:
        """Always: what is not taken outside waits as a job."""
        return True


def database_of(settings: ServiceSettings) -> Database:
    """The service's database; not yet open."""
    return Database(settings.database_dsn.get_secret_value(), pool_size=settings.database_pool)


def application(service: Service, runtime: Runtime, roles: Sequence[ProcessRole]) -> FastAPI:
    """The web application of one process; its routes only with the role `api`."""
    settings = service.settings
    app = create_app(
        service=service.name,
        title=service.title,
        routers=[*service.routers, *operations.ROUTERS] if ProcessRole.API in roles else [],
        database=service.database,
        verifier=_verifier(settings),
        liveness=runtime.liveness,
        readiness=runtime.readiness,
        client_limits=_client_limits(service),
    )
    app.state.handler, app.state.group = service.handler, service.group
    for name, value in service.state.items():
        setattr(app.state, name, value)
    return app


def _client_limits(service: Service) -> ClientLimits:
    settings = service.settings
    usual = {READS: settings.anonymous_reads_per_minute, WRITES: settings.anonymous_writes_per_minute}
    return ClientLimits({**usual, **service.limits}, trusted_proxies=settings.trusted_proxies)


def _verifier(settings: ServiceSettings) -> TokenVerifier:
    types = settings.oidc_token_types.split(",")
    return TokenVerifier(settings.oidc_issuer, settings.oidc_audience, settings.oidc_jwks_url, types=types)


def parts(service: Service, runtime: Runtime, roles: Sequence[ProcessRole], kafka: KafkaSettings) -> Sequence[Part]:
    """The parts of one process, in the order in which they start; they stop in reverse."""
    database = service.database
    found: list[Part] = [DatabasePart(database), Loop("notifier", Notifier(database).run)]
    if service.closing:
        found.append(OutsidePart(service.closing))
    if ProcessRole.RELAY in roles:
        relay = Relay(database, kafka, client_id=f"{service.name}-relay")
        found.append(Loop("relay", relay.run, prepared=lambda: relay.ready))
    if ProcessRole.WORKER in roles:
        worker = Worker(database, service.effects, concurrency=service.concurrency)
        found.append(Loop("worker", worker.run, prepared=lambda: worker.ready))
    if ProcessRole.CONSUMER in roles:
        consumer = Consumer(
            database,
            kafka,
            group=service.group,
            topics=service.topics,
            handler=service.handler,
            client_id=f"{service.name}-consumer",
        )
        found += [
            Loop("consumer", consumer.run, prepared=lambda: consumer.ready),
            Loop("maintenance", Maintenance(database).run),
        ]
    management, public = _servers(service, runtime, roles)
    return [management, *found, public]


def _servers(service: Service, runtime: Runtime, roles: Sequence[ProcessRole]) -> tuple[HttpServer, HttpServer]:
    """The management's and everybody's."""
    settings = service.settings
    management = create_management(runtime.liveness, runtime.readiness)
    return (
        HttpServer(management, host=settings.metrics_host, port=settings.metrics_port, name="management"),
        HttpServer(application(service, runtime, roles), host=settings.http_host, port=settings.http_port),
    )


def command_line(
    name: str, build: Callable[[], Service], *, migrations: Path, seed: Callable[[Service], Any] | None = None
) -> int:
    """The command line of a service; returns the exit code. `seed` fills a fresh database with the data that ships."""
    parser = argparse.ArgumentParser(prog=f"python -m services.{name}.main")
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="run a process of this service until SIGTERM")
    serve.add_argument(
        "--roles", type=_roles, default=ALL_ROLES, help="comma-separated: api, consumer, relay, worker (all)"
    )
    serve.add_argument("--migrate", action="store_true", help="bring the schema up first, as `migrate` does")
    commands.add_parser("migrate", help="bring the database to the newest schema and load the data that ships")
    commands.add_parser("replay", help="let all facts come again; they change nothing. The consumers must be stopped")
    commands.add_parser("rebuild", help="teach an empty database all facts; nothing follows from them. As above")
    arguments = parser.parse_args()
    service = build()
    configure_logging(name, service.settings.log_level)
    migrating = arguments.command == "migrate" or getattr(arguments, "migrate", False)
    if migrating:
        if not _reachable(service, serving=arguments.command == "serve"):
            return 0
        _migrate(
            migrations, service.settings.database_dsn.get_secret_value()
        )  # a fork, so before tracing has its threads
    configure_tracing(name)
    if migrating and seed is not None:
        asyncio.run(seed(service))
    if arguments.command == "migrate":
        return 0
    if arguments.command in _ONCE:
        return launch(_ONCE[arguments.command](service, KafkaSettings()))
    runtime = Runtime(name, drain_seconds=service.settings.drain_seconds)
    return launch(_serve(service, runtime, arguments.roles))


def _reachable(service: Service, *, serving: bool) -> bool:
    """Wait for a database that is to be migrated, ready for nothing meanwhile; False where told to end before."""
    if asyncio.run(_answers(database_of(service.settings))):
        return True
    runtime, reached = Runtime(service.name), asyncio.Event()

    async def enough(stop: asyncio.Event, beat: Callable[[], None]) -> None:
        beat()
        reached.set()
        runtime.drain()
        await stop.wait()

    servers = _servers(service, runtime, []) if serving else ()
    launch(runtime.run([*servers, DatabasePart(database_of(service.settings)), Loop("reached", enough)]))
    return reached.is_set()


async def _answers(database: Database) -> bool:
    try:
        await database.open()
    except Unavailable:
        return False
    await database.close()
    return True


def _migrate(folder: Path, dsn: str) -> None:
    """In a fork of this process: what Alembic takes of memory ends with it. Exits as the fork does where it failed."""
    forked = get_context("fork").Process(target=_upgrade, args=(folder, dsn))
    forked.start()
    forked.join()
    if forked.exitcode:
        sys.exit(abs(forked.exitcode))


def _upgrade(folder: Path, dsn: str) -> None:
    from shared.migrations import upgrade  # noqa: PLC0415 -- see `_migrate`

    upgrade(folder, dsn)


async def _replay(service: Service, kafka: KafkaSettings) -> int:
    try:
        records = await rewind(kafka, group=service.group, topics=service.topics, client_id=f"{service.name}-replay")
    except GroupAlive as error:
        log.error(Log.UNAVAILABLE, part="consumer", error=error)
        return 1
    log.info(Log.REWOUND, consumer=service.group, count=records)
    return 0


async def _rebuild(service: Service, kafka: KafkaSettings) -> int:
    learner = RebuildTarget(
        database=service.database, group=service.group, topics=service.topics, projection=service.projection
    )
    await service.database.open()
    try:
        await rebuild(learner, kafka, client_id=f"{service.name}-rebuild")
    finally:
        await service.database.close()
    return 0


_ONCE = {"replay": _replay, "rebuild": _rebuild}
"""What is done with Kafka once, while no consumer of the service runs."""


async def _serve(service: Service, runtime: Runtime, roles: Sequence[ProcessRole]) -> int:
    return await runtime.run(parts(service, runtime, roles, KafkaSettings()))


def _roles(text: str) -> tuple[ProcessRole, ...]:
    try:
        return tuple(ProcessRole(word.strip()) for word in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"roles are {', '.join(ALL_ROLES)}") from None
