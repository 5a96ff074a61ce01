"""What the four databases hold, each read in one snapshot and in pieces, so that a long run needs little memory."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final, TypeAlias

import asyncpg

from tests.chaos.history import (
    Attempt,
    Effect,
    Leases,
    Letter,
    Number,
    Outbox,
    Position,
    Record,
    Row,
    Taken,
)
from tests.chaos.inspection import queries
from tests.chaos.records import Columns

PIECE: Final = 2_000  # rows

_Found: TypeAlias = Mapping[str, Any]
_Build: TypeAlias = Callable[[_Found], Record]
_OWN_MEMBERS: Final = frozenset({"id", "ref", "version", "state"})


async def databases(addresses: Mapping[str, str]) -> AsyncIterator[Sequence[Record]]:
    """Batches of records of all services; `addresses`: service → connection URI."""
    for service, uri in addresses.items():
        connection = await asyncpg.connect(uri)
        try:
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                for query, build in _asked(service):
                    async for piece in _pieces(connection, query):
                        yield [build(row) for row in piece]
        finally:
            await connection.close()


def _asked(service: str) -> Iterator[tuple[str, _Build]]:
    """Each query to the database of `service`, with the record that a row of its answer becomes."""
    for table, query in queries.ROWS[service].items():
        yield query, partial(_row, service, table)
    for what, query in queries.EFFECTS[service].items():
        yield query, partial(_effect, service, what)
    for query in queries.NUMBERS.get(service, ()):
        yield query, _number
    yield queries.INBOX, partial(_taken, service)
    yield queries.POSITIONS, partial(_position, service)
    yield queries.OUTBOX, lambda found: Outbox(service=service, **found)
    yield queries.LEASES, lambda found: Leases(service=service, **found)
    yield queries.LETTERS, lambda found: Letter(service=service, **found)
    if service == "notification":
        yield queries.ATTEMPTS, _attempt


async def _pieces(connection: "asyncpg.Connection[asyncpg.Record]", query: str) -> AsyncIterator[Sequence[_Found]]:
    cursor = await connection.cursor(query)
    while piece := await cursor.fetch(PIECE):
        yield [dict(row) for row in piece]


def _row(service: str, table: str, found: _Found) -> Row:
    return Row(
        service=service,
        table=table,
        id=str(found["id"]),
        version=found.get("version"),
        state=found.get("state"),
        columns=_columns(found),
    )


def _effect(service: str, what: str, found: _Found) -> Effect:
    own = {"state": found["state"]} if "state" in found else {}
    return Effect(service=service, what=what, ref=str(found["ref"]), id=str(found["id"]), columns=own | _columns(found))


def _columns(found: _Found) -> Columns:
    return {name: _plain(value) for name, value in found.items() if name not in _OWN_MEMBERS}


def _plain(value: Any) -> str | int | None:
    return value if value is None or isinstance(value, int) else str(value)


def _number(found: _Found) -> Number:
    return Number(series=found["series"], number=found["number"], ref=str(found["ref"]))


def _taken(service: str, found: _Found) -> Taken:
    return Taken(service=service, source=found["source"], event_id=found["event_id"])


def _position(service: str, found: _Found) -> Position:
    return Position(service=service, **found)


def _attempt(found: _Found) -> Attempt:
    named: dict[str, Any] = {name: str(found[name]) for name in ("message_id", "key", "channel")}
    return Attempt(**named, number=found["number"], outcome=found["outcome"])
