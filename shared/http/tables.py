"""The table of stored answers for `Idempotency-Key`."""

from datetime import datetime

from sqlalchemy import Column, Index, LargeBinary, PrimaryKeyConstraint, SmallInteger, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from shared.columns import IDENTIFIER, MOMENT


class IdempotencyKey(SQLModel, table=True):
    """The committed answer to one request, which is sent again when the same request comes again."""

    __tablename__ = "idempotency_key"
    __table_args__ = (PrimaryKeyConstraint("actor", "key"), Index("idempotency_key_created_at", "created_at"))

    actor: str = Field(sa_type=IDENTIFIER)
    key: str = Field(sa_type=IDENTIFIER)
    request_hash: bytes = Field(sa_type=LargeBinary)
    status: int = Field(sa_type=SmallInteger)
    headers: dict[str, str] = Field(sa_type=JSONB)
    body: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(sa_column=Column(MOMENT, server_default=text("now()"), nullable=False))
