"""What desks ask of a meeting beside a scan."""

from dataclasses import dataclass, field

from services.registration.domain.commands import CheckIn
from shared.contracts.registration import PersonRecorded


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmitWalkIn(CheckIn):
    """Let in somebody who has not registered: `registration_id` is the registration that he gets, with `code`."""

    person: PersonRecorded = field(repr=False)
    code: str
