"""Changes of the directory of bodies: what is recorded, and what it changes for meetings that are under way."""

from services.registration.domain.admission_commands import PromoteWaiting
from services.registration.domain.organisation import Organisation, OrganisationCommands
from services.registration.store import MEETINGS, ORGANISATIONS
from services.registration.store.succession import recount_seats
from shared.application import Outcome, execute
from shared.database import Connection


async def change_directory(connection: Connection, code: str, command: OrganisationCommands) -> Outcome[Organisation]:
    """Carry out a command on a body; seats that are counted together from now on are counted anew.

    Raises the `Refusal` of the command.
    """
    outcome = await execute(connection, ORGANISATIONS, code, command)
    if outcome.facts:
        for meeting_id in await recount_seats(connection, code):
            await execute(connection, MEETINGS, meeting_id, PromoteWaiting(actor=command.actor, at=command.at))
    return outcome
