"""Handlers: functions of a service that process the events of other services, several at a time.

The contract: a handler runs in the transaction of the connection it is given, gets each event once and in the order of
its aggregate, and does nothing outside the database (a job does that). If it raises, one of the events could not be
processed; all of them are then given to it again one by one, each on its own savepoint.

A call has all new events of a batch, from one to several hundred, so that a projection can store them with one
statement. Facts and jobs that follow from an event are written inside `effect_of(event)`. A handler that has no use for
several events at a time is wrapped in `one_by_one`.
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
    """Stands for the cause while several events are handled: using it raises, as `effect_of` was forgotten."""

    def __getattr__(self, name: str) -> NoReturn:
        raise LookupError("what is written while a run is handled must say which event it follows from")


_SEVERAL: Final = cast("Cause", _Several())


@contextmanager
def effect_of(event: Envelope) -> Iterator[None]:
    """Context in which everything that is written has `event` as its cause and belongs to its trace."""
    token = CAUSE.set(event.cause)
    try:
        with span(f"handle {event.type}", traceparent=event.traceparent):
            yield
    finally:
        CAUSE.reset(token)


def one_by_one(handler: EventHandler) -> Handler:
    """Make a handler of a function that takes one event; each call is inside `effect_of` its event."""

    @wraps(handler)
    async def handle_events(connection: Connection, events: Sequence[Envelope]) -> None:
        for event in events:
            with effect_of(event):
                await handler(connection, event)

    return handle_events


async def handle(connection: Connection, handler: Handler, event: Envelope) -> None:
    """Call the handler with one event, inside `effect_of` that event; raises what the handler raises."""
    with effect_of(event):
        await handler(connection, [event])


async def handle_run(connection: Connection, handler: Handler, events: Sequence[Envelope]) -> None:
    """Call the handler with several events; it must use `effect_of` itself. Raises what the handler raises."""
    token = CAUSE.set(_SEVERAL)
    try:
        await handler(connection, events)
    finally:
        CAUSE.reset(token)
