"""Ends when a database has the schema of this version: python -m shared.schema.wait services.registration.

It loads nothing of the service, so that it costs little before each process. The exit code is 0 when the schema is
there, 1 if the process is told to stop before, 78 if a setting is wrong. While it waits, it serves `/metrics` with the
fault on <SERVICE>_METRICS_PORT.
"""

import argparse
import asyncio
import signal
import sys
from importlib.util import find_spec
from pathlib import Path

from prometheus_client import start_http_server
from pydantic import ValidationError

from shared.database import Database
from shared.observability.faults import expected
from shared.observability.logging import configure_logging
from shared.observability.retrying import until_it_works
from shared.observability.wrong_settings import tell_invalid
from shared.schema import wait_for_schema
from shared.settings import WaitingSettings


def main() -> int:
    """Wait for the schema of the package that the command line names; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m shared.schema.wait", description=__doc__)
    parser.add_argument("package", help="of a service, with a folder `migrations`")
    package = str(parser.parse_args().package)
    found = find_spec(package)
    if found is None or not found.submodule_search_locations:
        parser.error(f"{package} is no package")
    return wait(package.rpartition(".")[2], Path(found.submodule_search_locations[0]) / "migrations", metrics=True)


def wait(service: str, folder: Path, *, metrics: bool = False) -> int:
    """Read the settings of the service from the environment, and wait; returns the exit code."""
    configure_logging(service)
    try:
        settings = WaitingSettings(_env_prefix=f"{service.upper()}_")
    except ValidationError as error:
        return tell_invalid(error, service=service)
    configure_logging(service, settings.log_level)
    if metrics:
        start_http_server(settings.metrics_port, settings.metrics_host)  # a daemon thread: it ends with the process
    return asyncio.run(_wait(Database(settings.database_dsn.get_secret_value(), pool_size=1), folder))


async def _wait(database: Database, folder: Path) -> int:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if not await until_it_works("database", database.open, explain=expected, stop=stop, beat=_nothing):
        return 1
    try:
        return 0 if await wait_for_schema(database, folder, stop=stop, beat=_nothing) else 1
    finally:
        await database.close()


def _nothing() -> None:
    """Nobody looks whether it goes round: the container ends with it."""


if __name__ == "__main__":
    sys.exit(main())
