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
from services.archive.domain.state import record_id_of, record_name
from services.archive.policy import HOLD_RECORD, RELEASE_RECORD
from services.archive.store import EntryDiffers, Logged, append_entry
from services.archive.subscribers import handler
from services.archive.views import log_state
from shared.contracts.ids import new_id
from shared.contracts.registration import OrganisationRecorded
from shared.kernel import StaleVersion, Unavailable
from shared.messaging.cloudevents import dumps
from shared.messaging.consumer.handlers import handle
from shared.objects import ObjectDiffers
from tests.archive.running_service import (
    DOCUMENTS,
    TITLE,
    ArchiveService,
    breaking,
    drafted,
    envelope,
    message_created,
    minutes_published,
    news_published,
)

JOURNEY = ["record-opened", "minutes-collected", "news-collected", "record-completed", "sealing-begun", "record-sealed"]
OUTAGES: dict[str, Callable[[ArchiveService], None]] = {
    "before a document was read": lambda archive_service: _break(archive_service, "objects", "get", "before"),
    "before the entry was signed": lambda archive_service: _break(archive_service, "signer", "sign", "before"),
    "after the entry was signed": lambda archive_service: _break(archive_service, "signer", "sign", "after"),
    "before the package was stored": lambda archive_service: _break(archive_service, "packages", "put", "before"),
    "after the package was stored": lambda archive_service: _break(archive_service, "packages", "put", "after"),
}


def _break(archive_service: ArchiveService, port: str, method: str, when: str) -> None:
    setattr(archive_service, port, breaking(getattr(archive_service, port), method, when=when))


async def test_a_complete_record_becomes_a_package_that_can_be_proven(archive_service: ArchiveService) -> None:
    meeting = await archive_service.complete()
    await archive_service.attempt(meeting)
    proven = verify_package(
        archive_service.package(meeting).read_bytes(),
        archive_service.package(meeting).with_suffix(".tlog-proof").read_bytes(),
        key=archive_service.signer.key,
    )
    assert dict(proven.package.documents) == {
        "minutes.pdf": DOCUMENTS["application/pdf"],
        "minutes.json": DOCUMENTS["application/json"],
        "news.json": DOCUMENTS["application/vnd.news+json"],
    }
    sealed = "SELECT package_sha256, package_size, facts, log_index, log_size, log_root FROM record"
    size = archive_service.package(meeting).stat().st_size
    assert await archive_service.rows(sealed) == [(proven.sha256, size, 4, 0, 1, proven.checkpoint.root.hex())]
    assert await archive_service.outbox_types() == JOURNEY


async def test_the_package_lists_every_fact_of_its_meeting_and_no_other(archive_service: ArchiveService) -> None:
    meeting, other = await archive_service.complete(), new_id()
    await archive_service.receive(drafted(other), message_created(other))
    await archive_service.attempt(meeting)
    kept = await archive_service.rows("SELECT event_id, encode(sha256, 'hex') FROM fact WHERE meeting_id = $1", meeting)
    facts = read_package(archive_service.package(meeting).read_bytes()).facts
    assert {(fact.id, fact.sha256) for fact in facts} == set(kept)
    assert [fact.type.split(".")[0] for fact in facts] == ["registration", "notification", "minutes", "minutes"]


async def test_a_document_that_is_not_as_long_as_was_said_is_never_sealed(archive_service: ArchiveService) -> None:
    meeting = new_id()
    await archive_service.deposit()
    told = minutes_published(meeting)
    longer = told.document.model_copy(update={"size": told.document.size + 1})
    await archive_service.receive(
        drafted(meeting), told.model_copy(update={"document": longer}), news_published(meeting)
    )
    with pytest.raises(ObjectDiffers):
        await archive_service.attempt(meeting)
    assert (await archive_service.outbox_types(), archive_service.package(meeting).exists()) == (JOURNEY[:-1], False)


@pytest.mark.parametrize("outage", OUTAGES)
async def test_sealing_goes_on_after_a_breakdown_as_if_there_had_been_none(
    archive_service: ArchiveService, outage: str
) -> None:
    meeting = await archive_service.complete()
    OUTAGES[outage](archive_service)
    with pytest.raises(Unavailable):
        await archive_service.attempt(meeting)
    await archive_service.receive(message_created(meeting))  # too late for the package
    await archive_service.attempt(meeting)
    assert archive_service.proven(meeting)
    assert len(read_package(archive_service.package(meeting).read_bytes()).facts) == 4
    assert await archive_service.rows("SELECT size FROM log") == [(1,)]
    assert await archive_service.rows("SELECT count(*) FROM log_entry") == [(1,)]
    assert await archive_service.outbox_types() == JOURNEY


async def test_an_answer_that_was_lost_is_given_again(archive_service: ArchiveService) -> None:
    meeting = await archive_service.complete()
    await archive_service.work(meeting)
    before = archive_service.package(meeting).read_bytes()
    assert await archive_service.outbox_types() == JOURNEY[:-1]
    await archive_service.attempt(meeting)
    assert archive_service.package(meeting).read_bytes() == before
    assert (await archive_service.outbox_types(), await archive_service.rows("SELECT size FROM log")) == (
        JOURNEY,
        [(1,)],
    )


async def test_a_late_answer_changes_nothing(archive_service: ArchiveService) -> None:
    meeting = await archive_service.complete()
    late = await archive_service.work(meeting)
    await archive_service.attempt(meeting)
    async with archive_service.database.transaction() as connection:
        await late(connection)
    assert await archive_service.outbox_types() == JOURNEY


async def test_a_document_that_is_not_there_yet_is_waited_for(archive_service: ArchiveService) -> None:
    meeting = new_id()
    await archive_service.receive(drafted(meeting), minutes_published(meeting), news_published(meeting))
    with pytest.raises(Unavailable):
        await archive_service.attempt(meeting)
    assert await archive_service.rows("SELECT count(*) FROM log_entry") == [(0,)]
    await archive_service.deposit()
    await archive_service.attempt(meeting)
    assert archive_service.proven(meeting)


async def test_two_workers_that_seal_one_record_agree(archive_service: ArchiveService) -> None:
    meeting = await archive_service.complete()
    await asyncio.gather(archive_service.attempt(meeting), archive_service.attempt(meeting))
    assert await archive_service.rows("SELECT size FROM log") == [(1,)]
    assert (await archive_service.outbox_types(), archive_service.proven(meeting)) == (JOURNEY, True)


async def test_two_records_sealed_at_once_are_both_in_the_log(archive_service: ArchiveService) -> None:
    meetings = [await archive_service.complete(), await archive_service.complete()]
    await asyncio.gather(*map(archive_service.attempt, meetings))
    assert await archive_service.rows("SELECT log_index, log_size FROM record ORDER BY log_index") == [(0, 1), (1, 2)]
    assert [archive_service.proven(meeting) for meeting in meetings] == [True] * 2
    assert await archive_service.rows("SELECT size FROM log_checkpoint ORDER BY size") == [(1,), (2,)]


async def test_many_appends_at_once_make_one_log(archive_service: ArchiveService) -> None:
    entries = [LogEntry("package", f"{number:064x}", f"record-{number}") for number in range(12)]

    async def add(entry: LogEntry) -> Logged:
        async with archive_service.database.transaction() as connection:
            return await append_entry(connection, entry)

    logged = await asyncio.gather(*map(add, entries), *map(add, entries))
    assert logged[:12] == logged[12:]
    assert sorted(each.index for each in logged[:12]) == list(range(12))
    async with archive_service.database.reading() as connection:
        state = await log_state(connection)
    assert state.root == next(each.root for each in logged if each.size == state.size == 12)


async def test_a_transaction_that_fails_leaves_no_entry(archive_service: ArchiveService) -> None:
    entry = LogEntry("package", "ab" * 32, "record-1")

    async def append_and_fail() -> None:
        async with archive_service.database.transaction() as connection:
            await append_entry(connection, entry)
            raise LookupError

    with pytest.raises(LookupError):
        await append_and_fail()
    async with archive_service.database.transaction() as connection:
        assert await log_state(connection) == LogState()
        assert await append_entry(connection, entry) == Logged(index=0, root=leaf_hash(bytes(entry)))


async def test_the_root_of_two_entries_is_that_of_rfc_6962(archive_service: ArchiveService) -> None:
    entries = [LogEntry("package", f"{number:064x}", f"record-{number}") for number in range(2)]
    async with archive_service.database.transaction() as connection:
        logged = [await append_entry(connection, entry) for entry in entries]
    assert logged[1] == Logged(index=1, root=node_hash(*(leaf_hash(bytes(entry)) for entry in entries)))


async def test_what_was_logged_is_never_logged_differently(archive_service: ArchiveService) -> None:
    async with archive_service.database.transaction() as connection:
        await append_entry(connection, LogEntry("package", "ab" * 32, "record-1"))
        with pytest.raises(EntryDiffers):
            await append_entry(connection, LogEntry("package", "cd" * 32, "record-1"))
        assert (await log_state(connection)).size == 1


async def test_a_fact_that_is_heard_twice_is_kept_once(archive_service: ArchiveService) -> None:
    event = envelope(drafted(new_id()))
    await archive_service.receive_events(event)
    await archive_service.receive_events(event)
    assert await archive_service.rows("SELECT event_id FROM fact") == [(event.id,)]
    assert await archive_service.outbox_types() == ["record-opened"]


async def test_minutes_published_anew_are_sealed_by_the_same_job(archive_service: ArchiveService) -> None:
    meeting = await archive_service.complete()
    await archive_service.receive(minutes_published(meeting, number="0124/ຕສ.ສບດ"))
    assert await archive_service.rows("SELECT name FROM job") == [(str(record_id_of(meeting)),)]
    await archive_service.attempt(meeting)
    assert read_package(archive_service.package(meeting).read_bytes()).description.about["number"] == "0124/ຕສ.ສບດ"


async def test_facts_of_no_meeting_are_kept_as_well(archive_service: ArchiveService) -> None:
    body = OrganisationRecorded(organisation="MTC", name=TITLE, protocol_order=10)
    await archive_service.receive(body)
    assert await archive_service.rows("SELECT type, meeting_id, sha256 FROM fact") == [
        ("registration.organisation-recorded.v1", None, sha256(dumps(body)).digest())
    ]


async def test_a_hold_lies_on_the_stored_package_until_it_is_released(archive_service: ArchiveService) -> None:
    meeting = await archive_service.complete()
    await archive_service.attempt(meeting)
    record_id = record_id_of(meeting)
    held = []
    for kind, payload in [(HOLD_RECORD, {"reason": "court case 12"}), (RELEASE_RECORD, {})]:
        await archive_service.effect(kind, record_id=str(record_id), **payload)
        held.append((await archive_service.packages.get(record_name(record_id))).held)
    assert held == [True, False]


async def test_of_two_who_open_a_record_at_once_the_second_must_come_again(archive_service: ArchiveService) -> None:
    meeting = new_id()
    minutes = envelope(minutes_published(meeting))
    sealing_at_once = handler(settle=timedelta(0))
    async with archive_service.database.transaction() as connection:
        await handle(connection, sealing_at_once, envelope(drafted(meeting)))
        second = asyncio.create_task(archive_service.receive_events(minutes))
        async with asyncio.timeout(10):
            while await archive_service.rows("SELECT count(*) FROM pg_locks WHERE NOT granted") == [(0,)]:  # noqa: ASYNC110 -- only the database tells
                await asyncio.sleep(0.01)
    with pytest.raises(StaleVersion):
        await second
    await archive_service.receive_events(minutes)
    assert await archive_service.outbox_types() == ["record-opened", "minutes-collected"]


async def test_an_event_of_an_unknown_type_leaves_nothing(archive_service: ArchiveService) -> None:
    await archive_service.receive_events(
        replace(envelope(drafted(new_id())), type="registration.unheard-of.v1", data=None)
    )
    assert (await archive_service.rows("SELECT count(*) FROM fact"), await archive_service.outbox_types()) == (
        [(0,)],
        [],
    )
