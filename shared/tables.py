"""The list of the kernel's own tables, which are in the database of every service."""

from typing import Final

from sqlalchemy import MetaData

from shared.http.tables import IdempotencyKey
from shared.messaging import tables as messaging

METADATA: Final = MetaData()
for row in (
    IdempotencyKey,
    messaging.Outbox,
    messaging.OutboxPublished,
    messaging.OutboxParked,
    messaging.Inbox,
    messaging.StreamPosition,
    messaging.DeadLetter,
    messaging.JobRow,
    messaging.ConsumerHalt,
    messaging.OperatorAction,
):
    row.__table__.to_metadata(METADATA)  # type: ignore[union-attr] # -- SQLModel hides its table
