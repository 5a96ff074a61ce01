"""The invited bodies of a meeting."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg
from sqlalchemy import select as choose
from sqlmodel import col

from services.registration.tables import InvitationRow, OrganisationRow
from shared.database import Connection, columns, select


async def invitations(connection: Connection, meeting_id: UUID) -> Sequence[asyncpg.Record]:
    """The invited bodies in protocol order, with how many of their seats are taken."""
    names = columns(InvitationRow, "invitation_id", "organisation", "seats", "used", "expires_at")
    query = (
        choose(*names, col(OrganisationRow.name_lo), col(OrganisationRow.name_en))
        .join(OrganisationRow, col(OrganisationRow.code) == col(InvitationRow.organisation))
        .where(col(InvitationRow.meeting_id) == meeting_id)
        .order_by(col(OrganisationRow.protocol_order), col(OrganisationRow.code))
    )
    return await select(connection, query)
