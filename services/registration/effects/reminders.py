"""Reminds invited bodies that have not answered: what is due is looked for again and again, and done by jobs.

No job is written before its time: a meeting that moves, an answer or another policy then has no job to change.
"""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from services.registration.domain.reminders.commands import RemindInvitation
from services.registration.policy import SERVICE
from services.registration.store import MEETINGS
from services.registration.store.reminders import DueReminder, due_reminders
from shared.application import execute
from shared.database import Connection, Database
from shared.kernel import Job
from shared.messaging import jobs
from shared.messaging.jobs import Answer, ClaimedJob, Effect

EVERY_SECONDS: Final = 60.0
KIND: Final = "remind-invitation"


async def order_due_reminders(database: Database) -> None:
    """Write a job for each reminder that is due; there is one for each body, stage and time to answer."""
    async with database.reading() as connection:
        due = await due_reminders(connection)
    if due:
        async with database.transaction() as connection:
            await jobs.enqueue(connection, [_job(one) for one in due])


def _job(due: DueReminder) -> Job:
    name = f"{due.invitation_id}:{due.hours}:{due.answer_by.isoformat()}"
    payload = {"meeting_id": str(due.meeting_id), "invitation_id": str(due.invitation_id), "hours_before": due.hours}
    return Job(kind=KIND, name=name, key=f"reminder {due.invitation_id}", payload=payload, deadline=due.answer_by)


def reminder_effects() -> dict[str, Effect]:
    """Job kind → what is done about it."""

    async def remind(job: ClaimedJob) -> Answer:
        command = RemindInvitation(
            actor=SERVICE,
            at=datetime.now(UTC),
            invitation_id=UUID(job.payload["invitation_id"]),
            hours_before=job.payload["hours_before"],
        )

        async def answer(connection: Connection) -> None:
            await execute(connection, MEETINGS, UUID(job.payload["meeting_id"]), command)

        return answer

    return {KIND: remind}
