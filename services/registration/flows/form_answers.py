"""Commands with answers to a form: decided with the answers as they were read, which are kept with what follows."""

from uuid import UUID

from services.registration.domain.commands import RepresentParticipant
from services.registration.domain.documents.state import StoredFile
from services.registration.domain.form.answers import FormAnswers
from services.registration.domain.form.commands import ChangeOwnAnswers, CorrectAnswers, ReplaceOwnAnswers
from services.registration.domain.form.form import NO_FORM
from services.registration.domain.history import answers_entry
from services.registration.flows import record_person
from services.registration.store import MEETINGS
from services.registration.store.form.answers import GivenAnswers, save_answers, stored_answers
from services.registration.store.form.files import keep_files
from services.registration.store.history import note
from shared.application import execute
from shared.contracts.registration import PersonRecorded
from shared.database import Connection
from shared.kernel import Command


async def answer_form(
    connection: Connection, meeting_id: UUID, command: ReplaceOwnAnswers | ChangeOwnAnswers | CorrectAnswers
) -> FormAnswers:
    """Carry out the command and keep the answers; returns them. Raises its `Refusal`."""
    meeting, seat = (await execute(connection, MEETINGS, meeting_id, command)).state, command.registration_id
    answers = meeting.given.get(seat, NO_FORM.read({}, complete=False))
    concerns = {"meeting_id": meeting_id, "registration_id": seat, "organiser": meeting.organiser}
    await note(connection, answers_entry(await stored_answers(connection, seat), answers.values, command, **concerns))
    await _save(connection, meeting_id, seat, answers, by=command)
    changes = {} if isinstance(command, ReplaceOwnAnswers) else command.changes
    files = {name: value for name, value in changes.items() if isinstance(value, StoredFile)}
    await keep_files(connection, seat, files, at=command.at)
    return answers


async def represent(
    connection: Connection, meeting_id: UUID, command: RepresentParticipant, representative: PersonRecorded
) -> None:
    """Record the representative, give him the seat and keep his answers. Raises the `Refusal` of the command."""
    await record_person(connection, representative, command)
    given = (await execute(connection, MEETINGS, meeting_id, command)).state.given
    if answers := given.get(command.representative_id):
        await _save(connection, meeting_id, command.representative_id, answers, by=command)


async def _save(
    connection: Connection, meeting_id: UUID, registration_id: UUID, answers: FormAnswers, *, by: Command
) -> None:
    kept = GivenAnswers(meeting_id=meeting_id, registration_id=registration_id, answers=answers, by=by.actor.subject)
    await save_answers(connection, [kept])
