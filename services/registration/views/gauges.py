"""The meetings as dashboards show them: how many in which phase, and how many seats are left."""

from typing import Final

from services.registration.domain.registration_states import RegistrationState
from services.registration.domain.reminders.invitation_states import InvitationState
from services.registration.domain.state import Phase
from services.registration.observability import INVITATIONS, MEETINGS, OPEN_MEETINGS, REGISTRATIONS, SEATS
from services.registration.views.invitations import INVITATION_STATE
from shared.database import Connection
from shared.observability.gauges import GaugeValues

_PHASES: Final = "SELECT phase, count(*) FROM meeting GROUP BY phase"  # the index alone answers it
_SEATS: Final = f"""
SELECT count(*) FILTER (WHERE confirmed < capacity) AS left, count(*) FILTER (WHERE confirmed >= capacity) AS none,
       coalesce(sum(confirmed), 0) AS taken, coalesce(sum(greatest(capacity - confirmed, 0)), 0) AS seats_left,
       coalesce(sum(waitlisted), 0) AS waiting
FROM meeting WHERE phase = '{Phase.OPEN}'
"""  # noqa: S608 -- constant names
_REGISTRATIONS: Final = f"""
SELECT state, sum(people)::bigint AS people FROM registration_figure
WHERE meeting_id IN (SELECT meeting_id FROM meeting WHERE phase IN ('{Phase.OPEN}', '{Phase.IN_SESSION}'))
GROUP BY state
"""  # noqa: S608 -- constant names
_INVITATIONS: Final = f"""
SELECT state, count(*) AS invitations
FROM (SELECT {INVITATION_STATE} AS state FROM invitation given JOIN meeting USING (meeting_id)
      WHERE phase = '{Phase.OPEN}') counted
GROUP BY state
"""  # noqa: S608 -- constant names


async def count_gauges(connection: Connection) -> GaugeValues:
    """Meetings by phase; of the open ones seats, who waits for one, and how far the invited bodies have answered."""
    phases = {row["phase"]: row["count"] for row in await connection.fetch(_PHASES)}
    people = {row["state"]: row["people"] for row in await connection.fetch(_REGISTRATIONS)}
    invitations = {row["state"]: row["invitations"] for row in await connection.fetch(_INVITATIONS)}
    row = await connection.fetchrow(_SEATS)
    assert row is not None  # noqa: S101 -- an aggregate without GROUP BY has one row
    return {
        MEETINGS: {(phase,): phases.get(phase, 0) for phase in Phase if phase is not Phase.ABSENT},
        OPEN_MEETINGS: {("left",): row["left"], ("none",): row["none"]},
        SEATS: {("taken",): row["taken"], ("left",): row["seats_left"], ("waiting",): row["waiting"]},
        REGISTRATIONS: {(state,): people.get(state, 0) for state in RegistrationState},
        INVITATIONS: {(state,): invitations.get(state, 0) for state in InvitationState},
    }
