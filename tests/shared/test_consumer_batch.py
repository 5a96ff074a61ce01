"""One batch: each event takes effect once and in order, whatever comes twice, late, broken or amid a failure."""

import asyncio

import asyncpg
import pytest

from shared.contracts.ids import new_id
from shared.contracts.registration import MEETING, PERSON
from shared.database import Connection, Database
from shared.kernel import Job, Refusal, Unavailable
from shared.messaging.cloudevents import CAUSE, Envelope
from shared.messaging.consumer import inbox
from shared.messaging.consumer.batch import MAX_DEAD_IN_A_ROW
from shared.messaging.consumer.halt import TooManyDeadLetters
from shared.messaging.jobs import enqueue
from tests.shared.batches import LETTERS, redrive_all, refusing, take
from tests.shared.bus import (
    Sent,
    erased,
    event,
    execute,
    heard,
    key_of,
    note,
    numbered,
    rows,
    sample,
    value,
    write,
)


def counted(topic: str, outcome: str) -> float:
    return sample("pasum_events_consumed_total", topic=topic, outcome=outcome)


def gaps() -> float:
    return sample("pasum_sequence_gaps_total", topic=MEETING.name)


async def test_each_event_takes_effect_once_however_often_it_comes(kernel: Database) -> None:
    records = numbered([event("a", 1), event("b", 1), event("a", 2)])
    await take(kernel, [*records, *records])
    await take(kernel, records)
    assert await heard(kernel) == [1, 1, 2]


async def test_two_members_with_the_same_records_take_them_once(kernel: Database) -> None:
    records = numbered([event(name, number) for number in range(1, 51) for name in "abc"])
    await asyncio.gather(take(kernel, records), take(kernel, records[::-1][::-1]), take(kernel, records[30:]))
    assert sorted(await heard(kernel, "b")) == list(range(1, 51))  # the third may be the first


async def test_a_source_of_its_own_has_identifiers_of_its_own(kernel: Database) -> None:
    mine = event("a", 1)
    theirs = Sent(
        key=mine.key, value=mine.value, headers=[(n, b"/partner" if n == "ce_source" else v) for n, v in mine.headers]
    )
    await take(kernel, numbered([mine, theirs]))
    assert await heard(kernel) == [1, 1]


async def test_an_event_the_handler_cannot_take_is_a_dead_letter_and_later_ones_of_its_key_wait(
    kernel: Database,
) -> None:
    records = [event("a", 1), event("a", 2), event("b", 1), event("a", 3), event("b", 2)]
    await take(kernel, numbered(records), refusing(2))
    await take(kernel, numbered([event("a", 4), event("b", 3)], first=5), refusing(2))
    assert (await heard(kernel, "a"), await heard(kernel, "b")) == ([1], [1, 2, 3])
    waits = "waits behind an earlier event of its key"
    found = await rows(kernel, LETTERS)
    assert [(offset, state) for offset, state, _ in found] == [(1, "dead"), (3, "parked"), (5, "parked")]
    assert [error for _, _, error in found[1:]] == [waits, waits]


async def test_the_reason_of_a_dead_letter_never_quotes_a_row(kernel: Database) -> None:
    async def handler(connection: Connection, _: Envelope) -> None:
        await connection.execute("INSERT INTO venue VALUES ('Kham Keo', 1, -1, 0)")

    await take(kernel, numbered([event("a", 1)]), handler)
    ((error,),) = await rows(kernel, "SELECT error FROM dead_letter")
    assert error.split(" at ")[0] == "CheckViolationError"


@pytest.mark.parametrize(
    "error",
    [
        Refusal(),
        ValueError("020 5555 1234"),
        asyncpg.UniqueViolationError("x"),
    ],
)
async def test_a_refusal_a_defect_and_bad_data_are_dead_letters(kernel: Database, error: Exception) -> None:
    await take(kernel, numbered([event("a", 1), event("b", 1)]), refusing(1, error=error))
    reason = await value(kernel, "SELECT split_part(error, ':', 1) FROM dead_letter")
    assert (await heard(kernel), reason) == ([1], f"{type(error).__name__} at handler")


async def test_a_value_that_postgresql_does_not_take_is_a_dead_letter_not_a_stalled_partition(kernel: Database) -> None:
    async def handler(connection: Connection, envelope: Envelope) -> None:
        await note(connection, envelope)
        if envelope.subject == str(key_of("a")):
            await connection.execute("INSERT INTO heard (seq) VALUES ($1)", 2**70)

    await take(kernel, numbered([event("a", 1), event("b", 1)]), handler)
    assert (await heard(kernel), await value(kernel, "SELECT split_part(error, ' ', 1) FROM dead_letter")) == (
        [1],
        "DataError",
    )


async def test_a_handler_that_swallows_a_database_error_is_found_out(kernel: Database) -> None:
    async def handler(connection: Connection, envelope: Envelope) -> None:
        await note(connection, envelope)
        if envelope.subject == str(key_of("a")):
            try:
                await connection.execute("SELECT 1 / 0")
            except asyncpg.DivisionByZeroError:
                return

    await take(kernel, numbered([event("b", 1), event("a", 1), event("b", 2)]), handler)
    assert (await heard(kernel), [state for _, state, _ in await rows(kernel, LETTERS)]) == ([1, 2], ["dead"])


@pytest.mark.parametrize("error", [Unavailable("x"), asyncpg.DeadlockDetectedError("x"), ConnectionResetError()])
@pytest.mark.parametrize("poison", [(), (1,)], ids=["alone", "behind a dead one"])
async def test_trouble_that_passes_writes_nothing_and_the_batch_comes_again(
    kernel: Database, error: Exception, poison: tuple[int, ...]
) -> None:
    records = numbered([event("a", 1), event("b", 1)])

    async def handler(connection: Connection, envelope: Envelope) -> None:
        await refusing(*poison)(connection, envelope)
        await refusing(1, name="b", error=error)(connection, envelope)

    with pytest.raises(Unavailable):
        await take(kernel, records, handler)
    assert (await heard(kernel), await rows(kernel, LETTERS)) == ([], [])
    await take(kernel, records)
    assert await heard(kernel) == [1, 1]


async def test_what_cannot_be_read_is_a_dead_letter_with_all_its_bytes_and_holds_nothing_back(kernel: Database) -> None:
    broken = Sent(key=str(key_of("a")).encode(), value=b"\x00\xff", headers=[("ce_id", b"\xff"), ("x\x00y", b"1")])
    records = [event("a", 1), broken, Sent(key=b"\xff", value=None), event("a", 2)]
    await take(kernel, numbered(records))
    await take(kernel, numbered([event("a", 3)], first=4))
    assert await heard(kernel, "a") == [1, 2, 3]
    letters = await rows(kernel, "SELECT key, raw_key, headers, value, error, state FROM dead_letter ORDER BY id")
    assert letters == [
        ("", broken.key, [["ce_id", "ff"], ["xy", "31"]], b"\x00\xff", "an attribute is not UTF-8", "dead"),
        ("", b"\xff", [], None, "no CloudEvent: id, source, type, specversion missing", "dead"),
    ]


async def test_a_record_without_a_key_holds_nothing_back(kernel: Database) -> None:
    records = [event("a", 1, key=None), event("a", 2, key=None)]
    await take(kernel, numbered(records), refusing(1))
    await take(kernel, numbered([event("a", 3, key=None)], first=2))
    assert await heard(kernel) == [2, 3]
    assert await redrive_all(kernel, 1) == 1


async def test_a_key_that_is_not_text_holds_its_own_back(kernel: Database) -> None:
    await take(kernel, numbered([event("a", 1, key=b"\xff\x00"), event("a", 2, key=b"\xff\x00")]), refusing(1))
    assert await rows(kernel, "SELECT key, state FROM dead_letter ORDER BY id") == [
        ("ff00", "dead"),
        ("ff00", "parked"),
    ]


async def test_a_type_that_nobody_knows_is_counted_and_passed_over(kernel: Database) -> None:
    before = counted(MEETING.name, "unknown"), gaps()
    later = event("a", 2, headers={"ce_type": "registration.meeting-moved-to-the-moon.v1"})
    await take(kernel, numbered([event("a", 1), later, event("a", 3)], topic=MEETING.name))
    assert (await heard(kernel), await rows(kernel, LETTERS)) == ([1, 3], [])
    assert (counted(MEETING.name, "unknown"), gaps()) == (
        before[0] + 1,
        before[1],
    )


async def test_a_replay_after_the_inbox_was_pruned_changes_nothing(kernel: Database) -> None:
    records = numbered([event(name, number) for number in range(1, 6) for name in "ab"], topic=MEETING.name)
    await take(kernel, records)
    await execute(kernel, "DELETE FROM inbox")
    before = counted(MEETING.name, "stale")
    await take(kernel, records)
    assert (await heard(kernel, "a"), counted(MEETING.name, "stale")) == ([1, 2, 3, 4, 5], before + 10)


async def test_a_gap_is_counted_and_its_late_filler_is_taken_once(kernel: Database) -> None:
    before = gaps()
    late = [event("a", 2), event("a", 1)]
    await take(kernel, numbered([event("a", 4)], topic=MEETING.name))
    await take(kernel, numbered(late, first=1, topic=MEETING.name))
    await execute(kernel, "DELETE FROM inbox")
    await take(kernel, numbered([*late, event("a", 5)], first=1, topic=MEETING.name))
    assert (await heard(kernel), gaps()) == ([4, 2, 1, 5], before + 1)
    assert await rows(kernel, "SELECT seq, missing FROM stream_position") == [(5, [3])]


async def test_a_compacted_topic_has_no_gaps_and_its_past_is_stale(kernel: Database) -> None:
    await take(kernel, numbered([erased("a", number) for number in (7, 9, 8)], topic=PERSON.name))
    assert await heard(kernel) == [7, 9]
    assert await rows(kernel, "SELECT seq, missing FROM stream_position") == [(9, [])]


async def test_what_is_missing_is_remembered_up_to_a_limit(kernel: Database) -> None:
    await take(kernel, numbered([event("a", 5_000), event("a", 9_000)], topic=MEETING.name))
    ((count, lowest),) = await rows(kernel, "SELECT cardinality(missing), missing[1] FROM stream_position")
    assert (count, lowest) == (inbox.MAX_MISSING, 9_000 - inbox.MAX_MISSING)


async def test_events_without_a_number_are_told_apart_by_the_inbox_alone(kernel: Database) -> None:
    await take(kernel, numbered([event("a", 1, headers={"ce_sequence": None}) for _ in range(2)]))
    assert (len(await heard(kernel)), await rows(kernel, "SELECT * FROM stream_position")) == (2, [])


async def test_aggregates_of_two_sources_with_one_subject_have_their_own_numbers(kernel: Database) -> None:
    other = {"ce_source": "/eoffice/minutes/opinion"}
    await take(kernel, numbered([event("a", 1), event("a", 2), event("a", 1, headers=other)]))
    assert await heard(kernel) == [1, 2, 1]


async def test_too_many_dead_letters_in_a_row_write_nothing_and_say_so(kernel: Database) -> None:
    async def broken(_: Connection, __: Envelope) -> None:
        raise KeyError

    records = [event(str(number), 1) for number in range(MAX_DEAD_IN_A_ROW + 1)]
    with pytest.raises(TooManyDeadLetters):
        await take(kernel, numbered(records), broken)
    assert await rows(kernel, LETTERS) == []
    in_a_row = 0
    for offset, record in enumerate(records[:-1]):
        in_a_row = await take(kernel, numbered([record], first=offset), broken, dead_in_a_row=in_a_row)
    assert in_a_row == MAX_DEAD_IN_A_ROW
    with pytest.raises(TooManyDeadLetters):
        await take(kernel, numbered([records[-1]], first=MAX_DEAD_IN_A_ROW), broken, dead_in_a_row=in_a_row)
    assert await take(kernel, numbered([records[-1]], first=MAX_DEAD_IN_A_ROW), dead_in_a_row=in_a_row) == 0


async def test_what_a_handler_writes_belongs_to_the_chain_and_the_trace_of_its_event(kernel: Database) -> None:
    async def handler(connection: Connection, _: Envelope) -> None:
        await write(connection, "t", "b", 1)
        await enqueue(connection, [Job(kind="k", name="n", key="k")])

    cause_id, trace = new_id(), f"{5:032x}"
    headers = {"ce_correlationid": "c", "traceparent": f"00-{trace}-{6:016x}-01"}
    await take(kernel, numbered([event("a", 1, event_id=cause_id, headers=headers)]), handler)
    ((written, context),) = await rows(kernel, "SELECT outbox.headers, job.context FROM outbox, job")
    assert (written["ce_correlationid"], written["ce_causationid"]) == ("c", str(cause_id))
    assert (context["correlation_id"], context["causation_id"]) == ("c", str(cause_id))
    assert {written["traceparent"].split("-")[1], context["traceparent"].split("-")[1]} == {trace}
    assert CAUSE.get() is None
