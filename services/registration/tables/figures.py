"""The figures of a meeting, which triggers keep (migration 0013)."""

from uuid import UUID

from sqlalchemy import BigInteger, Text
from sqlmodel import Field

from services.registration.tables.base import Row

_COUNTED = {"fillfactor": 50}


class RegistrationFigureRow(Row, table=True):
    """How many registrations of a meeting are alike; kept by triggers on `registration` and `person`."""

    __tablename__ = "registration_figure"
    __table_args__ = ({"postgresql_with": _COUNTED},)

    meeting_id: UUID = Field(primary_key=True)
    state: str = Field(sa_type=Text, primary_key=True)
    organisation: str = Field(sa_type=Text, primary_key=True)
    rank: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    gender: str = Field(sa_type=Text, primary_key=True)
    channel: str = Field(sa_type=Text, primary_key=True)
    promoted: bool = Field(primary_key=True)
    checked_in: bool = Field(primary_key=True)
    inside: bool = Field(primary_key=True)
    people: int = Field(sa_type=BigInteger)


class ScanFigureRow(Row, table=True):
    """How many scans of a meeting are alike: admitted (no reason) or why not; kept by a trigger on `check_in`."""

    __tablename__ = "scan_figure"
    __table_args__ = ({"postgresql_with": _COUNTED},)

    meeting_id: UUID = Field(primary_key=True)
    reason: str = Field(sa_type=Text, primary_key=True)
    exception: str = Field(sa_type=Text, primary_key=True)
    scans: int = Field(sa_type=BigInteger)


class MessageFigureRow(Row, table=True):
    """How many messages of a meeting are alike; kept by triggers on `message_status`.

    Consumers of several processes write at the same time: each counts in a shard of its own; a sum may be below zero.
    """

    __tablename__ = "message_figure"
    __table_args__ = ({"postgresql_with": _COUNTED},)

    meeting_id: UUID = Field(primary_key=True)
    channel: str = Field(sa_type=Text, primary_key=True)
    status: str = Field(sa_type=Text, primary_key=True)
    shard: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    messages: int = Field(sa_type=BigInteger)
