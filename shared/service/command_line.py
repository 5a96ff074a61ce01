"""The command line that every service has: serve, migrate, wait-for-schema, replay, rebuild."""

import argparse
import asyncio
import sys
from collections.abc import Callable, Sequence
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from shared.database import Database
from shared.kernel import Unavailable
from shared.messaging.consumer.groups import GroupAlive, rewind
from shared.messaging.consumer.rebuild import RebuildTarget, rebuild
from shared.observability.logging import Log, configure_logging, log
from shared.observability.tracing import configure_tracing
from shared.runtime import DatabasePart, Loop, Runtime, launch
from shared.service.definition import ALL_ROLES, ProcessRole, Service, Subscription
from shared.service.processes import database_of, parts, servers
from shared.settings import KafkaSettings


def command_line(
    name: str, build: Callable[[], Service], *, migrations: Path, seed: Callable[[Service], Any] | None = None
) -> int:
    """Run the command line of a service; returns the exit code when the command (or the process) has ended.

    `build` creates the service; `migrations` is its folder of migrations; `seed` loads the data that is shipped with
    the service, after the migration.
    """
    parser = _parser(name)
    arguments = parser.parse_args()
    service, once = build(), _ONCE.get(arguments.command)
    if once is not None and service.subscription is None:
        parser.error(f"{name} consumes no topics: there is nothing to {arguments.command}")
    configure_logging(name, service.settings.log_level)
    if arguments.command == "wait-for-schema":
        return launch(_wait_for_schema(service, migrations))
    migrating = arguments.command == "migrate" or getattr(arguments, "migrate", False)
    if migrating:
        if not _reachable(service, serving=arguments.command == "serve") or _left_alone(service, migrations, arguments):
            return 0
        _migrate(
            migrations, service.settings.database_dsn.get_secret_value()
        )  # a fork, so before tracing has its threads
    configure_tracing(name)
    if migrating and seed is not None:
        asyncio.run(seed(service))
    if arguments.command == "migrate":
        return 0
    if once is not None and service.subscription is not None:
        return launch(once(service, service.subscription, KafkaSettings()))
    runtime = Runtime(name, drain_seconds=service.settings.drain_seconds)
    return launch(_serve(service, runtime, arguments.roles))


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
    return parser


def _reachable(service: Service, *, serving: bool) -> bool:
    """Wait until the database answers, before it is migrated; returns False if the process must stop before.

    With `serving`, the web servers run meanwhile, so that health checks are answered (as not ready).
    """
    if asyncio.run(_answers(database_of(service.settings))):
        return True
    runtime, reached = Runtime(service.name), asyncio.Event()

    async def enough(stop: asyncio.Event, beat: Callable[[], None]) -> None:
        beat()
        reached.set()
        runtime.drain()
        await stop.wait()

    meanwhile = servers(service, runtime, []) if serving else ()
    launch(runtime.run([*meanwhile, DatabasePart(database_of(service.settings)), Loop("reached", enough)]))
    return reached.is_set()


async def _answers(database: Database) -> bool:
    try:
        await database.open()
    except Unavailable:
        return False
    await database.close()
    return True


def _migrate(folder: Path, dsn: str) -> None:
    """Migrate in a forked process, so that Alembic's memory is freed; exits with its exit code if it fails."""
    forked = get_context("fork").Process(target=_upgrade, args=(folder, dsn))
    forked.start()
    forked.join()
    if forked.exitcode:
        sys.exit(abs(forked.exitcode))


def _upgrade(folder: Path, dsn: str) -> None:
    from shared.migrations import upgrade  # noqa: PLC0415 -- see `_migrate`

    upgrade(folder, dsn)


def _left_alone(service: Service, folder: Path, arguments: argparse.Namespace) -> bool:
    """Whether the schema is newer than this version, and that is accepted."""
    newer = getattr(arguments, "accept_newer", False) and asyncio.run(_is_newer(service, folder))
    if newer:
        log.info(Log.SCHEMA_NEWER)
    return newer


async def _is_newer(service: Service, folder: Path) -> bool:
    from shared.service.schema import is_newer  # noqa: PLC0415 -- see `_migrate`

    database = database_of(service.settings)
    await database.open()
    try:
        return await is_newer(database, folder)
    finally:
        await database.close()


async def _wait_for_schema(service: Service, folder: Path) -> int:
    """Exit code 0 when somebody has migrated the database, 1 if the process is told to stop before."""
    from shared.service.schema import wait_for_schema  # noqa: PLC0415 -- see `_migrate`

    runtime, arrived = Runtime(service.name), asyncio.Event()

    async def waiting(stop: asyncio.Event, beat: Callable[[], None]) -> None:
        if await wait_for_schema(service.database, folder, stop=stop, beat=beat):
            arrived.set()
            runtime.drain()
            await stop.wait()

    await runtime.run([DatabasePart(service.database), Loop("schema", waiting)])
    return 0 if arrived.is_set() else 1


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


async def _serve(service: Service, runtime: Runtime, roles: Sequence[ProcessRole]) -> int:
    return await runtime.run(parts(service, runtime, roles, KafkaSettings()))


def _roles(text: str) -> tuple[ProcessRole, ...]:
    try:
        return tuple(dict.fromkeys(ProcessRole(word.strip()) for word in text.split(",")))
    except ValueError:
        raise argparse.ArgumentTypeError(f"roles are {', '.join(ALL_ROLES)}") from None
