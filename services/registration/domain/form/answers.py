"""Answers to a form as they are kept, and what is wrong with those that are not."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from services.registration.domain.form.refusals import AnswersInvalid

Answer: TypeAlias = str | bool | int | float | list[str]
"""Several choices are in the order of their values, so that the same choices are the same answer."""

MISSING: Final = "missing"
NOT_ASKED: Final = "answer_not_asked"
UNKNOWN: Final = "extra_forbidden"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerProblem:
    """Why the answer to the field `name` is not taken: the code of `shared.http.validation`, and its limits."""

    name: str
    code: str
    limits: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormAnswers:
    """Answers that were read by the form of one version; they are kept only where there are no `problems`.

    `counted` has the name of each field that was answered, and `name=value` for each choice, yes and no.
    """

    version: int
    values: Mapping[str, Answer]
    counted: tuple[str, ...] = ()
    problems: tuple[AnswerProblem, ...] = ()


def check_answers(answers: FormAnswers | None, *, path: tuple[str | int, ...] = ()) -> None:
    """Raise `AnswersInvalid` with each field that is wrong; `path` leads to the object that has `answers`."""
    if answers is None or not answers.problems:
        return
    errors = [
        {"type": one.code, "loc": ("body", *path, "answers", one.name), "ctx": one.limits} for one in answers.problems
    ]
    where = "".join(f"/{step}" for step in (*path, "answers", answers.problems[0].name))
    raise AnswersInvalid(field=where, errors=errors)
