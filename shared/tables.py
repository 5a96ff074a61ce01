"""The list of the kernel's own tables, which are in the database of every service."""

from sqlalchemy import MetaData

from shared.http.tables import IdempotencyKey
from shared.messaging import tables as messaging

KERNEL = (
    IdempotencyKey,
    messaging.Outbox,
    messaging.OutboxParked,
    messaging.Inbox,
    messaging.StreamPosition,
    messaging.DeadLetter,
    messaging.JobRow,
    messaging.ConsumerHalt,
    messaging.OperatorAction,
)


def with_kernel_tables(metadata: MetaData) -> MetaData:
    """Add the kernel's own tables to the schema of one service, and return it."""
    for row in KERNEL:
        row.__table__.to_metadata(metadata)  # type: ignore[union-attr] # -- SQLModel hides its table
    return metadata
