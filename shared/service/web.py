"""A web application as a process: pages that ask the services over HTTP, without a database and without Kafka.

python -m services.portal.main serve --roles api
"""

import argparse
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from fastapi import APIRouter
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from shared.http import create_app, create_management
from shared.http.problem import ShowProblem
from shared.http.server import HttpServer
from shared.observability.logging import configure_logging
from shared.observability.tracing import configure_tracing
from shared.observability.wrong_settings import tell_invalid
from shared.runtime import Part, Runtime, launch
from shared.service.definition import ProcessRole
from shared.service.processes import OutsidePart, client_limits
from shared.settings import ServerSettings

ExceptionHandler: TypeAlias = Callable[[Request, Exception], Awaitable[Response]]


@dataclass(frozen=True, slots=True, kw_only=True)
class WebApplication:
    """Everything that the kernel needs to run pages.

    - `routes`: what is neither page nor form, such as static files; they have no rate limit.
    - `state`: names and values that the routes find in `app.state`.
    - `limits`: rate limits that its own routes name, in requests of one client per minute.
    - `body_limit`: bytes of a form.
    - `show_problem`: shows what is refused as a page.
    - `exception_handlers`: what answers the exceptions of its own pages.
    - `closing`: functions that are called when the process stops.
    """

    name: str
    title: str
    settings: ServerSettings
    routers: Sequence[APIRouter]
    show_problem: ShowProblem
    body_limit: int
    routes: Sequence[BaseRoute] = ()
    state: Mapping[str, Any] = field(default_factory=dict)
    limits: Mapping[str, int] = field(default_factory=dict)
    exception_handlers: Mapping[type[Exception], ExceptionHandler] = field(default_factory=dict)
    closing: Sequence[Callable[[], Awaitable[None]]] = ()


def web_command_line(name: str, build: Callable[[], WebApplication]) -> int:
    """Run the command line of a web application; returns the exit code when the process has ended."""
    _parser(name).parse_args()
    configure_logging(name)
    try:
        application = build()
    except ValidationError as error:
        return tell_invalid(error, service=name)
    configure_logging(name, application.settings.log_level)
    configure_tracing(name)
    return launch(_serve(application))


def web_parts(application: WebApplication, runtime: Runtime) -> Sequence[Part]:
    """The parts of its process in the order in which they start; they stop in reverse order."""
    settings = application.settings
    management = create_management(runtime.liveness, runtime.readiness)
    app = create_app(
        service=application.name,
        title=application.title,
        database=None,
        verifier=None,
        liveness=runtime.liveness,
        readiness=runtime.readiness,
        routers=application.routers,
        body_limit=application.body_limit,
        client_limits=client_limits(settings, application.limits),
        show_problem=application.show_problem,
    )
    app.router.routes.extend(application.routes)
    for kind, handler in application.exception_handlers.items():
        app.add_exception_handler(kind, handler)
    for name, value in application.state.items():
        setattr(app.state, name, value)
    public = HttpServer(app, host=settings.http_host, port=settings.http_port)
    app.state.leaving = public.leaving
    return [
        HttpServer(management, host=settings.metrics_host, port=settings.metrics_port, name="management"),
        OutsidePart(application.closing),
        public,
    ]


def _parser(name: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m services.{name}.main")
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="run a process of this web application until SIGTERM")
    serve.add_argument("--roles", choices=[ProcessRole.API.value], default=ProcessRole.API.value, help="its only role")
    return parser


async def _serve(application: WebApplication) -> int:
    settings = application.settings
    runtime = Runtime(application.name, drain_seconds=settings.drain_seconds, unready_seconds=settings.unready_seconds)
    return await runtime.run(web_parts(application, runtime))
