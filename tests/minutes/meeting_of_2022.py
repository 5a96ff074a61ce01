"""The consultation of 19 September 2022 as a fixture: the facts of its news item, and fictitious participants."""

from dataclasses import replace
from datetime import UTC, date, datetime

from services.minutes.domain.attendance import Attendee, Gender, Presence, attendance, head_count
from services.minutes.domain.draft import AgendaLine, BodyCount
from services.minutes.domain.text import Gathering, closing_paragraph, opening_paragraph
from services.minutes.ports import ActionLine, Discussion, MinutesDocument, OpinionLine, SignatureBlock
from shared.contracts.minutes import Position
from shared.kernel import OFFICE_ZONE

CHAIR = "ທ່ານ ປອ. ສັນຕິສຸກ ສິມມາລາວົງ, ຮອງລັດຖະມົນຕີ ກຕສ"
TITLE = "ກອງປະຊຸມປຶກສາຫາລື ກ່ຽວກັບການສ້າງຍຸດທະສາດ ແລະ ແຜນແມ່ບົດ ການຫັນເປັນລັດຖະບານດິຈິຕອນ"
MINISTRY = "ກະຊວງເຕັກໂນໂລຊີ ແລະ ການສື່ສານ"
BODIES = ("ບັນດາກະຊວງ", "ອົງການທຽບເທົ່າ", "ບັນດາກົມພາຍໃນ ກະຊວງ ຕສ")
NEWS_PARAGRAPH = (
    "ໃນວັນທີ 19 ກັນຍາ 2022 ຜ່ານມານີ້, ທີ່ ໂຮງແຮມ ຄລາວພລາຊາ, ນະຄອນຫຼວງວຽງຈັນ, ກະຊວງເຕັກໂນໂລຊີ ແລະ ການສື່ສານ (ກຕສ) "
    "ຮ່ວມກັບ ອົງການ UNDP ປະຈໍາ ສປປ ລາວ ໄດ້ຈັດກອງປະຊຸມປຶກສາຫາລື ກ່ຽວກັບການສ້າງຍຸດທະສາດ ແລະ ແຜນແມ່ບົດ "
    "ການຫັນເປັນລັດຖະບານດິຈິຕອນຂຶ້ນ ໂດຍການເປັນປະທານ ຂອງ ທ່ານ ປອ. ສັນຕິສຸກ ສິມມາລາວົງ, ຮອງລັດຖະມົນຕີ ກຕສ, "
    "ຊຶ່ງມີຜູ້ເຂົ້າຮ່ວມຈາກບັນດາກະຊວງ, ອົງການທຽບເທົ່າ, ບັນດາກົມພາຍໃນ ກະຊວງ ຕສ ເຂົ້າຮ່ວມ ທັງໝົດຫຼາຍກວ່າ 50 ທ່ານ."
)
"""The paragraph as it was published (with the spelling ປະຈໍາ that normalising turns into ປະຈຳ)."""


def gathering(*, present: int = 52, women: int = 18) -> Gathering:
    return Gathering(
        starts_at=datetime(2022, 9, 19, 8, 30, tzinfo=OFFICE_ZONE),
        ends_at=datetime(2022, 9, 19, 12, 0, tzinfo=OFFICE_ZONE),
        venue="ໂຮງແຮມ ຄລາວພລາຊາ, ນະຄອນຫຼວງວຽງຈັນ",
        organiser=MINISTRY,
        organiser_abbreviation="ກຕສ",
        co_hosts=("ອົງການ UNDP ປະຈຳ ສປປ ລາວ",),
        title=TITLE,
        chair=CHAIR,
        present=present,
        women=women,
    )


_SOMEBODY = Attendee(
    name="ທ່ານ ສົມມຸດ ຕົວຢ່າງ",
    given_name="ສົມມຸດ",
    position="ຫົວໜ້າກົມ",
    organisation="ກະຊວງການເງິນ",
    rank=60,
    protocol_order=6,
    presence=Presence.PRESENT,
)

ATTENDEES = (
    replace(_SOMEBODY, name="ທ່ານ ນາງ ແກ້ວມະນີ ຕົວຢ່າງ", given_name="ແກ້ວມະນີ", gender=Gender.FEMALE),
    _SOMEBODY,
    replace(
        _SOMEBODY,
        name="ທ່ານ ປອ. ສັນຕິສຸກ ສິມມາລາວົງ",
        given_name="ສັນຕິສຸກ",
        position="ຮອງລັດຖະມົນຕີ",
        organisation=MINISTRY,
        rank=50,
        protocol_order=12,
        is_chair=True,
        gender=Gender.MALE,
    ),
    replace(
        _SOMEBODY,
        name="ທ່ານ ນ. ຈັນທະລາ ຕົວຢ່າງ",
        given_name="ຈັນທະລາ",
        position="ຮອງຫົວໜ້າກົມ",
        organisation="ກະຊວງສາທາລະນະສຸກ",
        rank=70,
        protocol_order=10,
        presence=Presence.REPRESENTING,
        represents="ທ່ານ ບຸນມີ ຕົວຢ່າງ, ລັດຖະມົນຕີ",
        gender=Gender.FEMALE,
    ),
    replace(
        _SOMEBODY,
        name="ທ່ານ ຄຳຫຼ້າ ຕົວຢ່າງ",
        given_name="ຄຳຫຼ້າ",
        position="ຊ່ຽວຊານ",
        organisation="ອົງການ UNDP ປະຈຳ ສປປ ລາວ",
        rank=100,
        protocol_order=90,
    ),
    replace(
        _SOMEBODY,
        name="ທ່ານ ວິໄລ ຕົວຢ່າງ",
        given_name="ວິໄລ",
        organisation="ກະຊວງໂຍທາທິການ ແລະ ຂົນສົ່ງ",
        protocol_order=8,
        presence=Presence.EXCUSED,
        reason="ຕິດວຽກຢູ່ຕ່າງແຂວງ",
    ),
    replace(_SOMEBODY, name="ທ່ານ ດາວ ຕົວຢ່າງ", given_name="ດາວ", protocol_order=7, presence=Presence.ABSENT),
)
"""Fictitious but for the chair: one in each class, not in order."""


def _at(hour: int, minute: int) -> datetime:
    return datetime(2022, 9, 19, hour, minute, tzinfo=OFFICE_ZONE)


def _counts(**bodies: int) -> tuple[BodyCount, ...]:
    names = {"finance": "ກະຊວງການເງິນ", "health": "ກະຊວງສາທາລະນະສຸກ", "mtc": MINISTRY, "undp": "ອົງການ UNDP ປະຈຳ ສປປ ລາວ"}
    return tuple(BodyCount(body=names[body], present=present) for body, present in bodies.items())


_REPORT = "ລາຍງານຜົນການປະເມີນຄວາມພ້ອມ (DMA)"
SESSION = (
    AgendaLine(
        number="1",
        title="ກ່າວເປີດກອງປະຊຸມ",
        started_at=_at(8, 30),
        ended_at=_at(8, 45),
        present=4,
        women=1,
        bodies=_counts(finance=2, mtc=1, undp=1),
    ),
    AgendaLine(
        number="2",
        title=_REPORT,
        started_at=_at(8, 45),
        ended_at=_at(10, 0),
        present=5,
        women=2,
        bodies=_counts(finance=2, health=1, mtc=1, undp=1),
    ),
    AgendaLine(
        number="2.1",
        title="ບັນດາກະຊວງ",
        started_at=_at(9, 15),
        ended_at=_at(10, 0),
        present=3,
        women=1,
        bodies=_counts(finance=1, health=1, mtc=1),
    ),
    AgendaLine(number="3", title="ຄຳເຫັນຂອງຜູ້ເຂົ້າຮ່ວມ"),
)
"""The last item was left out."""


def minutes_document() -> MinutesDocument:
    """The minutes of that day, in the shape the renderer gets them."""
    count = head_count(ATTENDEES)
    facts = gathering(present=count.present, women=count.women)
    return MinutesDocument(
        issuer=(MINISTRY, "ສູນບໍລິຫານລັດດິຈິຕອນ"),
        number="0123/ຕສ.ສບດ",
        place="ນະຄອນຫຼວງວຽງຈັນ",
        dated=date(2022, 9, 22),
        title=TITLE,
        opening=opening_paragraph(facts),
        purpose=("ປຶກສາຫາລືການສ້າງແຜນຍຸດທະສາດ ແລະ ແຜນແມ່ບົດການຫັນເປັນລັດຖະບານດິຈິຕອນ.",),
        agenda=tuple(line.title for line in SESSION),
        discussions=(DISCUSSION,),
        decisions=("ເຫັນດີຮັບຮອງເອົາໂຄງຮ່າງ ແຜນແມ່ບົດ.", "ມອບໃຫ້ສູນບໍລິຫານລັດດິຈິຕອນ ປັບປຸງຮ່າງ."),
        actions=(
            ActionLine(task="ປັບປຸງຮ່າງແຜນແມ່ບົດ ຕາມຄຳເຫັນ", owner="ສູນບໍລິຫານລັດດິຈິຕອນ", due=date(2022, 9, 30)),
            ActionLine(task="ສົ່ງຄຳເຫັນເປັນລາຍລັກອັກສອນ", owner="ບັນດາກະຊວງ", due=None),
        ),
        closing=closing_paragraph(facts),
        attendance=attendance(ATTENDEES),
        session=SESSION,
        bodies=("ກະຊວງການເງິນ", "ກະຊວງສາທາລະນະສຸກ", MINISTRY, "ອົງການ UNDP ປະຈຳ ສປປ ລາວ"),
        held_on=date(2022, 9, 19),
        signatures=(
            SignatureBlock(role="ຜູ້ບັນທຶກ", name="ທ່ານ ນາງ ແກ້ວມະນີ ຕົວຢ່າງ"),
            SignatureBlock(role="ປະທານກອງປະຊຸມ", name="ທ່ານ ປອ. ສັນຕິສຸກ ສິມມາລາວົງ"),
        ),
        verify_url="https://pasum.example/v/0123-2022",
        created_at=datetime(2022, 9, 22, 9, 0, tzinfo=UTC),
        data={"number": "0123/ຕສ.ສບດ", "present": count.present, "women": count.women},
    )


DISCUSSION = Discussion(
    heading="ລາຍງານຜົນການປະເມີນຄວາມພ້ອມ (DMA)",
    paragraphs=("ຄະນະຮັບຜິດຊອບໄດ້ລາຍງານ ຜົນການສຳຫຼວດ ທີ່ສຳເລັດໃນເດືອນສິງຫາ 2022.",),
    opinions=(
        OpinionLine(
            speaker="ທ່ານ ສົມມຸດ ຕົວຢ່າງ, ກະຊວງການເງິນ",
            position=Position.SUPPORT_WITH_COMMENT,
            text="ຄວນກຳນົດມາດຕະຖານການເຊື່ອມຕໍ່ ກັບລະບົບແຈ້ງພາສີຜ່ານປະຕູດຽວ ແລະ ລະບົບແຈ້ງມອບອາກອນ TaxRIS.",
        ),
        OpinionLine(speaker="ທ່ານ ນ. ຈັນທະລາ ຕົວຢ່າງ, ກະຊວງສາທາລະນະສຸກ", position=Position.SUPPORT, text="ເຫັນດີຕາມບົດລາຍງານ."),
    ),
)
