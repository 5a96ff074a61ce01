"""Who holds a meeting beside its organiser: the chair, the co-hosts, and the persons who are told for them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final

from services.registration.domain.commands import ChangeHosts, MeetingCommand
from services.registration.domain.lifecycle import check_organiser
from services.registration.domain.refusals import OrganisationUnknown
from services.registration.domain.state import Meeting, Phase
from shared.contracts import Fact
from shared.contracts.registration import MeetingHostsChanged
from shared.kernel import NotFound


def change_hosts(meeting: Meeting, command: ChangeHosts) -> Sequence[Fact]:
    """Another chair or other co-hosts of a meeting that has not begun; nothing where nothing changes."""
    check_organiser(meeting, command, Phase.DRAFT, Phase.OPEN)
    before = meeting.drafted
    if before is None:
        raise NotFound
    chair = before.chair if command.chair is None else command.chair
    co_hosts = before.co_hosts if command.co_hosts is None else command.co_hosts
    contacts = before.co_host_contacts if command.co_host_contacts is None else command.co_host_contacts
    if (chair, co_hosts, contacts) == (before.chair, before.co_hosts, before.co_host_contacts):
        return []
    check_bodies(meeting, co_hosts)
    return [
        MeetingHostsChanged(
            meeting_id=meeting.meeting_id,
            announced=meeting.phase is Phase.OPEN,
            chair=chair,
            former_chair=None if chair == before.chair else before.chair,
            co_hosts=co_hosts,
            co_host_contacts=contacts,
            former_co_host_contacts=tuple(each for each in before.co_host_contacts if each not in contacts),
            new_co_host_contacts=tuple(each for each in contacts if each not in before.co_host_contacts),
        )
    ]


def check_bodies(meeting: Meeting, co_hosts: Collection[str], *, organiser: str | None = None) -> None:
    """Minutes name every body that has held the meeting: one that nobody knows could never be named."""
    if organiser in meeting.unknown_bodies:
        raise OrganisationUnknown(field="/organiser")
    for number, body in enumerate(co_hosts):
        if body in meeting.unknown_bodies:
            raise OrganisationUnknown(field=f"/co_hosts/{number}")


RULES: Final[Mapping[type[MeetingCommand], Callable[[Meeting, Any], Sequence[Fact]]]] = {ChangeHosts: change_hosts}
"""Kind of command → the rule that decides on it."""
