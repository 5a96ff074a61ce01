"""Writing minutes: opinions, decisions, actions, the draft and the edits; possible until the chair reviews them."""

from collections.abc import Sequence
from typing import assert_never
from uuid import UUID

from services.minutes.domain.commands import (
    AssignAction,
    DraftMinutes,
    RecordDecision,
    RecordOpinion,
    ReviseMinutes,
    WritingCommand,
)
from services.minutes.domain.draft import revised
from services.minutes.domain.printable import FOR_THE_NEWS, check_printable
from services.minutes.domain.refusals import AgendaItemUnknown, NothingEdited, OrganisationUnknown, WrongPhase
from services.minutes.domain.state import WRITABLE, Minutes, Phase
from shared.contracts import Fact
from shared.contracts.minutes import ActionAssigned, DecisionRecorded, MinutesDrafted, MinutesRevised, OpinionRecorded
from shared.kernel import Command, LimitReached, NotFound, NotPermitted, Role, StaleVersion

OPINIONS, DECISIONS, ACTIONS = 500, 200, 200
"""How many of each one meeting can have."""

LETTERS = 200_000
"""How many letters one meeting's opinions, decisions, actions and edits have together: about 80 printed pages."""


def write(minutes: Minutes, command: WritingCommand) -> Sequence[Fact]:
    """The facts that follow from a command that writes, or a Refusal."""
    if isinstance(command, DraftMinutes):
        return _draft(minutes, command)
    meeting_id = check_role(minutes, command, Role.SECRETARY)
    _check_writable(minutes)
    _check_limits(minutes, command)
    _check_characters(command)
    match command:
        case RecordOpinion():
            return [_opinion(minutes, meeting_id, command)]
        case RecordDecision():
            return [_decision(minutes, meeting_id, command)]
        case AssignAction():
            return [_action(minutes, meeting_id, command)]
        case ReviseMinutes():
            return _revise(minutes, meeting_id, command)
        case _:
            assert_never(command)


def check_role(minutes: Minutes, command: Command, role: Role) -> UUID:
    """The meeting's identifier, if the actor has `role` in the organiser's own body; `NotFound`, `NotPermitted`."""
    if minutes.meeting_id is None:
        raise NotFound
    if role not in command.actor.roles or not command.actor.acts_for(minutes.organiser):
        raise NotPermitted
    return minutes.meeting_id


def _draft(minutes: Minutes, command: DraftMinutes) -> Sequence[Fact]:
    """Draft, or draft again; what people have written stays. The service itself makes the first draft only."""
    ours = Role.SERVICE in command.actor.roles
    meeting_id = minutes.meeting_id if ours else check_role(minutes, command, Role.SECRETARY)
    if meeting_id is None:
        raise NotFound
    if ours and minutes.phase is not Phase.OPENED:
        return []
    _check_writable(minutes)
    if command.draft == minutes.draft:
        return []
    count = command.draft.count
    return [
        MinutesDrafted(
            minutes_id=minutes.minutes_id,
            meeting_id=meeting_id,
            revision=minutes.revision + 1,
            present=count.present,
            women=count.women,
        )
    ]


def _revise(minutes: Minutes, meeting_id: UUID, command: ReviseMinutes) -> Sequence[Fact]:
    if minutes.phase is not Phase.DRAFT:
        raise WrongPhase(state=minutes.phase.value)
    if command.expected_revision is not None and minutes.revision not in command.expected_revision:
        raise StaleVersion(revision=minutes.revision)
    if not command.edits:
        raise NothingEdited
    edits = revised(minutes.edits, command.edits)
    if edits == minutes.edits:
        return []
    revision = minutes.revision + 1
    return [MinutesRevised(minutes_id=minutes.minutes_id, meeting_id=meeting_id, revision=revision)]


def _opinion(minutes: Minutes, meeting_id: UUID, command: RecordOpinion) -> Fact:
    if command.agenda_item is not None and command.agenda_item not in minutes.agenda:
        raise AgendaItemUnknown(field="/agenda_item")
    _require_organisation(minutes)
    return OpinionRecorded(
        minutes_id=minutes.minutes_id,
        meeting_id=meeting_id,
        opinion_id=command.opinion_id,
        organisation=command.organisation,
        agenda_item=command.agenda_item,
        position=command.position,
    )


def _decision(minutes: Minutes, meeting_id: UUID, command: RecordDecision) -> Fact:
    return DecisionRecorded(
        minutes_id=minutes.minutes_id,
        meeting_id=meeting_id,
        decision_id=command.decision_id,
        number=minutes.decisions + 1,
    )


def _action(minutes: Minutes, meeting_id: UUID, command: AssignAction) -> Fact:
    _require_organisation(minutes)
    return ActionAssigned(
        minutes_id=minutes.minutes_id,
        meeting_id=meeting_id,
        action_id=command.action_id,
        number=minutes.actions + 1,
        owner=command.organisation,
        due=command.due,
    )


def _require_organisation(minutes: Minutes) -> None:
    if minutes.speaker is None:
        raise OrganisationUnknown(field="/organisation")


def _check_limits(minutes: Minutes, command: RecordOpinion | RecordDecision | AssignAction | ReviseMinutes) -> None:
    edits, more = minutes.edits, 0
    match command:
        case RecordOpinion():
            _check_limit("opinions", minutes.written_so_far.opinions + 1, OPINIONS)
            more = len(command.text) + len(command.text_en or "")
        case RecordDecision():
            _check_limit("decisions", minutes.decisions + 1, DECISIONS)
            more = len(command.text)
        case AssignAction():
            _check_limit("actions", minutes.actions + 1, ACTIONS)
            more = len(command.text)
        case ReviseMinutes():
            edits = revised(minutes.edits, command.edits)
    _check_limit("letters", minutes.written_so_far.letters + sum(map(len, edits.values())) + more, LETTERS)


def _check_characters(command: RecordOpinion | RecordDecision | AssignAction | ReviseMinutes) -> None:
    """Refuse characters that cannot be printed; sections for the news item are not printed."""
    if not isinstance(command, ReviseMinutes):
        return check_printable(command.text, field="/text")
    for section, text in command.edits.items():
        if text is not None and section not in FOR_THE_NEWS:
            check_printable(text, field=f"/{section}")
    return None


def _check_limit(what: str, count: int, limit: int) -> None:
    if count > limit:
        raise LimitReached(what=what, limit=limit)


def _check_writable(minutes: Minutes) -> None:
    if minutes.phase not in WRITABLE:
        raise WrongPhase(state=minutes.phase.value)
