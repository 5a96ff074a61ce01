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
    "series_id": Word("the first meeting of its series; null for that one", MEETING),
    "rule": Word("when it takes place again", "FREQ=MONTHLY;BYDAY=1MO;COUNT=6"),
    "leaving": Word("days of the rule on which it does not take place", ["2022-12-02"]),
    "SeriesDrafted.meetings": Word("the drafts, in order"),
    "previous_meeting_id": Word("the meeting that this one continues", MEETING),
    "left_out": Word("what the earlier meeting has and the copy does not", [_LEFT_OUT]),
    "MeetingCopied": Word(
        "the draft that is a copy", {"meeting_id": MEETING, "phase": "draft", "version": 1, "left_out": [_LEFT_OUT]}
    ),
}
