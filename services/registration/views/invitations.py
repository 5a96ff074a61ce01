"""The invited bodies of a meeting."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg
from sqlalchemy import func
from sqlalchemy import select as choose
from sqlmodel import col

from services.registration.domain.state import RegistrationState
from services.registration.tables import InvitationRow, OrganisationRow, RegistrationRow
from shared.database import Connection, columns, select


async def invitations(connection: Connection, meeting_id: UUID) -> Sequence[asyncpg.Record]:
    """The invited bodies in protocol order: taken seats, people who have declined, answers of any kind."""
    own = ("invitation_id", "organisation", "seats", "used", "expires_at", "revoked_at")
    answers = choose(func.count()).where(col(RegistrationRow.invitation_id) == col(InvitationRow.invitation_id))
    declined = answers.where(col(RegistrationRow.state) == RegistrationState.DECLINED)
    counts = (answers.scalar_subquery().label("answers"), declined.scalar_subquery().label("declined"))
    query = (
        choose(*columns(InvitationRow, *own), *counts, col(OrganisationRow.name_lo), col(OrganisationRow.name_en))
        .join(OrganisationRow, col(OrganisationRow.code) == col(InvitationRow.organisation))
        .where(col(InvitationRow.meeting_id) == meeting_id)
        .order_by(col(OrganisationRow.protocol_order), col(OrganisationRow.code), col(InvitationRow.invitation_id))
    )
    return await select(connection, query)
