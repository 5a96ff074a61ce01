"""Maintenance: what is done with is pruned by index and in batches, what waits for people is kept and counted."""

import asyncio
import json
from datetime import datetime
from typing import Any

import pytest

from shared.contracts.registration import MEETING
from shared.database import Database
from shared.operations import maintenance
from shared.operations.maintenance import PRUNINGS, Maintenance, Pruning
from tests.shared.batches import redrive_all, refusing, take
from tests.shared.bus import event, execute, key_of, numbered, quiet, rows, running, sample, until, value
from tests.shared.work import job, write

OLD = "now() - interval '1 year'"
ROWS = 20_000
# So many rows of each table, a third of them old and done with; one old row in a hundred is not done with.
FILL = {
    "inbox": "INSERT INTO inbox SELECT 'c', '/', n::text, {moment} FROM generate_series(1, $1::int) n",
    "job": "INSERT INTO job (kind, name, key, payload, context, state, finished_at) SELECT 'k', n::text, n::text,"
    " '{{}}', '{{}}', CASE WHEN n % 100 = 0 THEN 'dead' WHEN n % 2 = 0 THEN 'discarded' ELSE 'done' END, {moment}"
    " FROM generate_series(1, $1::int) n",
    "outbox_published": "INSERT INTO outbox_published SELECT n, gen_random_uuid(), 'a', 'a', n, 't', 't', 'k', '{{}}',"
    " NULL, now(), {moment} FROM generate_series(1, $1::int) n",
    "idempotency_key": "INSERT INTO idempotency_key SELECT 'a', n::text, '', 200, '{{}}', '', {moment}"
    " FROM generate_series(1, $1::int) n",
    "dead_letter": 'INSERT INTO dead_letter (consumer, topic, partition, "offset", key, headers, error, attempts,'
    " state, last_at) SELECT 'c', 't', 0, n, '', '[]', 'e', 1, CASE WHEN n % 100 = 0 THEN 'dead' ELSE 'redriven' END,"
    " {moment} FROM generate_series(1, $1::int) n",
}
INDEXES = {
    "inbox": "inbox_received_at",
    "job": "job_ended",
    "outbox_published": "outbox_published_at",
    "idempotency_key": "idempotency_key_created_at",
    "dead_letter": "dead_letter_closed",
}
each_table = pytest.mark.parametrize("pruning", PRUNINGS, ids=[pruning.table for pruning in PRUNINGS])


async def fill(kernel: Database, table: str, number: int = ROWS) -> None:
    moment = f"CASE WHEN n % 3 = 0 THEN {OLD} + n * interval '1 ms' ELSE now() END"
    await execute(kernel, FILL[table].format(moment=moment), number)
    await execute(kernel, f"ANALYZE {table}")


def scans(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """Every node of a plan that reads a table."""
    below = [scan for child in plan.get("Plans", []) for scan in scans(child)]
    return ([plan] if "Relation Name" in plan and plan["Node Type"] != "ModifyTable" else []) + below


async def explained(kernel: Database, pruning: Pruning, batch: int) -> dict[str, Any]:
    """What the statement really did; it is rolled back."""
    async with kernel.transaction() as connection:
        query = f"EXPLAIN (ANALYZE, FORMAT JSON) {pruning.statement}"
        plan: dict[str, Any] = json.loads(await connection.fetchval(query, pruning.kept, batch, None))[0]["Plan"]
    return plan


@each_table
async def test_a_batch_reads_by_its_index_and_no_more_rows_than_it_deletes(kernel: Database, pruning: Pruning) -> None:
    await fill(kernel, pruning.table)
    found = scans(await explained(kernel, pruning, 500))
    assert [scan for scan in found if scan["Node Type"] == "Seq Scan"] == []
    assert INDEXES[pruning.table] in {scan.get("Index Name") for scan in found}
    assert [scan["Actual Rows"] for scan in found] == [500] * len(found)
    assert sum(scan.get("Rows Removed by Filter", 0) for scan in found) == 0


@each_table
async def test_the_tenth_batch_costs_what_the_first_did(kernel: Database, pruning: Pruning) -> None:
    """In pages: what was deleted is not read again and again, also while somebody might still want to see it."""
    await fill(kernel, pruning.table)
    async with kernel.reading() as long_ago:
        await long_ago.fetchval("SELECT count(*) FROM inbox")
        costs, reached = [], None
        for _ in range(10):
            pages, reached = await cost(kernel, pruning, 500, reached)
            costs.append(pages)
    assert max(costs[1:]) < 2 * costs[0]


async def cost(kernel: Database, pruning: Pruning, batch: int, reached: datetime | None) -> tuple[int, datetime | None]:
    """The pages among which a batch finds its rows, and the moment that it reaches; it is committed."""
    oldest = f"SELECT {pruning.moment} AS moment FROM {pruning.table} WHERE {over(pruning)} ORDER BY 1 LIMIT $1"  # noqa: S608 -- constants
    query = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {pruning.statement}"
    async with kernel.transaction() as connection:
        reaches = await connection.fetchval(f"SELECT max(moment) FROM ({oldest}) AS oldest", batch)  # noqa: S608 -- constants
        plan = json.loads(await connection.fetchval(query, pruning.kept, batch, reached))[0]["Plan"]
    (found,) = [scan for scan in scans(plan) if scan.get("Index Name") == INDEXES[pruning.table]]
    return int(found["Shared Hit Blocks"] + found["Shared Read Blocks"]), reaches


@each_table
async def test_all_that_is_old_and_done_with_goes_and_nothing_else(
    kernel: Database, pruning: Pruning, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maintenance, "BATCH", 100)
    await fill(kernel, pruning.table, 1_200)
    async with running(Maintenance(kernel)):
        await until(lambda: value(kernel, f"SELECT NOT EXISTS (SELECT FROM {pruning.table} WHERE {over(pruning)})"))  # noqa: S608 -- constants
    kept = await value(kernel, f"SELECT count(*) FROM {pruning.table}")  # noqa: S608 -- constants
    assert kept == (800 if pruning.over == "true" else 804)  # four old ones are not done with


def over(pruning: Pruning) -> str:
    return f"{pruning.over} AND {pruning.moment} < {OLD} + interval '1 hour'"


async def test_a_table_that_another_process_prunes_is_left_to_it_and_the_others_go_on(kernel: Database) -> None:
    await fill(kernel, "inbox", 300)
    await fill(kernel, "job", 300)
    stop = asyncio.Event()
    async with kernel.transaction() as connection:
        await connection.fetchval("SELECT pg_advisory_xact_lock(hashtextextended('prune inbox', 0))")
        turn = asyncio.create_task(Maintenance(kernel).run(stop, quiet))
        await until(lambda: value(kernel, "SELECT count(*) = 201 FROM job"))
        stop.set()
        await turn
    assert await value(kernel, "SELECT count(*) FROM inbox") == 300


async def test_letters_keys_and_dead_jobs_that_wait_show_in_the_metrics(kernel: Database) -> None:
    records = [event("a", 1), event("a", 2), event("b", 1)]
    await take(kernel, numbered(records, topic=MEETING.name), refusing(1))
    await execute(kernel, "UPDATE dead_letter SET first_at = now() - interval '1 hour'")
    await write(kernel, job("a"), job("b"))
    await execute(kernel, "UPDATE job SET state = 'dead'")

    def shown() -> list[float]:
        topic = MEETING.name
        return [
            sample("pasum_dead_letters", topic=topic, state="dead"),
            sample("pasum_dead_letters", topic=topic, state="parked"),
            sample("pasum_dead_letter_keys", topic=topic),
            sample("pasum_jobs_dead", kind="send"),
        ]

    async with running(Maintenance(kernel)):
        await until(lambda: shown() == [1, 1, 1, 2])
        assert sample("pasum_dead_letters_oldest_seconds", topic=MEETING.name) >= 3600
    await redrive_all(kernel, 1)
    await execute(kernel, "UPDATE job SET state = 'discarded'")
    async with running(Maintenance(kernel)):
        await until(lambda: shown() == [0, 0, 0, 0])


async def test_open_letters_are_kept_however_old(kernel: Database) -> None:
    await take(kernel, numbered([event("a", 1), event("a", 2), event("b", 1)]), refusing(1))
    await take(kernel, numbered([event("c", 1, key=None), event("c", 2)], first=3), refusing(1, name="c"))
    await redrive_all(kernel, 3)
    await execute(kernel, f"UPDATE dead_letter SET first_at = {OLD}, last_at = {OLD}")  # noqa: S608 -- constant
    async with running(Maintenance(kernel)):
        await until(lambda: value(kernel, "SELECT count(*) = 2 FROM dead_letter"))
    assert await rows(kernel, "SELECT state FROM dead_letter ORDER BY id") == [("dead",), ("parked",)]
    assert await rows(kernel, "SELECT key FROM dead_letter LIMIT 1") == [(str(key_of("a")),)]
