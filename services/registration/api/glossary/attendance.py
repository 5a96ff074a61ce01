"""The words of attendance for each item of the agenda."""

from typing import Final

from shared.http.glossary import Glossary, Word

_COUNTS: Final = {
    "present": 41,
    "late": 3,
    "left_early": 2,
    "partly": 1,
    "absent": 4,
    "excused": 2,
    "in_the_room": 47,
    "women": 18,
}

WORDS: Final[Glossary] = {
    "step": Word("what is taken back", "start"),
    "UndoInput.reason": Word("why", "ກົດຜິດວາລະ"),
    "started_at": Word("when it began", "2022-09-19T09:05:00+07:00"),
    "finished_at": Word("when it ended", "2022-09-19T09:50:00+07:00"),
    "counts": Word("how many people were there in which way; null before the item has begun", _COUNTS),
    "late": Word("came after the item had begun", 3),
    "left_early": Word("left before the item was finished", 2),
    "partly": Word("came late and left early", 1),
    "absent": Word("did not come, and nobody knows why", 4),
    "excused": Word("did not come, for a reason that is known", 2),
    "in_the_room": Word("how many were in the room", 47),
    "presence": Word("how somebody was there", "late"),
    "excuse": Word("why he did not come", "ໄປລາຊະການຕ່າງແຂວງ"),
    "walk_in": Word("whether he came without having registered", example=False),
    "corrected_by": Word("who has said it by hand", "f81d4fae"),
    "corrected_at": Word("when it was said by hand", "2022-09-19T12:10:00+07:00"),
    "correction": Word(
        "what was said by hand; null: it follows from entries and exits",
        {"reason": "ລືມສະແກນຂາອອກ", "corrected_by": "f81d4fae", "corrected_at": "2022-09-19T12:10:00+07:00"},
    ),
}
