# ruff: noqa: SLF001 -- production's statements are what is modelled
"""The model's answers to the pool, the relay and the consumer: outbox, inbox, positions, dead letters."""

from collections.abc import Sequence
from typing import Any

from shared.messaging import outbox
from shared.messaging.consumer import batch, dead_letters, halt, inbox
from shared.messaging.relay import horizon, relay
from tests.model.answers import Found, Status, answers, insert, one
from tests.model.rows import Space, Transaction, Values

# The pool.

READ_ONLY = "SELECT current_setting('transaction_read_only')"  # what `Database.check` asks


@answers(READ_ONLY)
async def read_only(_: Any, __: Transaction) -> Found:
    return [{"current_setting": "off"}]


# The outbox and its relay.


@answers(outbox._INSERT)
async def insert_outbox(session: Any, transaction: Transaction, *columns: Sequence[Any]) -> Found:
    names = ("event_id", "aggregate_type", "aggregate_id", "aggregate_seq", "type", "topic", "key")
    for values in zip(*columns, strict=True):
        number = next(session.space.tables["outbox"].numbers)
        row = dict(zip((*names, "headers", "payload"), values, strict=True)) | {"id": number}
        await insert(transaction, "outbox", row | {"created_at": transaction.started})
    return Status(f"INSERT 0 {len(columns[0])}")


@answers(horizon.READ)
async def read_outbox(session: Any, transaction: Transaction, hint: int, limit: int, *parked: Sequence[str]) -> Found:
    held = set(zip(*parked, strict=True))
    found = [
        values
        for _, values in transaction.scan("outbox")
        if values["id"] > hint and (values["topic"], values["key"]) not in held
    ]
    space: Space = session.space
    seen = {"running": space.xmin, "coming": space.next_xid}
    names = ("id", "topic", "key", "headers", "payload")
    return [{name: values[name] for name in names} | seen for values in _by_id(found)[:limit]]


@answers(relay._SWIFT)
async def set_swift(_: Any, __: Transaction) -> Found:
    return Status("SET")


@answers(relay._MOVE)
async def move_outbox(_: Any, transaction: Transaction, ids: Sequence[int]) -> Found:
    moved = 0
    for row, values in transaction.scan("outbox"):
        if values["id"] in ids and await transaction.lock(row) is not None:
            transaction.write("outbox", row, None)
            await insert(transaction, "outbox_published", {**values, "published_at": transaction.started})
            moved += 1
    return Status(f"INSERT 0 {moved}")


@answers(relay._CLAIM)
async def claim(session: Any, _: Transaction, lock: int) -> Found:
    space: Space = session.space
    return [{"pg_try_advisory_lock": space.advisory.setdefault((lock,), session) is session}]


@answers(relay._STATE)
async def state_of_outbox(_: Any, transaction: Transaction) -> Found:
    made = [values["created_at"] for _, values in transaction.scan("outbox")]
    oldest = (transaction.started - min(made)).total_seconds() if made else 0.0
    return [{"count": len(made), "coalesce": oldest}]


@answers(relay._PARK)
async def park(_: Any, transaction: Transaction, topic: str, key: str, error: str) -> Found:
    row = await transaction.insert("outbox_parked", {"topic": topic, "key": key, "error": error})
    return Status(f"INSERT 0 {int(row is not None)}")


@answers(relay._PARKED)
async def parked_keys(_: Any, transaction: Transaction) -> Found:
    return [{"topic": one["topic"], "key": one["key"]} for _, one in transaction.scan("outbox_parked")]


# The inbox and its consumer.


@answers(inbox._TAKE)
async def take_inbox(
    _: Any, transaction: Transaction, consumer: str, sources: Sequence[str], ids: Sequence[str]
) -> Found:
    new = []
    for source, event_id in zip(sources, ids, strict=True):
        if await transaction.insert("inbox", {"consumer": consumer, "source": source, "event_id": event_id}):
            new.append({"source": source, "event_id": event_id})
    return new


@answers(inbox._POSITIONS)
async def load_positions(
    _: Any, transaction: Transaction, consumer: str, sources: Sequence[str], subjects: Sequence[str]
) -> Found:
    asked = set(zip(sources, subjects, strict=True))
    found = []
    for row, values in transaction.scan("stream_position"):
        if values["consumer"] == consumer and (values["source"], values["subject"]) in asked:
            now = await transaction.lock(row)
            if now is not None:
                found.append({name: now[name] for name in ("source", "subject", "seq", "missing")})
    return found


@answers(inbox._MOVE)
async def save_positions(_: Any, transaction: Transaction, consumer: str, *columns: Sequence[Any]) -> Found:
    for source, subject, seq, missing in zip(*columns, strict=True):
        numbers = [int(number) for number in missing.split(",") if number]
        values = {"consumer": consumer, "source": source, "subject": subject, "seq": seq, "missing": numbers}
        while await transaction.insert("stream_position", values) is None:
            row = one(transaction, "stream_position", consumer=consumer, source=source, subject=subject)
            if row is not None and await transaction.lock(row) is not None:
                transaction.write("stream_position", row, values)
                break
    return Status(f"INSERT 0 {len(columns[0])}")


@answers(dead_letters._KEYS)
async def waiting_keys(_: Any, transaction: Transaction, consumer: str, topic: str, keys: Sequence[str]) -> Found:
    found = []
    for key in keys:
        for row, values in transaction.scan("dead_letter"):
            if key and (values["consumer"], values["topic"], values["key"]) == (consumer, topic, key) and _open(values):
                now = await transaction.lock(row, "share")
                if now is not None and _open(now):
                    found.append({"key": key})
                break
    return found


@answers(dead_letters._ADD)
async def add_letter(session: Any, transaction: Transaction, *values: Any) -> Found:
    names = ("consumer", "topic", "partition", "offset", "key", "raw_key", "headers", "value", "error", "state")
    letter = dict(zip(names, values, strict=True))
    number = next(session.space.tables["dead_letter"].numbers)
    while await transaction.insert("dead_letter", letter | {"id": number, "attempts": 1}) is None:
        row = one(transaction, "dead_letter", **{name: letter[name] for name in names[:4]})
        now = None if row is None else await transaction.lock(row)
        if row is not None and now is not None:
            changed = {"attempts": now["attempts"] + 1, "error": letter["error"]}
            transaction.write("dead_letter", row, {**now, **changed})
            break
    return Status("INSERT 0 1")


@answers(halt._WENT_ON)
async def went_on(_: Any, transaction: Transaction, consumer: str) -> Found:
    row = one(transaction, "consumer_halt", consumer=consumer)
    now = None if row is None else await transaction.lock(row)
    if row is None or now is None:
        return Status("UPDATE 0")
    transaction.write("consumer_halt", row, {**now, "halted_at": None, "topic": None, "reason": None})
    return Status("UPDATE 1")


@answers(batch._CHECK_CONSTRAINTS)
async def check_constraints(_: Any, __: Transaction) -> Found:
    return Status("SET CONSTRAINTS")


def _by_id(found: Sequence[Values]) -> list[Values]:
    return sorted(found, key=lambda values: values["id"])


def _open(letter: Values) -> bool:
    return bool(letter["state"] in dead_letters.OPEN)
