"""The messaging tables in the database of every service; the outbox fits Debezium's outbox event router."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    Identity,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel

from shared.columns import IDENTIFIER, MOMENT

_NOW = text("now()")
_OPEN = text("state IN ('dead', 'parked')")
# The queue tables are small and change often: vacuum after a thousand dead rows, whatever their size.
_QUEUE = {"autovacuum_vacuum_scale_factor": 0, "autovacuum_vacuum_threshold": 1000, "fillfactor": 80}


class Outbox(SQLModel, table=True):
    """Committed facts that are not yet in Kafka; `payload` is the exact body, `headers` the CloudEvents attributes."""

    __tablename__ = "outbox"
    __table_args__ = ({"postgresql_with": _QUEUE},)

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    event_id: UUID = Field(unique=True)
    aggregate_type: str = Field(sa_type=Text)
    aggregate_id: str = Field(sa_type=Text)
    aggregate_seq: int = Field(sa_type=BigInteger)
    type: str = Field(sa_type=Text)
    topic: str = Field(sa_type=Text)
    key: str = Field(sa_type=Text)
    headers: dict[str, str] = Field(sa_type=JSONB)
    payload: bytes | None = Field(default=None, sa_type=LargeBinary)
    created_at: datetime = Field(sa_column=Column(MOMENT, server_default=_NOW, nullable=False))


class OutboxPublished(SQLModel, table=True):
    """Facts that Kafka has stored, kept for some days: an empty Kafka can be filled with them after a disaster."""

    __tablename__ = "outbox_published"
    __table_args__ = (Index("outbox_published_at", "published_at"),)

    id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    event_id: UUID
    aggregate_type: str = Field(sa_type=Text)
    aggregate_id: str = Field(sa_type=Text)
    aggregate_seq: int = Field(sa_type=BigInteger)
    type: str = Field(sa_type=Text)
    topic: str = Field(sa_type=Text)
    key: str = Field(sa_type=Text)
    headers: dict[str, str] = Field(sa_type=JSONB)
    payload: bytes | None = Field(default=None, sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=MOMENT)
    published_at: datetime = Field(sa_column=Column(MOMENT, server_default=_NOW, nullable=False))


class OutboxParked(SQLModel, table=True):
    """Keys whose next event can never be sent (too large, not authorised); the relay skips them."""

    __tablename__ = "outbox_parked"
    __table_args__ = (PrimaryKeyConstraint("topic", "key"),)

    topic: str = Field(sa_type=IDENTIFIER)
    key: str = Field(sa_type=IDENTIFIER)
    error: str = Field(sa_type=Text)
    parked_at: datetime = Field(sa_column=Column(MOMENT, server_default=_NOW, nullable=False))


class Inbox(SQLModel, table=True):
    """The events that were processed; a CloudEvent is unique by source and id."""

    __tablename__ = "inbox"
    __table_args__ = (PrimaryKeyConstraint("consumer", "source", "event_id"), Index("inbox_received_at", "received_at"))

    consumer: str = Field(sa_type=IDENTIFIER)
    source: str = Field(sa_type=IDENTIFIER)
    event_id: str = Field(sa_type=IDENTIFIER)
    received_at: datetime = Field(sa_column=Column(MOMENT, server_default=_NOW, nullable=False))


class StreamPosition(SQLModel, table=True):
    """The highest sequence number processed of each aggregate, and the lower numbers that have not arrived yet.

    It makes a replay harmless after the inbox was pruned, and it detects gaps.
    """

    __tablename__ = "stream_position"
    __table_args__ = (PrimaryKeyConstraint("consumer", "source", "subject"), {"postgresql_with": {"fillfactor": 80}})

    consumer: str = Field(sa_type=IDENTIFIER)
    source: str = Field(sa_type=IDENTIFIER)
    subject: str = Field(sa_type=IDENTIFIER)
    seq: int = Field(sa_type=BigInteger)
    missing: list[int] = Field(sa_column=Column(ARRAY(BigInteger), server_default=text("'{}'"), nullable=False))


class DeadLetter(SQLModel, table=True):
    """A record that cannot be processed (`dead`) or waits behind one of its key (`parked`), with all its bytes."""

    __tablename__ = "dead_letter"
    __table_args__ = (
        Index("dead_letter_record", "consumer", "topic", "partition", "offset", unique=True),
        Index("dead_letter_line", "consumer", "topic", "key", "id", postgresql_where=_OPEN),
        Index("dead_letter_open", "topic", "state", "first_at", postgresql_where=_OPEN),
        Index("dead_letter_closed", "last_at", postgresql_where=text("state IN ('redriven', 'discarded')")),
    )

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    consumer: str = Field(sa_type=IDENTIFIER)
    topic: str = Field(sa_type=IDENTIFIER)
    partition: int
    offset: int = Field(sa_type=BigInteger)
    key: str = Field(sa_type=IDENTIFIER)
    raw_key: bytes | None = Field(default=None, sa_type=LargeBinary)
    headers: list[Any] = Field(sa_type=JSONB)
    value: bytes | None = Field(default=None, sa_type=LargeBinary)
    error: str = Field(sa_type=Text)
    attempts: int = 1
    first_at: datetime = Field(sa_column=Column(MOMENT, server_default=_NOW, nullable=False))
    last_at: datetime = Field(sa_column=Column(MOMENT, server_default=_NOW, nullable=False))
    state: str = Field(sa_type=Text)
    handled_by: str | None = Field(default=None, sa_type=Text)
    handled_why: str | None = Field(default=None, sa_type=Text)


class JobRow(SQLModel, table=True):
    """A job: ready → running (with lease and fencing token) → done | dead; operators: dead → ready | discarded."""

    __tablename__ = "job"
    __table_args__ = (
        Index("job_name", "kind", "name", unique=True),
        Index("job_due", "due_at", "id", postgresql_where=text("state IN ('ready', 'running')")),
        Index("job_serial", "key", "id", postgresql_where=text("state IN ('ready', 'running')")),
        Index("job_dead", "kind", "id", postgresql_where=text("state = 'dead'")),
        Index("job_ended", "finished_at", postgresql_where=text("state IN ('done', 'discarded')")),
        {"postgresql_with": _QUEUE},
    )

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    kind: str = Field(sa_type=IDENTIFIER)
    name: str = Field(sa_type=IDENTIFIER)
    key: str = Field(sa_type=IDENTIFIER)
    payload: dict[str, Any] = Field(sa_type=JSONB)
    context: dict[str, str] = Field(sa_type=JSONB)
    state: str = Field(sa_column=Column(Text, server_default="ready", nullable=False))
    due_at: datetime = Field(sa_column=Column(MOMENT, server_default=_NOW, nullable=False))
    deadline: datetime | None = Field(default=None, sa_type=MOMENT)
    attempts: int = Field(sa_column_kwargs={"server_default": text("0")})
    fence: int = Field(sa_column=Column(BigInteger, server_default=text("0"), nullable=False))
    lease_until: datetime | None = Field(default=None, sa_type=MOMENT)
    error: str | None = Field(default=None, sa_type=Text)
    created_at: datetime = Field(sa_column=Column(MOMENT, server_default=_NOW, nullable=False))
    finished_at: datetime | None = Field(default=None, sa_type=MOMENT)


class ConsumerHalt(SQLModel, table=True):
    """Whether and why a consumer has halted, and how many more dead letters an operator allows, until when."""

    __tablename__ = "consumer_halt"

    consumer: str = Field(sa_type=Text, primary_key=True)
    halted_at: datetime | None = Field(default=None, sa_type=MOMENT)
    topic: str | None = Field(default=None, sa_type=Text)
    reason: str | None = Field(default=None, sa_type=Text)
    allowed: int = Field(sa_column=Column(BigInteger, server_default=text("0"), nullable=False))
    allowed_until: datetime | None = Field(default=None, sa_type=MOMENT)


class OperatorAction(SQLModel, table=True):
    """The audit log of operators: who did what, when and why; written in the transaction of the act, never pruned."""

    __tablename__ = "operator_action"

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    at: datetime = Field(sa_column=Column(MOMENT, server_default=_NOW, nullable=False))
    who: str = Field(sa_type=Text)
    act: str = Field(sa_type=Text)
    what: str = Field(sa_type=Text)
    why: str = Field(sa_type=Text)
    count: int = Field(sa_type=BigInteger)
