"""The command line that every service has: serve, migrate, wait-for-schema, replay, rebuild, republish."""

import argparse
import asyncio
import sys
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeAlias

from pydantic import ValidationError

from shared.database import Database
from shared.http.server import HttpServer
from shared.messaging.consumer.groups import GroupAlive, rewind
from shared.messaging.consumer.rebuild import RebuildTarget, rebuild
from shared.messaging.kafka import ssl_context
from shared.messaging.relay.republish import RelayAlive, republish
from shared.observability.faults import Fault, Faulty
from shared.observability.logging import Log, configure_logging, log
from shared.observability.tracing import configure_tracing
from shared.observability.wrong_settings import tell_invalid
from shared.runtime import Runtime, launch
from shared.schema import is_newer
from shared.schema.wait import wait
from shared.service.definition import ALL_ROLES, ProcessRole, Service, Subscription
from shared.service.files import from_file
from shared.service.processes import database_of, parts
from shared.service.waiting import wait_until, waiting_servers
from shared.settings import DatabaseSettings, KafkaSettings

Seed: TypeAlias = Callable[[Database], Coroutine[Any, Any, None]]


def command_line(name: str, build: Callable[[], Service], *, migrations: Path, seed: Seed | None = None) -> int:
    """Run the command line of a service; returns the exit code when the command (or the process) has ended.

    `build` creates the service; `migrations` is its folder of migrations; `seed` loads the data that is shipped with
    the service, after the migration. `migrate`, `wait-for-schema` and `republish` build nothing: they read
    `DatabaseSettings` only.
    """
    parser = _parser(name)
    arguments = parser.parse_args()
    configure_logging(name)
    try:
        if arguments.command in _ON_DATABASE:
            settings = DatabaseSettings(_env_prefix=f"{name.upper()}_")
            configure_logging(name, settings.log_level)
            return _ON_DATABASE[arguments.command](_Schema(name, settings, migrations, seed), arguments)
        service = _built(name, build, serving=arguments.command == "serve")
    except ValidationError as error:
        return tell_invalid(error, service=name)
    if service is None:  # told to stop before
        return 0 if arguments.command == "serve" else 1
    if arguments.command in _ONCE and service.subscription is None:
        parser.error(f"{name} consumes no topics: there is nothing to {arguments.command}")
    configure_logging(name, service.settings.log_level)
    return _run(service, arguments, _Schema(name, service.settings, migrations, seed))


def _built(name: str, build: Callable[[], Service], *, serving: bool) -> Service | None:
    """What `build` returns; waits for files that are missing or wrong. None if the process is told to stop before.

    Raises `ValidationError` if a setting is missing or wrong, also one of Kafka.
    """
    made: list[Service] = []

    async def attempt() -> None:
        try:
            made[:] = [build()]
        except OSError as error:
            raise Faulty(Fault.FILE_MISSING, str(error.filename)) from error
        kafka = KafkaSettings()
        if kafka.ca_file is not None:
            from_file(kafka.ca_file, lambda _: ssl_context(kafka))

    servers = partial(waiting_servers, name) if serving else tuple[HttpServer]
    return made[0] if wait_until(attempt, servers, part="files") else None


def _run(service: Service, arguments: argparse.Namespace, schema: "_Schema") -> int:
    once = _ONCE.get(arguments.command)
    if once is None and arguments.migrate and not _migrated(schema, serving=True):
        return 0
    configure_tracing(service.name)
    if once is not None and service.subscription is not None:
        return launch(once(service, service.subscription, KafkaSettings()))
    return launch(_serve(service, arguments.roles, schema.folder))


@dataclass(frozen=True, slots=True)
class _Schema:
    """The database of a service, the folder of its migrations, and what loads the data that is shipped with it."""

    name: str
    settings: DatabaseSettings
    folder: Path
    seed: Seed | None


def _parser(name: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m services.{name}.main")
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="run a process of this service until SIGTERM")
    serve.add_argument(
        "--roles", type=_roles, default=ALL_ROLES, help="comma-separated: api, consumer, relay, worker (all)"
    )
    serve.add_argument("--migrate", action="store_true", help="migrate the database first, as `migrate` does")
    migrate = commands.add_parser(
        "migrate", help="migrate the database to the newest schema and load the data that is shipped"
    )
    migrate.add_argument("--accept-newer", action="store_true", help="change nothing if the schema is newer than this")
    commands.add_parser("wait-for-schema", help="end when the database has the schema that this version needs")
    commands.add_parser("replay", help="read all events again, which changes nothing; stop the consumers first")
    commands.add_parser(
        "rebuild", help="fill the projections of an empty database from all events; stop the consumers first"
    )
    commands.add_parser(
        "republish", help="publish the facts of the last days again to an empty Kafka; stop the relay first"
    )
    return parser


def _migrate(schema: _Schema, arguments: argparse.Namespace) -> int:
    return 0 if _migrated(schema, accept_newer=arguments.accept_newer) else 1


def _migrated(schema: _Schema, *, accept_newer: bool = False, serving: bool = False) -> bool:
    """Migrate and load what is shipped, unless the schema is newer and may be; False if it was told to stop before.

    With `serving`, health checks are answered while the database cannot be reached.
    """

    async def reached() -> None:
        database = database_of(schema.settings)
        await database.open()
        await database.close()

    servers = partial(waiting_servers, schema.name) if serving else tuple[HttpServer]
    if not wait_until(reached, servers, part="database"):
        return False
    if accept_newer and asyncio.run(_is_newer(schema)):
        log.info(Log.SCHEMA_NEWER)
        return True
    _upgrade_apart(schema)
    if schema.seed is not None:
        asyncio.run(schema.seed(database_of(schema.settings)))
    return True


def _upgrade_apart(schema: _Schema) -> None:
    """Migrate in a forked process, so that Alembic's memory is freed; exits with its exit code if it fails.

    It must run before tracing has its threads.
    """
    dsn = schema.settings.database_dsn.get_secret_value()
    forked = get_context("fork").Process(target=_upgrade, args=(schema.folder, dsn))
    forked.start()
    forked.join()
    if forked.exitcode:
        sys.exit(abs(forked.exitcode))


def _upgrade(folder: Path, dsn: str) -> None:
    from shared.migrations import upgrade  # noqa: PLC0415 -- see `_upgrade_apart`

    upgrade(folder, dsn)


async def _is_newer(schema: _Schema) -> bool:
    database = database_of(schema.settings)
    await database.open()
    try:
        return await is_newer(database, schema.folder)
    finally:
        await database.close()


def _wait(schema: _Schema, _: argparse.Namespace) -> int:
    return wait(schema.name, schema.folder)


def _republish(schema: _Schema, _: argparse.Namespace) -> int:
    try:
        asyncio.run(republish(database_of(schema.settings)))
    except RelayAlive as error:
        log.error(Log.UNAVAILABLE, part="relay", error=error)
        return 1
    return 0


_ON_DATABASE = {"migrate": _migrate, "wait-for-schema": _wait, "republish": _republish}
"""Commands that need the database only."""


async def _replay(service: Service, subscription: Subscription, kafka: KafkaSettings) -> int:
    try:
        records = await rewind(
            kafka, group=subscription.group, topics=subscription.topics, client_id=f"{service.name}-replay"
        )
    except GroupAlive as error:
        log.error(Log.UNAVAILABLE, part="consumer", error=error)
        return 1
    log.info(Log.REWOUND, consumer=subscription.group, count=records)
    return 0


async def _rebuild(service: Service, subscription: Subscription, kafka: KafkaSettings) -> int:
    target = RebuildTarget(
        database=service.database,
        group=subscription.group,
        topics=subscription.topics,
        projection=subscription.projection,
    )
    await service.database.open()
    try:
        await rebuild(target, kafka, client_id=f"{service.name}-rebuild")
    finally:
        await service.database.close()
    return 0


_ONCE = {"replay": _replay, "rebuild": _rebuild}
"""Commands that run once and end, while no consumer of the service runs."""


async def _serve(service: Service, roles: Sequence[ProcessRole], migrations: Path) -> int:
    settings = service.settings
    runtime = Runtime(
        service.name,
        drain_seconds=settings.drain_seconds,
        unready_seconds=settings.unready_seconds if ProcessRole.API in roles else 0,
    )
    return await runtime.run(parts(service, runtime, roles, KafkaSettings(), migrations=migrations))


def _roles(text: str) -> tuple[ProcessRole, ...]:
    try:
        return tuple(dict.fromkeys(ProcessRole(word.strip()) for word in text.split(",")))
    except ValueError:
        raise argparse.ArgumentTypeError(f"roles are {', '.join(ALL_ROLES)}") from None
