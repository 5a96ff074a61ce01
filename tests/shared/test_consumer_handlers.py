"""Runs: what is new comes at once, what follows from an event is its effect, and what fails is found one by one."""

from collections.abc import Sequence
from typing import Any

from shared.contracts.ids import new_id
from shared.database import Connection, Database
from shared.kernel import Job
from shared.messaging.cloudevents import CAUSE, Envelope
from shared.messaging.consumer.batch import process_batch
from shared.messaging.consumer.handlers import Handler, effect_of
from shared.messaging.jobs import enqueue
from tests.shared.batches import GROUP, LETTERS
from tests.shared.bus import Sent, event, heard, note, numbered, rows, value, write

EFFECTS = """
SELECT headers ->> 'ce_correlationid', headers ->> 'ce_causationid', split_part(headers ->> 'traceparent', '-', 2),
       context ->> 'causation_id', split_part(context ->> 'traceparent', '-', 2)
FROM outbox JOIN job ON job.key = outbox.key ORDER BY outbox.id
"""


class Runs:
    """A handler that notes each run, and refuses those with the number `poison` in them."""

    def __init__(self, *, poison: int | None = None) -> None:
        self.seen: list[list[int | None]] = []
        self._poison = poison

    async def hear(self, connection: Connection, events: Sequence[Envelope]) -> None:
        self.seen.append([each.sequence for each in events])
        for each in events:
            await note(connection, each)
            if each.sequence == self._poison:
                raise KeyError


async def take(database: Database, records: Sequence[Sent], handler: Handler) -> None:
    await process_batch(database, GROUP, handler, records)


def traced(name: str, number: int) -> tuple[Sent, tuple[Any, ...]]:
    """An event in a chain and a trace of its own, and what its effects must say of them."""
    event_id, trace = new_id(), f"{number:032x}"
    headers = {"ce_correlationid": f"chain {number}", "traceparent": f"00-{trace}-{6:016x}-01"}
    effects = (f"chain {number}", str(event_id), trace, str(event_id), trace)
    return event(name, 1, event_id=event_id, headers=headers), effects


async def follow(connection: Connection, each: Envelope) -> None:
    """A fact and a job."""
    await write(connection, "t", f"effect of {each.subject}", 1)
    key: str = await connection.fetchval("SELECT key FROM outbox ORDER BY id DESC LIMIT 1")
    await enqueue(connection, [Job(kind="k", name=each.subject, key=key)])


async def test_what_is_new_in_a_batch_comes_as_one_run(kernel: Database) -> None:
    runs = Runs()
    first = numbered([event("a", number) for number in (1, 2, 3)])
    later = numbered([event("a", number) for number in (4, 5)], first=4)
    await take(kernel, first, runs.hear)
    await take(kernel, [*first, *numbered([Sent(key=b"?", value=b"")], first=3), *later], runs.hear)
    await take(kernel, first, runs.hear)
    assert runs.seen == [[1, 2, 3], [4, 5]]


async def test_where_a_run_fails_its_events_come_one_by_one(kernel: Database) -> None:
    runs = Runs(poison=2)
    await take(kernel, numbered([event("b", 1), event("a", 2), event("b", 3)]), runs.hear)
    assert runs.seen == [[1, 2, 3], [1], [2], [3]]
    assert (await heard(kernel), [state for _, state, _ in await rows(kernel, LETTERS)]) == ([1, 3], ["dead"])


async def test_what_follows_from_an_event_of_a_run_belongs_to_its_chain_and_its_trace(kernel: Database) -> None:
    async def handler(connection: Connection, events: Sequence[Envelope]) -> None:
        for each in events:
            with effect_of(each):
                await follow(connection, each)

    said = [traced(name, number) for number, name in enumerate("abc", 1)]
    await take(kernel, numbered([record for record, _ in said]), handler)
    assert await rows(kernel, EFFECTS) == [effects for _, effects in said]
    assert CAUSE.get() is None


async def test_a_handler_that_does_not_say_what_follows_from_which_is_given_one_event_at_a_time(
    kernel: Database,
) -> None:
    async def handler(connection: Connection, events: Sequence[Envelope]) -> None:
        for each in events:
            await follow(connection, each)

    said = [traced(name, number) for number, name in enumerate("abc", 1)]
    await take(kernel, numbered([record for record, _ in said]), handler)
    assert await rows(kernel, EFFECTS) == [effects for _, effects in said]
    assert await value(kernel, "SELECT count(*) FROM dead_letter") == 0
