"""What becomes of each row of an imported list: compared with the registrations of the meeting and the rows before."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, TypeAlias
from uuid import UUID

from services.registration.domain.contacts.same_person import Name, name_of, same_person
from services.registration.domain.form.answers import Answer, AnswerProblem
from services.registration.domain.form.columns import PREFIX
from services.registration.domain.form.form import NO_FORM, Form
from services.registration.domain.import_refusals import (
    DuplicateRow,
    OrganisationFixed,
    RegistrationUnknown,
    TwoRegistrations,
)
from services.registration.domain.participant_list import COMPARED
from services.registration.domain.refusals import AlreadyRegistered
from shared.contracts.registration import PersonRecorded
from shared.kernel import Refusal

ImportMode: TypeAlias = Literal["all-or-nothing", "valid-rows"]


class ImportState(StrEnum):
    """receiving → reading → ready or refused; ready or not-applied → applying → applied or not-applied."""

    RECEIVING = "receiving"
    READING = "reading"
    READY = "ready"
    REFUSED = "refused"
    APPLYING = "applying"
    APPLIED = "applied"
    NOT_APPLIED = "not-applied"


APPLICABLE = (ImportState.READY, ImportState.NOT_APPLIED)


class Verdict(StrEnum):
    """What applying the import does with a row: it registers, does nothing, changes the person, or leaves it out."""

    NEW = "new"
    SAME = "same"
    CHANGED = "changed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowProblem:
    """Why a row is refused: the column, where it is one, and the rule."""

    column: str | None
    code: str
    lo: str
    en: str
    details: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, refusal: Refusal, *, column: str | None = None) -> "RowProblem":
        """The problem that a refusal is; the column is the last part of its field, where none is given."""
        named = column or (refusal.field.rpartition("/")[2] if refusal.field else None)
        return cls(column=named, code=refusal.code, lo=refusal.lao, en=refusal.english, details=refusal.details)

    @classmethod
    def of_answer(cls, problem: AnswerProblem) -> "RowProblem":
        """What is wrong with an answer to the form; the sentences follow from the code where it is shown."""
        return cls(column=f"{PREFIX}{problem.name}", code=problem.code, lo="", en="", details=problem.limits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A member of a person that the file has with another value."""

    column: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPerson:
    """A row as it was read: a person, or what is wrong with it; `columns` are those that the file has.

    `answers` to the form are in it as far as the file has their columns, None for none.
    """

    line: int
    registration_id: UUID | None = None
    person: PersonRecorded | None = None
    columns: frozenset[str] = frozenset()
    answers: Mapping[str, Answer | None] = field(default_factory=dict)
    problems: tuple[RowProblem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRegistration:
    """A registration of the meeting; `person` is None after the erasure, `seated` whether it keeps its contacts."""

    registration_id: UUID
    organisation: str
    seated: bool
    person: PersonRecorded | None
    answers: Mapping[str, Answer] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedRow:
    """A row with its verdict; `person` is what is registered or becomes of a person, `answers` as they were read."""

    line: int
    verdict: Verdict
    registration_id: UUID | None = None
    person: PersonRecorded | None = None
    answers: Mapping[str, Answer | None] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    problems: tuple[RowProblem, ...] = ()


class Registrations:
    """Registrations of a meeting, found by identifier and, while they are seated, by number and address.

    `shared`: whether several people may have one number or address; then the name tells them apart.
    """

    def __init__(self, known: Iterable[KnownRegistration], *, shared: bool = False) -> None:
        known = list(known)
        self.shared = shared
        self._by_id = {one.registration_id: one for one in known}
        self._by_contact: dict[str, list[KnownRegistration]] = {}
        for one in known:
            for contact in _contacts(one.person) if one.seated and one.person else ():
                self._by_contact.setdefault(contact, []).append(one)

    def answers_of(self, registration_id: UUID) -> Mapping[str, Answer]:
        """What was answered to the form."""
        found = self._by_id.get(registration_id)
        return found.answers if found else {}

    def match(self, row: ListedPerson, person: PersonRecorded) -> KnownRegistration | None:
        """The registration that a row is about; None where there is none. Raises the `Refusal`."""
        mobile, email = (self._with_contact(each, person) for each in (person.mobile, person.email))
        if row.registration_id is not None:
            found = self._by_id.get(row.registration_id)
            if found is None or found.person is None:
                raise RegistrationUnknown(field="/registration_id")
            for column, other in () if self.shared else (("mobile", mobile), ("email", email)):
                if other is not None and other is not found and found.seated:
                    raise AlreadyRegistered(field=f"/{column}")
            return found
        if mobile is not None and email is not None and mobile is not email:
            raise TwoRegistrations(field="/email")
        return mobile or email

    def _with_contact(self, contact: str | None, person: PersonRecorded) -> KnownRegistration | None:
        found = self._by_contact.get(contact or "", [])
        if self.shared:
            found = [one for one in found if one.person and same_person(_name_of(person), _name_of(one.person))]
        return next(iter(found), None)


class ImportedRows:
    """Gives the rows of one file their verdicts; remembers who came before. `form` is what people are asked."""

    def __init__(self, form: Form = NO_FORM) -> None:
        self._lines: dict[str, int] = {}
        self._named: dict[str, list[tuple[Name | None, int]]] = {}
        self._form = form

    def check(self, row: ListedPerson, registrations: Registrations) -> CheckedRow:
        """The verdict on the next row of the file."""
        if row.problems or row.person is None:
            return CheckedRow(line=row.line, verdict=Verdict.REFUSED, problems=row.problems)
        try:
            known = registrations.match(row, row.person)
            self._note(row.line, row.person, known, shared=registrations.shared)
            return compared(row, row.person, known, self._form)
        except Refusal as refusal:
            return CheckedRow(line=row.line, verdict=Verdict.REFUSED, problems=(RowProblem.of(refusal),))

    def _note(self, line: int, person: PersonRecorded, known: KnownRegistration | None, *, shared: bool) -> None:
        keys = [str(known.registration_id)] if known else []
        # Who has withdrawn may stand in the list once more, with his new seat.
        contacts = _contacts(person) if known is None or known.seated else []
        if shared:
            self._note_named(line, person, contacts)
        else:
            keys += contacts
        for key in keys:
            if key in self._lines:
                raise DuplicateRow(line=self._lines[key])
        self._lines |= dict.fromkeys(keys, line)

    def _note_named(self, line: int, person: PersonRecorded, contacts: Sequence[str]) -> None:
        name = _name_of(person)
        for contact in contacts:
            for other, earlier in self._named.get(contact, ()):
                if same_person(name, other):
                    raise DuplicateRow(line=earlier)
        for contact in contacts:
            self._named.setdefault(contact, []).append((name, line))


def compared(
    row: ListedPerson, person: PersonRecorded, known: KnownRegistration | None, form: Form = NO_FORM
) -> CheckedRow:
    """The verdict on a row that is about `known`, or about nobody yet. Raises `OrganisationFixed`."""
    stored = known.answers if known else {}
    answered = {name: value for name, value in row.answers.items() if value != stored.get(name)}
    if answered and (wrong := form.corrected(stored, answered).problems):
        problems = tuple(map(RowProblem.of_answer, wrong))
        return CheckedRow(line=row.line, verdict=Verdict.REFUSED, problems=problems)
    if known is None or known.person is None:
        return CheckedRow(line=row.line, verdict=Verdict.NEW, person=person, answers=row.answers)
    if known.organisation != person.organisation:
        raise OrganisationFixed(field="/organisation")
    changes = _changes(known.person, person, [name for name in COMPARED if name in row.columns])
    after = PersonRecorded(**{**dict(known.person), **{one.column: one.new for one in changes}})
    changes += tuple(
        Change(column=f"{PREFIX}{name}", old=stored.get(name), new=new) for name, new in sorted(answered.items())
    )
    return CheckedRow(
        line=row.line,
        verdict=Verdict.CHANGED if changes else Verdict.SAME,
        registration_id=known.registration_id,
        person=after,
        answers=row.answers,
        changes=changes,
    )


def _changes(before: PersonRecorded, after: PersonRecorded, columns: Sequence[str]) -> tuple[Change, ...]:
    pairs = ((name, getattr(before, name), getattr(after, name)) for name in columns)
    return tuple(Change(column=name, old=old, new=new) for name, old, new in pairs if old != new)


def _name_of(person: PersonRecorded) -> Name | None:
    return name_of(person.given_name, person.family_name)


def _contacts(person: PersonRecorded) -> list[str]:
    return [contact for contact in (person.mobile, person.email) if contact]
