"""Correcting a meeting: title, purpose, agenda, seats and rules, as long as it has not begun."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from services.registration.domain.commands import ChangeMeeting, MeetingCommand
from services.registration.domain.lifecycle import check_organiser
from services.registration.domain.seats import promoted
from services.registration.domain.state import Meeting, Phase, evolve
from shared.contracts import Fact
from shared.contracts.base import Bilingual
from shared.contracts.registration import MeetingChanged, MeetingDrafted
from shared.kernel import NotFound

TOLD: Final = frozenset({"title", "agenda"})
"""Members that people have been told of: when one changes, everybody who expects the meeting is told again."""


AGENDA_DETAILS: Final = "agenda_details"
"""In `MeetingChanged.changed` instead of `agenda`, where it differs only in what no message says."""


def change(meeting: Meeting, command: ChangeMeeting) -> Sequence[Fact]:
    """Set what differs, nothing where nothing does; more seats move up the head of the queue, fewer evict nobody."""
    check_organiser(meeting, command, Phase.DRAFT, Phase.OPEN)
    if meeting.drafted is None:
        raise NotFound
    changed = {name: value for name, value in command.changes.items() if getattr(meeting.drafted, name) != value}
    if not changed:
        return []
    fact = _fact(meeting, MeetingDrafted(**{**dict(meeting.drafted), **changed}), changed)
    return [fact, *_promotions(evolve(meeting, fact))]


def _fact(meeting: Meeting, after: MeetingDrafted, changed: Mapping[str, Any]) -> MeetingChanged:
    announced = meeting.phase is Phase.OPEN
    names = MeetingChanged.model_fields.keys() & MeetingDrafted.model_fields.keys()
    differ = set(changed)
    if "agenda" in changed and meeting.drafted and _told(meeting.drafted) == _told(after):
        differ = differ - {"agenda"} | {AGENDA_DETAILS}
    return MeetingChanged(
        changed=tuple(sorted(differ)),
        announced=announced,
        sequence=meeting.sequence + (1 if announced and TOLD & differ else 0),
        **{name: getattr(after, name) for name in names},
    )


def _told(drafted: MeetingDrafted) -> Sequence[tuple[str, Bilingual]]:
    """What messages say of an agenda: number and title of its main items."""
    return [(item.number, item.title) for item in drafted.agenda if "." not in item.number]


def _promotions(after: Meeting) -> Sequence[Fact]:
    free = max(after.capacity - after.confirmed, 0)
    return [promoted(after, seat, reason="capacity-raised") for seat in after.queue[:free]]


RULES: Final[Mapping[type[MeetingCommand], Callable[[Meeting, Any], Sequence[Fact]]]] = {ChangeMeeting: change}
"""Kind of command → the rule that decides on it."""
