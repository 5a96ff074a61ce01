"""Sealing: exactly once, whatever breaks off where; and the log grows by one entry for each record."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest

from services.archive.domain.log import LogState
from services.archive.domain.merkle import leaf_hash, node_hash
from services.archive.domain.package import read_package
from services.archive.domain.proof import LogEntry, verify_package
from services.archive.domain.record import record_id_of, record_name
from services.archive.policy import HOLD_RECORD, RELEASE_RECORD
from services.archive.store import EntryDiffers, Logged, append_entry
from services.archive.subscribers import listener
from services.archive.views import log_state
from shared.contracts.ids import new_id
from shared.contracts.registration import OrganisationRecorded
from shared.kernel import StaleVersion, Unavailable
from shared.messaging.handling import handle
from shared.messaging.wire import dumps
from shared.objects import ObjectDiffers
from tests.archive.office import (
    DOCUMENTS,
    TITLE,
    Office,
    breaking,
    drafted,
    envelope,
    message_created,
    minutes_published,
    news_published,
)

JOURNEY = ["record-opened", "minutes-collected", "news-collected", "record-completed", "sealing-begun", "record-sealed"]
OUTAGES: dict[str, Callable[[Office], None]] = {
    "before a document was read": lambda office: _break(office, "objects", "get", "before"),
    "before the entry was signed": lambda office: _break(office, "signer", "sign", "before"),
    "after the entry was signed": lambda office: _break(office, "signer", "sign", "after"),
    "before the package was stored": lambda office: _break(office, "packages", "put", "before"),
    "after the package was stored": lambda office: _break(office, "packages", "put", "after"),
}


def _break(office: Office, port: str, method: str, when: str) -> None:
    setattr(office, port, breaking(getattr(office, port), method, when=when))


async def test_a_complete_record_becomes_a_package_that_can_be_proven(office: Office) -> None:
    meeting = await office.complete()
    await office.attempt(meeting)
    proven = verify_package(
        office.package(meeting).read_bytes(),
        office.package(meeting).with_suffix(".tlog-proof").read_bytes(),
        key=office.signer.key,
    )
    assert dict(proven.package.documents) == {
        "minutes.pdf": DOCUMENTS["application/pdf"],
        "minutes.json": DOCUMENTS["application/json"],
        "news.json": DOCUMENTS["application/vnd.news+json"],
    }
    sealed = "SELECT package_sha256, package_size, facts, log_index, log_size, log_root FROM record"
    size = office.package(meeting).stat().st_size
    assert await office.rows(sealed) == [(proven.sha256, size, 4, 0, 1, proven.checkpoint.root.hex())]
    assert await office.said() == JOURNEY


async def test_the_package_lists_every_fact_of_its_meeting_and_no_other(office: Office) -> None:
    meeting, other = await office.complete(), new_id()
    await office.hear(drafted(other), message_created(other))
    await office.attempt(meeting)
    kept = await office.rows("SELECT event_id, encode(sha256, 'hex') FROM fact WHERE meeting_id = $1", meeting)
    facts = read_package(office.package(meeting).read_bytes()).facts
    assert {(fact.id, fact.sha256) for fact in facts} == set(kept)
    assert [fact.type.split(".")[0] for fact in facts] == ["registration", "notification", "minutes", "minutes"]


async def test_a_document_that_is_not_as_long_as_was_said_is_never_sealed(office: Office) -> None:
    meeting = new_id()
    await office.deposit()
    told = minutes_published(meeting)
    longer = told.document.model_copy(update={"size": told.document.size + 1})
    await office.hear(drafted(meeting), told.model_copy(update={"document": longer}), news_published(meeting))
    with pytest.raises(ObjectDiffers):
        await office.attempt(meeting)
    assert (await office.said(), office.package(meeting).exists()) == (JOURNEY[:-1], False)


@pytest.mark.parametrize("outage", OUTAGES)
async def test_sealing_goes_on_after_a_breakdown_as_if_there_had_been_none(office: Office, outage: str) -> None:
    meeting = await office.complete()
    OUTAGES[outage](office)
    with pytest.raises(Unavailable):
        await office.attempt(meeting)
    await office.hear(message_created(meeting))  # too late for the package
    await office.attempt(meeting)
    assert office.proven(meeting)
    assert len(read_package(office.package(meeting).read_bytes()).facts) == 4
    assert await office.rows("SELECT size FROM log") == [(1,)]
    assert await office.rows("SELECT count(*) FROM log_entry") == [(1,)]
    assert await office.said() == JOURNEY


async def test_an_answer_that_was_lost_is_given_again(office: Office) -> None:
    meeting = await office.complete()
    await office.work(meeting)
    before = office.package(meeting).read_bytes()
    assert await office.said() == JOURNEY[:-1]
    await office.attempt(meeting)
    assert office.package(meeting).read_bytes() == before
    assert (await office.said(), await office.rows("SELECT size FROM log")) == (JOURNEY, [(1,)])


async def test_a_late_answer_changes_nothing(office: Office) -> None:
    meeting = await office.complete()
    late = await office.work(meeting)
    await office.attempt(meeting)
    async with office.database.transaction() as connection:
        await late(connection)
    assert await office.said() == JOURNEY


async def test_a_document_that_is_not_there_yet_is_waited_for(office: Office) -> None:
    meeting = new_id()
    await office.hear(drafted(meeting), minutes_published(meeting), news_published(meeting))
    with pytest.raises(Unavailable):
        await office.attempt(meeting)
    assert await office.rows("SELECT count(*) FROM log_entry") == [(0,)]
    await office.deposit()
    await office.attempt(meeting)
    assert office.proven(meeting)


async def test_two_workers_that_seal_one_record_agree(office: Office) -> None:
    meeting = await office.complete()
    await asyncio.gather(office.attempt(meeting), office.attempt(meeting))
    assert await office.rows("SELECT size FROM log") == [(1,)]
    assert (await office.said(), office.proven(meeting)) == (JOURNEY, True)


async def test_two_records_sealed_at_once_are_both_in_the_log(office: Office) -> None:
    meetings = [await office.complete(), await office.complete()]
    await asyncio.gather(*map(office.attempt, meetings))
    assert await office.rows("SELECT log_index, log_size FROM record ORDER BY log_index") == [(0, 1), (1, 2)]
    assert [office.proven(meeting) for meeting in meetings] == [True] * 2
    assert await office.rows("SELECT size FROM log_checkpoint ORDER BY size") == [(1,), (2,)]


async def test_many_appends_at_once_make_one_log(office: Office) -> None:
    entries = [LogEntry("package", f"{number:064x}", f"record-{number}") for number in range(12)]

    async def add(entry: LogEntry) -> Logged:
        async with office.database.transaction() as connection:
            return await append_entry(connection, entry)

    logged = await asyncio.gather(*map(add, entries), *map(add, entries))
    assert logged[:12] == logged[12:]
    assert sorted(each.index for each in logged[:12]) == list(range(12))
    async with office.database.reading() as connection:
        state = await log_state(connection)
    assert state.root == next(each.root for each in logged if each.size == state.size == 12)


async def test_a_transaction_that_fails_leaves_no_entry(office: Office) -> None:
    entry = LogEntry("package", "ab" * 32, "record-1")

    async def append_and_fail() -> None:
        async with office.database.transaction() as connection:
            await append_entry(connection, entry)
            raise LookupError

    with pytest.raises(LookupError):
        await append_and_fail()
    async with office.database.transaction() as connection:
        assert await log_state(connection) == LogState()
        assert await append_entry(connection, entry) == Logged(index=0, root=leaf_hash(bytes(entry)))


async def test_the_root_of_two_entries_is_that_of_rfc_6962(office: Office) -> None:
    entries = [LogEntry("package", f"{number:064x}", f"record-{number}") for number in range(2)]
    async with office.database.transaction() as connection:
        logged = [await append_entry(connection, entry) for entry in entries]
    assert logged[1] == Logged(index=1, root=node_hash(*(leaf_hash(bytes(entry)) for entry in entries)))


async def test_what_was_logged_is_never_logged_differently(office: Office) -> None:
    async with office.database.transaction() as connection:
        await append_entry(connection, LogEntry("package", "ab" * 32, "record-1"))
        with pytest.raises(EntryDiffers):
            await append_entry(connection, LogEntry("package", "cd" * 32, "record-1"))
        assert (await log_state(connection)).size == 1


async def test_a_fact_that_is_heard_twice_is_kept_once(office: Office) -> None:
    event = envelope(drafted(new_id()))
    await office.take(event)
    await office.take(event)
    assert await office.rows("SELECT event_id FROM fact") == [(event.id,)]
    assert await office.said() == ["record-opened"]


async def test_minutes_published_anew_are_sealed_by_the_same_job(office: Office) -> None:
    meeting = await office.complete()
    await office.hear(minutes_published(meeting, number="0124/ຕສ.ສບດ"))
    assert await office.rows("SELECT name FROM job") == [(str(record_id_of(meeting)),)]
    await office.attempt(meeting)
    assert read_package(office.package(meeting).read_bytes()).card.about["number"] == "0124/ຕສ.ສບດ"


async def test_facts_of_no_meeting_are_kept_as_well(office: Office) -> None:
    body = OrganisationRecorded(organisation="MTC", name=TITLE, protocol_order=10)
    await office.hear(body)
    assert await office.rows("SELECT type, meeting_id, sha256 FROM fact") == [
        ("registration.organisation-recorded.v1", None, sha256(dumps(body)).digest())
    ]


async def test_a_hold_lies_on_the_stored_package_until_it_is_released(office: Office) -> None:
    meeting = await office.complete()
    await office.attempt(meeting)
    record_id = record_id_of(meeting)
    held = []
    for kind, payload in [(HOLD_RECORD, {"reason": "court case 12"}), (RELEASE_RECORD, {})]:
        await office.effect(kind, record_id=str(record_id), **payload)
        held.append((await office.packages.get(record_name(record_id))).held)
    assert held == [True, False]


async def test_of_two_who_open_a_record_at_once_the_second_must_come_again(office: Office) -> None:
    meeting = new_id()
    minutes = envelope(minutes_published(meeting))
    handler = listener(settle=timedelta(0))
    async with office.database.transaction() as connection:
        await handle(connection, handler, envelope(drafted(meeting)))
        second = asyncio.create_task(office.take(minutes))
        async with asyncio.timeout(10):
            while await office.rows("SELECT count(*) FROM pg_locks WHERE NOT granted") == [(0,)]:  # noqa: ASYNC110 -- only the database tells
                await asyncio.sleep(0.01)
    with pytest.raises(StaleVersion):
        await second
    await office.take(minutes)
    assert await office.said() == ["record-opened", "minutes-collected"]


async def test_an_event_of_an_unknown_type_leaves_nothing(office: Office) -> None:
    await office.take(replace(envelope(drafted(new_id())), type="registration.unheard-of.v1", data=None))
    assert (await office.rows("SELECT count(*) FROM fact"), await office.said()) == ([(0,)], [])
