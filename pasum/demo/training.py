"""The third meeting of the demonstration, a training: what registration can do and the first two meetings do not need.

It begins an hour after the demonstration has. Whoever comes without an invitation asks for a seat; eight seats are soon
taken, so people wait. All its people are fictitious, and their family names say so.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from pasum.api import Client
from pasum.demo.data import FICTITIOUS, ORGANISER
from shared.kernel import OFFICE_ZONE

CAPACITY: Final = 8
BODIES: Final = {"MOF": 3, "MOH": 4, "NOBODY": 2}
"""Bodies that are invited at once, and their seats; the last is in no registry."""
PAPERS: Final = ("attendance-sheet", "badges")


def _somebody(number: int, name: str, gender: str = "female", **changes: Any) -> dict[str, Any]:
    """A fictitious person; `number` is part of his telephone number."""
    known = {"honorific": "ທ່ານ", "given_name": name, "family_name": FICTITIOUS, "rank": 80, "gender": gender}
    return {**known, "mobile": f"020 5558 {7000 + number}", "fictitious": True, **changes}


CHANGING, SENDING, REPRESENTATIVE = _somebody(1, "ບົວແກ້ວ"), _somebody(2, "ຄຳຫຼ້າ", "male"), _somebody(3, "ພິມພາ")
TOGETHER: Final = [_somebody(4, "ສີດາ"), _somebody(5, "ທອງໃບ", "male")]
ADMITTED, TURNED_DOWN, WAITING = _somebody(6, "ວິໄລ"), _somebody(7, "ສົມບັດ", "male"), _somebody(8, "ນ້ອຍ", "male")
LIST: Final = (
    ("PMO", "ແກ້ວ", "020 5558 7011", "ຍິງ"),
    ("PMO", "ຄຳໄຊ", "020 5558 7012", "ຊາຍ"),
    ("MOES", "ດາລາ", "020 5558 7013", "ຍິງ"),
    ("MOES", "ບຸນຍັງ", "020 5558 70XX", "ຊາຍ"),  # no number: this row is refused, the others are not
)


@dataclass(slots=True)
class Training:
    """Runs the training; `client` makes a client with roles, `wait` waits until a function returns something."""

    client: Callable[..., Client]
    wait: Callable[[str, Callable[[], Any]], Any]
    meeting: str = field(default_factory=lambda: str(uuid4()))
    told: dict[str, Any] = field(default_factory=dict)
    _links: dict[str, str] = field(default_factory=dict)
    _answers: dict[str, dict[str, str]] = field(default_factory=dict)

    def run(self) -> None:
        """Run it from the draft to the desk; what the answers have said is in `told`."""
        self._draft()
        self._invite()
        self._answer()
        self._import()
        self._decide()
        self._wait_in_the_queue()
        self._admit_offline()

    def keep(self, folder: Path) -> None:
        """Save the calendar, the attendance sheet and the badges in `folder`; `told` says where they are."""
        organiser = self._organiser()
        kept = {paper: organiser.read(self._path(paper)) for paper in PAPERS}
        files = {paper: folder / f"training-{paper}.pdf" for paper in PAPERS}
        kept["calendar"], files["calendar"] = self._calendar(), folder / "training.ics"
        for name, file in files.items():
            file.write_bytes(kept[name])
        self.told["papers"] = {name: str(file) for name, file in files.items()}

    def _draft(self) -> None:
        starts = datetime.now(OFFICE_ZONE).replace(microsecond=0) + timedelta(hours=1)
        organiser = self._organiser()
        draft = {
            "title": {"lo": "ຝຶກອົບຮົມ ການນຳໃຊ້ລະບົບກອງປະຊຸມ", "en": "Training in the meeting system"},
            "venue": {"lo": "ຫ້ອງຝຶກອົບຮົມ, ສູນບໍລິຫານດິຈິຕອນ", "en": "Training room, Digital Government Centre"},
            "starts_at": starts.isoformat(),
            "ends_at": (starts + timedelta(hours=3)).isoformat(),
            "organiser": ORGANISER,
            "chair": _somebody(20, "ສຸລິພອນ", "male", rank=60),
            "capacity": CAPACITY,
            "policy": "with-approval",
            "waiting_list": "automatic",
            "registration_closes_at": starts.isoformat(),
            "organisation_seats": [{"organisation": "MOF", "reserved": 1, "most": 3}],
        }
        organiser.put(self._path(), draft)
        self._item("ນຳສະເໜີລະບົບ", "Presentation of the system", minutes=30, presenter=ORGANISER)
        practice = self._item("ຝຶກປະຕິບັດ", "Practice", minutes=120)
        self._item("ລົງທະບຽນ", "Registering", parent=practice)
        self._item("ກວດບັດເຂົ້າ", "Checking in", parent=practice)
        organiser.post(self._path("open"))

    def _item(self, lao: str, english: str, **members: Any) -> str:
        body = {"title": {"lo": lao, "en": english}, **members}
        return str(self._organiser().post(self._path("agenda"), body)["item_id"])

    def _invite(self) -> None:
        rows = [
            {"organisation": body, "seats": seats, "contact": _somebody(30 + number, "ຫົວໜ້າຫ້ອງການ")}
            for number, (body, seats) in enumerate(BODIES.items())
        ]
        answer = self._organiser().post(self._path("invitations/bulk"), {"rows": rows})
        self._links = {each["organisation"]: each["token"] for each in answer["invited"]}
        self.told["bodies invited at once"] = len(answer["invited"])
        self.told["bodies not invited"] = {each["code"]: each["organisation"] for each in answer["refused"]}

    def _answer(self) -> None:
        """One says yes, no and yes again; one sends a representative; two come together."""
        anonymous = self.client("registration")
        self._register("changing", "MOF", CHANGING)
        self._change("changing", "decline", reason="ຕິດວຽກດ່ວນ")
        self._change("changing", "accept")
        self._register("sending", "MOF", SENDING)
        self._answers["representative"] = self._change("sending", "representative", representative=REPRESENTATIVE)
        body = {"organisation": "MOH", "people": TOGETHER, "invitation": self._links["MOH"]}
        group = anonymous.post(self._path("groups"), body)["people"]
        self._answers |= {"first of the group": group[0], "second of the group": group[1]}

    def _import(self) -> None:
        lines = ("ລະຫັດອົງການ,ຊື່,ນາມສະກຸນ,ລະດັບ,ເບີໂທລະສັບ,ເພດ", *(self._line(*row) for row in LIST))
        organiser = self._organiser()
        sent = organiser.upload(self._path("imports"), "\r\n".join(lines).encode("utf-8-sig"), "text/csv")
        path = self._path(f"imports/{sent['import_id']}")
        preview = self._reach(path, "ready")
        organiser.post(f"{path}/application", {"mode": "valid-rows"})
        self._reach(path, "applied")
        self.told["list"] = {name: preview[name] for name in ("new", "refused")}

    @staticmethod
    def _line(body: str, name: str, mobile: str, gender: str) -> str:
        return f"{body},{name},{FICTITIOUS},80,{mobile},{gender}"

    def _reach(self, path: str, state: str) -> Any:
        def reached() -> Any:
            view = self._organiser().get(path)
            return view if view["state"] == state else None

        return self.wait(f"the list {state}", reached)

    def _decide(self) -> None:
        """Two ask for a seat without an invitation: the organiser approves one and rejects the other."""
        for who, person in (("admitted", ADMITTED), ("turned down", TURNED_DOWN)):
            self._register(who, "BOL", person)
        one, other = (self._answers[who]["registration_id"] for who in ("admitted", "turned down"))
        rejected = {"registration_id": other, "decision": "reject", "reason": "ບ່ອນນັ່ງຈຳກັດ"}
        decisions = [{"registration_id": one, "decision": "approve"}, rejected]
        answer = self._organiser().post(self._path("decisions"), {"decisions": decisions})
        self.told["requests decided"] = answer["decided"]

    def _wait_in_the_queue(self) -> None:
        """One more waits, and moves up when another withdraws."""
        self.told["waited at place"] = self._register("waiting", "MOH", WAITING)["position"]
        self._change("admitted", "withdraw")

    def _admit_offline(self) -> None:
        """A desk without a network lets in four people; one has withdrawn meanwhile, which it could not know."""
        names = ("changing", "representative", "first of the group", "admitted")
        now = datetime.now(OFFICE_ZONE).isoformat()
        scans = [
            {"nonce": name.replace(" ", "-"), "scanned_at": now, "code": self._answers[name]["code"]} for name in names
        ]
        batch = {"device": "desk-3", "offline": True, "sent_at": now, "scans": scans}
        desk = self.client("registration", "desk", subject="demo-desk-3")
        results = desk.post(self._path("check-ins"), batch)["results"]
        self.told["let in offline"] = sum(each["outcome"] == "checked-in" for each in results)

    def _register(self, who: str, body: str, person: Mapping[str, Any]) -> Any:
        link = {"invitation": self._links[body]} if body in self._links else {}
        answer = {"organisation": body, "person": person, **link}
        self._answers[who] = self.client("registration").post(self._path("registrations"), answer)
        return self._answers[who]

    def _change(self, who: str, command: str, **members: Any) -> Any:
        answer = self._answers[who]
        path = self._path(f"registrations/{answer['registration_id']}/{command}")
        return self.client("registration").post(path, {"code": answer["code"], **members})

    def _calendar(self) -> bytes:
        return self.client("registration").read(self._path("calendar.ics"))

    def _organiser(self) -> Client:
        return self.client("registration", "organiser", subject="demo-organiser")

    def _path(self, of: str = "") -> str:
        return f"/v1/meetings/{self.meeting}/{of}".rstrip("/")
