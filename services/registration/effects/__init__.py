"""What registration does outside of requests: signing tickets, again for a meeting that has moved; lists; reminders."""

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

from services.registration import views
from services.registration.domain.commands import IssueTicket
from services.registration.domain.meeting import ticket_job
from services.registration.policy import SERVICE
from services.registration.ports import Ticket, TicketSigner
from services.registration.store import MEETINGS
from shared.application import execute
from shared.database import Connection, Database
from shared.kernel import Unavailable
from shared.messaging import jobs
from shared.messaging.jobs import Answer, ClaimedJob, Effect
from shared.sealing import Sealer


def effects(
    database: Database, signer: TicketSigner, sealer: Sealer, *, others: Mapping[str, Effect]
) -> Mapping[str, Effect]:
    """Job kind → what is done about it; `others` are the effects of the other modules here."""

    async def issue_ticket(job: ClaimedJob) -> Answer:
        meeting_id, registration_id = UUID(job.payload["meeting_id"]), UUID(job.payload["registration_id"])
        async with database.reading() as connection:
            seat = await views.ticket_basis(connection, meeting_id=meeting_id, registration_id=registration_id)
        if not _wanted(job, seat["ticket_key"], signs=signer.key_id):
            return jobs.nothing
        schedule = (seat["starts_at"], seat["ends_at"])
        ticket = Ticket.of_seat(
            meeting_id=meeting_id, registration_id=registration_id, serial=seat["ticket_serial"] + 1, schedule=schedule
        )
        command = IssueTicket(
            actor=SERVICE,
            at=datetime.now(UTC),
            registration_id=registration_id,
            serial=ticket.serial,
            sequence=seat["sequence"],
            sealed_ticket=sealer.seal(signer.sign(ticket)),
            key_id=signer.key_id,
        )

        async def answer(connection: Connection) -> None:
            await execute(connection, MEETINGS, meeting_id, command)

        return answer

    async def reissue_tickets(job: ClaimedJob) -> Answer:
        meeting_id, sequence = UUID(job.payload["meeting_id"]), job.payload["sequence"]
        async with database.reading() as connection:
            seated = await views.seated_registrations(connection, meeting_id)
        wanted = [
            ticket_job(meeting_id=meeting_id, registration_id=registration_id, sequence=sequence)
            for registration_id in seated
        ]

        async def answer(connection: Connection) -> None:
            await jobs.enqueue(connection, wanted)

        return answer

    return {"issue-ticket": issue_ticket, "reissue-tickets": reissue_tickets, **others}


def _wanted(job: ClaimedJob, ticket_key: str | None, *, signs: str) -> bool:
    """Whether to sign: for a ticket that replaces those of a key, only while that key has signed the present one.

    Raises `Unavailable` in a process that still signs with the key itself: another one, or this one when it has been
    restarted, takes the job later.
    """
    replaced = job.payload.get("instead_of")
    if replaced is None:
        return True
    if signs == replaced:
        raise Unavailable("a ticket key that signs no more")
    return ticket_key in (replaced, None)
