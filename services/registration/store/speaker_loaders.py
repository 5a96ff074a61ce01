"""What commands need that must know who speaks for whom: sending somebody, answering for somebody, lapsing."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final
from uuid import UUID

from services.registration.domain.commands import MeetingCommand, RepresentParticipant
from services.registration.domain.proof.commands import ConfirmRegistration, LapseUnproven, VouchForParticipant
from services.registration.domain.state import Members
from services.registration.store.contacts import holders_of, reached_alike
from services.registration.store.form.loaders import FORM_LOADERS
from services.registration.store.proof import lapsing
from services.registration.store.waiting import seat_of, waiting_before_newcomers, waiting_for
from services.registration.tables import RegistrationRow
from shared.columns import names_of
from shared.database import Connection

_SEAT: Final = f"""
SELECT {names_of(RegistrationRow)} FROM registration WHERE meeting_id = $1 AND registration_id = $2
"""  # noqa: S608 -- constant names


async def _for_representing(connection: Connection, meeting_id: UUID, command: RepresentParticipant) -> Members:
    members = await FORM_LOADERS[RepresentParticipant](connection, meeting_id, command)
    seat, person = members["seat"], command.representative
    return members | {
        "holders": {command.representative_id: await holders_of(connection, meeting_id, person)},
        "himself": bool(seat) and await reached_alike(connection, meeting_id, seat.person_id, person),
    }


async def _for_answering_for(
    connection: Connection, meeting_id: UUID, command: ConfirmRegistration | VouchForParticipant
) -> Members:
    row = await connection.fetchrow(_SEAT, meeting_id, command.registration_id)
    found = {command.registration_id: await holders_of(connection, meeting_id, row["person_id"])} if row else {}
    return {
        "seat": row and seat_of(row),
        "holders": found,
        "queue": await waiting_before_newcomers(connection, meeting_id),
    }


async def _for_lapsing(connection: Connection, meeting_id: UUID, command: LapseUnproven) -> Members:
    return {
        "lapsing": await lapsing(connection, meeting_id, command.at),
        "queue": await waiting_for(connection, meeting_id, rules_change=True),
    }


SPEAKER_LOADERS: Final[Mapping[type[MeetingCommand], Callable[[Connection, UUID, Any], Awaitable[Members]]]] = {
    RepresentParticipant: _for_representing,
    ConfirmRegistration: _for_answering_for,
    VouchForParticipant: _for_answering_for,
    LapseUnproven: _for_lapsing,
}
"""As `LOADERS`."""
