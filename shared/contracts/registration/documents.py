"""Events of the documents of a meeting: files that its organiser gives to those who may see them."""

from typing import Literal
from uuid import UUID

from shared.contracts.base import Bilingual, Contract, ShortText, Value
from shared.contracts.registration.base import MEETING, MeetingFact

DocumentAccess = Literal["public", "participants", "staff"]


class MeetingDocument(Value):
    """A document of a meeting as it is now; its bytes are in the object store of registration under `sha256`.

    - `item_id`: the agenda item to which it belongs; null: the meeting as a whole. Among the documents of the same item
      they are in order of `position`.
    - `access`: `public`: everybody who knows the meeting, once it is announced; `participants`: who has a seat, and the
      contacts of invited bodies; `staff`: the staff of the organiser's body.
    - `version`: how many files it has had, this one included. `size` is in bytes.
    """

    document_id: UUID
    item_id: UUID | None = None
    position: int
    title: Bilingual
    access: DocumentAccess
    version: int
    sha256: str
    size: int
    media_type: str


class DocumentAdded(MeetingFact):
    """A document was given to a meeting. Nobody sees it before the meeting is announced, but the organiser's staff.

    `announced`: the meeting was announced and is not over, so people who were told of it may want to know.
    """

    document: MeetingDocument
    announced: bool = False


class DocumentReplaced(MeetingFact):
    """A document has a new file: its `version` is one more. The files before are kept. `announced` as when added."""

    document: MeetingDocument
    announced: bool = False


class DocumentChanged(MeetingFact):
    """Title, place or access of a document was corrected; `changed` names the members that differ, after the change."""

    changed: tuple[ShortText, ...]
    document: MeetingDocument


class DocumentWithdrawn(MeetingFact):
    """A document is given to nobody any more; who has it, has it. `reason` is public."""

    document_id: UUID
    reason: ShortText | None = None


CONTRACTS = (
    Contract(model=DocumentAdded, topic=MEETING, since="0.1"),
    Contract(model=DocumentReplaced, topic=MEETING, since="0.1"),
    Contract(model=DocumentChanged, topic=MEETING, since="0.1"),
    Contract(model=DocumentWithdrawn, topic=MEETING, since="0.1"),
)
