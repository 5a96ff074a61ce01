"""What the pages say, Lao first and English second: the meeting's public face, its state, and what to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from zoneinfo import ZoneInfo

from shared.contracts.base import Bilingual, Language
from shared.lao import clock_time, long_date

_LANGUAGES: Final[tuple[Language, Language]] = ("lo", "en")
ZONE: Final = ZoneInfo("Asia/Vientiane")
Link = Literal["answer", "confirm", "delegate", "decline", "ticket"]
"""Which link of a message was followed: an invitation's without or with a choice, or a ticket's."""

Said = tuple[str, str]
"""Lao, English."""

STATES: Final[Mapping[str, Said]] = {
    "open": ("ກອງປະຊຸມຈະຈັດຂຶ້ນຕາມກຳນົດ.", "The meeting will take place as planned."),
    "in-session": ("ກອງປະຊຸມກຳລັງດຳເນີນຢູ່.", "The meeting is in session."),
    "held": ("ກອງປະຊຸມສຳເລັດແລ້ວ.", "The meeting is over."),
    "closed": ("ກອງປະຊຸມສຳເລັດແລ້ວ.", "The meeting is over."),
    "cancelled": ("ກອງປະຊຸມຖືກຍົກເລີກ.", "The meeting has been cancelled."),
}
UNKNOWN: Final[Said] = ("ບໍ່ພົບກອງປະຊຸມນີ້.", "There is no such meeting.")
CHECK_LINK: Final[Said] = (
    "ກະລຸນາກວດຄືນ ລິ້ງໃນອີເມວ ຫຼື ຂໍ້ຄວາມຂອງທ່ານ.",
    "Please check the link in your e-mail or text message.",
)
NOTHING_TO_DO: Final[Said] = ("ທ່ານບໍ່ຕ້ອງດຳເນີນການໃດໆ.", "There is nothing for you to do.")
BRING: Final[Said] = (
    "ກະລຸນານຳລະຫັດ ຫຼື QR Code ໃນອີເມວຂອງທ່ານ ມາຢືນຢັນການເຂົ້າຮ່ວມ.",
    "Please bring the code or the QR code of your e-mail to check in.",
)
NOT_HERE_YET: Final[Said] = (
    "ຍັງບໍ່ສາມາດຕອບຜ່ານໜ້ານີ້ໄດ້.",
    "Answering on this page is not possible yet.",
)
ANSWERS: Final[Mapping[str, Said]] = {
    "answer": ("ເພື່ອຕອບໜັງສືເຊີນ", "To answer the invitation"),
    "confirm": ("ເພື່ອຢືນຢັນການເຂົ້າຮ່ວມ", "To confirm attendance"),
    "delegate": ("ເພື່ອມອບໝາຍຜູ້ຕາງໜ້າ", "To send a representative"),
    "decline": ("ຖ້າທ່ານບໍ່ສະດວກເຂົ້າຮ່ວມ", "If you are unable to attend"),
}
TICKET: Final[Said] = ("ບັດເຂົ້າປະຊຸມ", "Ticket")


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """What anybody may see of a meeting; `answer_by` where all its invitations end at the same time."""

    title: Bilingual
    venue: Bilingual
    organiser: Bilingual
    phase: str
    starts_at: datetime
    ends_at: datetime
    answer_by: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The page in one language."""

    language: Language
    heading: str
    state: str
    facts: Sequence[tuple[str, str]] = ()
    advice: Sequence[str] = ()


def parts_of(face: Face, link: Link) -> Sequence[Part]:
    """The page of a meeting."""
    return [_part(face, link, 0), _part(face, link, 1)]


def plain_parts(heading: Said, state: Said) -> Sequence[Part]:
    """A page about no meeting in particular."""
    return [Part(language=_LANGUAGES[one], heading=heading[one], state=state[one]) for one in (0, 1)]


def _part(face: Face, link: Link, one: int) -> Part:
    starts, ends = face.starts_at.astimezone(ZONE), face.ends_at.astimezone(ZONE)
    return Part(
        language=_LANGUAGES[one],
        heading=_spoken(face.title, one),
        state=STATES[face.phase][one],
        facts=[
            (("ວັນທີ", "Date")[one], _date(starts, one)),
            (("ເວລາ", "Time")[one], f"{starts:%H:%M} – {(clock_time(ends), f'{ends:%H:%M}')[one]}"),
            (("ສະຖານທີ່", "Venue")[one], _spoken(face.venue, one)),
            (("ຜູ້ຈັດ", "Organiser")[one], _spoken(face.organiser, one)),
        ],
        advice=_advice(face, link, one),
    )


def _advice(face: Face, link: Link, one: int) -> Sequence[str]:
    if face.phase not in ("open", "in-session"):
        return [NOTHING_TO_DO[one]]
    if link == "ticket":
        return [BRING[one]]
    if face.phase != "open":
        return []
    organiser = _spoken(face.organiser, one)
    until = f" {('ກ່ອນວັນທີ', 'before')[one]} {_moment(face.answer_by, one)}" if face.answer_by else ""
    asked = (f"ກະລຸນາຕິດຕໍ່ {organiser}{until}.", f"please contact the organiser, {organiser},{until}.")[one]
    return [NOT_HERE_YET[one], f"{ANSWERS[link][one]}, {asked.replace(',.', '.')}"]


def _spoken(text: Bilingual, one: int) -> str:
    return (text.en or text.lo) if one else text.lo


def _date(day: datetime, one: int) -> str:
    return f"{day.day} {day:%B} {day.year}" if one else long_date(day.date())


def _moment(at: datetime, one: int) -> str:
    local = at.astimezone(ZONE)
    return f"{_date(local, one)}, {f'{local:%H:%M}' if one else clock_time(local)}"
