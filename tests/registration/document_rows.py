"""Documents and their files for the language of `scenario`: every file was uploaded but `NEVER_SENT`."""

from typing import Any, Final

from services.registration.domain.commands import MeetingCommand
from services.registration.domain.documents.commands import (
    AddDocument,
    ChangeDocument,
    DocumentCommand,
    ReplaceDocument,
    WithdrawDocument,
)
from services.registration.domain.documents.state import StoredFile

NEVER_SENT: Final = "f" * 64
DOCUMENT_COMMANDS: Final[tuple[type[MeetingCommand], ...]] = (
    AddDocument,
    ReplaceDocument,
    ChangeDocument,
    WithdrawDocument,
)


def with_file(command: DocumentCommand) -> dict[str, Any]:
    """The file that the command names."""
    if not isinstance(command, AddDocument | ReplaceDocument) or command.sha256 == NEVER_SENT:
        return {}
    return {"file": StoredFile(sha256=command.sha256, size=9, media_type="application/pdf")}
