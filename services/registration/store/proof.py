"""People who have registered without a link: whether somebody has answered for them, as rows have it.

`proof` of a registration is empty where nobody had to answer (a link, an account, an earlier version), `unproven` until
somebody does, and then what `ParticipantProven` says.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.registration.domain.registration import Seat
from services.registration.domain.registration_states import HOLDING, RegistrationState, sql_list
from services.registration.store.waiting import seat_of
from services.registration.tables import RegistrationRow
from shared.columns import names_of
from shared.contracts import Fact
from shared.contracts.registration import ParticipantProven
from shared.database import Connection

UNPROVEN: Final = "unproven"
AT_ONCE: Final = 500
_FORGOTTEN: Final = f"""
SELECT seat.person_id FROM registration AS seat JOIN person USING (person_id)
WHERE proof = '{UNPROVEN}' AND state = '{RegistrationState.WITHDRAWN}' AND person.given_name IS NOT NULL
  AND coalesce((SELECT max(at) FROM meeting_history AS past WHERE past.registration_id = seat.registration_id),
               seat.answered_at) < $1
  AND NOT EXISTS (SELECT FROM registration AS other WHERE other.person_id = seat.person_id
                  AND other.registration_id <> seat.registration_id)
LIMIT {AT_ONCE}
"""  # noqa: S608 -- constant names
_PROVEN: Final = """
UPDATE registration SET proof = $2, held_until = NULL, client_hash = NULL, confirm_code = NULL
WHERE registration_id = $1
"""
# Whoever was let in was seen by the people at the entrance: his seat is not given up.
_LAPSING: Final = f"""
SELECT {names_of(RegistrationRow)} FROM registration
WHERE meeting_id = $1 AND held_until <= $2 AND proof = '{UNPROVEN}' AND checked_in_at IS NULL
  AND state IN ({sql_list((*HOLDING, RegistrationState.AWAITING_PROOF))})
ORDER BY held_until, registration_id LIMIT {AT_ONCE}
"""  # noqa: S608 -- constant names
_MEETINGS: Final = f"""
SELECT DISTINCT meeting_id FROM registration AS seat JOIN meeting USING (meeting_id)
WHERE held_until <= $1 AND proof = '{UNPROVEN}' AND checked_in_at IS NULL AND phase = 'open' LIMIT {AT_ONCE}
"""  # noqa: S608 -- constant names
_CODES: Final = """
SELECT code, proof = 'unproven' AS unproven, answered_at FROM registration
WHERE meeting_id = $1 AND registration_id = $2
"""
_TRY: Final = """
UPDATE registration SET confirm_tries = confirm_tries + 1
WHERE registration_id = $1 AND confirm_code IS NOT NULL AND confirm_tries < $2 RETURNING confirm_code
"""
_OF_CLIENT: Final = f"""
SELECT count(*) FROM registration AS other JOIN registration AS own USING (meeting_id, client_hash)
WHERE own.registration_id = $1 AND other.proof = '{UNPROVEN}' AND other.state IN ({sql_list(HOLDING)})
"""  # noqa: S608 -- constant names


async def lapsing(connection: Connection, meeting_id: UUID, at: datetime) -> Sequence[Seat]:
    """Those of a meeting for whom nobody has answered until `at`, whoever was to be answered for first; at most 500."""
    return [seat_of(row) for row in await connection.fetch(_LAPSING, meeting_id, at)]


async def meetings_with_lapsing(connection: Connection, at: datetime) -> Sequence[UUID]:
    """The open meetings that have such people."""
    return [row["meeting_id"] for row in await connection.fetch(_MEETINGS, at)]


async def unproven_given_up(connection: Connection, before: datetime) -> Sequence[UUID]:
    """The persons for whom nobody ever answered and whose only registration has ended `before`; at most 500."""
    return [row["person_id"] for row in await connection.fetch(_FORGOTTEN, before)]


async def unproven_of_same_client(connection: Connection, registration_id: UUID) -> int:
    """For how many people nobody has answered whom the same client has registered in the meeting."""
    found: int = await connection.fetchval(_OF_CLIENT, registration_id)
    return found


async def codes_of(connection: Connection, meeting_id: UUID, registration_id: UUID) -> asyncpg.Record | None:
    """The `code` of a registration, whether it is `unproven`, and when it was made (`answered_at`)."""
    row: asyncpg.Record | None = await connection.fetchrow(_CODES, meeting_id, registration_id)
    return row


async def take_try(connection: Connection, registration_id: UUID, *, most: int) -> str | None:
    """The sealed code to confirm by, with one more of at most so many tries counted; None where there is none left.

    The caller commits before he compares: whoever asks many times at once has no more tries than others.
    """
    sealed: str | None = await connection.fetchval(_TRY, registration_id, most)
    return sealed


async def _proven(connection: Connection, fact: ParticipantProven) -> None:
    await connection.execute(_PROVEN, fact.registration_id, fact.proof)


PROOF_WRITERS: Final[Mapping[type[Fact], Callable[[Connection, Any], Awaitable[None]]]] = {ParticipantProven: _proven}
"""As `WRITERS`."""
