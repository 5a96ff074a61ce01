"""What commands about a form and about answers to it are decided on; for the language of `scenario`."""

from collections.abc import Callable
from typing import Any

from services.registration.domain.commands import MeetingCommand
from services.registration.domain.form.commands import ChangeForm, ChangeOwnAnswers, CorrectAnswers, ReplaceOwnAnswers
from services.registration.domain.form.form import NO_FORM
from tests.registration.rows import Rows


def _with_own_answers(rows: Rows, command: ReplaceOwnAnswers) -> dict[str, Any]:
    given = (rows.form or NO_FORM).replaced({}, command.answers)
    return {"seat": rows.seats.get(command.registration_id), "given": {command.registration_id: given}}


def _with_other_answers(rows: Rows, command: CorrectAnswers | ChangeOwnAnswers) -> dict[str, Any]:
    given = (rows.form or NO_FORM).corrected({}, command.changes)
    return {"seat": rows.seats.get(command.registration_id), "given": {command.registration_id: given}}


FORM_LOADERS: dict[type[MeetingCommand], Callable[[Rows, Any], dict[str, Any]]] = {
    ChangeForm: lambda rows, _: {"form": rows.form},
    ReplaceOwnAnswers: _with_own_answers,
    ChangeOwnAnswers: _with_other_answers,
    CorrectAnswers: _with_other_answers,
}
