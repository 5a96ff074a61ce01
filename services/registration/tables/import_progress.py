"""How far the application of an import is."""

from uuid import UUID

from sqlmodel import Field

from services.registration.tables.base import Row


class ParticipantImportProgressRow(Row, table=True):
    """On how many rows an application has worked; in a table of its own, as the import is locked meanwhile."""

    __tablename__ = "participant_import_progress"

    import_id: UUID = Field(primary_key=True, foreign_key="participant_import.import_id", ondelete="CASCADE")
    rows_applied: int = 0
