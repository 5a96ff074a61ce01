"""Forms in the words of the tests: `choice("meal", "any", "fish")`, `form_changed(…)`, `ask(…)`."""

from typing import Any

from services.registration.domain.form.commands import ChangeForm
from shared.contracts.base import Bilingual
from shared.contracts.registration import FormChoice, FormCondition, FormField, MeetingFormChanged
from shared.kernel import Actor
from tests.registration.scenario import MEETING, NOW, ORGANISER

LABELS = {"any": "ທຳມະດາ", "fish": "ປາ", "vegetarian": "ອາຫານເຈ", "other": "ອື່ນໆ"}


def field(kind: str, name: str, **members: Any) -> FormField:
    """A field that is kept for 90 days."""
    told: dict[str, Any] = {"label": Bilingual(lo=f"ຄຳຖາມ {name}"), "retention_days": 90}
    return FormField(kind=kind, name=name, **{**told, **members})


def choice(name: str, *values: str, kind: str = "choice", **members: Any) -> FormField:
    """One of these values, or with `kind="multiple-choice"` several."""
    choices = tuple(FormChoice(value=value, label=Bilingual(lo=LABELS.get(value, value))) for value in values)
    return field(kind, name, choices=choices, **members)


def when(**condition: bool | str) -> FormCondition:
    """`when(meal="other")`: where this is the answer."""
    ((name, value),) = condition.items()
    return FormCondition(field=name, value=value)


def ask(*fields: FormField, erase: tuple[str, ...] = (), by: Actor = ORGANISER) -> ChangeForm:
    return ChangeForm(actor=by, at=NOW, fields=fields, erase_answers=frozenset(erase))


def form_changed(
    *fields: FormField, version: int = 1, announced: bool = True, erased: tuple[str, ...] = ()
) -> MeetingFormChanged:
    return MeetingFormChanged(
        meeting_id=MEETING, form_version=version, announced=announced, fields=fields, erased=erased
    )
