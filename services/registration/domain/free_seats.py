"""Which seats are free, and for whom: those kept for a body are free for its people only.

A body that has ended by the day of the meeting counts as one with the body that acts for it: what is kept for both is
kept for the people of both, and of them as many may come as of both together.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from services.registration.domain.state import Meeting
from shared.contracts.registration import OrganisationSeats


def fit(meeting: Meeting, bodies: Sequence[str]) -> bool:
    """Whether so many people, one of each of these bodies, can all have a seat now."""
    free = meeting.capacity - meeting.confirmed
    kept = sum(_kept(meeting, rule) for rule in _rules(meeting))
    return _fit(meeting, bodies, unkept=max(free - kept, 0))


def fit_in_kept(meeting: Meeting, bodies: Sequence[str]) -> bool:
    """Whether they can all have seats that are kept for their own bodies: to take them takes nothing from others."""
    return _fit(meeting, bodies, unkept=0)


def within_limits(meeting: Meeting, bodies: Sequence[str]) -> bool:
    """Whether the limits of their bodies leave room for all of them, however many seats are free."""
    return all(size <= left_of_most(meeting, body) for body, size in _sizes(meeting, bodies).items())


def _fit(meeting: Meeting, bodies: Sequence[str], *, unkept: int) -> bool:
    """`unkept` are the free seats that are kept for nobody."""
    if len(bodies) > meeting.capacity - meeting.confirmed or not within_limits(meeting, bodies):
        return False
    kept = {rule.organisation: _kept(meeting, rule) for rule in _rules(meeting)}
    return sum(max(size - kept.get(body, 0), 0) for body, size in _sizes(meeting, bodies).items()) <= unkept


def _sizes(meeting: Meeting, bodies: Sequence[str]) -> Mapping[str, int]:
    """How many people there are of each body, or of the body that acts for it."""
    return Counter(_acting(meeting, body) for body in bodies)


def most_of(meeting: Meeting, bodies: Sequence[str]) -> int | None:
    """The limit that so many people can never keep, however many seats become free; None where they can."""
    if len(bodies) > meeting.capacity:
        return meeting.capacity
    limits = ((size, limit_of(meeting, body)) for body, size in _sizes(meeting, bodies).items())
    return next((limit for size, limit in limits if size > limit), None)


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
