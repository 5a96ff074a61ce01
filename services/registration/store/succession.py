"""Bodies that have ended and who acts for them, as commands need them."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from services.registration.domain.state import Members, Phase
from services.registration.domain.succession import TakenOverBody, acting_bodies, linked_bodies
from services.registration.store.waiting import seats_taken
from services.registration.tables import InvitationRow
from services.registration.tables.directory import MEETING_DAY
from shared.columns import names_of
from shared.contracts.registration import Admission
from shared.database import Connection
from shared.kernel import OFFICE_ZONE

_BODIES: Final = """
SELECT code, taken_over_by, valid_until FROM organisation WHERE taken_over_by IS NOT NULL AND valid_until IS NOT NULL
"""
ACTING: Final = f"""
organisation_acting(organisation, (SELECT {MEETING_DAY} FROM meeting WHERE meeting.meeting_id = invitation.meeting_id))
"""  # noqa: S608 -- a constant name
"""Of a row of `invitation`: who acts for its body on the day of the meeting."""
_ASKED: Final = f"""
SELECT organisation_acting(code, day) AS acting, coalesce(valid_until <= day, false) AS ended
FROM organisation, (SELECT {MEETING_DAY} AS day FROM meeting WHERE meeting_id = $1) AS of_meeting WHERE code = $2
"""  # noqa: S608 -- a constant name
_INVITED: Final = f"""
SELECT {names_of(InvitationRow)} FROM invitation WHERE meeting_id = $1 AND revoked_at IS NULL
  AND (organisation = $2 OR organisation IN (
    SELECT code FROM organisation WHERE taken_over_by IS NOT NULL AND organisation_acting(
      code, (SELECT {MEETING_DAY} FROM meeting WHERE meeting_id = $1)) = $2))
ORDER BY invitation_id LIMIT 1
"""  # noqa: S608 -- a constant name
_LIMITED: Final = "SELECT meeting_id, admission FROM meeting WHERE taken IS NOT NULL AND phase = ANY($1::text[])"
_LOCK: Final = "SELECT FROM meeting WHERE meeting_id = $1 FOR UPDATE"
_RECOUNT: Final = "UPDATE meeting SET taken = $2 WHERE meeting_id = $1"
_UNDER_WAY: Final = (Phase.DRAFT, Phase.OPEN, Phase.IN_SESSION)


async def counted_together(connection: Connection, starts_at: datetime, codes: Iterable[str]) -> Members:
    """`acting` and `counted` of a meeting that begins at `starts_at` and limits the seats of these bodies."""
    bodies = [TakenOverBody(**dict(row)) for row in await connection.fetch(_BODIES)]
    day: date = starts_at.astimezone(OFFICE_ZONE).date()
    return {"acting": acting_bodies(bodies, day), "counted": linked_bodies(bodies, codes)}


async def asked_body(connection: Connection, meeting_id: UUID, code: str) -> Members:
    """Of a body that is to be invited: whether it exists, has ended by the day of the meeting, is invited already.

    It is invited already where a body is for which it acts.
    """
    asked = await connection.fetchrow(_ASKED, meeting_id, code)
    invited = await connection.fetchrow(_INVITED, meeting_id, code)
    ended: Any = None
    if asked and asked["ended"]:
        ended = "" if asked["acting"] == code else asked["acting"]
    return {"organisation_known": asked is not None, "ended_for": ended, "invited": invited}


async def recount_seats(connection: Connection, code: str) -> Sequence[UUID]:
    """Count the seats anew of all meetings under way that limit those of a body linked with `code`; returns them.

    Each meeting is locked first, so that nobody takes a seat meanwhile.
    """
    recounted = []
    bodies = [TakenOverBody(**dict(row)) for row in await connection.fetch(_BODIES)]
    for row in sorted(await connection.fetch(_LIMITED, list(_UNDER_WAY)), key=lambda each: each["meeting_id"]):
        limited = {one.organisation for one in Admission(**row["admission"]).organisations}
        counted = linked_bodies(bodies, limited)
        if code in counted:
            await connection.execute(_LOCK, row["meeting_id"])
            taken = await seats_taken(connection, row["meeting_id"], sorted(counted))
            kept = {body: seats for body, seats in taken.items() if seats or body in limited}
            await connection.execute(_RECOUNT, row["meeting_id"], kept)
            recounted.append(row["meeting_id"])
    return recounted
