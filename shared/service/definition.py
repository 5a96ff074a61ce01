"""What a service is made of: its routes, its topics, its effects, its background parts, and the roles of a process."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from fastapi import APIRouter

from shared.database import Database
from shared.messaging.consumer.handlers import Handler
from shared.messaging.jobs import Effect
from shared.runtime import Part
from shared.settings import ServiceSettings


class ProcessRole(StrEnum):
    """What a process does; `/healthz` and `/readyz` are served by each, `/metrics` on a port of its own."""

    API = "api"
    CONSUMER = "consumer"
    RELAY = "relay"
    WORKER = "worker"


ALL_ROLES = tuple(ProcessRole)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """The topics that a service consumes as one consumer group, and what it does with their events.

    `projection` is the part of `handler` that nothing follows from: what a rebuilt database learns facts by.
    """

    group: str
    topics: Sequence[str]
    handler: Handler
    projection: Handler


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What `main.build` puts together; `state` are the members that the routes find in `app.state`.

    `subscription` is None where the service consumes no topics. `limits` are rate limits that routes of its own name,
    requests of one client a minute. `background` are parts of its own (a session with a gateway, a poller), run by
    the processes of a role: they start before the role's own part and stop after it, and one that ends by itself ends
    its process. `closing` is called when a process stops.
    """

    name: str
    title: str
    settings: ServiceSettings
    database: Database
    routers: Sequence[APIRouter]
    subscription: Subscription | None = None
    effects: Mapping[str, Effect] = field(default_factory=dict)
    state: Mapping[str, Any] = field(default_factory=dict)
    limits: Mapping[str, int] = field(default_factory=dict)
    background: Mapping[ProcessRole, Sequence[Part]] = field(default_factory=dict)
    concurrency: int = 8
    closing: Sequence[Callable[[], Awaitable[None]]] = ()
