"""The consultation of 19 September 2022 as registration tells it, fact by fact, with a handful of fictitious people."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from shared.contracts import Fact
from shared.contracts.base import Bilingual
from shared.contracts.ids import derived_id
from shared.contracts.registration import (
    AgendaItem,
    InvitationDeclined,
    MeetingDrafted,
    MeetingHeld,
    MeetingOpened,
    MeetingStarted,
    OrganisationRecorded,
    ParticipantCheckedIn,
    ParticipantRegistered,
    ParticipantReinstated,
    ParticipantRepresented,
    ParticipantWithdrawn,
    PersonRecorded,
)

START = datetime(2022, 9, 19, 1, 30, tzinfo=UTC)  # 08:30 in Vientiane
END = datetime(2022, 9, 19, 5, 0, tzinfo=UTC)
TITLE = Bilingual(lo="ກອງປະຊຸມປຶກສາຫາລື ກ່ຽວກັບການສ້າງຍຸດທະສາດ", en="Consultation on the strategy")
VENUE = Bilingual(lo="ໂຮງແຮມ ຄລາວພລາຊາ, ນະຄອນຫຼວງວຽງຈັນ")
REASON = "ຕິດວຽກຢູ່ຕ່າງແຂວງ"

KEO, NOY, BOUN, DAO, VILAY, SOM = "ແກ້ວ", "ນ້ອຍ", "ບຸນ", "ດາວ", "ວິໄລ", "ສົມ"
CHAIR = "ສັນຕິສຸກ"
PEOPLE = {  # title, rank, gender
    CHAIR: ("ຮອງລັດຖະມົນຕີ ກຕສ", 50, "male"),
    KEO: ("ຫົວໜ້າກົມ", 60, "female"),
    NOY: ("ຫົວໜ້າພະແນກ", 80, "female"),
    BOUN: ("ຫົວໜ້າກົມ", 60, "male"),
    DAO: ("ວິຊາການ", 100, "not-stated"),
    VILAY: ("ຫົວໜ້າກົມ", 60, "female"),
    SOM: ("ຫົວໜ້າກົມ", 60, "male"),
}
BODIES = {
    "MOF": ("ກະຊວງການເງິນ", None, 60),
    "MOJ": ("ກະຊວງຍຸຕິທຳ", None, 50),
    "MTC": ("ກະຊວງເຕັກໂນໂລຊີ ແລະ ການສື່ສານ", "ຕສ", 120),
    "UNDP": ("ອົງການ UNDP ປະຈຳ ສປປ ລາວ", None, 430),
}


def person_id(name: str) -> UUID:
    return derived_id("test person", name)


def seat_id(meeting: UUID, name: str) -> UUID:
    return derived_id("test seat", meeting, name)


def body(code: str) -> OrganisationRecorded:
    name, abbreviation, order = BODIES[code]
    return OrganisationRecorded(
        organisation=code, name=Bilingual(lo=name), abbreviation_lo=abbreviation, protocol_order=order
    )


def person(name: str, **changes: Any) -> PersonRecorded:
    title, rank, gender = PEOPLE[name]
    known = {
        "person_id": person_id(name),
        "honorific": "ທ່ານ",
        "given_name": name,
        "family_name": "(ສົມມຸດ)",
        "position_title": title,
        "rank": rank,
        "organisation": "MOF",
        "gender": gender,
        "mobile": "+8562055512345",
    }
    return PersonRecorded(**{**known, **changes})


def drafted(meeting: UUID, **changes: Any) -> MeetingDrafted:
    known = {
        "meeting_id": meeting,
        "title": TITLE,
        "purpose": "ປຶກສາຫາລືການສ້າງແຜນຍຸດທະສາດ",
        "outcome": "ຕໍ່ວຽກງານການພັດທະນາ ຢ່າງກົງໄປກົງມາ",
        "venue": VENUE,
        "starts_at": START,
        "ends_at": END,
        "organiser": "MTC",
        "organiser_unit": Bilingual(lo="ສູນບໍລິຫານດິຈິຕອນ"),
        "co_hosts": ("UNDP",),
        "chair": person_id(CHAIR),
        "capacity": 55,
        "policy": "open",
        "agenda": (
            AgendaItem(number="1", title=Bilingual(lo="ກ່າວໄຂກອງປະຊຸມ")),
            AgendaItem(number="2", title=Bilingual(lo="ລາຍງານ DMA")),
        ),
    }
    return MeetingDrafted(**{**known, **changes})


def opened(meeting: UUID) -> MeetingOpened:
    return MeetingOpened(meeting_id=meeting)


def held(meeting: UUID) -> list[Fact]:
    started = MeetingStarted(meeting_id=meeting, started_at=START)
    return [started, MeetingHeld(meeting_id=meeting, started_at=START, ended_at=END)]


def registered(meeting: UUID, name: str, organisation: str = "MOF", **changes: Any) -> ParticipantRegistered:
    known = {
        "meeting_id": meeting,
        "registration_id": seat_id(meeting, name),
        "person_id": person_id(name),
        "invitation_id": None,
        "organisation": organisation,
        "rank": PEOPLE[name][1],
        "state": "confirmed",
        "code": "A7K2Q9",
    }
    return ParticipantRegistered(**{**known, **changes})


def declined(meeting: UUID, name: str, organisation: str = "MOF") -> InvitationDeclined:
    return InvitationDeclined(
        meeting_id=meeting,
        invitation_id=meeting,
        registration_id=seat_id(meeting, name),
        person_id=person_id(name),
        organisation=organisation,
        reason=REASON,
    )


def represented(meeting: UUID, name: str, *, by: str, organisation: str = "MOF") -> ParticipantRepresented:
    return ParticipantRepresented(
        meeting_id=meeting,
        registration_id=seat_id(meeting, by),
        person_id=person_id(by),
        represented_registration_id=seat_id(meeting, name),
        represented_person_id=person_id(name),
        organisation=organisation,
        rank=PEOPLE[by][1],
        code="B7K2Q9",
    )


def reinstated(meeting: UUID, name: str) -> ParticipantReinstated:
    """He takes part after all."""
    return ParticipantReinstated(**dict(registered(meeting, name)))


def withdrawn(meeting: UUID, name: str, **changes: Any) -> ParticipantWithdrawn:
    known = {
        "meeting_id": meeting,
        "registration_id": seat_id(meeting, name),
        "person_id": person_id(name),
        "organisation": "MOF",
        "was": "confirmed",
        "reason": REASON,
    }
    return ParticipantWithdrawn(**{**known, **changes})


def checked_in(meeting: UUID, name: str) -> ParticipantCheckedIn:
    return ParticipantCheckedIn(
        meeting_id=meeting,
        registration_id=seat_id(meeting, name),
        person_id=person_id(name),
        device="desk-1",
        nonce=name,
        scanned_at=START,
        received_at=START,
        offline=False,
    )


def everybody() -> list[Fact]:
    """All bodies and persons."""
    return [*map(body, BODIES), *map(person, PEOPLE)]


def meeting_facts(meeting: UUID) -> list[Fact]:
    """The meeting until its end: three came (two women), one of them for somebody else; one excused, one absent."""
    return [
        drafted(meeting),
        opened(meeting),
        registered(meeting, KEO),
        registered(meeting, BOUN, "MOJ"),
        registered(meeting, SOM, "MOJ"),
        represented(meeting, SOM, by=NOY, organisation="MOJ"),
        registered(meeting, DAO),
        declined(meeting, VILAY),
        checked_in(meeting, KEO),
        checked_in(meeting, NOY),
        checked_in(meeting, DAO),
        *held(meeting),
    ]
