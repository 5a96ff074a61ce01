"""A record: collected in any order, sealed once, kept for whole years, held when the law says so."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import reduce
from itertools import permutations
from uuid import uuid4

import pytest

from services.archive.domain.commands import (
    BeginSealing,
    CollectCommand,
    HoldRecord,
    RecordCommands,
    ReleaseRecord,
    SealRecord,
)
from services.archive.domain.contents import description, documents, kept_until
from services.archive.domain.record import decide, retained_until
from services.archive.domain.refusals import RecordIncomplete, RecordNotSealed
from services.archive.domain.state import Phase, Record, evolve, record_id_of
from services.archive.policy import plan, react
from shared.contracts import Fact
from shared.contracts.archive import RecordCompleted, RecordHeld, RecordOpened, RecordReleased, RecordSealed
from shared.contracts.base import Bilingual
from shared.contracts.registration import MeetingChanged, MeetingDiscarded, MeetingDrafted, MeetingOpened
from shared.kernel import Actor, Job, NotFound, NotPermitted, Refusal, Role
from tests.archive.running_service import TITLE, drafted, minutes_published, news_published, reference

MEETING = uuid4()
RECORD_ID = record_id_of(MEETING)
NOW = datetime(2022, 9, 20, 2, 30, tzinfo=UTC)
SETTLE = timedelta(seconds=2)
MACHINE = Actor(subject="service:archive")
ARCHIVIST = Actor(subject="a", roles=frozenset({Role.ARCHIVIST}))
DRAFTED, MINUTES, NEWS = drafted(MEETING), minutes_published(MEETING), news_published(MEETING)
BEGIN = BeginSealing(actor=MACHINE, at=NOW, retention_years=10)
HOLD = HoldRecord(actor=ARCHIVIST, at=NOW, reason="court case 12")
RELEASE = ReleaseRecord(actor=ARCHIVIST, at=NOW, reason="case closed")
SEAL = SealRecord(
    actor=MACHINE,
    at=NOW,
    package_sha256="ab" * 32,
    package_size=1,
    facts=3,
    log_index=0,
    log_size=1,
    log_root="cd" * 32,
)


def heard(fact: Fact) -> CollectCommand:
    (command,) = react(fact, at=NOW, settle=SETTLE)
    return command


COLLECTED = (heard(DRAFTED), heard(MINUTES), heard(NEWS))


def after(*commands: RecordCommands) -> Record:
    return reduce(lambda seen, each: reduce(evolve, decide(seen, each), seen), commands, Record(record_id=RECORD_ID))


def names(facts: Sequence[Fact]) -> list[str]:
    return [type(fact).__name__ for fact in facts]


def refuses(kind: type[Refusal], record: Record, command: RecordCommands) -> None:
    with pytest.raises(Refusal) as refused:
        decide(record, command)
    assert type(refused.value) is kind


@pytest.mark.parametrize("order", list(permutations(COLLECTED)))
def test_the_last_piece_completes_the_record_whichever_it_is(order: tuple[CollectCommand, ...]) -> None:
    record = after(*order[:-1])
    completed = RecordCompleted(record_id=RECORD_ID, meeting_id=MEETING, seal_at=NOW + SETTLE)
    assert (record.phase, decide(record, order[-1])[1:]) == (Phase.COLLECTING, [completed])
    assert after(*order) == replace(after(*COLLECTED), minutes=after(*order).minutes, news=after(*order).news)


def test_the_version_is_the_number_of_facts() -> None:
    assert (after().version, after(*COLLECTED).version, after(*COLLECTED, BEGIN, SEAL).version) == (0, 4, 6)


@pytest.mark.parametrize("again", COLLECTED)
def test_a_piece_that_is_known_changes_nothing(again: CollectCommand) -> None:
    assert decide(after(*COLLECTED), again) == []


def test_minutes_published_anew_replace_the_first_until_the_sealing_begins() -> None:
    corrected = heard(minutes_published(MEETING, number="0124/ຕສ.ສບດ"))
    assert names(decide(after(*COLLECTED), corrected)) == ["MinutesCollected"]
    assert description(after(*COLLECTED, corrected, BEGIN)).about["number"] == "0124/ຕສ.ສບດ"
    assert decide(after(*COLLECTED, BEGIN), corrected) == []


def test_facts_that_bring_no_piece_ask_for_nothing() -> None:
    assert react(MeetingOpened(meeting_id=MEETING), at=NOW, settle=SETTLE) == []


def test_a_complete_record_is_sealed_when_late_facts_have_been_waited_for() -> None:
    completed = RecordCompleted(record_id=RECORD_ID, meeting_id=MEETING, seal_at=NOW + SETTLE)
    key = str(RECORD_ID)
    job = Job(kind="seal-record", name=key, key=key, payload={"record_id": key}, due=NOW + SETTLE)
    assert plan(after(*COLLECTED), completed) == [job]
    assert plan(after(*COLLECTED), RecordOpened(record_id=RECORD_ID, meeting_id=MEETING)) == []


def test_sealing_begins_once_and_fixes_the_dates() -> None:
    record = after(*COLLECTED, BEGIN)
    assert (record.sealed_at, record.retain_until, kept_until(record)) == (NOW, date(2032, 12, 31), date(2032, 12, 31))
    assert decide(record, replace(BEGIN, at=NOW + SETTLE)) == []
    assert decide(after(*COLLECTED, BEGIN, SEAL), BEGIN) == []


def test_a_record_is_sealed_once() -> None:
    sealed = decide(after(*COLLECTED, BEGIN), SEAL)
    assert sealed == [
        RecordSealed(
            record_id=RECORD_ID,
            meeting_id=MEETING,
            package_sha256="ab" * 32,
            package_size=1,
            facts=3,
            log_index=0,
            log_size=1,
            log_root="cd" * 32,
            sealed_at=NOW,
        )
    ]
    assert decide(after(*COLLECTED, BEGIN, SEAL), SEAL) == []


@pytest.mark.parametrize("pieces", [COLLECTED[:1], COLLECTED[:2], COLLECTED[1:]])
def test_an_incomplete_record_is_not_sealed(pieces: tuple[CollectCommand, ...]) -> None:
    refuses(RecordIncomplete, after(*pieces), BEGIN)
    refuses(RecordIncomplete, after(*pieces), SEAL)
    with pytest.raises(RecordIncomplete):
        description(after(*pieces))


def test_what_was_never_heard_of_is_not_found() -> None:
    for command in (BEGIN, SEAL, HOLD, RELEASE):
        refuses(NotFound, after(), command)


def test_nothing_can_be_packed_before_it_was_published() -> None:
    for pieces in (COLLECTED[:1], COLLECTED[:2]):
        with pytest.raises(RecordIncomplete):
            documents(after(*pieces))
    with pytest.raises(RecordIncomplete):
        kept_until(after(*COLLECTED))


def test_the_package_says_what_the_record_is() -> None:
    record = after(*COLLECTED, BEGIN)
    told = description(record)
    assert (told.record, told.kind, told.sealed_at) == (f"record-{RECORD_ID}", "meeting", NOW)
    assert told.title == {"lo": TITLE.lo, "en": TITLE.en}
    assert told.about == {
        "meeting": str(MEETING),
        "number": "0123/ຕສ.ສບດ",
        "issuer": "MTC",
        "retain_until": "2032-12-31",
    }
    assert told.renders == {"minutes.pdf": "ab" * 32}
    assert documents(record) == {
        "minutes.pdf": reference("application/pdf"),
        "minutes.json": reference("application/json"),
        "news.json": reference("application/vnd.news+json"),
    }


def test_minutes_whose_render_is_unknown_are_packed_without_it() -> None:
    unrendered = heard(MINUTES.model_copy(update={"render_sha256": None}))
    assert description(after(COLLECTED[0], unrendered, COLLECTED[2], BEGIN)).renders == {}


@pytest.mark.parametrize(
    ("closed", "last"), [(date(2013, 1, 3), date(2023, 12, 31)), (date(2012, 12, 31), date(2022, 12, 31))]
)
def test_a_record_is_kept_for_whole_calendar_years(closed: date, last: date) -> None:
    assert retained_until(closed, years=10) == last


def test_the_year_is_that_of_vientiane() -> None:
    eve = BeginSealing(actor=MACHINE, at=datetime(2022, 12, 31, 17, 0, tzinfo=UTC), retention_years=10)
    assert after(*COLLECTED, eve).retain_until == date(2033, 12, 31)


def test_a_hold_lies_on_a_sealed_record_until_it_is_released() -> None:
    sealed = (*COLLECTED, BEGIN, SEAL)
    held = RecordHeld(record_id=RECORD_ID, meeting_id=MEETING, reason="court case 12")
    released = RecordReleased(record_id=RECORD_ID, meeting_id=MEETING, reason="case closed")
    assert decide(after(*sealed), HOLD) == [held]
    assert (after(*sealed, HOLD).held, after(*sealed, HOLD, RELEASE).held) == ("court case 12", None)
    assert decide(after(*sealed, HOLD), RELEASE) == [released]
    assert decide(after(*sealed, HOLD), HOLD) == decide(after(*sealed), RELEASE) == []


def test_each_hold_and_each_release_is_told_to_the_store() -> None:
    record = after(*COLLECTED, BEGIN, SEAL, HOLD)
    held, key = RecordHeld(record_id=RECORD_ID, meeting_id=MEETING, reason="court case 12"), str(RECORD_ID)
    payload = {"record_id": key, "reason": "court case 12"}
    assert plan(record, held) == [Job(kind="hold-record", name=f"{key}:7", key=key, payload=payload)]
    released = RecordReleased(record_id=RECORD_ID, meeting_id=MEETING, reason="case closed")
    job = Job(kind="release-record", name=f"{key}:8", key=key, payload={"record_id": key})
    assert plan(after(*COLLECTED, BEGIN, SEAL, HOLD, RELEASE), released) == [job]


def test_only_an_archivist_holds_and_releases() -> None:
    for command in (HOLD, RELEASE):
        refuses(NotPermitted, after(*COLLECTED, BEGIN, SEAL), replace(command, actor=MACHINE))


def test_what_is_not_sealed_cannot_be_held() -> None:
    refuses(RecordNotSealed, after(*COLLECTED, BEGIN), HOLD)


def test_facts_of_others_change_no_state() -> None:
    assert evolve(after(), DRAFTED) == Record(record_id=RECORD_ID, version=1)


def test_a_record_has_the_title_that_was_corrected() -> None:
    another = Bilingual(lo="ກອງປະຊຸມທົບທວນ")
    names = MeetingChanged.model_fields.keys() & MeetingDrafted.model_fields.keys()
    known = {name: getattr(DRAFTED, name) for name in names if name != "title"}
    changed = MeetingChanged(**known, title=another, changed=("title",), announced=False, sequence=0)
    opened = reduce(evolve, decide(Record(record_id=RECORD_ID), heard(DRAFTED)), Record(record_id=RECORD_ID))
    retitled = reduce(evolve, decide(opened, heard(changed)), opened)
    assert (opened.title, retitled.title) == (DRAFTED.title, another)
    assert decide(retitled, heard(changed)) == []


def test_of_a_draft_that_was_deleted_the_title_is_forgotten_until_it_is_drafted_anew() -> None:
    discarded = MeetingDiscarded(meeting_id=MEETING)
    gone = after(heard(DRAFTED), heard(discarded))
    assert (gone.title, gone.organiser, gone.phase) == (None, None, after(heard(DRAFTED)).phase)
    assert decide(gone, heard(discarded)) == decide(Record(record_id=RECORD_ID), heard(discarded)) == []
    assert after(heard(DRAFTED), heard(discarded), heard(DRAFTED)).title == DRAFTED.title
