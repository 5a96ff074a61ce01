"""The words of copies of a meeting."""

from typing import Final

from services.registration.api.glossary.identifiers import MEETING
from shared.http.glossary import Glossary, Word

_LEFT_OUT: Final = {
    "what": "documents",
    "text": {"lo": "ເອກະສານ (ບໍ່ໄດ້ຂໍໃຫ້ສຳເນົາ)", "en": "documents, as they were not asked for"},
}

WORDS: Final[Glossary] = {
    "LeftOut.what": Word("which part of the meeting", "documents"),
    "LeftOut.text": Word("what it is called", _LEFT_OUT["text"]),
    "previous_meeting_id": Word("the meeting that this one continues", MEETING),
    "left_out": Word("what the earlier meeting has and the copy does not", [_LEFT_OUT]),
    "MeetingCopied": Word(
        "the draft that is a copy", {"meeting_id": MEETING, "phase": "draft", "version": 1, "left_out": [_LEFT_OUT]}
    ),
}
