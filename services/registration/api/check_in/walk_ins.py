"""People who have not registered, as a desk brings them; a wrong number loses nobody who was let in offline."""

from collections.abc import Iterable
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import Field, StringConstraints, ValidationError

from services.registration.api.inputs import BooleanInput, IntegerInput
from services.registration.api.person_input import PERSONAL, PersonInput
from services.registration.domain.desk.walk_ins import OTHER_BODY, UNKNOWN_RANK
from services.registration.domain.privacy.collecting import collected
from services.registration.domain.refusals import OrganisationUnknown
from shared.contracts.base import Language
from shared.contracts.registration import Gender, PersonRecorded
from shared.http import Input, ShortTextInput
from shared.http.validation import FieldProblem, field_problems
from shared.kernel import Command, Refusal
from shared.settings import SmsSettings

_NOBODY: Final = UUID(int=0)
_LONGEST_CONTACT: Final = 320

ContactInput = Annotated[str, StringConstraints(max_length=_LONGEST_CONTACT)]


class WalkInInput(Input):
    """Somebody who has not registered, as far as he is known; without number and address he is sent nothing."""

    organisation: Annotated[str, StringConstraints(max_length=40)] | None = Field(
        default=None, description="the code of his body; null where it is not known or not in the registry"
    )
    honorific: ShortTextInput | None = None
    given_name: ShortTextInput
    family_name: ShortTextInput | None = None
    position_title: ShortTextInput | None = None
    rank: IntegerInput | None = Field(default=None, ge=1, le=UNKNOWN_RANK, description="null where it is not known")
    mobile: ContactInput | None = None
    email: ContactInput | None = None
    language: Language = "lo"
    gender: Gender = "not-stated"
    fictitious: BooleanInput = Field(default=False, description="a made-up person, for demonstrations and tests")

    def unusable(self, *, sms: SmsSettings) -> list[FieldProblem]:
        """What is wrong with the number and the address: nothing that cannot be used is kept."""
        return [*self._unusable("mobile", sms), *self._unusable("email", sms)]

    def without(self, problems: Iterable[FieldProblem]) -> "WalkInInput":
        """The same without the members that have problems."""
        return WalkInInput(**{**dict(self), **{problem.field.rpartition("/")[2]: None for problem in problems}})

    def recorded(self, person_id: UUID, organisation: str, *, sms: SmsSettings, by: Command) -> PersonRecorded:
        """The person as the person topic has him; number and address must be usable."""
        known = {name: getattr(self, name) for name in PERSONAL} | {"rank": self.rank or UNKNOWN_RANK}
        told = collected(by, organisation)
        if self.mobile or self.email:
            return PersonInput(**known).checked(person_id, organisation, field="/walk_in", sms=sms, collected=told)
        return PersonRecorded(person_id=person_id, organisation=organisation, collected=told, **known)

    def _unusable(self, name: Literal["mobile", "email"], sms: SmsSettings) -> list[FieldProblem]:
        contact = getattr(self, name)
        if not contact:
            return []
        try:
            alone = PersonInput(given_name=self.given_name, rank=UNKNOWN_RANK, **{name: contact})
            alone.checked(_NOBODY, OTHER_BODY, field="/walk_in", sms=sms)
        except Refusal as refusal:
            return [_problem(name, refusal)]
        except ValidationError as error:
            found = error.errors(include_url=False, include_input=False)
            return field_problems([{**each, "loc": ("body", "walk_in", name)} for each in found])
        return []


def unknown_body() -> FieldProblem:
    """The registry does not have the body that was named."""
    return _problem("organisation", OrganisationUnknown())


def _problem(name: str, refusal: Refusal) -> FieldProblem:
    return FieldProblem(
        field=f"/walk_in/{name}", place="body", code=refusal.code, detail=refusal.lao, detail_en=refusal.english
    )
