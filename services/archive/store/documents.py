"""The documents of meetings as the newest facts say: title, class of access, version and SHA-256 of each; no files."""

from collections.abc import Sequence
from typing import Final

from shared.contracts.registration import (
    DocumentAdded,
    DocumentChanged,
    DocumentReplaced,
    DocumentWithdrawn,
    MeetingDiscarded,
)
from shared.database import Connection
from shared.messaging.cloudevents import Envelope

_KEEP: Final = """
INSERT INTO meeting_document AS known (meeting_id, document_id, sequence, document) VALUES ($1, $2, $3, $4)
ON CONFLICT (meeting_id, document_id) DO UPDATE SET sequence = excluded.sequence, document = excluded.document
WHERE known.sequence < excluded.sequence
"""
_FORGET: Final = "DELETE FROM meeting_document WHERE meeting_id = $1"


async def keep_documents(connection: Connection, events: Sequence[Envelope]) -> None:
    """Keep what each document is now, in whichever order it is told; of one that was withdrawn only that it was.

    Nobody may read any more what the documents of a deleted draft were called.
    """
    for event in events:
        sequence = event.sequence or 0
        match event.data:
            case (
                DocumentAdded(meeting_id=meeting, document=document)
                | DocumentReplaced(meeting_id=meeting, document=document)
                | DocumentChanged(meeting_id=meeting, document=document)
            ):
                told = document.model_dump(mode="json", exclude_none=True)
                await connection.execute(_KEEP, meeting, document.document_id, sequence, told)
            case DocumentWithdrawn(meeting_id=meeting, document_id=document_id):
                await connection.execute(_KEEP, meeting, document_id, sequence, None)
            case MeetingDiscarded(meeting_id=meeting):
                await connection.execute(_FORGET, meeting)
            case _:
                continue
