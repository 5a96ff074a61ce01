"""`pasum restore-check`: compares the databases after a restore, before anything is started on them.

A reader that has processed a fact which its owner does not know was restored to a later point than the owner. The owner
would give the same sequence number to another fact, and the reader would skip it without a word.
"""

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

import asyncpg
import typer
from rich.console import Console
from rich.table import Table

from pasum.api import addresses
from shared.contracts import SERVICE_NAMES, TOPICS

MOST_HOURS: Final = 144  # published facts are kept for seven days
_NEWEST: Final = """
SELECT greatest((SELECT max(event_id::text) FROM outbox), (SELECT max(event_id::text) FROM outbox_published),
                (SELECT max(event_id) FROM inbox))
"""
_MADE: Final = """
SELECT event_id::text, topic FROM outbox WHERE event_id >= $1
UNION ALL SELECT event_id::text, topic FROM outbox_published WHERE event_id >= $1
"""
_PROCESSED: Final = "SELECT event_id FROM inbox WHERE starts_with(source, $1) AND event_id >= $2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One reader and one owner.

    - `forgotten`: facts that the reader has processed and the owner does not know.
    - `missing`: facts of the owner that the reader has not processed; they come when they are published (again).
    """

    reader: str
    owner: str
    forgotten: int
    missing: int


async def compare(databases: Mapping[str, str], *, hours: int) -> list[Comparison]:
    """Compare all pairs, for the facts of the last `hours` before the newest one; `databases` are DSNs by service."""
    opened = {service: await asyncpg.connect(dsn) for service, dsn in databases.items()}
    try:
        newest = max([one for each in opened.values() if (one := await each.fetchval(_NEWEST))], default=None)
        since = _before(UUID(newest), hours) if newest else UUID(int=0)
        return [
            await _compare(opened, reader, owner, since)
            for reader in opened
            for owner in opened
            if any(topic.owner == owner and reader in topic.readers for topic in TOPICS.values())
        ]
    finally:
        for each in opened.values():
            await each.close()


async def _compare(
    opened: "Mapping[str, asyncpg.Connection[asyncpg.Record]]", reader: str, owner: str, since: UUID
) -> Comparison:
    made = await opened[owner].fetch(_MADE, since)
    processed = await opened[reader].fetch(_PROCESSED, f"/eoffice/{owner}/", str(since))
    known, taken = {row["event_id"] for row in made}, {row["event_id"] for row in processed}
    wanted = {row["event_id"] for row in made if reader in TOPICS[row["topic"]].readers}
    return Comparison(reader=reader, owner=owner, forgotten=len(taken - known), missing=len(wanted - taken))


def _before(newest: UUID, hours: int) -> UUID:
    """The lowest UUID v7 that was made at most `hours` before `newest`; its first 48 bits are milliseconds."""
    moment = (newest.int >> 80) - int(timedelta(hours=hours).total_seconds() * 1000)
    return UUID(int=max(0, moment) << 80)


def databases_here() -> dict[str, str]:
    """The DSN of each service: from `<SERVICE>_DATABASE_DSN`, or from the running system."""
    given = {service: os.environ.get(f"{service.upper()}_DATABASE_DSN") for service in SERVICE_NAMES}
    known = {} if all(given.values()) else addresses()["databases"]
    return {service: dsn or known[service] for service, dsn in given.items()}


def show_comparison(console: Console, *, hours: int) -> int:
    """Print the comparison; returns exit code 1 if an owner has forgotten facts that a reader has processed."""
    if not 1 <= hours <= MOST_HOURS:
        message = f"between 1 and {MOST_HOURS}: older facts are not kept"
        raise typer.BadParameter(message)
    found = asyncio.run(compare(databases_here(), hours=hours))
    table = Table("reader", "owner", "forgotten by the owner", "not processed yet")
    for each in found:
        table.add_row(each.reader, each.owner, str(each.forgotten), str(each.missing))
    console.print(table)
    behind = sorted({each.owner for each in found if each.forgotten})
    if behind:
        console.print(
            f"{', '.join(behind)}: restored to an earlier point than its readers. Start nothing; restore all databases"
            " to the same point (docs/howto/backup-and-restore.md).",
            style="red",
        )
    return 1 if behind else 0
