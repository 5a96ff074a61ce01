"""Who writes what into minutes, and when."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from services.minutes.domain.commands import (
    DraftMinutes,
    MinutesCommands,
    StartMinutes,
)
from services.minutes.domain.draft import Section
from services.minutes.domain.minutes import decide
from services.minutes.domain.refusals import AgendaItemUnknown, NothingEdited, OrganisationUnknown, WrongPhase
from services.minutes.domain.state import PrivateText, evolve
from shared.contracts import Fact
from shared.contracts.minutes import (
    ActionAssigned,
    DecisionRecorded,
    MinutesRevised,
    OpinionRecorded,
)
from shared.kernel import Actor, NotFound, NotPermitted, Refusal, StaleVersion
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
    MEETING,
    NAMES,
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
    SIGNED,
    STARTED,
    STRANGER,
    SUBMIT,
    SUBMITTED,
    after,
    carried_out,
    refusal,
)


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
    minutes, command = after(STARTED, DRAFTED, REVISED), replace(REVISE, expected_revision=frozenset({2}))
    assert decide(minutes, command) == [MinutesRevised(**NAMES, revision=3)]
    assert carried_out(minutes, command).edits == {"quote": "ຄຳເວົ້າ", "purpose": PRIVATE}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"edits": {}}, NothingEdited),
        ({"expected_revision": frozenset({1})}, StaleVersion),
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
