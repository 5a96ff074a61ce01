"""The words of documents."""

from typing import Final

from shared.http.glossary import Glossary, Word

_DOCUMENTS: Final = ("MeetingDocument", "DocumentView")
_HASH: Final = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_DIGEST: Final = "sha-256=:n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=:"

WORDS: Final[Glossary] = {
    "document_id": Word("which document", "01835394-6c00-7000-8000-000000000601"),
    "document": Word("the document as it is now; null: it was withdrawn"),
    "documents": Word("in the order of the agenda, those of the whole meeting first"),
    "access": Word("public, participants or staff: who may read it", "participants"),
    "sha256": Word("of the bytes of the file, hexadecimal", _HASH),
    "size": Word("of the file, in bytes", 184320),
    "media_type": Word("what sort of file it is", "application/pdf"),
    "added_at": Word("when it was added", "2022-09-05T02:10:00Z"),
    "FileView.expires_at": Word("until when it is kept if no document is made of it", "2022-09-06T02:10:00Z"),
    "Content-Digest": Word("of the bytes of the file (RFC 9530)", _DIGEST),
    **{f"{model}.title": Word("what the document is called", {"lo": "ຮ່າງຍຸດທະສາດ"}) for model in _DOCUMENTS},
    **{
        f"{model}.position": Word("its place among the documents of the item, from 1", 1)
        for model in (*_DOCUMENTS, "DocumentInput", "DocumentChange")
    },
    **{f"{model}.version": Word("how many files it has had, this one included", 1) for model in _DOCUMENTS},
}
