"""What a process does before it can be built: it waits for files and the database."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Sequence

from starlette.applications import Starlette

from shared.http import create_management
from shared.http.health import Verdict, health_routes
from shared.http.server import HttpServer
from shared.observability.faults import Faulty, expected
from shared.observability.retrying import until_it_works
from shared.runtime import launch
from shared.settings import ServerSettings


def waiting_servers(service: str) -> Sequence[HttpServer]:
    """Web servers on the ports of a service that answer health checks: the process lives and is not ready."""

    def alive() -> Verdict:
        return Verdict.of({})

    async def not_ready() -> Verdict:
        return Verdict.of({"process": False})

    settings = ServerSettings(_env_prefix=f"{service.upper()}_")
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
