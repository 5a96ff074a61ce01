"""A form as it was asked in one of its versions, and the answers that fit it."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Final

from jsonschema_rs import Draft202012Validator, ValidationError

from services.registration.domain.form.answers import (
    MISSING,
    NOT_ASKED,
    UNKNOWN,
    Answer,
    AnswerProblem,
    FormAnswers,
)
from services.registration.domain.form.checking import CHOICE, FILE, MULTIPLE_CHOICE, YES_NO
from services.registration.domain.form.reading import Unreadable, read_answer
from services.registration.domain.form.schema import Schema, json_schema
from shared.contracts.registration import FormField


class Form:
    """The fields of one version; versions of a meeting count from 1."""

    def __init__(self, version: int, fields: Sequence[FormField]) -> None:
        self.version = version
        self.fields = tuple(fields)
        self.by_name = {field.name: field for field in self.fields}
        self.files = frozenset(field.name for field in self.fields if field.kind == FILE)

    @cached_property
    def schema(self) -> Schema:
        """The JSON Schema of its answers."""
        return json_schema(self.fields)

    @cached_property
    def _validator(self) -> Draft202012Validator:
        return Draft202012Validator(self.schema, validate_formats=True)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Form) and (self.version, self.fields) == (other.version, other.fields)

    def __hash__(self) -> int:
        return hash((self.version, self.fields))

    def read(self, given: Mapping[str, object], *, complete: bool) -> FormAnswers:
        """The answers that were sent; `complete`: what must be answered and is not is a problem.

        Not a file, which is sent by itself once there is a registration.
        """
        values, problems = self._values(given)
        if not problems:
            faults = (one for one in self._faults(values) if one.code != MISSING or one.name not in self.files)
            problems = {one.name: one for one in faults if complete or one.code != MISSING}
        return self._answers(values, problems)

    def replaced(self, stored: Mapping[str, Answer], given: Mapping[str, object]) -> FormAnswers:
        """As `read`, of somebody who has answered before: his files stay as long as they are asked.

        What was `given` may repeat the SHA-256 of a file that stays.
        """
        files = {name: stored[name] for name in self.files & stored.keys()}
        answers = self.read({name: value for name, value in given.items() if files.get(name) != value}, complete=True)
        unasked = {one.name for one in self._faults({**answers.values, **files}) if one.code == NOT_ASKED}
        kept = {name: sha256 for name, sha256 in files.items() if name not in unasked}
        problems = {one.name: one for one in answers.problems}
        return self._answers({**answers.values, **kept}, problems)

    def corrected(self, stored: Mapping[str, Answer], changes: Mapping[str, object]) -> FormAnswers:
        """Stored answers with other ones for the fields that `changes` names, None for none.

        An answer that was given to an earlier version and is not changed stays, even where it would not be taken now;
        but what is not asked any more because of the changes is a problem.
        """
        values, problems = self._values(changes)
        kept = {name: value for name, value in stored.items() if name not in changes}
        if not problems:
            before = {one.name for one in self._faults(stored)}
            faults = (one for one in self._faults(kept | values) if one.code != MISSING)
            problems = {one.name: one for one in faults if one.name in values or one.name not in before}
        return self._answers(kept | values, problems)

    def values(self, given: Mapping[str, object]) -> tuple[dict[str, Answer | None], list[AnswerProblem]]:
        """Answers as they are read one by one, None for none, and what cannot be; whether they fit is not asked."""
        values, problems = self._values(given)
        return {name: values.get(name) for name in given if name not in problems}, list(problems.values())

    def missing(self, values: Mapping[str, Answer]) -> list[str]:
        """The fields that must be answered and are not, in the order of the form."""
        names = {one.name for one in self._faults(values) if one.code == MISSING}
        return [field.name for field in self.fields if field.name in names]

    def _values(self, given: Mapping[str, object]) -> tuple[dict[str, Answer], dict[str, AnswerProblem]]:
        values: dict[str, Answer] = {}
        problems: dict[str, AnswerProblem] = {}
        for name, value in given.items():
            field = self.by_name.get(name)
            if field is None:
                problems[name] = AnswerProblem(name=name, code=UNKNOWN)
                continue
            try:
                answer = read_answer(field, value)
            except Unreadable as fault:
                problems[name] = AnswerProblem(name=name, code=fault.code, limits=fault.limits)
                continue
            if answer is not None:
                values[name] = answer
        return values, problems

    def _faults(self, values: Mapping[str, Answer]) -> Iterator[AnswerProblem]:
        """What the schema says against them, the first fault of each field first."""
        seen: set[str] = set()
        for error in self._validator.iter_errors(dict(values)):
            for fault in _faults_of(error):
                if fault.name not in seen:
                    seen.add(fault.name)
                    yield fault

    def _answers(self, values: Mapping[str, Answer], problems: Mapping[str, AnswerProblem]) -> FormAnswers:
        places = {field.name: place for place, field in enumerate(self.fields)}
        ordered = sorted(problems.values(), key=lambda one: places.get(one.name, len(places)))
        counted = tuple(kind for name, value in values.items() for kind in self._kinds(name, value))
        return FormAnswers(version=self.version, values=values, counted=counted, problems=tuple(ordered))

    def _kinds(self, name: str, value: Answer) -> Iterator[str]:
        yield name
        field = self.by_name.get(name)
        if field and field.kind in (CHOICE, MULTIPLE_CHOICE, YES_NO):
            made = value if isinstance(value, list) else [str(value).lower() if isinstance(value, bool) else value]
            yield from (f"{name}={one}" for one in made)


def _faults_of(error: ValidationError) -> Iterator[AnswerProblem]:
    kind: Any = error.kind
    if kind.name == "required":
        yield AnswerProblem(name=kind.property, code=MISSING)
    elif kind.name == "additionalProperties":
        yield from (AnswerProblem(name=name, code=UNKNOWN) for name in kind.unexpected)
    else:
        code, limit = _CODES.get(kind.name, ("value_error", None))
        limits = {limit: _plain(kind.limit)} if limit else {}
        yield AnswerProblem(name=str(error.instance_path[0]), code=code, limits=limits)


def _plain(limit: float) -> int | float:
    return int(limit) if limit == int(limit) else limit


_CODES: Final[Mapping[str, tuple[str, str | None]]] = {
    "falseSchema": (NOT_ASKED, None),
    "type": ("int_from_float", None),  # a fraction; every other kind was read before
    "maxLength": ("string_too_long", "max_length"),
    "maxItems": ("too_long", "max_length"),
    "minimum": ("greater_than_equal", "ge"),
    "maximum": ("less_than_equal", "le"),
}
"""Keyword of JSON Schema → code of the fault, and what its limit is called."""

NO_FORM: Final = Form(0, ())
"""Of a meeting that asks nothing: every answer is one too many."""
