"""Which seats are free, and for whom: those kept for a body are free for its people only."""

from services.registration.domain.state import Meeting
from shared.contracts.registration import OrganisationSeats


def free_seats(meeting: Meeting, organisation: str) -> int:
    """How many more people of `organisation` can have a seat now."""
    others = sum(_kept(meeting, one) for one in meeting.admission.organisations if one.organisation != organisation)
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
    return max(rule.most - meeting.taken.get(organisation, 0), 0)


def limit_of(meeting: Meeting, organisation: str) -> int:
    """How many people of `organisation` may have a seat at once."""
    rule = _rule(meeting, organisation)
    return meeting.capacity if rule is None or rule.most is None else rule.most


def _kept(meeting: Meeting, rule: OrganisationSeats) -> int:
    return max(rule.reserved - meeting.taken.get(rule.organisation, 0), 0)


def _rule(meeting: Meeting, organisation: str) -> OrganisationSeats | None:
    rules = meeting.admission.organisations
    return next((one for one in rules if one.organisation == organisation), None) if rules else None
