"""The facts of documents of a meeting, which tell nobody anything, each with the reason."""

from typing import Final

from shared.contracts import Fact
from shared.contracts.registration import DocumentAdded, DocumentChanged, DocumentReplaced, DocumentWithdrawn

_READ = "documents are read by everybody's own link; no message lists them"

DOCUMENT_SILENCE: Final[dict[type[Fact], str]] = dict.fromkeys(
    (DocumentAdded, DocumentReplaced, DocumentChanged, DocumentWithdrawn), _READ
)
