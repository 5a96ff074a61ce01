"""A row of a list of participants, read with the rules of a single registration; main.py gives it to the effects."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final
from uuid import UUID

from pydantic import ValidationError

from services.registration.api.person_input import PersonInput
from services.registration.domain.cells import GENDERS, LANGUAGES, choice, number_text, text_of, whole_number
from services.registration.domain.form.answers import Answer
from services.registration.domain.form.columns import PREFIX
from services.registration.domain.import_refusals import RegistrationUnknown
from services.registration.domain.importing import ListedPerson, RowProblem
from services.registration.domain.participant_list import COMPARED, Header
from services.registration.domain.refusals import OrganisationUnknown
from services.registration.ports import OrganisationNames, TableRow
from shared.contracts.registration import PersonRecorded
from shared.http.validation import field_problems
from shared.kernel import Refusal
from shared.settings import SmsSettings

NOBODY: Final = UUID(int=0)
"""The identifier of a person who has none yet."""

_CELLS: Final[Mapping[str, Callable[[object], Any]]] = {
    "rank": whole_number,
    "mobile": number_text,
    "language": lambda cell: choice(cell, LANGUAGES, otherwise="lo"),
    "gender": lambda cell: choice(cell, GENDERS, otherwise="not-stated"),
}


class ParticipantRows:
    """Reads rows; numbers are checked for where SMS may be sent."""

    def __init__(self, sms: SmsSettings) -> None:
        self._sms = sms

    def __call__(self, row: TableRow, header: Header, organisations: OrganisationNames) -> ListedPerson:
        """The person, or all that is wrong with the row."""
        cells = {name: row.cells[place] for name, place in header.places.items() if place < len(row.cells)}
        problems: list[RowProblem] = []
        registration_id = _caught(problems, "registration_id", lambda: _registration(cells.get("registration_id")))
        body = _caught(problems, "organisation", lambda: _organisation(cells, organisations))
        values = {
            name: _caught(problems, name, partial(_CELLS.get(name, text_of), cells.get(name)))
            for name in COMPARED
            if name in header.places
        }
        person = self._person(values, body or "", problems)
        answers = _answers(cells, header, problems)
        return ListedPerson(
            line=row.line,
            registration_id=registration_id,
            person=None if problems else person,
            columns=frozenset(values),
            answers=answers,
            problems=tuple(problems),
        )

    def _person(self, values: Mapping[str, Any], body: str, problems: list[RowProblem]) -> PersonRecorded | None:
        try:
            person = PersonInput.model_validate(values)
            return None if problems else person.checked(NOBODY, body, field="", sms=self._sms)
        except ValidationError as invalid:
            errors = invalid.errors(include_url=False, include_input=False)
            for one in field_problems([{**error, "loc": ("body", *error["loc"])} for error in errors]):
                column = one.field.strip("/")
                if column not in {problem.column for problem in problems}:
                    problems.append(RowProblem(column=column, code=one.code, lo=one.detail, en=one.detail_en))
        except Refusal as refusal:
            problems.append(RowProblem.of(refusal))
        return None


def _caught(problems: list[RowProblem], column: str, read: Callable[[], Any]) -> Any:
    try:
        return read()
    except Refusal as refusal:
        problems.append(RowProblem.of(refusal, column=column))
        return None


def _registration(cell: object) -> UUID | None:
    text = text_of(cell)
    try:
        return UUID(text) if text else None
    except ValueError:
        raise RegistrationUnknown from None


def _organisation(cells: Mapping[str, object], organisations: OrganisationNames) -> str:
    """By its code, otherwise by its name; raises `OrganisationUnknown`."""
    for text in (text_of(cells.get(name)) for name in ("organisation", "organisation_name")):
        if text:
            code = organisations.code_of(text)
            if code is None:
                raise OrganisationUnknown
            return code
    raise OrganisationUnknown


def _answers(cells: Mapping[str, object], header: Header, problems: list[RowProblem]) -> Mapping[str, Answer | None]:
    """The answers to the form in those columns that the list has."""
    given: dict[str, object] = {}
    for field in header.form.form.fields:
        column = f"{PREFIX}{field.name}"
        if column in header.places:
            given[field.name] = _caught(problems, column, partial(header.form.read, field, cells.get(column)))
    values, wrong = header.form.form.values(given)
    problems += map(RowProblem.of_answer, wrong)
    return values
