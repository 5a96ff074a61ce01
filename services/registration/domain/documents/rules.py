"""Documents of a meeting, decided: added, given a new file, corrected, withdrawn; until the meeting is closed."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from services.registration.domain.agenda import identified
from services.registration.domain.commands import MeetingCommand
from services.registration.domain.documents.commands import (
    AddDocument,
    ChangeDocument,
    DocumentCommand,
    ReplaceDocument,
    WithdrawDocument,
)
from services.registration.domain.documents.refusals import DocumentUnknown, FileUnknown
from services.registration.domain.documents.state import StoredFile
from services.registration.domain.lifecycle import check_organiser
from services.registration.domain.refusals import AgendaItemUnknown
from services.registration.domain.state import Meeting, Phase
from shared.contracts import Fact
from shared.contracts.registration import (
    DocumentAdded,
    DocumentChanged,
    DocumentReplaced,
    DocumentWithdrawn,
    MeetingDocument,
)
from shared.kernel import LimitReached

PHASES: Final = (Phase.DRAFT, Phase.OPEN, Phase.IN_SESSION, Phase.HELD)
"""Until when documents are given to a meeting."""
MOST_DOCUMENTS: Final = 200
MOST_VERSIONS: Final = 50
LAST_POSITION: Final = 1_000_000


def add(meeting: Meeting, command: AddDocument) -> Sequence[Fact]:
    """One more document, of the whole meeting or of an agenda item."""
    _check(meeting, command)
    if len(meeting.documents) >= MOST_DOCUMENTS:
        raise LimitReached(what="documents", limit=MOST_DOCUMENTS)
    _check_item(meeting, command.item_id)
    file = _file(meeting)
    document = MeetingDocument(
        document_id=command.document_id,
        item_id=command.item_id,
        position=command.position or _after_the_last(meeting, command.item_id),
        title=command.title,
        access=command.access,
        version=1,
        sha256=file.sha256,
        size=file.size,
        media_type=file.media_type,
    )
    return [DocumentAdded(meeting_id=meeting.meeting_id, document=document, announced=_announced(meeting))]


def replace(meeting: Meeting, command: ReplaceDocument) -> Sequence[Fact]:
    """Another file; the same file again changes nothing."""
    _check(meeting, command)
    before, file = _document(meeting, command), _file(meeting)
    if before.sha256 == file.sha256:
        return []
    if before.version >= MOST_VERSIONS:
        raise LimitReached(what="versions of the document", limit=MOST_VERSIONS)
    members = {"version": before.version + 1, "sha256": file.sha256, "size": file.size, "media_type": file.media_type}
    after = _with(before, **members)
    return [DocumentReplaced(meeting_id=meeting.meeting_id, document=after, announced=_announced(meeting))]


def change(meeting: Meeting, command: ChangeDocument) -> Sequence[Fact]:
    """Another title, access, agenda item or position; nothing where nothing differs."""
    _check(meeting, command)
    before, wanted = _document(meeting, command), dict(command.changes)
    item_id = wanted.get("item_id", before.item_id)
    if item_id != before.item_id:
        _check_item(meeting, item_id)
        wanted.setdefault("position", _after_the_last(meeting, item_id))
    changed = {name: value for name, value in wanted.items() if getattr(before, name) != value}
    if not changed:
        return []
    after = _with(before, **changed)
    return [DocumentChanged(meeting_id=meeting.meeting_id, changed=tuple(sorted(changed)), document=after)]


def withdraw(meeting: Meeting, command: WithdrawDocument) -> Sequence[Fact]:
    """Take a document back."""
    _check(meeting, command)
    _document(meeting, command)
    withdrawn = DocumentWithdrawn(meeting_id=meeting.meeting_id, document_id=command.document_id, reason=command.reason)
    return [withdrawn]


def _announced(meeting: Meeting) -> bool:
    return meeting.phase in {Phase.OPEN, Phase.IN_SESSION}


def _check(meeting: Meeting, command: DocumentCommand) -> None:
    check_organiser(meeting, command, *PHASES)


def _check_item(meeting: Meeting, item_id: UUID | None) -> None:
    agenda = meeting.drafted.agenda if meeting.drafted else ()
    if item_id is not None and item_id not in {item.item_id for item in identified(meeting.meeting_id, agenda)}:
        raise AgendaItemUnknown(field="/item_id")


def _after_the_last(meeting: Meeting, item_id: UUID | None) -> int:
    positions = (one.position for one in meeting.documents.values() if one.item_id == item_id)
    return min(max(positions, default=0) + 1, LAST_POSITION)


def _document(meeting: Meeting, command: DocumentCommand) -> MeetingDocument:
    try:
        return meeting.documents[command.document_id]
    except KeyError:
        raise DocumentUnknown from None


def _file(meeting: Meeting) -> StoredFile:
    if meeting.file is None:
        raise FileUnknown(field="/sha256")
    return meeting.file


def _with(document: MeetingDocument, **values: Any) -> MeetingDocument:
    return MeetingDocument(**{**dict(document), **values})


RULES: Final[Mapping[type[MeetingCommand], Callable[[Meeting, Any], Sequence[Fact]]]] = {
    AddDocument: add,
    ReplaceDocument: replace,
    ChangeDocument: change,
    WithdrawDocument: withdraw,
}
"""Kind of command → the rule that decides on it."""
