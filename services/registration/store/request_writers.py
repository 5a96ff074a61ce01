"""What decisions on requests write: a seat, the end of the queue, or the end of the request."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from services.registration.domain.registration_states import RegistrationState
from services.registration.store.contacts import own, share_contacts
from services.registration.store.walk_ins import insert_walk_in
from shared.contracts import Fact
from shared.contracts.registration import ParticipantRegistered, ParticipationRejected, RequestWithdrawn
from shared.database import Connection

STATE: Final = """
UPDATE registration SET state = $2, position = NULL, reason = coalesce($3, reason), held_until = NULL
WHERE registration_id = $1 RETURNING invitation_id
"""
# Who waits goes to the end of the queue, whatever its length was when he asked or came first.
END_OF_QUEUE: Final = f"""
CASE WHEN $1 = '{RegistrationState.WAITLISTED}' THEN (
    SELECT 1 + coalesce(max(position), 0) FROM registration
    WHERE meeting_id = $2 AND state = '{RegistrationState.WAITLISTED}') END
"""  # noqa: S608 -- constant names
_APPROVE: Final = f"""
UPDATE registration SET state = $1, position = {END_OF_QUEUE}, mobile = {own("mobile", "$2", but="$3")},
                        email = {own("email", "$2", but="$3")}, held_until = NULL,
                        proof = CASE WHEN proof = 'unproven' THEN 'vouched' ELSE proof END
FROM person WHERE registration_id = $3 AND person.person_id = registration.person_id
"""  # noqa: S608 -- constant names


async def _registered(connection: Connection, fact: ParticipantRegistered) -> None:
    if fact.walk_in:
        await insert_walk_in(connection, fact)
        return
    await connection.execute(_APPROVE, fact.state, fact.meeting_id, fact.registration_id)
    await share_contacts(connection, fact.registration_id)


async def _rejected(connection: Connection, fact: ParticipationRejected) -> None:
    await connection.execute(STATE, fact.registration_id, RegistrationState.REJECTED, fact.reason)


async def _request_withdrawn(connection: Connection, fact: RequestWithdrawn) -> None:
    await connection.execute(STATE, fact.registration_id, RegistrationState.WITHDRAWN, fact.reason)


REQUEST_WRITERS: Final[Mapping[type[Fact], Callable[[Connection, Any], Awaitable[None]]]] = {
    ParticipantRegistered: _registered,
    ParticipationRejected: _rejected,
    RequestWithdrawn: _request_withdrawn,
}
"""As `WRITERS`."""
