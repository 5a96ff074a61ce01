"""Which seats are free, and for whom: those kept for a body are free for its people only.

A body that has ended by the day of the meeting counts as one with the body that acts for it: what is kept for both is
kept for the people of both, and of them as many may come as of both together.
"""

from collections.abc import Sequence

from services.registration.domain.state import Meeting
from shared.contracts.registration import OrganisationSeats


def free_seats(meeting: Meeting, organisation: str) -> int:
    """How many more people of `organisation` can have a seat now."""
    own = _acting(meeting, organisation)
    others = sum(_kept(meeting, one) for one in _rules(meeting) if one.organisation != own)
    free = meeting.capacity - meeting.confirmed
    return min(max(free - others, kept_seats(meeting, organisation), 0), left_of_most(meeting, organisation))


def kept_seats(meeting: Meeting, organisation: str) -> int:
    """How many of the free seats are kept for people of `organisation`: to take them takes nothing from others."""
    rule = _rule(meeting, organisation)
    free = max(meeting.capacity - meeting.confirmed, 0)
    return min(_kept(meeting, rule), free) if rule else 0


def left_of_most(meeting: Meeting, organisation: str) -> int:
    """How many more people of `organisation` may have a seat, however many are free."""
    rule = _rule(meeting, organisation)
    if rule is None or rule.most is None:
        return meeting.capacity
    return max(rule.most - _taken(meeting, rule), 0)


def limit_of(meeting: Meeting, organisation: str) -> int:
    """How many people of `organisation` may have a seat at once."""
    rule = _rule(meeting, organisation)
    return meeting.capacity if rule is None or rule.most is None else rule.most


def _kept(meeting: Meeting, rule: OrganisationSeats) -> int:
    return max(rule.reserved - _taken(meeting, rule), 0)


def _taken(meeting: Meeting, rule: OrganisationSeats) -> int:
    if not meeting.acting:
        return meeting.taken.get(rule.organisation, 0)
    return sum(seats for code, seats in meeting.taken.items() if _acting(meeting, code) == rule.organisation)


def _acting(meeting: Meeting, organisation: str) -> str:
    return meeting.acting.get(organisation, organisation)


def _rule(meeting: Meeting, organisation: str) -> OrganisationSeats | None:
    if not meeting.admission.organisations:
        return None
    own = _acting(meeting, organisation)
    return next((one for one in _rules(meeting) if one.organisation == own), None)


def _rules(meeting: Meeting) -> Sequence[OrganisationSeats]:
    """The rules by the body that acts: those of bodies that count as one are added up."""
    rules = meeting.admission.organisations
    if not meeting.acting:
        return rules
    added: dict[str, OrganisationSeats] = {}
    for rule in rules:
        body = _acting(meeting, rule.organisation)
        known = added.get(body, OrganisationSeats(organisation=body, reserved=0, most=0))
        most = None if known.most is None or rule.most is None else known.most + rule.most
        added[body] = OrganisationSeats(organisation=body, reserved=known.reserved + rule.reserved, most=most)
    return list(added.values())
