"""Whether the policy of a meeting can be kept: its seats are enough for what is kept, it closes before it begins."""

from datetime import datetime

from services.registration.domain.refusals import (
    DeadlineAfterStart,
    DuplicateOrganisation,
    OrganisationUnknown,
    ReservedBeyondCapacity,
)
from services.registration.domain.state import Meeting
from shared.contracts.registration import Admission

POLICY_REFUSALS = (DeadlineAfterStart, DuplicateOrganisation, OrganisationUnknown, ReservedBeyondCapacity)
"""What `check_policy` may raise."""


def check_policy(meeting: Meeting, admission: Admission, *, capacity: int, starts_at: datetime) -> None:
    """Raise the Refusal of a policy that cannot be kept."""
    if admission.closes_at is not None and admission.closes_at > starts_at:
        raise DeadlineAfterStart(field="/registration_closes_at")
    bodies = [one.organisation for one in admission.organisations]
    if len(set(bodies)) < len(bodies):
        raise DuplicateOrganisation(field="/organisation_seats")
    for place, body in enumerate(bodies):
        if body in meeting.unknown_bodies:
            raise OrganisationUnknown(field=f"/organisation_seats/{place}/organisation")
    reserved = sum(one.reserved for one in admission.organisations)
    if reserved > capacity:
        raise ReservedBeyondCapacity(field="/organisation_seats", reserved=reserved, capacity=capacity)
