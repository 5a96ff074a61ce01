"""Who reviews, approves and publishes minutes and when, and what follows from facts."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import pytest

from services.minutes import policy
from services.minutes.domain.commands import (
    MinutesCommands,
    StartMinutes,
)
from services.minutes.domain.minutes import decide
from services.minutes.domain.refusals import WrongPhase
from services.minutes.domain.state import Phase, evolve
from shared.contracts import Fact
from shared.contracts.archive import RecordSealed
from shared.contracts.minutes import (
    MinutesReturned,
)
from shared.contracts.registration import MeetingClosed, MeetingHeld, MeetingOpened
from shared.kernel import Job, StaleVersion
from tests.minutes.facts_and_commands import (
    ALL_FACTS,
    APPROVE,
    APPROVED,
    AT,
    DRAFTED,
    FILE,
    FILED,
    ID,
    MEETING,
    NAMES,
    NEWS,
    PUBLISH,
    PUBLISH_NEWS_COMMAND,
    PUBLISHED,
    RETURN,
    SERVICE,
    SIGN,
    SIGNED,
    STARTED,
    SUBMIT,
    SUBMITTED,
    after,
    carried_out,
    refusal,
)
from tests.minutes.registration_facts import END, START


def test_minutes_go_back_and_forth_until_they_are_approved() -> None:
    submitted = after(STARTED, DRAFTED, SUBMITTED)
    assert decide(submitted, RETURN) == [MinutesReturned(**NAMES, revision=1)]
    minutes = carried_out(submitted, RETURN)
    assert (minutes.phase, minutes.returned) == (Phase.DRAFT, "ກະລຸນາກວດຄືນ")
    assert decide(minutes, SUBMIT) == [SUBMITTED]
    assert evolve(minutes, SUBMITTED).returned is None


def test_the_number_is_the_next_of_its_series_with_the_issuers_suffix() -> None:
    assert decide(after(STARTED, DRAFTED, SUBMITTED), APPROVE) == [APPROVED]


def test_an_approval_without_the_locked_series_is_a_defect() -> None:
    with pytest.raises(ValueError, match="locked series"):
        decide(replace(after(STARTED, DRAFTED, SUBMITTED), series=None), APPROVE)


@pytest.mark.parametrize(
    ("facts", "command"),
    [
        ((STARTED,), SUBMIT),
        ((STARTED, DRAFTED), RETURN),
        ((STARTED, DRAFTED), APPROVE),
        ((STARTED, DRAFTED, SUBMITTED), SUBMIT),
        ((STARTED, DRAFTED, SUBMITTED, APPROVED), APPROVE),
        ((STARTED, DRAFTED, SUBMITTED), PUBLISH),
        ((STARTED, DRAFTED, SUBMITTED, APPROVED, SIGNED, PUBLISHED), PUBLISH),
    ],
)
def test_every_step_has_its_turn(facts: Sequence[Fact], command: MinutesCommands) -> None:
    assert refusal(after(*facts), command) is WrongPhase


def test_the_chair_approves_only_the_text_that_he_has_read() -> None:
    minutes = after(STARTED, DRAFTED, SUBMITTED)
    assert refusal(minutes, replace(APPROVE, expected_revision=frozenset({7}))) is StaleVersion
    assert decide(minutes, replace(APPROVE, expected_revision=frozenset({1}))) == [APPROVED]


def test_what_was_approved_is_signed_published_told_and_filed_once() -> None:
    minutes = after(STARTED, DRAFTED, SUBMITTED, APPROVED)
    for command, fact in ((SIGN, SIGNED), (PUBLISH, PUBLISHED), (PUBLISH_NEWS_COMMAND, NEWS), (FILE, FILED)):
        assert decide(minutes, command) == [fact]
        minutes = carried_out(minutes, command)
    assert [decide(minutes, command) for command in (SIGN, PUBLISH_NEWS_COMMAND, FILE)] == [[], [], []]
    assert minutes == after(*ALL_FACTS)
    assert (minutes.phase, minutes.news_id, minutes.record_id) == (Phase.FILED, UUID(int=5), UUID(int=6))


@pytest.mark.parametrize("command", [SIGN, PUBLISH_NEWS_COMMAND, FILE])
def test_an_answer_that_comes_too_early_says_nothing(command: MinutesCommands) -> None:
    assert (decide(after(), command), decide(after(STARTED, DRAFTED), command)) == ([], [])


def test_a_meeting_that_opens_starts_its_minutes_and_a_sealed_record_files_them() -> None:
    sealed = RecordSealed(
        record_id=UUID(int=6),
        meeting_id=MEETING,
        package_sha256="d" * 64,
        package_size=1,
        facts=1,
        log_index=0,
        log_size=1,
        log_root="e" * 64,
        sealed_at=AT,
    )
    assert policy.react(MeetingOpened(meeting_id=MEETING), at=AT) == [
        (ID, StartMinutes(actor=SERVICE, at=AT, meeting_id=MEETING))
    ]
    assert policy.react(sealed, at=AT) == [(ID, FILE)]
    assert policy.react(MeetingClosed(meeting_id=MEETING), at=AT) == []


@pytest.mark.parametrize(
    ("fact", "kind"),
    [
        (MeetingHeld(meeting_id=MEETING, started_at=START, ended_at=END), policy.DRAFT_MINUTES),
        (APPROVED, policy.SIGN_MINUTES),
        (PUBLISHED, policy.PUBLISH_NEWS),
    ],
)
def test_drafting_signing_and_telling_are_jobs_that_are_written_once(fact: Fact, kind: str) -> None:
    job = Job(kind=kind, name=str(ID), key=str(ID), payload={"minutes_id": str(ID)})
    assert policy.plan(after(STARTED), fact) == [job]


def test_the_other_facts_need_nothing_done() -> None:
    assert [policy.plan(after(STARTED), fact) for fact in (STARTED, DRAFTED, SIGNED, NEWS, FILED)] == [[]] * 5
