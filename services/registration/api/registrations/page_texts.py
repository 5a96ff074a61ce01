"""What the pages say, Lao first and English second: the meeting, its state, and what to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from services.registration.domain.state import Phase
from shared.contracts.base import Bilingual, Language
from shared.kernel import OFFICE_ZONE
from shared.lao import clock_time, long_date

_LANGUAGES: Final[tuple[Language, Language]] = ("lo", "en")
LinkKind = Literal["answer", "confirm", "delegate", "decline", "ticket"]
"""Which link of a message was followed: an invitation's without or with a choice, or a ticket's."""

LaoAndEnglish = tuple[str, str]
"""Lao, English."""

STATES: Final[Mapping[Phase, LaoAndEnglish]] = {
    Phase.OPEN: ("ກອງປະຊຸມຈະຈັດຂຶ້ນຕາມກຳນົດ.", "The meeting will take place as planned."),
    Phase.IN_SESSION: ("ກອງປະຊຸມກຳລັງດຳເນີນຢູ່.", "The meeting is in session."),
    Phase.HELD: ("ກອງປະຊຸມສຳເລັດແລ້ວ.", "The meeting is over."),
    Phase.CLOSED: ("ກອງປະຊຸມສຳເລັດແລ້ວ.", "The meeting is over."),
    Phase.CANCELLED: ("ກອງປະຊຸມຖືກຍົກເລີກ.", "The meeting has been cancelled."),
}
UNKNOWN: Final[LaoAndEnglish] = ("ບໍ່ພົບກອງປະຊຸມນີ້.", "There is no such meeting.")
CHECK_LINK: Final[LaoAndEnglish] = (
    "ກະລຸນາກວດຄືນ ລິ້ງໃນອີເມວ ຫຼື ຂໍ້ຄວາມຂອງທ່ານ.",
    "Please check the link in your e-mail or text message.",
)
NOTHING_TO_DO: Final[LaoAndEnglish] = ("ທ່ານບໍ່ຕ້ອງດຳເນີນການໃດໆ.", "There is nothing for you to do.")
BRING: Final[LaoAndEnglish] = (
    "ກະລຸນານຳລະຫັດ ຫຼື QR Code ໃນອີເມວຂອງທ່ານ ມາຢືນຢັນການເຂົ້າຮ່ວມ.",
    "Please bring the code or the QR code of your e-mail to check in.",
)
NOT_HERE_YET: Final[LaoAndEnglish] = (
    "ຍັງບໍ່ສາມາດຕອບຜ່ານໜ້ານີ້ໄດ້.",
    "Answering on this page is not possible yet.",
)
ANSWERS: Final[Mapping[str, LaoAndEnglish]] = {
    "answer": ("ເພື່ອຕອບໜັງສືເຊີນ", "To answer the invitation"),
    "confirm": ("ເພື່ອຢືນຢັນການເຂົ້າຮ່ວມ", "To confirm attendance"),
    "delegate": ("ເພື່ອມອບໝາຍຜູ້ຕາງໜ້າ", "To send a representative"),
    "decline": ("ຖ້າທ່ານບໍ່ສະດວກເຂົ້າຮ່ວມ", "If you are unable to attend"),
}
OWN_REGISTRATION: Final[LaoAndEnglish] = ("ການລົງທະບຽນຂອງທ່ານ", "Your registration")
TICKET: Final[LaoAndEnglish] = ("ບັດເຂົ້າປະຊຸມ", "Ticket")


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicMeeting:
    """What anybody may see of a meeting; `answer_by` where all its invitations end at the same time."""

    title: Bilingual
    venue: Bilingual
    organiser: Bilingual
    phase: Phase
    starts_at: datetime
    ends_at: datetime
    answer_by: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PagePart:
    """The page in one language."""

    language: Language
    heading: str
    state: str
    facts: Sequence[tuple[str, str]] = ()
    advice: Sequence[str] = ()


def parts_of(meeting: PublicMeeting, link: LinkKind) -> Sequence[PagePart]:
    """The page of a meeting."""
    return [_part(meeting, link, 0), _part(meeting, link, 1)]


def plain_parts(heading: LaoAndEnglish, state: LaoAndEnglish) -> Sequence[PagePart]:
    """A page about no meeting in particular."""
    return [
        PagePart(language=_LANGUAGES[language], heading=heading[language], state=state[language]) for language in (0, 1)
    ]


def _part(meeting: PublicMeeting, link: LinkKind, language: int) -> PagePart:
    starts, ends = meeting.starts_at.astimezone(OFFICE_ZONE), meeting.ends_at.astimezone(OFFICE_ZONE)
    return PagePart(
        language=_LANGUAGES[language],
        heading=_in_language(meeting.title, language),
        state=STATES[meeting.phase][language],
        facts=[
            (("ວັນທີ", "Date")[language], _date(starts, language)),
            (("ເວລາ", "Time")[language], f"{starts:%H:%M} – {(clock_time(ends), f'{ends:%H:%M}')[language]}"),
            (("ສະຖານທີ່", "Venue")[language], _in_language(meeting.venue, language)),
            (("ຜູ້ຈັດ", "Organiser")[language], _in_language(meeting.organiser, language)),
        ],
        advice=_advice(meeting, link, language),
    )


def _advice(meeting: PublicMeeting, link: LinkKind, language: int) -> Sequence[str]:
    if meeting.phase not in (Phase.OPEN, Phase.IN_SESSION):
        return [NOTHING_TO_DO[language]]
    if link == "ticket":
        return [BRING[language]]
    if meeting.phase is not Phase.OPEN:
        return []
    organiser = _in_language(meeting.organiser, language)
    until = f" {('ກ່ອນວັນທີ', 'before')[language]} {_moment(meeting.answer_by, language)}" if meeting.answer_by else ""
    asked = (f"ກະລຸນາຕິດຕໍ່ {organiser}{until}.", f"please contact the organiser, {organiser},{until}.")[language]
    return [NOT_HERE_YET[language], f"{ANSWERS[link][language]}, {asked.replace(',.', '.')}"]


def _in_language(text: Bilingual, language: int) -> str:
    return (text.en or text.lo) if language else text.lo


def _date(day: datetime, language: int) -> str:
    return f"{day.day} {day:%B} {day.year}" if language else long_date(day.date())


def _moment(at: datetime, language: int) -> str:
    local = at.astimezone(OFFICE_ZONE)
    return f"{_date(local, language)}, {f'{local:%H:%M}' if language else clock_time(local)}"
