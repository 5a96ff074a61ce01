"""What requests say of bodies of government, and what answers tell of them."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Final, TypeAlias

import asyncpg
from pydantic import BaseModel, Field, StringConstraints

from services.registration.api.inputs import BilingualInput, DayInput, IntegerInput
from services.registration.domain.organisation import Organisation
from shared.contracts.base import Bilingual, Instant, OrganisationCode
from shared.http import Input, ShortTextInput, text_schema

MOST_SUCCESSORS: Final = 20
LONGEST_ABBREVIATION: Final = 30
AbbreviationInput: TypeAlias = Annotated[
    ShortTextInput, StringConstraints(max_length=LONGEST_ABBREVIATION), text_schema(LONGEST_ABBREVIATION)
]
SuccessorsInput: TypeAlias = Annotated[tuple[OrganisationCode, ...], Field(max_length=MOST_SUCCESSORS)]
ProtocolOrderInput: TypeAlias = Annotated[IntegerInput, Field(ge=0, le=100_000)]
IN_ORDER: Final = "bodies are listed, and people of one rank stand, in this order"
TAKES_OVER: Final = (
    "the successor that acts for the body from then on: its meetings, invitations and people. "
    "Left out: the only successor; nobody where there are several"
)


class OrganisationKind(StrEnum):
    """What sort of body it is."""

    MINISTRY = "ministry"
    MINISTRY_EQUIVALENT = "ministry-equivalent"
    STATE_BODY = "state-body"
    PARTY_BODY = "party-body"
    MASS_ORGANISATION = "mass-organisation"
    PROVINCE = "province"
    DISTRICT = "district"
    UNIT = "unit"
    INTERNATIONAL_ORGANISATION = "international-organisation"
    OTHER = "other"


class EarlierInput(Input):
    """How a body was called, and where it stood, until a day: on the day itself what follows holds."""

    until: DayInput
    name: BilingualInput
    abbreviation_lo: AbbreviationInput | None = None
    abbreviation_en: AbbreviationInput | None = None
    protocol_order: ProtocolOrderInput = Field(description=IN_ORDER)
    kind: OrganisationKind | None = None
    parent: OrganisationCode | None = None


class OrganisationInput(Input):
    """A body as it is called since its last change.

    Members from `kind` on stay as they are where they are left out.
    """

    name: BilingualInput
    abbreviation_lo: ShortTextInput | None = None
    protocol_order: ProtocolOrderInput = Field(description=IN_ORDER)
    valid_from: DayInput | None = None
    valid_until: DayInput | None = Field(default=None, description="the first day on which it is no more")
    kind: OrganisationKind | None = None
    parent: OrganisationCode | None = Field(default=None, description="the body that it is a part of")
    abbreviation_en: AbbreviationInput | None = None
    earlier: tuple[EarlierInput, ...] = Field(
        default=(), max_length=100, description="how it was called before, the oldest first; to correct the past"
    )
    successors: SuccessorsInput = Field(default=(), description="where its work has gone")
    taken_over_by: OrganisationCode | None = Field(default=None, description=TAKES_OVER)
    reason: ShortTextInput | None = Field(default=None, description="why; kept in the list of changes")


class OrganisationView(BaseModel):
    """A body."""

    code: str
    name: Bilingual
    abbreviation_lo: str | None
    protocol_order: int
    valid_from: date | None
    valid_until: date | None
    abbreviation_en: str | None
    kind: str | None
    parent: str | None
    successors: list[str]
    taken_over_by: str | None


class EarlierView(BaseModel):
    """How a body was called, and where it stood, until a day."""

    until: date
    name: Bilingual
    abbreviation_lo: str | None = None
    abbreviation_en: str | None = None
    protocol_order: int
    kind: str | None = None
    parent: str | None = None


class OrganisationDetails(OrganisationView):
    """A body with its past."""

    version: int
    earlier: list[EarlierView]
    predecessors: list[str] = Field(description="bodies that it has taken over")


class ChangeView(BaseModel):
    """Something that was changed of a body: who, when, why, and what was recorded after it."""

    version: int
    changed_at: Instant
    changed_by: str = Field(description="the subject of the token; `service:registration` for what ships")
    reason: str | None
    after: dict[str, Any]


def viewed(row: asyncpg.Record) -> OrganisationView:
    """A body, from its row."""
    return OrganisationView(**_members(row, OrganisationView))


def detailed(row: asyncpg.Record) -> OrganisationDetails:
    """A body with its past, from its row."""
    predecessors = sorted(row["predecessors"] or ())
    return OrganisationDetails(**_members(row, OrganisationDetails) | {"predecessors": predecessors})


def detailed_state(state: Organisation) -> OrganisationDetails:
    """The same, of a body after a command on it."""
    told = state.data.model_dump() if state.data else {}
    members = {name: value for name, value in told.items() if name in OrganisationDetails.model_fields}
    predecessors = sorted(code for code, following in state.taken_over.items() if following == state.code)
    return OrganisationDetails(**members, code=state.code, version=state.version, predecessors=predecessors)


def _members(row: asyncpg.Record, model: type[BaseModel]) -> dict[str, Any]:
    told = {name: row[name] for name in model.model_fields if name in row}
    return told | {"name": Bilingual(lo=row["name_lo"], en=row["name_en"])}
