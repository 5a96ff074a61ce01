"""Which facts may make messages untrue that no provider has yet."""

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from shared.contracts import Fact
from shared.contracts.registration import (
    InvitationRevoked,
    MeetingCancelled,
    MeetingClosed,
    MeetingHeld,
    MeetingHostsChanged,
    MeetingRescheduled,
    MeetingStarted,
    ParticipantPromoted,
    ParticipantRepresented,
    ParticipantWithdrawn,
    ParticipationRejected,
    RequestWithdrawn,
)


def made_untrue(fact: Fact) -> tuple[UUID, tuple[UUID, ...]] | None:
    """The meeting, and the persons in it (none: all), whose unsent messages a fact may make untrue."""
    persons = _PERSONS.get(type(fact))
    meeting: Any = fact
    return (meeting.meeting_id, persons(fact)) if persons else None


def _hosts(fact: MeetingHostsChanged) -> tuple[UUID, ...]:
    """Who no longer holds the meeting; where nobody has left, its chair, to whom nothing untrue was written."""
    return (fact.former_chair or fact.chair, *fact.former_co_host_contacts)


_PERSONS: Final[Mapping[type[Fact], Callable[[Any], tuple[UUID, ...]]]] = {
    **dict.fromkeys((MeetingRescheduled, MeetingCancelled, MeetingStarted, MeetingHeld, MeetingClosed), lambda _: ()),
    InvitationRevoked: lambda fact: (fact.contact,),
    MeetingHostsChanged: _hosts,
    ParticipantWithdrawn: lambda fact: (fact.person_id,),
    ParticipationRejected: lambda fact: (fact.person_id,),
    RequestWithdrawn: lambda fact: (fact.person_id,),
    ParticipantPromoted: lambda fact: (fact.person_id,),
    ParticipantRepresented: lambda fact: (fact.represented_person_id,),
}
"""Fact → to whom something may have been written that is not true any more."""
