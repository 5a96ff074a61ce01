"""Who was there, in the classes and the order of precedence that minutes print."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from shared.lao import normalise
from shared.lao.collation import dictionary_key


class Presence(StrEnum):
    """How a person took part, whether invited or not; each is one class of the printed list.

    CHAIRING is a chair who did not come with a ticket: he leads the list, and is counted as everybody else.
    """

    CHAIRING = "chairing"
    PRESENT = "present"
    REPRESENTING = "representing"
    EXCUSED = "excused"
    ABSENT = "absent"


class Gender(StrEnum):
    """Asked because official reports count women; the answer is optional."""

    FEMALE = "female"
    MALE = "male"
    NOT_STATED = "not-stated"


CLASS_HEADINGS = {
    Presence.CHAIRING: "ປະທານກອງປະຊຸມ",
    Presence.PRESENT: "ຜູ້ເຂົ້າຮ່ວມ",
    Presence.REPRESENTING: "ຜູ້ຕາງໜ້າ",
    Presence.EXCUSED: "ຜູ້ຂາດ (ມີເຫດຜົນ)",
    Presence.ABSENT: "ຜູ້ຂາດ (ບໍ່ໄດ້ແຈ້ງເຫດຜົນ)",
}
"""The headings of the printed classes, in print order."""

NAMELESS = frozenset({Presence.EXCUSED, Presence.ABSENT})
"""Who did not come is counted for each body and never named: minutes are published."""

COUNTED = frozenset({Presence.CHAIRING, Presence.PRESENT, Presence.REPRESENTING})
"""Who is counted: whoever was checked in, and the chair of a session that was opened; registration counts alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendee:
    """One person of the list, as a snapshot of that day.

    `name` is printed (honorific, given and family name); `rank` (10 is the highest) and `protocol_order` of the
    organisation decide the place, then `given_name`. `represents` is the name of the person somebody came for, or
    should have come for; `reason` belongs to EXCUSED. Both are kept in the draft, neither is printed.
    """

    name: str
    given_name: str
    position: str
    organisation: str
    rank: int
    protocol_order: int
    presence: Presence
    gender: Gender = Gender.NOT_STATED
    is_chair: bool = False
    represents: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendanceRow:
    """One printed line, of a person or of a body; `number` counts within its class."""

    number: int
    name: str
    position: str
    organisation: str
    remark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendanceClass:
    """One printed class with its heading, never empty; `people` is how many persons its lines stand for."""

    presence: Presence
    heading: str
    people: int
    rows: tuple[AttendanceRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadCount:
    """How many people attended, and how many of them are women."""

    present: int
    women: int


def attendance(attendees: Sequence[Attendee]) -> tuple[AttendanceClass, ...]:
    """The printed classes in their order, each by precedence with the chair first; empty classes are left out.

    Of those who did not come each body has one line, with their number.
    """
    ordered = sorted(attendees, key=precedence)
    classes = ((presence, tuple(a for a in ordered if a.presence is presence)) for presence in CLASS_HEADINGS)
    return tuple(
        AttendanceClass(
            presence=presence,
            heading=CLASS_HEADINGS[presence],
            people=len(members),
            rows=_bodies(members) if presence in NAMELESS else _persons(members),
        )
        for presence, members in classes
        if members
    )


def head_count(attendees: Iterable[Attendee]) -> HeadCount:
    """The numbers of the opening paragraph: those who came, the chair among them, whether he had a ticket or not."""
    came = [attendee for attendee in attendees if attendee.presence in COUNTED]
    return HeadCount(present=len(came), women=sum(attendee.gender is Gender.FEMALE for attendee in came))


def precedence(attendee: Attendee) -> tuple[bool, int, int, bytes]:
    """The order of people in official lists: the chair, then rank, organisation, given name in dictionary order."""
    return not attendee.is_chair, attendee.rank, attendee.protocol_order, dictionary_key(attendee.given_name)


def _persons(members: Sequence[Attendee]) -> tuple[AttendanceRow, ...]:
    return tuple(_row(number, attendee) for number, attendee in enumerate(members, start=1))


def _bodies(members: Sequence[Attendee]) -> tuple[AttendanceRow, ...]:
    bodies = Counter((each.protocol_order, normalise(each.organisation)) for each in members)
    return tuple(
        AttendanceRow(number=number, name=body, position="", organisation="", remark=f"{people} ທ່ານ")
        for number, ((_, body), people) in enumerate(sorted(bodies.items()), start=1)
    )


def _row(number: int, attendee: Attendee) -> AttendanceRow:
    return AttendanceRow(
        number=number,
        name=normalise(attendee.name),
        position=normalise(attendee.position),
        organisation=normalise(attendee.organisation),
        remark=normalise(_remark(attendee)),
    )


def _remark(attendee: Attendee) -> str:
    if attendee.is_chair:
        return "ປະທານກອງປະຊຸມ"
    return f"ຕາງໜ້າ {attendee.organisation}" if attendee.presence is Presence.REPRESENTING else ""
