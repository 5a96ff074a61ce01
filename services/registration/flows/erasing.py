"""Erasing a person: he is forgotten, and the histories of his meetings say so."""

from uuid import UUID

from services.registration.domain.history import entry_of
from services.registration.domain.person import ErasePerson
from services.registration.store import PERSONS
from services.registration.store.history import note
from services.registration.store.person import lock_meetings_of
from shared.application import execute
from shared.contracts.registration import PersonErased
from shared.database import Connection


async def erase_person(connection: Connection, person_id: UUID, command: ErasePerson) -> None:
    """Forget the person, with an entry for each of his registrations. Raises `NotFound`.

    His meetings are locked first, as whoever registers locks the meeting before the person.
    """
    registrations = await lock_meetings_of(connection, person_id)
    await execute(connection, PERSONS, person_id, command)
    await note(connection, [entry_of(PersonErased, command, **dict(one)) for one in registrations])
