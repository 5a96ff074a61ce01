"""The Lao sentences of minutes and news, built from what happened (layout: Law on Documents 69/ສພຊ, 2019).

Every function is pure: facts in, normalised text out. Times are local to the venue; the caller converts instants.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shared.contracts.minutes import Position
from shared.lao import clock_time, long_date, normalise, short_date

POSITIONS_LAO = {
    Position.SUPPORT: "ເຫັນດີ",
    Position.SUPPORT_WITH_COMMENT: "ເຫັນດີ ໂດຍມີຄຳເຫັນ",
    Position.OBJECT: "ບໍ່ເຫັນດີ",
    Position.NO_VIEW: "ບໍ່ມີຄຳເຫັນ",
}
"""Printed after the speaker in the minutes; every position has a wording (tested)."""


RECENT = timedelta(days=31)
"""How long the news calls a meeting recent (ຜ່ານມານີ້)."""

_MEANT_TO = "ຈັດຂຶ້ນເພື່ອ"
_GAVE_OPINIONS = "ບັນດາຜູ້ເຂົ້າຮ່ວມຍັງໄດ້ປະກອບຄຳຄິດເຫັນ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathering:
    """One meeting as it was held; names and titles as printed, counts from check-ins.

    `present` counts everybody who attended, representatives included; `women` is part of it. `organiser_abbreviation`
    is printed in brackets by the news item (`ກຕສ`), not by the minutes.
    """

    starts_at: datetime
    ends_at: datetime
    venue: str
    organiser: str
    title: str
    chair: str
    present: int
    women: int
    organiser_abbreviation: str | None = None
    co_hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsFacts:
    """What a news item says beyond the gathering: every text is optional, nothing is invented for a missing one.

    `bodies` are those that took part, in print order. `purpose` continues "ຈັດຂຶ້ນເພື່ອ", `outcome` continues
    "ປະກອບຄຳຄິດເຫັນ"; where the text begins with the whole phrase it is not repeated. The full stop at the end is added.
    """

    gathering: Gathering
    published_on: date
    unit: str
    bodies: tuple[str, ...] = ()
    background: tuple[str, ...] = ()
    quote: str | None = None
    purpose: str | None = None
    outcome: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsItem:
    """A news item in the shape government sites use: title, date `dd/mm/yyyy`, paragraphs, byline."""

    title: str
    published_on: str
    paragraphs: tuple[str, ...]
    byline: str

    def plain(self) -> str:
        """The item as plain text, one blank line between its parts."""
        return "\n\n".join((self.title, self.published_on, self.title, *self.paragraphs, self.byline))


def opening_paragraph(gathering: Gathering) -> str:
    """The paragraph minutes open with: when, where, who held what, who chaired, how many came, how many women."""
    day, hour = long_date(gathering.starts_at.date()), clock_time(gathering.starts_at)
    return normalise(
        f"ໃນວັນທີ {day}, ເວລາ {hour}, ທີ່ {gathering.venue}, {_hosts(gathering.organiser, gathering.co_hosts)} "
        f"ໄດ້ຈັດ{_held(gathering.title)} ໂດຍການເປັນປະທານຂອງ {gathering.chair}, "
        f"ມີຜູ້ເຂົ້າຮ່ວມທັງໝົດ {gathering.present} ທ່ານ, ຍິງ {gathering.women} ທ່ານ (ລາຍຊື່ຄັດຕິດ)."
    )


def closing_paragraph(gathering: Gathering) -> str:
    """When the meeting ended; another day is named when it did not end on the one it began.

    That the minutes were read out or adopted is not recorded by the system: the secretary writes it (`closing`).
    """
    end = gathering.ends_at
    same_day = end.date() == gathering.starts_at.date()
    day = "ຂອງວັນດຽວກັນ" if same_day else f"ຂອງວັນທີ {long_date(end.date())}"
    return normalise(f"ກອງປະຊຸມໄດ້ປິດລົງໃນເວລາ {clock_time(end)} {day}.")


def treated_from_to(started_at: datetime, ended_at: datetime, *, day: date) -> str:
    """From when to when an item of the agenda was treated; days are named where one is not the day of the meeting."""
    moments = (started_at, ended_at)
    dated = any(moment.date() != day for moment in moments)
    start, end = (f"{clock_time(at)} ວັນທີ {short_date(at)}" if dated else clock_time(at) for at in moments)
    return normalise(f"ແຕ່ເວລາ {start} ຫາ {end}")


def news_item(facts: NewsFacts) -> NewsItem:
    """The news item of a meeting: background, the event, a quote of the chair, purpose and outcome."""
    event = news_opening(facts.gathering, bodies=facts.bodies, published_on=facts.published_on)
    paragraphs = (*facts.background, event, _quote(facts), _purpose(facts))
    return NewsItem(
        title=normalise(facts.gathering.title),
        published_on=short_date(facts.published_on),
        paragraphs=tuple(normalise(paragraph) for paragraph in paragraphs if paragraph),
        byline=normalise(f"ບົດຂ່າວໂດຍ: {facts.unit}"),
    )


def news_opening(gathering: Gathering, *, bodies: Sequence[str], published_on: date) -> str:
    """The paragraph of a news item that tells the event itself; it is called recent for a month."""
    recent = " ຜ່ານມານີ້" if published_on - gathering.starts_at.date() <= RECENT else ""
    short = f" ({gathering.organiser_abbreviation})" if gathering.organiser_abbreviation else ""
    taking_part = f"ຜູ້ເຂົ້າຮ່ວມຈາກ{', '.join(bodies)} ເຂົ້າຮ່ວມ" if bodies else "ຜູ້ເຂົ້າຮ່ວມ"
    return normalise(
        f"ໃນວັນທີ {long_date(gathering.starts_at.date())}{recent}, ທີ່ {gathering.venue}, "
        f"{_hosts(gathering.organiser + short, gathering.co_hosts)} ໄດ້ຈັດ{_held(gathering.title)}ຂຶ້ນ "
        f"ໂດຍການເປັນປະທານ ຂອງ {gathering.chair}, ຊຶ່ງມີ{taking_part} ທັງໝົດ{roughly(gathering.present)} ທ່ານ."
    )


def roughly(count: int) -> str:
    """A head count as the press gives it: "more than" the full tens, or the exact number where it is short or round."""
    tens = count - count % 10
    return f" {count}" if tens in {0, count} else f"ຫຼາຍກວ່າ {tens}"


def roman(number: int) -> str:
    """The Roman numeral of a section, from 1 (sections of minutes go to V; appended ones may go on)."""
    if number < 1:
        message = f"no Roman numeral for {number}"
        raise ValueError(message)
    steps = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
    numeral = ""
    for value, letters in steps:
        count, number = divmod(number, value)
        numeral += letters * count
    return numeral


def listing(names: Sequence[str]) -> str:
    """`A, B ແລະ C`."""
    return " ແລະ ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


def _hosts(organiser: str, co_hosts: Sequence[str]) -> str:
    return f"{organiser} ຮ່ວມກັບ {listing(co_hosts)}" if co_hosts else organiser


def _held(title: str) -> str:
    """The title as the object of "held": most titles begin with the word for meeting, the others get it."""
    return title if title.startswith("ກອງປະຊຸມ") else f"ກອງປະຊຸມ {title}"


def _quote(facts: NewsFacts) -> str:
    return f"ໂອກາດນີ້, {facts.gathering.chair} ໄດ້ກ່າວບາງຕອນວ່າ: “{_open_ended(facts.quote)}”." if facts.quote else ""


def _purpose(facts: NewsFacts) -> str:
    sentences = (
        f"ກອງປະຊຸມດັ່ງກ່າວ {_continued(_MEANT_TO, facts.purpose)}." if facts.purpose else "",
        f"ກອງປະຊຸມຄັ້ງນີ້, {_continued(_GAVE_OPINIONS, facts.outcome)}." if facts.outcome else "",
    )
    return " ".join(sentence for sentence in sentences if sentence)


def _continued(beginning: str, text: str) -> str:
    """`beginning` followed by `text`, once only where the text repeats it."""
    return beginning + _open_ended(normalise(text)).removeprefix(beginning)


def _open_ended(text: str) -> str:
    return text.strip().rstrip(".").rstrip()
