"""The second meeting of the demonstration: it is announced, answered by some, rescheduled, and at the end cancelled.

It is in the future when the demonstration runs. All its people are fictitious, and their family names say so.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from pasum.api import Client
from pasum.demo.data import FICTITIOUS, ORGANISER
from shared.kernel import OFFICE_ZONE

TOLD: Final = ("sent", "delivered")
CO_HOST: Final = "UNDP"


def _somebody(number: int, name: str, *, sms: bool = True, email: bool = True, rank: int = 80) -> dict[str, Any]:
    """A fictitious person; `number` is part of his telephone number and e-mail address."""
    person: dict[str, Any] = {"honorific": "ທ່ານ", "given_name": name, "family_name": FICTITIOUS, "rank": rank}
    contact = {"mobile": f"020 5556 {6000 + number}"} if sms else {}
    contact |= {"email": f"second{number:02d}@example.la"} if email else {}
    return {**person, **contact, "fictitious": True}


CHAIR: Final = _somebody(10, "ບຸນທັນ", rank=50)
CO_HOST_CONTACT: Final = _somebody(11, "ມາລີ")
CONTACTS: Final = {"MOF": _somebody(20, "ສົມຈິດ"), "MOH": _somebody(21, "ຄຳໃບ", email=False)}
LEAVING, SENDING, STAYING = _somebody(30, "ວັນໄຊ"), _somebody(31, "ສຸກສາຄອນ"), _somebody(32, "ທິດາ", sms=False)
MOVING_UP, WAITING = _somebody(33, "ພອນໄຊ"), _somebody(34, "ຈັນທະວົງ", email=False)
REPRESENTATIVE: Final = _somebody(35, "ອຳພອນ", rank=90)
ANSWERS: Final = (("MOF", LEAVING), ("MOF", SENDING), ("MOF", STAYING), ("MOH", MOVING_UP), ("MOH", WAITING))
SEATS: Final = 3
AUDIENCES: Final = {
    "contact": tuple(CONTACTS.values()),
    "chair": (CHAIR,),
    "co-host": (CO_HOST_CONTACT,),
    "seated": (STAYING, MOVING_UP),
    "waiting": (WAITING,),
    "withdrawn": (LEAVING,),
    "represented": (SENDING,),
    "representative": (REPRESENTATIVE,),
}
"""The states of the people when the meeting is rescheduled and cancelled."""


@dataclass(slots=True)
class SecondMeeting:
    """Runs the second meeting; `client` makes a client with roles, `wait` waits until a function returns something."""

    client: Callable[..., Client]
    wait: Callable[[str, Callable[[], Any]], Any]
    meeting: str = ""
    links: dict[str, str] = field(default_factory=dict)
    _seats: dict[str, tuple[str, str]] = field(default_factory=dict)

    def run(self) -> None:
        """Run it from the announcement to the reschedule; each step waits for the messages of the one before."""
        self._announce()
        self._answer()
        self._change()
        self._move()

    def cancel(self) -> None:
        """Cancel the meeting, and wait until all messages about it are sent."""
        self._lead("cancel", {"reason": "ຕິດກອງປະຊຸມລັດຖະບານ"})
        self._until_told("cancelled", _reached("contact", "chair", "co-host", "seated", "waiting", "representative"))

    def _announce(self) -> None:
        starts = datetime.now(OFFICE_ZONE).replace(hour=8, minute=30, second=0, microsecond=0) + timedelta(days=30)
        draft = {
            "title": {"lo": "ກອງປະຊຸມກະກຽມ ແຜນປະຕິບັດງານລັດຖະບານດິຈິຕອນ", "en": "Preparatory meeting on the action plan"},
            "venue": {"lo": "ຫ້ອງປະຊຸມ ຊັ້ນ 3, ຕສ", "en": "Meeting room, 3rd floor, MTC"},
            **_schedule(starts),
            "organiser": ORGANISER,
            "co_hosts": [CO_HOST],
            "co_host_contacts": [{"organisation": CO_HOST, "person": CO_HOST_CONTACT}],
            "chair": CHAIR,
            "capacity": SEATS,
        }
        organiser = self._organiser()
        self.meeting = organiser.post("/v1/meetings", draft)["meeting_id"]
        self._lead("open")
        for body, contact in CONTACTS.items():
            invitation = {"organisation": body, "seats": len(ANSWERS), "contact": contact}
            self.links[body] = organiser.post(self._path("invitations"), invitation)["token"]

    def _answer(self) -> None:
        anonymous = self.client("registration")
        for body, person in ANSWERS:
            answer = {"organisation": body, "person": person, "invitation": self.links[body]}
            made = anonymous.post(self._path("registrations"), answer)
            self._seats[str(person["given_name"])] = (made["registration_id"], made["code"])
        self._until_told("registered", _ways(LEAVING, SENDING, STAYING))

    def _change(self) -> None:
        anonymous = self.client("registration")
        seat, code = self._seats[str(SENDING["given_name"])]
        anonymous.post(
            self._path(f"registrations/{seat}/representative"), {"representative": REPRESENTATIVE, "code": code}
        )
        seat, code = self._seats[str(LEAVING["given_name"])]
        anonymous.post(self._path(f"registrations/{seat}/withdraw"), {"code": code})
        self._until_told("promoted", _ways(MOVING_UP))
        self._until_told("delegated", _ways(REPRESENTATIVE))
        for template in ("represented", "withdrawn"):
            self._until_told(template, 1)

    def _move(self) -> None:
        view = self._organiser().get(self._path())
        later = datetime.fromisoformat(view["starts_at"]) + timedelta(days=7)
        self._lead("reschedule", {**_schedule(later), "venue": view["venue"]})
        self._until_told("rescheduled", _reached("contact", "chair", "co-host", "seated", "waiting", "representative"))

    def _until_told(self, template: str, messages: int) -> None:
        self.wait(f"{messages} {template}", lambda: self._count(template) >= messages)

    def _count(self, template: str) -> int:
        observer = self.client("notification", "operator", subject="demo-observer")
        items = observer.get("/v1/messages", meeting_id=self.meeting, limit=200)["items"]
        return sum(item["template"] == template and item["status"] in TOLD for item in items)

    def _lead(self, command: str, body: Any = None) -> None:
        self._organiser().post(self._path(command), body)

    def _organiser(self) -> Client:
        return self.client("registration", "organiser", subject="demo-organiser")

    def _path(self, of: str = "") -> str:
        return f"/v1/meetings/{self.meeting}/{of}".rstrip("/")


def _schedule(starts: datetime) -> dict[str, str]:
    return {"starts_at": starts.isoformat(), "ends_at": (starts + timedelta(hours=3)).isoformat()}


def _ways(*people: dict[str, Any]) -> int:
    """The number of channels (SMS, e-mail) of these people together."""
    return sum(("mobile" in person) + ("email" in person) for person in people)


def _reached(*audiences: str) -> int:
    return _ways(*(person for audience in audiences for person in AUDIENCES[audience]))
