"""The rows of the directory of bodies of government."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, PrimaryKeyConstraint, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.registration.tables.base import Row
from shared.columns import MOMENT
from shared.kernel import OFFICE_ZONE

MEETING_DAY = f"(starts_at AT TIME ZONE '{OFFICE_ZONE.key}')::date"
"""Of a row of a meeting, in SQL: the day whose names and succession its bodies have, for ever."""
_EMPTY = {"server_default": "[]"}


class OrganisationRow(Row, table=True):
    """A body of government as it is called since its last change; `earlier` is how it was called before.

    `search_key` finds it by any of its names, however they are spelled. How it is called on a day says the function
    `organisation_on` (its migration is "bodies over time").
    """

    __tablename__ = "organisation"
    __table_args__ = (
        CheckConstraint("name_lo IS NFC NORMALIZED", name="organisation_name_normalised"),
        Index(
            "organisation_search", "search_key", postgresql_using="gin", postgresql_ops={"search_key": "gin_trgm_ops"}
        ),
    )

    code: str = Field(sa_type=Text, primary_key=True)
    version: int = Field(sa_type=BigInteger)
    name_lo: str = Field(sa_type=Text)
    name_en: str | None = Field(default=None, sa_type=Text)
    abbreviation_lo: str | None = Field(default=None, sa_type=Text)
    abbreviation_en: str | None = Field(default=None, sa_type=Text)
    protocol_order: int
    kind: str | None = Field(default=None, sa_type=Text)
    parent: str | None = Field(default=None, sa_type=Text)
    valid_from: date | None = None
    valid_until: date | None = None
    earlier: list[Any] = Field(sa_type=JSONB, sa_column_kwargs=_EMPTY)
    successors: list[Any] = Field(sa_type=JSONB, sa_column_kwargs=_EMPTY)
    taken_over_by: str | None = Field(default=None, sa_type=Text)
    search_key: str = Field(sa_type=Text)


class OrganisationChangeRow(Row, table=True):
    """One change of what is recorded of a body: who made it, when and why, and what was recorded after it."""

    __tablename__ = "organisation_change"
    __table_args__ = (PrimaryKeyConstraint("code", "version"),)

    code: str = Field(sa_type=Text)
    version: int = Field(sa_type=BigInteger)
    changed_at: datetime = Field(sa_type=MOMENT)
    changed_by: str = Field(sa_type=Text)
    reason: str | None = Field(default=None, sa_type=Text)
    data: dict[str, Any] = Field(sa_type=JSONB)
