# ruff: noqa: SLF001 -- production's statements are what is modelled
"""The model's answers to the workers, to the HTTP handlers, and to the venues of these tests."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from shared.http import idempotency
from shared.messaging import jobs
from tests.model.answers import Found, Rows, Status, answers, insert, one
from tests.model.rows import Transaction, Values

# Jobs and their worker.


@answers(jobs._ENQUEUE)
async def enqueue(session: Any, transaction: Transaction, *columns: Sequence[Any]) -> Found:
    names = ("kind", "name", "key", "payload", "context", "due_at", "deadline")
    written = 0
    for values in zip(*columns, strict=True):
        job = dict(zip(names, values, strict=True))
        number = next(session.space.tables["job"].numbers)
        job["due_at"] = transaction.started + (job["due_at"] or timedelta())
        job["deadline"] = job["deadline"] and transaction.started + job["deadline"]
        job |= {"id": number, "state": "ready", "attempts": 0}
        job |= {"fence": 0, "lease_until": None, "error": None, "finished_at": None}
        written += await transaction.insert("job", job) is not None
    return Status(f"INSERT 0 {written}")


@answers(jobs._STATE)
async def state_of_jobs(_: Any, transaction: Transaction) -> Found:
    now = transaction.started
    due = [one["due_at"] for _, one in transaction.scan("job") if one["state"] == "ready" and one["due_at"] <= now]
    return [{"count": len(due), "coalesce": (now - min(due)).total_seconds() if due else 0.0}]


@answers(jobs._CLAIM)
async def claim_jobs(_: Any, transaction: Transaction, kinds: Sequence[str], limit: int, lease: timedelta) -> Found:
    now = transaction.started
    seen = [(row, values) for row, values in transaction.scan("job")]
    due = [(row, job) for row, job in seen if _due(job, now, kinds) and _first_of_key(job, [each for _, each in seen])]
    claimed: Rows = []
    for row, job in sorted(due, key=lambda pair: (pair[1]["due_at"], pair[1]["id"])):
        if len(claimed) < limit and transaction.lockable(row):
            current = await transaction.lock(row)
            assert current is not None
            counted = {"attempts": job["attempts"] + 1, "fence": job["fence"] + 1, "lease_until": now + lease}
            taken = {**current, "state": "running", **counted}
            transaction.write("job", row, taken)
            claimed.append(taken)
    names = ("id", "kind", "name", "key", "payload", "context", "attempts", "fence")
    return [{name: job[name] for name in names} for job in claimed]


@answers(jobs._DONE)
async def end_job(_: Any, transaction: Transaction, number: int, fence: int) -> Found:
    done = {"state": "done", "finished_at": transaction.started, "lease_until": None, "error": None}
    return updated(await change_job(transaction, number, lambda _: done, lambda job: _in_hand(job, fence)))


@answers(jobs._AGAIN)
async def retry_job(_: Any, transaction: Transaction, number: int, fence: int, *how: Any) -> Found:
    last, wait, error = how
    due = transaction.started + wait

    def again(job: Values) -> Values:
        over = last or (job["deadline"] is not None and due > job["deadline"])
        ended = {"state": "dead" if over else "ready", "finished_at": transaction.started if over else None}
        return ended | {"due_at": due, "lease_until": None, "error": error}

    job = await change_job(transaction, number, again, lambda job: _in_hand(job, fence))
    return [{"state": job["state"]}] if job else []


async def change_job(
    transaction: Transaction, number: int, changes: Callable[[Values], Values], admitted: Callable[[Values], bool]
) -> Values | None:
    """UPDATE one job where it is still admitted once it is locked; the row as it is now."""
    row = one(transaction, "job", id=number)
    if row is None or not admitted(transaction.seen(row) or {"state": "", "fence": 0}):
        return None
    now = await transaction.lock(row)
    if now is None or not admitted(now):
        return None
    changed = {**now, **changes(now)}
    transaction.write("job", row, changed)
    return changed


def updated(row: Values | None) -> Status:
    """What an UPDATE of one row says when it returns nothing."""
    return Status(f"UPDATE {0 if row is None else 1}")


# HTTP.


@answers(idempotency._TAKE)
async def recall(session: Any, transaction: Transaction, *columns: Sequence[Any]) -> Found:
    found: Rows = []
    for actor, key, lock in zip(*columns, strict=True):
        holder = session.space.advisory.setdefault((lock,), transaction)
        row = one(transaction, "idempotency_key", actor=actor, key=key)
        stored = (transaction.seen(row) if row is not None else None) or {}
        kept = {name: stored.get(name) for name in ("request_hash", "status", "headers", "body")}
        found.append({"actor": actor, "key": key, "free": holder is transaction, **kept})
    return found


@answers(idempotency._KEEP)
async def keep(_: Any, transaction: Transaction, *columns: Sequence[Any]) -> Found:
    names = ("actor", "key", "request_hash", "status", "headers", "body")
    for values in zip(*columns, strict=True):
        await insert(transaction, "idempotency_key", dict(zip(names, values, strict=True)))
    return Status(f"INSERT 0 {len(columns[0])}")


# What these tests say themselves.

LOCK_VENUE = "SELECT taken, version FROM venue WHERE id = $1 FOR UPDATE"
OPEN_VENUE = "INSERT INTO venue (id, seats, taken, version) VALUES ($1, $2, 0, 0)"
SEAT = "UPDATE venue SET taken = $2, version = $3 WHERE id = $1"
HEAR = "INSERT INTO heard (event_id, subject, seq) VALUES ($1, $2, $3)"


@answers(OPEN_VENUE)
async def open_venue(_: Any, transaction: Transaction, venue: str, seats: int) -> Found:
    await insert(transaction, "venue", {"id": venue, "seats": seats, "taken": 0, "version": 0})
    return Status("INSERT 0 1")


@answers(LOCK_VENUE)
async def lock_venue(_: Any, transaction: Transaction, venue: str) -> Found:
    row = one(transaction, "venue", id=venue)
    now = None if row is None else await transaction.lock(row)
    return [] if now is None else [{"taken": now["taken"], "version": now["version"]}]


@answers(SEAT)
async def seat(_: Any, transaction: Transaction, venue: str, taken: int, version: int) -> Found:
    row = one(transaction, "venue", id=venue)
    now = None if row is None else await transaction.lock(row)
    if row is None or now is None:
        return Status("UPDATE 0")
    transaction.write("venue", row, {**now, "taken": taken, "version": version})
    return Status("UPDATE 1")


@answers(HEAR)
async def hear(session: Any, transaction: Transaction, event_id: str, subject: str | None, seq: int | None) -> Found:
    number = next(session.space.tables["heard"].numbers)
    await transaction.insert("heard", {"n": number, "event_id": event_id, "subject": subject, "seq": seq})
    return Status("INSERT 0 1")


def _in_hand(job: Values, fence: int) -> bool:
    return bool(job["state"] == "running" and job["fence"] == fence)


def _due(job: Values, now: Any, kinds: Sequence[str]) -> bool:
    lost = job["state"] == "running" and job["lease_until"] < now
    return bool(job["due_at"] <= now) and job["kind"] in kinds and bool(job["state"] == "ready" or lost)


def _first_of_key(job: Values, others: Sequence[Mapping[str, Any]]) -> bool:
    same = [one for one in others if one["key"] == job["key"] and one["state"] in ("ready", "running")]
    earlier = any(one["id"] < job["id"] for one in same)
    return not earlier and not any(one["state"] == "running" and one["id"] > job["id"] for one in same)
