"""Correcting a meeting: title, purpose, agenda, seats and rules, as long as it has not begun."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from services.registration.domain.commands import ChangeMeeting, MeetingCommand
from services.registration.domain.lifecycle import check_organiser
from services.registration.domain.policies import check_policy
from services.registration.domain.state import Meeting, Phase, evolve
from services.registration.domain.waiting import promotions
from shared.contracts import Fact
from shared.contracts.base import Bilingual
from shared.contracts.registration import Admission, MeetingChanged, MeetingDrafted
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
    wanted = dict(command.changes)
    if "admission" in wanted:
        wanted["admission"] = Admission(**dict(meeting.admission) | dict(wanted["admission"]))
    before = dict(meeting.drafted) | {"admission": meeting.admission}  # its deadline has moved with the meeting
    changed = {name: value for name, value in wanted.items() if before[name] != value}
    if not changed:
        return []
    after = MeetingDrafted(**before | changed)
    check_policy(meeting, after.admission, capacity=after.capacity, starts_at=meeting.starts_at)
    fact = _fact(meeting, after, changed)
    if meeting.phase is Phase.DRAFT:
        return [fact]
    more = after.capacity > meeting.capacity
    return [fact, *promotions(evolve(meeting, fact), reason="capacity-raised" if more else "seat-freed")]


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


RULES: Final[Mapping[type[MeetingCommand], Callable[[Meeting, Any], Sequence[Fact]]]] = {ChangeMeeting: change}
"""Kind of command → the rule that decides on it."""
