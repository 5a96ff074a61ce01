"""What a process does before it can be built: it tells wrong settings and ends, or waits for files and the database."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Final

from pydantic import ValidationError
from pydantic_settings import BaseSettings
from starlette.applications import Starlette

from shared.http import create_management
from shared.http.health import Verdict, health_routes
from shared.http.server import HttpServer
from shared.observability.faults import Fault, Faulty, expected, explanation
from shared.observability.logging import Log, log
from shared.observability.retrying import until_it_works
from shared.runtime import launch
from shared.settings import ServiceSettings

EX_CONFIG: Final = 78
"""The exit code of a process whose settings are wrong (sysexits.h)."""


def tell_invalid(error: ValidationError, *, service: str) -> int:
    """Log one line that names the variables, never their values; returns `EX_CONFIG`.

    The environment of a process does not change, so waiting would not help.
    """
    prefixes = {kind.__name__: kind.model_config.get("env_prefix") for kind in _kinds(BaseSettings)}
    prefix = prefixes.get(error.title) or f"{service}_"
    problems = [
        f"{prefix}{'_'.join(map(str, one['loc']))}".upper().rstrip("_") + f": {one['msg']}"
        for one in error.errors(include_input=False, include_url=False, include_context=False)
    ]
    log.error(Log.SETTING_INVALID, **explanation(Fault.SETTING_INVALID, "; ".join(problems)))
    return EX_CONFIG


def waiting_servers(service: str) -> Sequence[HttpServer]:
    """Web servers on the ports of a service that answer health checks: the process lives and is not ready."""

    def alive() -> Verdict:
        return Verdict.of({})

    async def not_ready() -> Verdict:
        return Verdict.of({"process": False})

    settings = ServiceSettings(_env_prefix=f"{service.upper()}_")
    management = create_management(alive, not_ready)
    public = Starlette(routes=health_routes(alive, not_ready))
    return (
        HttpServer(management, host=settings.metrics_host, port=settings.metrics_port, name="management"),
        HttpServer(public, host=settings.http_host, port=settings.http_port),
    )


def wait_until(
    attempt: Callable[[], Awaitable[object]], servers: Callable[[], Sequence[HttpServer]], *, part: str
) -> bool:
    """Wait until `attempt` raises no `Faulty` any more; returns False if the process is told to stop before.

    If it has to wait, `servers` run meanwhile.
    """
    try:
        asyncio.run(_once(attempt))
    except Faulty:
        return bool(launch(_wait(attempt, servers(), part)))
    return True


async def _once(attempt: Callable[[], Awaitable[object]]) -> None:
    await attempt()


async def _wait(attempt: Callable[[], Awaitable[object]], servers: Sequence[HttpServer], part: str) -> bool:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    for server in servers:
        await server.start()
    try:
        return await until_it_works(part, attempt, explain=expected, stop=stop, beat=lambda: None)
    finally:
        for server in servers:
            await server.stop()


def _kinds(kind: type[BaseSettings]) -> Iterator[type[BaseSettings]]:
    yield kind
    for one in kind.__subclasses__():
        yield from _kinds(one)
