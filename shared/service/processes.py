"""Builds what a process of a service runs: its web application and the parts for its roles."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from fastapi import FastAPI

from shared.auth import TokenVerifier
from shared.contracts import TOPICS
from shared.database import Connection, Database
from shared.http import create_app, create_management
from shared.http.clients import READS, WRITES, ClientLimits
from shared.http.server import HttpServer
from shared.kernel import Unavailable
from shared.messaging.cloudevents import Envelope
from shared.messaging.consumer.consumer import Consumer
from shared.messaging.jobs import Worker
from shared.messaging.relay.relay import Relay
from shared.messaging.wakeup import Notifier
from shared.observability.faults import Fault, Faulty
from shared.operations import api as operations
from shared.operations.database_gauges import DatabaseGauges
from shared.operations.maintenance import Maintenance
from shared.runtime import Loop, Part, Runtime
from shared.schema import check_schema
from shared.service.definition import ProcessRole, Service, Subscription
from shared.service.needed import DatabasePart, Needed
from shared.settings import DatabaseSettings, KafkaSettings, ServerSettings, ServiceSettings

STORE_SECONDS: Final = 3.0  # for which a readiness check waits for an object store; less than a probe waits


class OutsidePart:
    """Closes the connections to outside systems when the process stops; the adapters open them when they need them."""

    name = "outside"

    def __init__(self, closing: Sequence[Callable[[], Awaitable[None]]]) -> None:
        self._closing = closing

    async def start(self) -> None:
        """Do nothing."""

    async def ended(self) -> None:
        """Wait for ever."""
        await asyncio.Future()

    async def stop(self) -> None:
        """Close all connections."""
        for close in self._closing:
            await close()

    def healthy(self) -> bool:
        """Always true: a restart of this process does not help an outside system."""
        return True

    async def ready(self) -> bool:
        """Always true: while an outside system does not answer, its work waits as jobs."""
        return True


def database_of(settings: DatabaseSettings) -> Database:
    """The database of the service, not opened yet."""
    return Database(settings.database_dsn.get_secret_value(), pool_size=settings.database_pool)


def application(service: Service, runtime: Runtime, roles: Sequence[ProcessRole]) -> FastAPI:
    """The web application of a process; the routes of the service are included only with the role `api`."""
    settings = service.settings
    app = create_app(
        service=service.name,
        title=service.title,
        routers=[*service.routers, *operations.ROUTERS] if ProcessRole.API in roles else [],
        database=service.database,
        verifier=_verifier(settings),
        liveness=runtime.liveness,
        readiness=runtime.readiness,
        client_limits=client_limits(service.settings, service.limits),
        glossary={**operations.GLOSSARY, **service.glossary},
    )
    subscription = service.subscription
    app.state.handler, app.state.group = (
        (subscription.handler, subscription.group) if subscription else (_nothing, service.name)
    )
    app.state.leaving = asyncio.Event()  # replaced by that of the web server
    for name, value in service.state.items():
        setattr(app.state, name, value)
    return app


def client_limits(settings: ServerSettings, own: Mapping[str, int]) -> ClientLimits:
    """The limits of one client: those that every process has, and its `own`, in requests per minute."""
    usual = {READS: settings.anonymous_reads_per_minute, WRITES: settings.anonymous_writes_per_minute}
    return ClientLimits({**usual, **own}, trusted_proxies=settings.trusted_proxies)


def _verifier(settings: ServiceSettings) -> TokenVerifier:
    types = settings.oidc_token_types.split(",")
    return TokenVerifier(settings.oidc_issuer, settings.oidc_audience, settings.oidc_jwks_url, types=types)


def parts(
    service: Service,
    runtime: Runtime,
    roles: Sequence[ProcessRole],
    kafka: KafkaSettings,
    *,
    migrations: Path | None = None,
) -> Sequence[Part]:
    """The parts of a process in the order in which they start; they stop in reverse order.

    With `migrations`, the folder of its own ones, the process waits for the schema. In a process with the role `api`
    the parts of other roles are `background`: a consumer that has halted does not take the API from its clients.
    """
    management, public, verifier = servers(service, runtime, roles)
    needed: list[Part] = [DatabasePart(service.database)]
    if migrations is not None:
        needed.append(Needed("schema", lambda: check_schema(service.database, migrations)))
    if {ProcessRole.API, ProcessRole.WORKER} & set(roles):
        needed += [Needed(name, _store(check)) for name, check in service.needs.items()]
    others = _others(service, roles, kafka)
    if ProcessRole.API in roles:
        runtime.background = frozenset({*service.needs, *(part.name for part in others)})
        others.append(Needed("identity", verifier.check))  # last: facts and jobs need nobody's token
    return [management, *needed, *others, public]


def _store(check: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
    async def checked() -> None:
        try:
            async with asyncio.timeout(STORE_SECONDS):
                await check()
        except TimeoutError as error:
            raise Faulty(Fault.OBJECT_STORE_UNAVAILABLE, "it does not answer") from error
        except Unavailable as error:
            raise Faulty(Fault.OBJECT_STORE_UNAVAILABLE, str(error)) from error

    return checked


def _others(service: Service, roles: Sequence[ProcessRole], kafka: KafkaSettings) -> list[Part]:
    database = service.database
    found: list[Part] = [Loop("notifier", Notifier(database).run)]
    if service.closing:
        found.append(OutsidePart(service.closing))
    for role in roles:
        found += service.background.get(role, ())
    own_topics = [name for name, topic in TOPICS.items() if topic.owner == service.name]
    if ProcessRole.RELAY in roles and own_topics:  # without a topic Kafka would refuse its producer
        relay = Relay(database, kafka, client_id=f"{service.name}-relay", topics=own_topics)
        found.append(Loop("relay", relay.run, prepared=lambda: relay.ready))
    if ProcessRole.WORKER in roles:
        worker = Worker(database, service.effects, concurrency=service.concurrency)
        found.append(Loop("worker", worker.run, prepared=lambda: worker.ready))
    if ProcessRole.CONSUMER in roles:
        if service.subscription is not None:
            found.append(_consumer(service, service.subscription, kafka))
        found.append(Loop("maintenance", Maintenance(database).run))
        if service.gauges is not None:
            found.append(Loop("gauges", DatabaseGauges(database, service.gauges).run))
    return found


def _consumer(service: Service, subscription: Subscription, kafka: KafkaSettings) -> Part:
    consumer = Consumer(
        service.database,
        kafka,
        group=subscription.group,
        topics=subscription.topics,
        handler=subscription.handler,
        client_id=f"{service.name}-consumer",
    )
    return Loop("consumer", consumer.run, prepared=lambda: consumer.ready)


def servers(
    service: Service, runtime: Runtime, roles: Sequence[ProcessRole]
) -> tuple[HttpServer, HttpServer, TokenVerifier]:
    """The web server of the management port and the public one, and who verifies the tokens of its requests."""
    settings = service.settings
    management = create_management(runtime.liveness, runtime.readiness)
    app = application(service, runtime, roles)
    verifier: TokenVerifier = app.state.verifier
    public = HttpServer(app, host=settings.http_host, port=settings.http_port)
    app.state.leaving = public.leaving
    return (
        HttpServer(management, host=settings.metrics_host, port=settings.metrics_port, name="management"),
        public,
        verifier,
    )


async def _nothing(_connection: Connection, _events: Sequence[Envelope]) -> None:
    """The handler of a service that consumes no topics: a dead letter from before cannot be processed again.

    Raises `LookupError`, so that a redrive fails and the letter is kept.
    """
    raise LookupError("this service consumes no topics")
