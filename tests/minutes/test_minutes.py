"""The rules of minutes: who may write, review, approve and publish them when, and what is heard of it outside."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from services.minutes import policy
from services.minutes.domain.commands import (
    DraftMinutes,
    MinutesCommands,
    StartMinutes,
)
from services.minutes.domain.draft import Section
from services.minutes.domain.minutes import decide
from services.minutes.domain.refusals import AgendaItemUnknown, NothingEdited, OrganisationUnknown, WrongPhase
from services.minutes.domain.state import Phase, PrivateText, evolve
from shared.contracts import Fact
from shared.contracts.archive import RecordSealed
from shared.contracts.minutes import (
    ActionAssigned,
    DecisionRecorded,
    MinutesReturned,
    MinutesRevised,
    OpinionRecorded,
)
from shared.contracts.registration import MeetingClosed, MeetingHeld, MeetingOpened
from shared.kernel import Actor, Job, NotFound, NotPermitted, Refusal, StaleVersion
from tests.minutes.facts_and_commands import (
    ACTION,
    ALL_FACTS,
    APPROVE,
    APPROVED,
    AT,
    CHAIR,
    DECISION,
    DRAFT,
    DRAFTED,
    FILE,
    FILED,
    ID,
    MEETING,
    NAMES,
    NEWS,
    OPINION,
    ORGANISER,
    PRIVATE,
    PUBLISH,
    PUBLISH_NEWS_COMMAND,
    PUBLISHED,
    REDRAFT,
    RETURN,
    REVISE,
    REVISED,
    SECRETARY,
    SERVICE,
    SIGN,
    SIGNED,
    STARTED,
    STRANGER,
    SUBMIT,
    SUBMITTED,
    after,
    carried_out,
    refusal,
)
from tests.minutes.registration_facts import END, START


def test_minutes_are_started_once() -> None:
    start = StartMinutes(actor=SERVICE, at=AT, meeting_id=MEETING)
    assert (decide(after(), start), decide(after(STARTED), start)) == ([STARTED], [])


@pytest.mark.parametrize("command", [OPINION, DECISION, ACTION, REVISE, REDRAFT, SUBMIT, RETURN, APPROVE, PUBLISH])
def test_minutes_of_a_meeting_that_was_never_opened_are_not_found(command: MinutesCommands) -> None:
    assert refusal(after(), command) is NotFound
    assert refusal(after(), replace(REDRAFT, actor=SERVICE)) is NotFound


@pytest.mark.parametrize("command", [OPINION, DECISION, ACTION, REVISE, REDRAFT, SUBMIT, RETURN, APPROVE, PUBLISH])
@pytest.mark.parametrize("actor", [STRANGER, ORGANISER])
def test_only_secretary_and_chair_of_the_organising_body_act(command: MinutesCommands, actor: Actor) -> None:
    assert refusal(after(STARTED, DRAFTED), replace(command, actor=actor)) is NotPermitted


@pytest.mark.parametrize("command", [RETURN, APPROVE])
def test_the_secretary_cannot_do_what_is_the_chairs(command: MinutesCommands) -> None:
    assert refusal(after(STARTED, DRAFTED, SUBMITTED), replace(command, actor=SECRETARY)) is NotPermitted


@pytest.mark.parametrize("command", [OPINION, SUBMIT, PUBLISH])
def test_the_chair_does_not_write_or_publish(command: MinutesCommands) -> None:
    assert refusal(after(STARTED, DRAFTED), replace(command, actor=CHAIR)) is NotPermitted


def test_an_opinion_keeps_the_name_the_body_has_today() -> None:
    (fact,) = decide(after(STARTED), OPINION)
    assert isinstance(fact, OpinionRecorded)
    said = PrivateText(text=PRIVATE, organisation_name="ກະຊວງການເງິນ")
    assert (fact.agenda_item, carried_out(after(STARTED), OPINION).private_text) == ("2", said)
    assert decide(after(STARTED), replace(OPINION, agenda_item=None))
    assert after(STARTED, fact) == replace(after(STARTED), version=2)


def test_an_opinion_is_on_the_agenda_or_on_the_whole() -> None:
    assert refusal(after(STARTED), replace(OPINION, agenda_item="9")) is AgendaItemUnknown


@pytest.mark.parametrize("command", [OPINION, ACTION])
def test_a_body_nobody_has_heard_of_says_and_does_nothing(command: MinutesCommands) -> None:
    assert refusal(replace(after(STARTED), speaker=None), command) is OrganisationUnknown


def test_decisions_and_actions_are_numbered_one_after_the_other() -> None:
    minutes, numbers = after(STARTED), []
    for command in (DECISION, ACTION, DECISION, ACTION):
        (fact,) = decide(minutes, command)
        assert isinstance(fact, DecisionRecorded | ActionAssigned)
        numbers.append(fact.number)
        minutes = evolve(minutes, fact)
    assert numbers == [1, 1, 2, 2]


@pytest.mark.parametrize("command", [OPINION, DECISION, ACTION, REVISE, REDRAFT])
def test_nothing_is_written_any_more_once_the_chair_has_the_minutes(command: MinutesCommands) -> None:
    assert refusal(after(STARTED, DRAFTED, SUBMITTED), command) is WrongPhase


def test_the_first_draft_is_ours_and_counts_who_was_there() -> None:
    ours = DraftMinutes(actor=SERVICE, at=AT, draft=DRAFT)
    assert decide(after(STARTED), ours) == [DRAFTED]
    assert decide(after(STARTED, DRAFTED), replace(ours, draft=REDRAFT.draft)) == []
    assert decide(after(*ALL_FACTS), ours) == []


def test_drafting_again_keeps_what_people_have_written() -> None:
    redrafted = carried_out(after(STARTED, DRAFTED, REVISED), REDRAFT)
    assert (redrafted.edits, redrafted.draft, redrafted.revision) == ({"quote": "ຄຳເວົ້າ"}, REDRAFT.draft, 3)


def test_a_draft_that_says_the_same_changes_nothing() -> None:
    assert decide(after(STARTED, DRAFTED), replace(REDRAFT, draft=DRAFT)) == []


def test_an_edit_adds_to_the_edits_and_makes_a_new_revision() -> None:
    minutes, command = after(STARTED, DRAFTED, REVISED), replace(REVISE, expected_revision=2)
    assert decide(minutes, command) == [MinutesRevised(**NAMES, revision=3)]
    assert carried_out(minutes, command).edits == {"quote": "ຄຳເວົ້າ", "purpose": PRIVATE}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"edits": {}}, NothingEdited),
        ({"expected_revision": 1}, StaleVersion),
    ],
)
def test_an_edit_is_refused_when_it_is_empty_or_made_on_an_older_text(
    changes: dict[str, Any], expected: type[Refusal]
) -> None:
    assert refusal(after(STARTED, DRAFTED, REVISED), replace(REVISE, **changes)) is expected


def test_an_edit_that_changes_nothing_makes_no_revision() -> None:
    same = replace(REVISE, edits={Section.QUOTE: "ຄຳເວົ້າ"})
    assert decide(after(STARTED, DRAFTED, REVISED), same) == []


def test_there_is_no_text_to_edit_before_the_draft() -> None:
    assert refusal(after(STARTED), REVISE) is WrongPhase


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
    assert refusal(minutes, replace(APPROVE, expected_revision=7)) is StaleVersion
    assert decide(minutes, replace(APPROVE, expected_revision=1)) == [APPROVED]


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


@pytest.mark.parametrize(
    ("past", "command"),
    [
        ((STARTED, DRAFTED), OPINION),
        ((STARTED, DRAFTED), DECISION),
        ((STARTED, DRAFTED), ACTION),
        ((STARTED, DRAFTED), REVISE),
        ((STARTED, DRAFTED), replace(REDRAFT, draft=replace(DRAFT, purpose=PRIVATE))),
        ((STARTED, DRAFTED, SUBMITTED), replace(RETURN, reason=PRIVATE)),
        (
            (STARTED, DRAFTED, SUBMITTED, APPROVED, SIGNED, PUBLISHED),
            replace(PUBLISH_NEWS_COMMAND, item={"title": PRIVATE}),
        ),
    ],
)
def test_a_text_is_kept_and_no_fact_says_it(past: Sequence[Fact], command: MinutesCommands) -> None:
    (fact,) = decide(after(*past), command)
    assert PRIVATE in str(carried_out(after(*past), command))
    assert PRIVATE not in str(fact)


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
