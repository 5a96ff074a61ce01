"""What minutes knows of a meeting, its people and its bodies from the facts of other services."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.minutes.domain.attendance import Gender
from services.minutes.domain.session import ItemTime, TreatedItem, Whereabouts
from shared.contracts.base import Bilingual
from shared.contracts.registration import MeetingDrafted, OrganisationRecorded, called_on
from shared.kernel import OFFICE_ZONE


class AnswerState(StrEnum):
    """What has become of an invitation or a registration."""

    CONFIRMED = "confirmed"
    WAITLISTED = "waitlisted"
    REPRESENTED = "represented"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """An organisation as it was called and stood on the day of the meeting."""

    name: str
    protocol_order: int
    abbreviation: str | None = None

    @property
    def place(self) -> tuple[int, str]:
        """By which bodies are in order: protocol, then name."""
        return self.protocol_order, self.name


def recorded_body(row: Mapping[str, Any]) -> OrganisationRecorded:
    """A body with all its names, from its row; of an older release only the newest is known."""
    if row["recorded"] is not None:
        return OrganisationRecorded.model_validate(row["recorded"])
    members = {"abbreviation_lo": row["abbreviation_lo"], "protocol_order": row["protocol_order"]}
    return OrganisationRecorded(organisation=row["code"], name=Bilingual(lo=row["name_lo"]), **members)


def bodies_on(day: date, recorded: Mapping[str, OrganisationRecorded], codes: Iterable[str]) -> dict[str, Body]:
    """These bodies, as they were called and stood on a day; those that are not recorded are left out."""
    return {
        code: Body(
            name=called_on(day, code, recorded).lo,
            protocol_order=recorded[code].on(day).protocol_order,
            abbreviation=recorded[code].on(day).abbreviation_lo,
        )
        for code in codes
        if code in recorded
    }


def meeting_day(starts_at: datetime) -> date:
    """The day whose names the bodies of a meeting have: as registration shows them."""
    return starts_at.astimezone(OFFICE_ZONE).date()


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
    whereabouts: Whereabouts = field(default_factory=Whereabouts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """Everything that is known of one meeting; `details` with the time and place that were valid in the end.

    `item_times` says of the agenda items that were treated when that was, by their identifiers.
    """

    details: MeetingDrafted
    started_at: datetime | None
    ended_at: datetime | None
    participants: tuple[Participant, ...]
    bodies: Mapping[str, Body]
    people: Mapping[UUID, Person]
    item_times: Mapping[UUID, ItemTime] = field(default_factory=dict)

    @property
    def treated(self) -> dict[UUID, TreatedItem]:
        """The items of the agenda that were treated, in its order; one without an end lasted until that of the session.

        None of a session that is not over.
        """
        if self.ended_at is None:
            return {}
        on_the_agenda = (item.identified(self.details.meeting_id) for item in self.details.agenda)
        return {one: self.item_times[one].until(self.ended_at) for one in on_the_agenda if one in self.item_times}
