"""What commands about documents are decided on, and how facts change it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias, get_args
from uuid import UUID

from shared.contracts import Fact
from shared.contracts.registration import (
    DocumentAdded,
    DocumentChanged,
    DocumentReplaced,
    DocumentWithdrawn,
    MeetingDocument,
)

DocumentFact: TypeAlias = DocumentAdded | DocumentReplaced | DocumentChanged | DocumentWithdrawn
DOCUMENT_FACTS: Final[tuple[type[Fact], ...]] = get_args(DocumentFact)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file that was uploaded for a meeting: the SHA-256 of its bytes, how many they are, their media type."""

    sha256: str
    size: int
    media_type: str


def documents_after(documents: Mapping[UUID, MeetingDocument], fact: DocumentFact) -> Mapping[UUID, MeetingDocument]:
    """The documents of a meeting after `fact`, by identifier; those that were withdrawn are not there."""
    if isinstance(fact, DocumentWithdrawn):
        return {key: one for key, one in documents.items() if key != fact.document_id}
    return {**documents, fact.document.document_id: fact.document}
