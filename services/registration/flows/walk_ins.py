"""Walk-ins: the person and his seat, decided under the lock of the meeting and written together."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from services.registration.domain.desk.commands import AdmitWalkIn
from services.registration.domain.person import Person, RecordWalkIn
from services.registration.store import MEETINGS, PERSONS
from services.registration.store.person import insert_persons
from services.registration.store.walk_ins import with_free_contacts
from shared.application import decide_and_fold, record, report_accepted, report_refusals
from shared.contracts import Fact
from shared.contracts.registration import ParticipantRegistered
from shared.database import Connection


async def admit_walk_in(connection: Connection, meeting_id: UUID, command: AdmitWalkIn) -> Sequence[Fact]:
    """Let somebody in who has not registered; returns the facts, none for a scan that is known.

    His person is recorded only where he gets a registration: whoever is refused leaves nothing behind. Raises the
    `Refusal` of the command; then the caller must let the transaction roll back.
    """
    before = await MEETINGS.load(connection, meeting_id, command)
    if before.seat is None:
        command = replace(command, person=await with_free_contacts(connection, meeting_id, command.person))
    meeting = decide_and_fold(MEETINGS, meeting_id, before, command)
    if any(isinstance(fact, ParticipantRegistered) for fact in meeting.facts):
        recording = RecordWalkIn(actor=command.actor, at=command.at, data=command.person)
        key = command.person.person_id
        person = decide_and_fold(PERSONS, key, Person(person_id=key), recording)
        await insert_persons(connection, [person.after])
        await record(connection, [person])
    if meeting.facts:
        with report_refusals(MEETINGS, meeting_id, command):
            await MEETINGS.save(connection, meeting.before, meeting.after, meeting.facts)
        await record(connection, [meeting])
    report_accepted(MEETINGS, meeting_id, command, count=len(meeting.facts))
    return meeting.facts
