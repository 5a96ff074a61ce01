"""What an organiser can ask of the documents of a meeting; the file was stored before (`state.StoredFile`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.registration.domain.commands import OrganiserCommand
from shared.contracts.base import Bilingual
from shared.contracts.registration import DocumentAccess


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentCommand(OrganiserCommand):
    """A command of the organiser about one document."""

    document_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AddDocument(DocumentCommand):
    """Give the meeting the file with this SHA-256; without `position` it is the last one of its agenda item."""

    sha256: str
    title: Bilingual
    access: DocumentAccess
    item_id: UUID | None = None
    position: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaceDocument(DocumentCommand):
    """Let the document have another file, as its next version."""

    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeDocument(DocumentCommand):
    """Set the members of a document that `changes` names: title, access, agenda item, position."""

    changes: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawDocument(DocumentCommand):
    """Give the document to nobody any more."""

    reason: str | None = None
