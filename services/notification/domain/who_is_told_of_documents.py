"""Who is told of the documents of a meeting: whoever may read them, by a link and never by a file."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from services.notification.domain.changes import NEW_DOCUMENTS
from services.notification.domain.table_cells import AudienceRow, one, row
from shared.contracts import Fact
from shared.contracts.registration import DocumentAdded, DocumentChanged, DocumentReplaced, DocumentWithdrawn

TO_BE_READ: Final = "an announced meeting, a document for participants or for everybody"
OF_STAFF: Final = "a draft, a meeting that is over, or a document for the staff"

_TOLD = one(NEW_DOCUMENTS, "email", "sms", note="one notice for all documents of a meeting within some minutes")
_ROW: Final[Mapping[str, AudienceRow]] = {
    TO_BE_READ: row(
        "he does not come, and has no access to what is for participants",
        **dict.fromkeys(("contact", "chair", "co_host", "seated", "representative"), _TOLD),
        waiting="who has no seat has no access to what is for participants; his own link shows what is for everybody",
    ),
    OF_STAFF: row("nobody else may read it, or nobody expects the meeting"),
}

TOLD_OF_DOCUMENTS: Final[Mapping[type[Fact], Mapping[str, AudienceRow]]] = {DocumentAdded: _ROW, DocumentReplaced: _ROW}
"""Fact → case → audience → message or the reason for silence, as in `who_is_told.TOLD`."""


def _to_be_read(fact: DocumentAdded | DocumentReplaced) -> str:
    return TO_BE_READ if fact.announced and fact.document.access != "staff" else OF_STAFF


CASES_OF_DOCUMENTS: Final[Mapping[type[Fact], Callable[[Any], str]]] = dict.fromkeys(TOLD_OF_DOCUMENTS, _to_be_read)
"""Facts that are told otherwise from case to case."""

DOCUMENT_SILENCE: Final[dict[type[Fact], str]] = dict.fromkeys(
    (DocumentChanged, DocumentWithdrawn), "everybody's own link shows the documents as they are; no message lists them"
)
