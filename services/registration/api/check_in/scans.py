"""The scans of a desk as they come in, each judged alone: one that cannot be read does not hold up the others."""

import unicodedata
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    Field,
    PlainValidator,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError

from services.registration.api.check_in.walk_ins import WalkInInput
from services.registration.api.inputs import BooleanInput, CodeInput, InstantInput, NonceInput
from shared.contracts.registration import CheckInMethod, CheckInRefusal
from shared.http import Input
from shared.http.validation import FieldProblem, field_problems

LONGEST_QR: Final = 7_089  # digits of the largest QR code (ISO/IEC 18004): whatever a camera reads is answered
MOST_SCANS: Final = 500
_MOST_PROBLEMS: Final = 3  # named of one scan
_NONCE: Final = TypeAdapter(NonceInput)


def _read_by_a_device(text: str) -> str:
    """The ticket without what a camera or a keyboard scanner adds, also inside: a ticket has no white space."""
    return "".join(each for each in text if not (each.isspace() or unicodedata.category(each) in {"Cc", "Cf"}))


TicketInput = Annotated[str, StringConstraints(max_length=LONGEST_QR), AfterValidator(_read_by_a_device)]


class Scan(Input):
    """One scan, of one of four: a ticket, a code, a name on the list of the desk, somebody who has not registered."""

    nonce: NonceInput = Field(description="unique per device: the same scan may be sent again")
    scanned_at: InstantInput = Field(description="as the device's clock showed it, right or wrong")
    ticket: TicketInput | None = None
    code: CodeInput | None = None
    registration_id: UUID | None = Field(default=None, description="of whom the desk has found on its list by name")
    walk_in: WalkInInput | None = Field(
        default=None,
        description="who has not registered, in a meeting that lets such people in",
        examples=[{"given_name": "ແກ້ວ", "family_name": "ສົມພອນ", "organisation": "MOF", "gender": "female"}],
    )
    direction: Literal["entry", "exit"] = "entry"
    turned_away: CheckInRefusal | None = Field(
        default=None, description="why a desk without a network did not let him in; null when it did"
    )

    @property
    def method(self) -> CheckInMethod:
        """By what he is known."""
        if self.walk_in is not None:
            return "walk-in"
        return "ticket" if self.ticket is not None else "code" if self.code is not None else "list"

    @model_validator(mode="after")
    def _one_of_both(self) -> "Scan":
        if sum(one is not None for one in (self.ticket, self.code, self.registration_id, self.walk_in)) != 1:
            raise PydanticCustomError("ticket_or_code", "One of a ticket, a code, a registration and a walk-in")
        if self.walk_in is not None and self.direction == "exit":
            raise PydanticCustomError("walk_in_leaves", "A walk-in comes in")
        return self


@dataclass(frozen=True, slots=True)
class UnreadableScan:
    """What stands in a batch and is no scan; `nonce` where it can be read."""

    nonce: str | None
    problems: list[FieldProblem]


def _scan(value: Any) -> Scan | UnreadableScan:
    try:
        return Scan.model_validate(value)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=True, include_input=False)[:_MOST_PROBLEMS]
        problems = field_problems([{**each, "loc": ("body", *each["loc"])} for each in found])
        return UnreadableScan(nonce=_nonce(value), problems=problems)


def _nonce(value: Any) -> str | None:
    try:
        return _NONCE.validate_python(value.get("nonce") if isinstance(value, dict) else None)
    except ValidationError:
        return None


class ScanBatch(Input):
    """Scans of one device; `offline` where it could not ask at the time. Each scan has a verdict of its own."""

    device: NonceInput
    offline: BooleanInput = False
    sent_at: InstantInput | None = Field(
        default=None, description="the device's clock when it sends: by it the times of its scans are corrected"
    )
    scans: tuple[Annotated[Scan | UnreadableScan, PlainValidator(_scan, json_schema_input_type=Scan)], ...] = Field(
        min_length=1, max_length=MOST_SCANS
    )

    @property
    def readable(self) -> list[Scan]:
        """In the order of the device's clock."""
        return sorted((one for one in self.scans if isinstance(one, Scan)), key=lambda one: one.scanned_at)
