"""The definition of a service: its routes, topics, effects and background parts, and the roles of its processes."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from fastapi import APIRouter

from shared.database import Database
from shared.http.glossary import Glossary
from shared.messaging.consumer.handlers import Handler
from shared.messaging.jobs import Effect
from shared.operations.database_gauges import CountGauges
from shared.runtime import Part
from shared.settings import ServiceSettings


class ProcessRole(StrEnum):
    """A task of a process; a process has one or more. Every process serves `/healthz`, `/readyz` and `/metrics`."""

    API = "api"
    CONSUMER = "consumer"
    RELAY = "relay"
    WORKER = "worker"


ALL_ROLES = tuple(ProcessRole)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """The topics that a service consumes as one consumer group, and the handler of their events.

    `projection` is the part of `handler` that only fills projections and writes no facts or jobs: a rebuild uses it.
    """

    group: str
    topics: Sequence[str]
    handler: Handler
    projection: Handler


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """Everything that the kernel needs to run a service; `build` in its `main.py` creates it.

    - `glossary`: what the members of its requests and answers mean.
    - `subscription`: None if the service consumes no topics.
    - `effects`: job kind → effect; `concurrency` is how many jobs one worker runs at the same time.
    - `state`: names and values that the routes find in `app.state`.
    - `limits`: rate limits that its own routes name, in requests of one client per minute.
    - `background`: parts of its own (a session with a gateway, a poller) that run in the processes of a role. They
      start before the role's own part and stop after it; if one ends by itself, its process ends.
    - `gauges`: counts what the service shows of its database; None if it shows nothing.
    - `needs`: name of an object store → a check that raises `Unavailable`, and says why, while it cannot be used; asked
      by processes with the role `api` or `worker`, which alone read and write it.
      A process waits for it at its start; later an API goes on without it.
    - `closing`: functions that are called when a process stops.
    """

    name: str
    title: str
    settings: ServiceSettings
    database: Database
    routers: Sequence[APIRouter]
    glossary: Glossary = field(default_factory=dict)
    subscription: Subscription | None = None
    effects: Mapping[str, Effect] = field(default_factory=dict)
    state: Mapping[str, Any] = field(default_factory=dict)
    limits: Mapping[str, int] = field(default_factory=dict)
    background: Mapping[ProcessRole, Sequence[Part]] = field(default_factory=dict)
    gauges: CountGauges | None = None
    concurrency: int = 8
    needs: Mapping[str, Callable[[], Awaitable[None]]] = field(default_factory=dict)
    closing: Sequence[Callable[[], Awaitable[None]]] = ()
