"""The meeting was played: all facts come again and change nothing; new consumers learn it and tell nobody anew."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import asyncpg
import pytest

from deploy.local.processes import inherited
from deploy.local.system import System
from pasum.api import Client, addresses
from pasum.demo.demonstration import Demonstration
from pasum.demo.report import settle
from pasum.kafka import settings_of
from services.archive import subscribers as archive
from services.minutes import subscribers as minutes
from services.notification import subscribers as notification
from shared.contracts import SERVICE_NAMES
from shared.database import Database
from shared.messaging.consumer.handlers import Handler
from shared.messaging.consumer.rebuild import RebuildTarget, rebuild
from tests.e2e.first_hour import FirstHour

pytestmark = pytest.mark.timeout(600)

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
ROWS = "SELECT coalesce(string_agg(row::text, E'\\n' ORDER BY row::text), '') FROM (SELECT {columns} FROM {table}) row"
ON_THE_WAY = (
    "SELECT count(*) FROM message WHERE status IN ('created', 'sending') OR (channel = 'sms' AND status = 'sent')"
)
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Learning:
    """A service that begins anew: how it learns, and the tables that it learns."""

    group: str
    topics: tuple[str, ...]
    projection: Handler
    tables: Mapping[str, str]


LEARNING = {
    "notification": Learning(
        group=notification.GROUP,
        topics=notification.TOPICS,
        projection=notification.learn,
        tables=dict.fromkeys(("person", "organisation", "meeting", "registration", "minutes", "postponed"), "*"),
    ),
    "minutes": Learning(
        group=minutes.GROUP,
        topics=minutes.TOPICS,
        projection=minutes.learn,
        tables=dict.fromkeys(("person", "organisation", "meeting", "participant"), "*"),
    ),
    "archive": Learning(
        group=archive.GROUP,
        topics=archive.TOPICS,
        projection=archive.learn,
        tables={"fact": "source, event_id, type, topic, subject, sequence, occurred_at, meeting_id, sha256"},
    ),
}


@dataclass(frozen=True, slots=True)
class Played:
    """The system after the play; `found` is where everything is."""

    system: System
    found: Mapping[str, Any]

    def handed_over(self) -> dict[str, int]:
        """What gateway and mailbox were asked, counted by themselves."""
        with Client(self.found["services"]["sms"]) as sms, Client(self.found["services"]["mailbox"]) as mailbox:
            return {name: one.get("/messages/count")["count"] for name, one in (("sms", sms), ("mails", mailbox))}

    def contents(self) -> dict[str, str]:
        """Every row of every table of every service, but for the inboxes."""
        return {
            f"{service} {table}": rows for service in SERVICE_NAMES for table, rows in self._tables(service).items()
        }

    def command(self, service: str, *arguments: str, **changes: str) -> int:
        """Run a service's command to its end, as its own users."""
        environment = inherited(**{**self.system.environment(service, smtp_port=self.found["smtp"]["port"]), **changes})
        argv = [sys.executable, "-m", f"services.{service}.main", *arguments]
        return subprocess.run(argv, env=environment, stdout=subprocess.DEVNULL, check=False).returncode

    def settle(self) -> None:
        """Wait until nothing is on its way, receipts among it."""
        asyncio.run(settle(self.found))
        until = time.monotonic() + PATIENCE_SECONDS
        while asked(self.found["databases"]["notification"], ON_THE_WAY) and time.monotonic() < until:
            time.sleep(0.2)
        asyncio.run(settle(self.found))

    def stop(self) -> None:
        """Stop the services; their servers and counterparts go on."""
        for service in SERVICE_NAMES:
            self.system.running[service].stop()

    def _tables(self, service: str) -> dict[str, str]:
        dsn = self.found["databases"][service]
        tables = [row["tablename"] for row in asyncio.run(_fetch(dsn, TABLES))]
        return {table: rows(dsn, table) for table in tables if table != "inbox"}


@pytest.fixture(scope="module")
def played(system: System, first_hour: FirstHour) -> Iterator[Played]:  # noqa: ARG001 -- it comes first, and its facts come again too
    """The play of 19 September 2022 after the meeting of the first hour, with the services stopped at the end.

    They run again for the tests of other modules.
    """
    found = addresses(system.stack.address_file)
    with Demonstration(found, lambda *_: None) as demonstration:
        demonstration.run()
    result = Played(system, found)
    result.settle()
    result.stop()
    yield result
    for service in SERVICE_NAMES:
        system.restart(service)


def test_a_full_replay_after_the_inboxes_were_pruned_changes_nothing(played: Played) -> None:
    before, told = played.contents(), played.handed_over()
    taken = {
        service: asked(played.found["databases"][service], "SELECT count(*) FROM inbox") for service in SERVICE_NAMES
    }
    for service in SERVICE_NAMES:
        asyncio.run(_execute(played.found["databases"][service], "TRUNCATE inbox"))
    assert [played.command(service, "replay") for service in SERVICE_NAMES] == [0] * len(SERVICE_NAMES)
    for service in SERVICE_NAMES:
        played.system.restart(service)
    played.settle()
    played.stop()
    again = {
        service: asked(played.found["databases"][service], "SELECT count(*) FROM inbox") for service in SERVICE_NAMES
    }
    assert (again, min(again.values()) > 0) == (taken, True)  # everything did come again
    after = played.contents()
    assert [name for name in before | after if before.get(name) != after.get(name)] == []
    assert played.handed_over() == told


@pytest.mark.parametrize("service", sorted(LEARNING))
@pytest.mark.parametrize("anew", [False, True], ids=["its own group", "a new group"])
def test_a_new_consumer_is_built_from_the_topics_alone_and_tells_nobody_anything(
    played: Played, service: str, *, anew: bool
) -> None:
    told, learning = played.handed_over(), LEARNING[service]
    name = f"{service}_{'anew' if anew else 'again'}"
    postgres = played.system.stack.postgres
    assert postgres is not None
    dsn = postgres.create_database(name, owner=name, password=name)
    environment = {f"{service.upper()}_DATABASE_DSN": dsn}
    asyncio.run(_execute(postgres.dsn(name), "CREATE EXTENSION IF NOT EXISTS pg_trgm"))
    assert played.command(service, "migrate", **environment) == 0
    if anew:
        asyncio.run(learn(played, learning, dsn, f"{learning.group}.anew"))
    else:
        assert played.command(service, "rebuild", **environment) == 0
    living = played.found["databases"][service]
    same = {table: rows(dsn, table, columns) for table, columns in learning.tables.items()}
    assert same == {table: rows(living, table, columns) for table, columns in learning.tables.items()}
    assert [table for table, text in same.items() if not text and table != "postponed"] == []
    silent = [asked(dsn, f"SELECT count(*) FROM {table}") for table in ("outbox", "job", "dead_letter")]  # noqa: S608 -- constants
    assert (silent, played.handed_over()) == ([0, 0, 0], told)


async def learn(played: Played, learning: Learning, dsn: str, group: str) -> None:
    """As `rebuild` of the command line, for a group that has never been."""
    database = Database(dsn)
    await database.open()
    try:
        learner = RebuildTarget(database=database, group=group, topics=learning.topics, projection=learning.projection)
        await rebuild(learner, settings_of(played.found["kafka"]), client_id="tests")
    finally:
        await database.close()


def rows(dsn: str, table: str, columns: str = "*") -> str:
    """All rows of a table as text, in an order of their own."""
    return str(asked(dsn, ROWS.format(table=table, columns=columns)))


def asked(dsn: str, query: str) -> Any:
    """One value."""
    return asyncio.run(_fetch(dsn, query))[0][0]


async def _fetch(dsn: str, query: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetch(query)
    finally:
        await connection.close()


async def _execute(dsn: str, query: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(query)
    finally:
        await connection.close()
