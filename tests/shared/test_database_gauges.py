"""Gauges of the database: one process counts them for all, and nobody shows a value that is not true any more."""

import asyncio

import pytest
from prometheus_client import Gauge

from shared.database import Connection, Database
from shared.observability.gauges import GaugeValues
from shared.operations import database_gauges
from shared.operations.database_gauges import DatabaseGauges
from tests.shared.bus import execute, running, until, value

LETTERS = Gauge("tests_letters", "Rows by letter.", ("letter",), registry=None)
CUT_OFF = """
SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_database ON pg_database.oid = database
WHERE locktype = 'advisory' AND datname = current_database()
"""


async def count(connection: Connection) -> GaugeValues:
    rows = await connection.fetch("SELECT subject, count(*) FROM heard GROUP BY subject")
    return {LETTERS: {(subject,): number for subject, number in rows}}


def shown() -> dict[str, float]:
    (family,) = LETTERS.collect()
    return {sample.labels["letter"]: sample.value for sample in family.samples}


@pytest.fixture(autouse=True)
async def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_gauges, "EVERY_SECONDS", 0.01)


async def say(kernel: Database, *letters: str) -> None:
    for letter in letters:
        await execute(kernel, "INSERT INTO heard (subject) VALUES ($1)", letter)


async def test_the_database_is_counted_again_and_again(kernel: Database) -> None:
    await say(kernel, "a", "a", "b")
    async with running(DatabaseGauges(kernel, count)):
        await until(lambda: shown() == {"a": 2, "b": 1})
        await execute(kernel, "DELETE FROM heard WHERE subject = 'a'")
        await say(kernel, "c")
        await until(lambda: shown() == {"b": 1, "c": 1})


async def test_a_process_that_ends_takes_its_values_with_it(kernel: Database) -> None:
    await say(kernel, "a")
    async with running(DatabaseGauges(kernel, count)):
        await until(lambda: shown() == {"a": 1})
    assert shown() == {}


async def test_of_two_processes_one_counts_and_the_other_takes_over(kernel: Database) -> None:
    counted: list[str] = []

    def counting(name: str) -> DatabaseGauges:
        async def one(connection: Connection) -> GaugeValues:
            counted.append(name)
            return await count(connection)

        return DatabaseGauges(kernel, one)

    beats = asyncio.Event()
    async with running(counting("first")):
        await until(lambda: len(counted) > 3)
        async with running(counting("second"), beats.set):
            await beats.wait()
            await until(lambda: len(counted) > 10)
            assert set(counted) == {"first"}
            await value(kernel, CUT_OFF)
            await until(lambda: "second" in counted)


async def test_without_the_database_nothing_is_shown_until_it_is_back(kernel: Database) -> None:
    await say(kernel, "a")
    async with running(DatabaseGauges(kernel, count)):
        await until(lambda: shown() == {"a": 1})
        await value(kernel, CUT_OFF)
        await until(lambda: shown() == {})
        await until(lambda: shown() == {"a": 1})
