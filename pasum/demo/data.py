"""The data of the demonstration: the meeting of the news item of 22 September 2022, and sixty fictitious people.

The chair, the hosts, the place and the texts are those of the news item. All participants are fictitious, and their
family names say so. The session and the scans have their times of 2022. All other acts (announce, answer, approve,
publish) have the time at which the demonstration runs, so documents, e-mails and news must make sense on any day.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle
from typing import Any

BODIES = (
    "PMO",
    "MOFA",
    "MOJ",
    "MOF",
    "MOIC",
    "MPWT",
    "MOES",
    "MOH",
    "MLSW",
    "BOL",
    "MOHA",
    "MPI",
    "MEM",
    "MAF",
    "MONRE",
    "MICT",
)
SEATS = 4
PEOPLE = 60
DECLINING = 3
CAPACITY = 55
STAYING_AWAY = 3
OFFLINE = 2
TIME_TO_ANSWER = timedelta(days=7)
FICTITIOUS = "(ສົມມຸດ)"
ORGANISER = "MTC"

MEETING: dict[str, Any] = {
    "title": {
        "lo": "ກອງປະຊຸມປຶກສາຫາລື ກ່ຽວກັບການສ້າງຍຸດທະສາດ ແລະ ແຜນແມ່ບົດ ການຫັນເປັນລັດຖະບານດິຈິຕອນ",
        "en": "Consultation meeting on the strategy and master plan of the digital government transformation",
    },
    "purpose": (
        "ປຶກສາຫາລືການສ້າງແຜນຍຸດທະສາດ ແລະ ແຜນແມ່ບົດການຫັນເປັນລັດຖະບານດິຈິຕອນ ພາຍໃຕ້ການ ຮ່ວມມືລະຫວ່າງ "
        "ກະຊວງເຕັກໂນໂລຊີ ແລະ ການສື່ສານ ກັບ ອົງການ UNDP ປະຈຳ ສປປ ລາວ"
    ),
    "venue": {"lo": "ໂຮງແຮມ ຄລາວພລາຊາ, ນະຄອນຫຼວງວຽງຈັນ", "en": "Crowne Plaza hotel, Vientiane Capital"},
    "starts_at": "2022-09-19T08:30:00+07:00",
    "ends_at": "2022-09-19T12:00:00+07:00",
    "organiser": ORGANISER,
    "organiser_unit": {"lo": "ສູນບໍລິຫານດິຈິຕອນ", "en": "Digital Government Centre"},
    "co_hosts": ["UNDP"],
    "chair": {
        "honorific": "ທ່ານ ປອ.",
        "given_name": "ສັນຕິສຸກ",
        "family_name": "ສິມມາລາວົງ",
        "position_title": "ຮອງລັດຖະມົນຕີ ກຕສ",
        "rank": 50,
        "mobile": "020 2999 9001",
        "email": "chair@example.la",
        "gender": "male",
    },
    "capacity": CAPACITY,
    "policy": "open",
    "waiting_list": "automatic",
    "rank_floor": 100,
    "tacit_consent": True,
    "agenda": [
        {"number": "1", "title": {"lo": "ກ່າວໄຂກອງປະຊຸມ", "en": "Opening"}, "minutes": 20},
        {
            "number": "2",
            "title": {"lo": "ລາຍງານຜົນການປະເມີນຄວາມພ້ອມ (DMA)", "en": "Report on the readiness assessment (DMA)"},
            "minutes": 60,
        },
        {
            "number": "3",
            "title": {"lo": "ປະກອບຄຳຄິດເຫັນຕໍ່ຮ່າງແຜນຍຸດທະສາດ", "en": "Opinions on the draft strategy"},
            "minutes": 90,
        },
        {"number": "4", "title": {"lo": "ສະຫຼຸບ ແລະ ປິດກອງປະຊຸມ", "en": "Summary and closing"}, "minutes": 40},
    ],
}

OPINIONS = (
    ("MOF", "2", "support", "ເຫັນດີຕໍ່ບົດລາຍງານ ແລະ ສະເໜີໃຫ້ເຊື່ອມຕໍ່ລະບົບແຈ້ງມອບອາກອນ TaxRIS ເຂົ້າກັບແຜນແມ່ບົດ."),
    ("MOHA", "2", "support-with-comment", "ສະເໜີໃຫ້ນຳໃຊ້ຂໍ້ມູນຈາກລະບົບເກັບກຳຂໍ້ມູນພົນລະເມືອງ ເປັນບ່ອນອີງ."),
    ("MOFA", "3", "support", "ສະເໜີໃຫ້ລວມເອົາລະບົບອອກວີຊາຜ່ານອອນລາຍ ເຂົ້າໃນໂຄງການຕົວແບບ."),
    ("MPI", "3", "support-with-comment", "ຄວນກຳນົດຕົວຊີ້ວັດ ແລະ ງົບປະມານ ໃຫ້ສອດຄ່ອງກັບແຜນພັດທະນາ 5 ປີ."),
    ("MOIC", "3", "support", "ເຫັນດີ ແລະ ສະເໜີໃຫ້ເຊື່ອມກັບລະບົບແຈ້ງພາສີຜ່ານປະຕູດຽວ."),
    ("MOJ", "3", "no-view", "ຂໍຄົ້ນຄວ້າດ້ານກົດໝາຍຕື່ມ ກ່ອນອອກຄຳເຫັນ."),
)
DECISIONS = (
    "ເຫັນດີຕໍ່ທິດທາງລວມ ຂອງຮ່າງແຜນຍຸດທະສາດ ແລະ ແຜນແມ່ບົດ ການຫັນເປັນລັດຖະບານດິຈິຕອນ.",
    "ມອບໃຫ້ຄະນະຮັບຜິດຊອບ ປັບປຸງຮ່າງ ໂດຍອີງໃສ່ຄຳຄິດເຫັນຂອງບັນດາກະຊວງ.",
)
ACTIONS = (
    ("MTC", "ປັບປຸງຮ່າງແຜນຍຸດທະສາດ ຕາມຄຳຄິດເຫັນຂອງກອງປະຊຸມ", "2022-10-31"),
    ("MPI", "ສະເໜີຕົວຊີ້ວັດ ແລະ ງົບປະມານ", "2022-11-30"),
)
QUOTE = "ຜ່ານມາ ລັດຖະບານ ໄດ້ອອກດຳລັດ ວ່າດ້ວຍ ການບໍລິຫານ ແລະ ບໍລິການລັດດິຈິຕອນ (ຫຼື ພາສາອັງກິດ ເອີ້ນວ່າ Digital Government Decree)."
OUTCOME = "ບັນດາຜູ້ເຂົ້າຮ່ວມຍັງໄດ້ປະກອບຄຳຄິດເຫັນຕໍ່ວຽກງານການພັດທະນາ ລັດຖະບານ ດິຈິຕອນ ໃນ ສປປ ລາວ ຢ່າງຝົດຝື້ນ, ກົງໄປກົງມາ ແລະ ເປັນປະໂຫຍດ"
"""The outcome, which the secretary writes into the minutes after the meeting."""
REASONS = ("ຕິດວຽກຮີບດ່ວນຢູ່ຕ່າງແຂວງ", "ຕິດກອງປະຊຸມອື່ນ", "ລາພັກ")

_GIVEN = (
    "ສົມພອນ", "ບຸນມີ", "ຄຳແພງ", "ວຽງໄຊ", "ສີສະຫວາດ", "ພູວົງ", "ທອງສຸກ", "ໄຊຍະ", "ອານຸສອນ", "ສຸລິຍາ",
    "ຈັນທະລາ", "ນາລີ", "ມະນີວອນ", "ດາວເຮືອງ", "ແສງດາລາ", "ພອນມະນີ", "ວັນນາ", "ບົວວອນ", "ສຸພາພອນ", "ລັດສະໝີ",
)  # fmt: skip
_WOMEN = frozenset(_GIVEN[10:])
_SECOND = ("ໜຶ່ງ", "ສອງ", "ສາມ", "ສີ່")
_TITLES = ((60, "ຫົວໜ້າກົມ"), (70, "ຮອງຫົວໜ້າກົມ"), (80, "ຫົວໜ້າພະແນກ"), (100, "ວິຊາການ"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """One fictitious person; `index` counts from 0."""

    index: int
    organisation: str
    person: dict[str, Any]

    @property
    def email(self) -> str:
        """Unique in the demonstration: the mailbox is searched by it."""
        return str(self.person["email"])


def participants() -> Iterator[Participant]:
    """Sixty people from sixteen organisations, three or four of each, in turn."""
    bodies = cycle(BODIES)
    for index in range(PEOPLE):
        yield Participant(index=index, organisation=next(bodies), person=made_up(index))


def representative() -> dict[str, Any]:
    """The person who represents somebody else."""
    return {**made_up(PEOPLE), "rank": 90, "position_title": "ຮອງຫົວໜ້າພະແນກ"}


def contact(body: str) -> dict[str, Any]:
    """The person who receives the invitation of an organisation."""
    number = BODIES.index(body)
    return {
        "honorific": "ທ່ານ",
        "given_name": "ຫົວໜ້າຫ້ອງການ",
        "family_name": FICTITIOUS,
        "rank": 60,
        "email": f"cabinet.{body.lower()}@example.la",
        "mobile": f"020 2888 {8000 + number}",
        "fictitious": True,
    }


def made_up(index: int) -> dict[str, Any]:
    """The fictitious person with this number; the family name says that the person is fictitious."""
    given = _GIVEN[index % len(_GIVEN)]
    rank, title = _TITLES[index // len(BODIES) % len(_TITLES)]
    woman = given in _WOMEN and index % 3 != 2  # noqa: PLR2004 -- some given names are used by women and men
    return {
        "honorific": "ທ່ານ ນາງ" if woman else "ທ່ານ",
        "given_name": f"{given}{_SECOND[index // len(_GIVEN) % len(_SECOND)]}",
        "family_name": FICTITIOUS,
        "position_title": title,
        "rank": rank,
        "mobile": f"020 5555 {7000 + index}",
        "email": f"participant{index:02d}@example.la",
        "gender": "female" if woman else "male",
        "fictitious": True,
    }
