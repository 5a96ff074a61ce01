"""What commands about a form and about answers to it need: one function for each kind of command."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final
from uuid import UUID

from services.registration.domain.commands import MeetingCommand, RepresentParticipant
from services.registration.domain.form.commands import (
    ChangeForm,
    ChangeOwnAnswers,
    CorrectAnswers,
    ReplaceOwnAnswers,
)
from services.registration.domain.form.form import NO_FORM, Form
from services.registration.domain.state import Members
from services.registration.store.form.answers import answers_counted, stored_answers
from services.registration.store.form.forms import current_form
from services.registration.store.waiting import seat_of
from services.registration.tables import RegistrationRow
from shared.columns import names_of
from shared.database import Connection

_SEAT: Final = f"""
SELECT {names_of(RegistrationRow)} FROM registration WHERE meeting_id = $1 AND registration_id = $2
"""  # noqa: S608 -- constant names


async def _for_changing(connection: Connection, meeting_id: UUID, _: ChangeForm) -> Members:
    return {
        "form": await current_form(connection, meeting_id),
        "answers_counted": await answers_counted(connection, meeting_id),
    }


async def _for_own_answers(connection: Connection, meeting_id: UUID, command: ReplaceOwnAnswers) -> Members:
    stored = await stored_answers(connection, command.registration_id)
    given = (await _form(connection, meeting_id)).replaced(stored, command.answers)
    return {"given": {command.registration_id: given}, **await _seat(connection, meeting_id, command)}


async def _for_changing_some(
    connection: Connection, meeting_id: UUID, command: CorrectAnswers | ChangeOwnAnswers
) -> Members:
    stored = await stored_answers(connection, command.registration_id)
    given = (await _form(connection, meeting_id)).corrected(stored, command.changes)
    return {"given": {command.registration_id: given}, **await _seat(connection, meeting_id, command)}


async def _for_representing(connection: Connection, meeting_id: UUID, command: RepresentParticipant) -> Members:
    given = (await _form(connection, meeting_id)).read(command.answers or {}, complete=True)
    return {"given": {command.representative_id: given}, **await _seat(connection, meeting_id, command)}


async def _form(connection: Connection, meeting_id: UUID) -> Form:
    return await current_form(connection, meeting_id) or NO_FORM


async def _seat(
    connection: Connection,
    meeting_id: UUID,
    command: ReplaceOwnAnswers | ChangeOwnAnswers | CorrectAnswers | RepresentParticipant,
) -> Members:
    row = await connection.fetchrow(_SEAT, meeting_id, command.registration_id)
    return {"seat": row and seat_of(row)}


FORM_LOADERS: Mapping[type[MeetingCommand], Callable[[Connection, UUID, Any], Awaitable[Members]]] = {
    ChangeForm: _for_changing,
    ReplaceOwnAnswers: _for_own_answers,
    ChangeOwnAnswers: _for_changing_some,
    CorrectAnswers: _for_changing_some,
    RepresentParticipant: _for_representing,
}
