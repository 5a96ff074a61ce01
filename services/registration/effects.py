"""What registration does outside its database: signing tickets."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

from services.registration import views
from services.registration.domain.commands import IssueTicket
from services.registration.ports import Ticket, TicketSigner
from services.registration.store import MEETINGS
from shared.application import execute
from shared.database import Connection, Database
from shared.kernel import Actor, Role
from shared.messaging.jobs import Answer, ClaimedJob, Effect
from shared.sealing import Sealer

SERVICE = Actor(subject="service:registration", roles=frozenset({Role.SERVICE}))
VALID_BEFORE = timedelta(hours=12)
VALID_AFTER = timedelta(hours=12)


def effects(database: Database, signer: TicketSigner, sealer: Sealer) -> Mapping[str, Effect]:
    """Job kind → what is done about it."""

    async def issue_ticket(job: ClaimedJob) -> Answer:
        meeting_id, registration_id = UUID(job.payload["meeting_id"]), UUID(job.payload["registration_id"])
        async with database.reading() as connection:
            seat = await views.ticket_basis(connection, meeting_id, registration_id)
        serial = seat["ticket_serial"] + 1
        text = signer.sign(
            Ticket(
                meeting_id=meeting_id,
                registration_id=registration_id,
                serial=serial,
                not_before=seat["starts_at"] - VALID_BEFORE,
                not_after=seat["ends_at"] + VALID_AFTER,
            )
        )
        command = IssueTicket(
            actor=SERVICE,
            at=datetime.now(UTC),
            registration_id=registration_id,
            serial=serial,
            sealed_ticket=sealer.seal(text),
        )

        async def answer(connection: Connection) -> None:
            await execute(connection, MEETINGS, meeting_id, command)

        return answer

    return {"issue-ticket": issue_ticket}
