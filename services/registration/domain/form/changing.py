"""Changing the form of a meeting: until it begins, and so that no answer is lost unless the organiser says so."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from services.registration.domain.commands import MeetingCommand
from services.registration.domain.form.checking import check_form
from services.registration.domain.form.commands import ChangeForm
from services.registration.domain.form.form import NO_FORM, Form
from services.registration.domain.form.refusals import ChoiceTaken, FieldAnswered, FieldStays, PersonalDataFixed
from services.registration.domain.lifecycle import check_organiser
from services.registration.domain.state import Meeting, Phase
from shared.contracts import Fact
from shared.contracts.registration import FormField, MeetingFormChanged


def change_form(meeting: Meeting, command: ChangeForm) -> Sequence[Fact]:
    """Ask these questions from now on; nothing where they are asked already.

    Answers that were given stay with the version to which they were given. A field that has answers can be removed, or
    get another kind, only together with them; a choice that somebody has made, and the mark of personal data, stay.
    """
    check_organiser(meeting, command, Phase.DRAFT, Phase.OPEN)
    check_form(command.fields)
    before = meeting.form or NO_FORM
    after = {field.name: field for field in command.fields}
    gone = [field for field in before.fields if field.name not in after or after[field.name].kind != field.kind]
    for name in sorted(command.erase_answers - {field.name for field in gone}):
        raise FieldStays(field="/erase_answers", name=name)
    if before.fields == command.fields:
        return []
    _check_nothing_lost(meeting, command, gone)
    for place, field in enumerate(command.fields):
        _check_answers_fit(meeting, field, before, f"/fields/{place}")
    return [
        MeetingFormChanged(
            meeting_id=meeting.meeting_id,
            form_version=before.version + 1,
            announced=meeting.phase is Phase.OPEN,
            fields=command.fields,
            erased=tuple(sorted(command.erase_answers)),
        )
    ]


def _check_nothing_lost(meeting: Meeting, command: ChangeForm, gone: Sequence[FormField]) -> None:
    for field in gone:
        answers = meeting.answers_counted.get((field.name, ""), 0)
        if answers and field.name not in command.erase_answers:
            raise FieldAnswered(field="/fields", name=field.name, answers=answers)


def _check_answers_fit(meeting: Meeting, field: FormField, form: Form, where: str) -> None:
    before = next((one for one in form.fields if one.name == field.name and one.kind == field.kind), None)
    if before is None:
        return
    kept = {choice.value for choice in field.choices}
    for choice in before.choices:
        taken = meeting.answers_counted.get((field.name, choice.value), 0)
        if taken and choice.value not in kept:
            raise ChoiceTaken(field=f"{where}/choices", value=choice.value, answers=taken)
    if before.personal_data and not field.personal_data and meeting.answers_counted.get((field.name, "")):
        raise PersonalDataFixed(field=f"{where}/personal_data")


RULES: Final[Mapping[type[MeetingCommand], Callable[[Meeting, Any], Sequence[Fact]]]] = {ChangeForm: change_form}
"""Kind of command → the rule that decides on it."""
