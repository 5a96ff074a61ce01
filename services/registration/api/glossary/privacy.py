"""The words of the privacy notice, and of how the data of people were collected."""

from typing import Final

from shared.http.glossary import Glossary, Word

_TEXT: Final = {
    "lo": "ອົງການທີ່ຈັດກອງປະຊຸມ ເກັບກຳຊື່ ແລະ ເບີໂທລະສັບຂອງທ່ານ ເພື່ອຈັດກອງປະຊຸມ.",
    "en": "The organisation that holds the meeting collects your name and number to hold the meeting.",
}
_PURPOSE: Final = {"purpose": "participation", "lo": "ເພື່ອເຂົ້າຮ່ວມກອງປະຊຸມ", "en": "to take part in a meeting"}
_NAME: Final = {"lo": "ຊື່ ແລະ ເບີໂທລະສັບ", "en": "name and number"}
_PERIOD: Final = {"lo": "ຈົນກວ່າຈະລຶບ ຕາມການຮ້ອງຂໍ", "en": "until they are erased, at your request"}

WORDS: Final[Glossary] = {
    "notice": Word("the version of the privacy notice that the person was shown", "6f0c1be2a4d35798"),
    "PrivacyNoticeView.version": Word(
        "to be sent as `notice` with each person to whom this was shown", "6f0c1be2a4d35798"
    ),
    "PrivacyNoticeView.required": Word("whether people without an account must send it", example=False),
    "PrivacyNoticeView.text": Word("the notice itself; an empty line begins a paragraph", _TEXT),
    "NoticeText.lo": Word("the notice in Lao", _TEXT["lo"]),
    "NoticeText.en": Word("the notice in English", _TEXT["en"]),
    "PrivacyNoticeView.purposes": Word("for what data are collected", [_PURPOSE]),
    "Purpose.purpose": Word("as `collected` of a person names it", "participation"),
    "Purpose.lo": Word("what it is, in Lao", _PURPOSE["lo"]),
    "Purpose.en": Word("what it is, in English", _PURPOSE["en"]),
    "PrivacyNoticeView.kept": Word("which data are kept until when", [{"what": _NAME, "until": _PERIOD}]),
    "KeptPeriod.what": Word("which data", _NAME),
    "KeptPeriod.until": Word("until when", _PERIOD),
    "NoticeLine.lo": Word("in Lao", _NAME["lo"]),
    "NoticeLine.en": Word("in English", _NAME["en"]),
    "collected": Word("for what, by whom and when the data were collected; null where an earlier release has", None),
    "Collected.purpose": Word(
        "for what: to take part, to be invited for a body, or to hold the meeting", "participation"
    ),
    "Collected.by": Word("the person himself, somebody of his organisation, or the organiser", "person"),
    "Collected.at": Word("when", "2022-09-05T02:10:00Z"),
    "Collected.notice": Word(
        "the version of the privacy notice that the person was shown; null where nobody said so", "6f0c1be2a4d35798"
    ),
}
