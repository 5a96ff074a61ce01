"""What all tables of registration have in common."""

from sqlalchemy import MetaData
from sqlmodel import SQLModel


class Row(SQLModel):
    """A table of this service."""

    metadata = MetaData()
