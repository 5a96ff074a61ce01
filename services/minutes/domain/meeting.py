"""What minutes knows of a meeting, its people and its bodies from the facts of other services."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.minutes.domain.attendance import Gender
from shared.contracts.registration import MeetingDrafted


class AnswerState(StrEnum):
    """What has become of an invitation or a registration."""

    CONFIRMED = "confirmed"
    WAITLISTED = "waitlisted"
    REPRESENTED = "represented"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """An organisation as it is called now."""

    name: str
    protocol_order: int
    abbreviation: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person as known now; `given_name` is None after the erasure."""

    given_name: str | None
    honorific: str | None = None
    family_name: str | None = None
    position_title: str | None = None
    rank: int = 1_000
    gender: Gender = Gender.NOT_STATED


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """One answer to the meeting; `rank` is None where it came with the person only."""

    registration_id: UUID
    person_id: UUID
    organisation: str
    state: AnswerState
    rank: int | None = None
    represents: UUID | None = None
    checked_in: bool = False
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """Everything that is known of one meeting; `details` with the time and place that were valid in the end."""

    details: MeetingDrafted
    started_at: datetime | None
    ended_at: datetime | None
    participants: tuple[Participant, ...]
    bodies: Mapping[str, Body]
    people: Mapping[UUID, Person]
