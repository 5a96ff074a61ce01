"""Handlers: what a service does with the facts of others, a run of new ones at a time.

Contract: a handler runs inside the transaction on the connection it is given, sees each event of its topics once and in
the order of its aggregate, and does nothing outside the database (that is a job). An exception means: there is an event
among these that cannot be taken as it is; they then come again one by one, each on a savepoint of its own.

A run is what is new in a batch, one or several hundred events: a projection keeps it with one statement. What follows
from an event, as a fact or as a job, is written inside `effect_of(event)`; who has no use for runs is `one_by_one`.
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from typing import Final, NoReturn, TypeAlias, cast

from shared.database import Connection
from shared.messaging.cloudevents import CAUSE, Cause, Envelope
from shared.observability.tracing import span

Handler: TypeAlias = Callable[[Connection, Sequence[Envelope]], Awaitable[None]]
EventHandler: TypeAlias = Callable[[Connection, Envelope], Awaitable[None]]


class _Several:
    """The cause of a run: none in particular, and whoever asks for one has forgotten `effect_of`."""

    def __getattr__(self, name: str) -> NoReturn:
        raise LookupError("what is written while a run is handled must say which event it follows from")


_SEVERAL: Final = cast("Cause", _Several())


@contextmanager
def effect_of(event: Envelope) -> Iterator[None]:
    """What is written inside is an effect of `event` and belongs to its trace."""
    token = CAUSE.set(event.cause)
    try:
        with span(f"handle {event.type}", traceparent=event.traceparent):
            yield
    finally:
        CAUSE.reset(token)


def one_by_one(handler: EventHandler) -> Handler:
    """A handler that takes the events of a run one after the other; all that it writes is the effect of the one."""

    @wraps(handler)
    async def hear(connection: Connection, events: Sequence[Envelope]) -> None:
        for event in events:
            with effect_of(event):
                await handler(connection, event)

    return hear


async def handle(connection: Connection, handler: Handler, event: Envelope) -> None:
    """Have one event handled."""
    with effect_of(event):
        await handler(connection, [event])


async def handle_run(connection: Connection, handler: Handler, events: Sequence[Envelope]) -> None:
    """Have a run of events handled; it must say itself what follows from which."""
    token = CAUSE.set(_SEVERAL)
    try:
        await handler(connection, events)
    finally:
        CAUSE.reset(token)
