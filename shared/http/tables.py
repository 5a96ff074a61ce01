"""The table behind `Idempotency-Key`, and the kernel's tables as one: every service's database carries them."""

from datetime import datetime

from sqlalchemy import Column, DateTime, Index, LargeBinary, MetaData, PrimaryKeyConstraint, SmallInteger, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from shared.messaging import tables as messaging

KERNEL = (
    messaging.Outbox,
    messaging.OutboxParked,
    messaging.Inbox,
    messaging.StreamPosition,
    messaging.DeadLetter,
    messaging.JobRow,
    messaging.ConsumerHalt,
    messaging.OperatorAction,
)


class IdempotencyKey(SQLModel, table=True):
    """The committed answer to one request of one actor, given again when the same request comes again."""

    __tablename__ = "idempotency_key"
    __table_args__ = (PrimaryKeyConstraint("actor", "key"), Index("idempotency_key_created_at", "created_at"))

    actor: str = Field(sa_type=messaging.IDENTIFIER)
    key: str = Field(sa_type=messaging.IDENTIFIER)
    request_hash: bytes = Field(sa_type=LargeBinary)
    status: int = Field(sa_type=SmallInteger)
    headers: dict[str, str] = Field(sa_type=JSONB)
    body: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(
        sa_column=Column(DateTime(timezone=True), server_default=text("now()"), nullable=False)
    )


def with_kernel_tables(metadata: MetaData) -> MetaData:
    """Add the kernel's own tables to a service's schema; each service has a `MetaData` of its own."""
    for row in (*KERNEL, IdempotencyKey):
        row.__table__.to_metadata(metadata)  # type: ignore[union-attr] # -- SQLModel hides its table
    return metadata
