"""A draft: made, replaced as a whole, deleted; nobody has been told of it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final

from services.registration.domain import changing, hosts, lifecycle
from services.registration.domain.commands import (
    ChangeHosts,
    ChangeMeeting,
    DiscardDraft,
    DraftMeeting,
    MeetingCommand,
    OrganiserCommand,
    ReplaceDraft,
    RescheduleMeeting,
)
from services.registration.domain.lifecycle import check_organiser, check_own_body
from services.registration.domain.policies import check_policy
from services.registration.domain.refusals import AlreadyExists, InvalidSchedule
from services.registration.domain.state import Meeting, Phase, evolve
from shared.contracts import Fact
from shared.contracts.registration import MeetingChanged, MeetingDiscarded, MeetingDrafted

_CHANGED: Final[Collection[str]] = MeetingChanged.model_fields.keys() & MeetingDrafted.model_fields.keys()
_STEPS: Final[Mapping[type[MeetingCommand], Callable[[Meeting, Any], Sequence[Fact]]]] = {
    **lifecycle.RULES,
    **changing.RULES,
    **hosts.RULES,
}


def draft(meeting: Meeting, command: DraftMeeting) -> Sequence[Fact]:
    """A new meeting, of the organiser's own body."""
    if meeting.phase is not Phase.ABSENT:
        raise AlreadyExists
    check_own_body(command, command.organiser)
    if command.ends_at <= command.starts_at:
        raise InvalidSchedule(field="/ends_at")
    hosts.check_bodies(meeting, command.co_hosts, organiser=command.organiser)
    check_policy(meeting, command.admission, capacity=command.capacity, starts_at=command.starts_at)
    members = {name: getattr(command, name) for name in MeetingDrafted.model_fields if hasattr(command, name)}
    return [MeetingDrafted(**members)]


def replace_draft(meeting: Meeting, command: ReplaceDraft) -> Sequence[Fact]:
    """What differs between a draft and what it is to be: its schedule, its hosts, everything else."""
    check_organiser(meeting, command, Phase.DRAFT)
    check_own_body(command, command.draft.organiser)
    facts: list[Fact] = []
    for step in _steps(command):
        following = _STEPS[type(step)](meeting, step)
        for fact in following:
            meeting = evolve(meeting, fact)
        facts += following
    return facts


def _steps(command: ReplaceDraft) -> Sequence[OrganiserCommand]:
    wanted = command.draft
    who: dict[str, Any] = {"actor": command.actor, "at": command.at}
    changes = {name: getattr(wanted, name) for name in _CHANGED if hasattr(wanted, name) and name != "meeting_id"}
    return (
        RescheduleMeeting(starts_at=wanted.starts_at, ends_at=wanted.ends_at, venue=wanted.venue, **who),
        ChangeHosts(chair=wanted.chair, co_hosts=wanted.co_hosts, co_host_contacts=wanted.co_host_contacts, **who),
        ChangeMeeting(changes=changes, **who),
    )


def discard(meeting: Meeting, command: DiscardDraft) -> Sequence[Fact]:
    """Delete a draft; a meeting that was announced is cancelled instead."""
    check_organiser(meeting, command, Phase.DRAFT)
    return [MeetingDiscarded(meeting_id=meeting.meeting_id)]


RULES: Final[Mapping[type[MeetingCommand], Callable[[Meeting, Any], Sequence[Fact]]]] = {
    DraftMeeting: draft,
    ReplaceDraft: replace_draft,
    DiscardDraft: discard,
}
"""Kind of command → the rule that decides on it."""
