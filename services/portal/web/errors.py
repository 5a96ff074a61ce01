"""What a service has refused, beside the fields of the form that was sent."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from markupsafe import Markup

from services.portal.web.languages import Language
from services.portal.web.lines import told
from services.portal.web.services import ServiceProblem

_ANSWERS: Final = "answers"


@dataclass(frozen=True, slots=True)
class FormError:
    """One thing that is wrong: the name of the field, or None for the form as a whole, and the words of the service."""

    name: str | None
    text: str


class FormErrors:
    """All that is wrong with a form, in the order of the service; without any it is false."""

    def __init__(self, found: list[FormError]) -> None:
        self._found = found

    def __iter__(self) -> Iterator[FormError]:
        """Each of them."""
        return iter(self._found)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._found)

    def of(self, name: str) -> str | None:
        """What is wrong with a field."""
        return next((one.text for one in self._found if one.name == name), None)


NO_ERRORS: Final = FormErrors([])


def errors_of(problem: ServiceProblem, language: Language) -> FormErrors:
    """The members `errors` of a problem, else its title; in the language of the page."""
    refused = problem.problem
    listed = [FormError(_name(one["field"]), _said(one, "detail", language)) for one in refused.get("errors") or ()]
    if listed:
        return FormErrors(listed)
    return FormErrors([FormError(_name(refused.get("field") or ""), _said(refused, "title", language))])


def _said(found: Mapping[str, Any], member: str, language: Language) -> str:
    return str(found.get(member if language == "lo" else f"{member}_en") or "")


def _name(pointer: str) -> str | None:
    """`/person/mobile` → `mobile`, `/answers/meal` → `answer-meal`; a list is one field."""
    steps = pointer.strip("/").split("/")
    if _ANSWERS in steps[:-1]:
        return f"answer-{steps[steps.index(_ANSWERS) + 1]}"
    return steps[-1] or None


def labels_of(
    labels: Mapping[str, Markup], questions: Iterable[Mapping[str, Any]], language: Language
) -> dict[str, Markup]:
    """What each field is called in a summary of errors: the fields of a person, and the questions of a form."""
    return {**labels, **{f"answer-{one['name']}": told(one["label"], language) for one in questions}}
