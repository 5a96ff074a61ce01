"""Runs the meeting through the public HTTP interfaces; each person has only the rights of his role."""

import email
import email.policy
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Self
from uuid import UUID

from pasum.api import Client, Refused, bearer
from pasum.demo import data
from pasum.demo.second_meeting import SecondMeeting
from pasum.demo.training import Training

WAIT_SECONDS = 90.0
CHECK_IN_BEGINS = datetime.fromisoformat("2022-09-19T08:00:00+07:00")
_TICKET = re.compile(r"/tickets/[0-9a-f-]+#([A-Za-z0-9_.-]+)")

ReportStep = Callable[[str, str], None]


class DemonstrationFailed(RuntimeError):
    """The system did not do in time what the demonstration waits for."""


@dataclass(slots=True)
class Seat:
    """What a person receives when he registers."""

    participant: data.Participant
    registration_id: str
    code: str
    email: str


@dataclass(slots=True)
class Demonstration:
    """Acts as the organiser, the participants, the check-in desks, the secretary and the chair."""

    found: Mapping[str, Any]
    report_step: ReportStep
    meeting: str = ""
    minutes: str = ""
    links: dict[str, str] = field(default_factory=dict)
    seats: list[Seat] = field(default_factory=list)
    mails: dict[str, tuple[str, str]] = field(default_factory=dict)
    clients: dict[tuple[str, ...], Client] = field(default_factory=dict)
    open: ExitStack = field(default_factory=ExitStack)
    second: SecondMeeting = field(init=False)
    training: Training = field(init=False)

    def __post_init__(self) -> None:
        self.second = SecondMeeting(self.client, self._wait)
        self.training = Training(self.client, self._wait)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.open.close()

    def run(self) -> None:
        """Run the meeting from announcement to archive record; raises `DemonstrationFailed` or `Refused`."""
        self._announce()
        self._answer()
        self._change()
        self._begin_second()
        self._check_in()
        self._session()
        self._minutes()
        self._archive()
        self.report_step(
            "ຝຶກອົບຮົມ: ຮັບຮອງຄຳຂໍ, ນຳເຂົ້າລາຍຊື່, ບັນຊີລໍຖ້າ, ໂຕະກວດບັດບໍ່ມີເຄືອຂ່າຍ",
            "A training: approval, a list, a group, the queue, a desk without a network",
        )
        self.training.run()
        self.report_step("ຍົກເລີກກອງປະຊຸມທີສອງ", "The second meeting is called off")
        self.second.cancel()

    def client(
        self, service: str, *roles: str, organisation: str = data.ORGANISER, subject: str | None = None
    ) -> Client:
        """A client with these roles; without roles an anonymous one."""
        who = (service, *roles, organisation, subject or "")
        if who not in self.clients:
            token = bearer(self.found, *roles, organisation=organisation, subject=subject) if roles else None
            self.clients[who] = self.open.enter_context(Client(self.found["services"][service], token))
        return self.clients[who]

    def _announce(self) -> None:
        self.report_step("ປະກາດກອງປະຊຸມ ແລະ ສົ່ງໜັງສືເຊີນ", "The meeting is announced, ministries are invited")
        organiser = self.client("registration", "organiser", subject="demo-organiser")
        self.meeting = organiser.post("/v1/meetings", data.MEETING)["meeting_id"]
        organiser.post(f"/v1/meetings/{self.meeting}/open")
        for body in data.BODIES:
            invitation = {
                "organisation": body,
                "seats": data.SEATS,
                "contact": data.contact(body),
                "expires_at": (datetime.now(UTC) + data.TIME_TO_ANSWER).isoformat(),
            }
            self.links[body] = organiser.post(f"/v1/meetings/{self.meeting}/invitations", invitation)["token"]

    def _answer(self) -> None:
        self.report_step("60 ທ່ານ ຕອບຜ່ານລິ້ງ ໂດຍບໍ່ຕ້ອງມີບັນຊີ", "60 people answer by link, without an account")
        anonymous = self.client("registration")
        for participant in data.participants():
            answer = {
                "organisation": participant.organisation,
                "person": participant.person,
                "invitation": self.links[participant.organisation],
            }
            if participant.index < data.DECLINING:
                reason = data.REASONS[participant.index % len(data.REASONS)]
                anonymous.post(f"/v1/meetings/{self.meeting}/declines", {**answer, "reason": reason})
                continue
            created = anonymous.post(f"/v1/meetings/{self.meeting}/registrations", answer)
            self.seats.append(Seat(participant, created["registration_id"], created["code"], participant.email))

    def _change(self) -> None:
        self.report_step(
            "ມອບໝາຍຜູ້ແທນ, ຖອນຊື່ ແລະ ເລື່ອນຈາກບັນຊີລໍຖ້າ", "One sends a representative, one withdraws, the queue moves up"
        )
        anonymous = self.client("registration")
        first, second = self.seats[0], self.seats[1]
        path = f"/v1/meetings/{self.meeting}/registrations"
        somebody = data.representative()
        body = {"representative": somebody, "code": first.code, "reason": "ຕິດວຽກດ່ວນ"}
        created = anonymous.post(f"{path}/{first.registration_id}/representative", body)
        self.seats[0] = Seat(first.participant, created["registration_id"], created["code"], str(somebody["email"]))
        anonymous.post(f"{path}/{second.registration_id}/withdraw", {"code": second.code, "reason": "ປ່ຽນແຜນວຽກ"})
        del self.seats[1]
        self._twice()

    def _twice(self) -> None:
        """A person registers again, with the same number written differently, and is refused."""
        again = self.seats[-3].participant
        person = {**again.person, "mobile": str(again.person["mobile"]).replace("020", "+856 20"), "email": None}
        answer = {"organisation": again.organisation, "person": person, "invitation": self.links[again.organisation]}
        try:
            self.client("registration").post(f"/v1/meetings/{self.meeting}/registrations", answer)
        except Refused as refused:
            if refused.code in ("AlreadyRegistered", "InvitationExhausted"):
                return
            raise
        raise DemonstrationFailed("the same person was registered twice")

    def _begin_second(self) -> None:
        self.report_step(
            "ກອງປະຊຸມທີສອງ: ເຊີນ, ຕອບ, ຖອນຊື່, ມອບໝາຍຜູ້ແທນ, ເລື່ອນ", "A second meeting: announced, answered, moved"
        )
        self.second.run()

    def _check_in(self) -> None:
        self.report_step(
            "ກວດບັດເຂົ້າປະຊຸມດ້ວຍ QR", "At the door: signed QR codes, one twice, one forged, two from an offline desk"
        )
        tickets = self._tickets()
        coming = [seat for seat in self.seats if seat.email in tickets][: -data.STAYING_AWAY]
        desk = self.client("registration", "desk", subject="demo-desk-1")
        offline, online = coming[: data.OFFLINE], coming[data.OFFLINE :]
        for number, seat in enumerate(online):
            self._scan(desk, "desk-1", [(f"scan-{number}", tickets[seat.email], number)])
        self._scan(desk, "desk-1", [("twice", tickets[online[0].email], len(online))])
        self._scan(desk, "desk-1", [("forged", _forge(tickets[online[1].email]), len(online) + 1)])
        late = [(f"late-{number}", tickets[seat.email], number) for number, seat in enumerate(offline)]
        self._scan(desk, "desk-2", late, offline=True)
        self._scan(desk, "desk-2", late[::-1], offline=True)  # uploaded twice, in another order: harmless

    def _tickets(self) -> dict[str, str]:
        """The ticket of each person, from his e-mail; waits until everybody with a seat has one."""
        confirmed = self._statistics()["confirmed"]

        def all_there() -> dict[str, str] | None:
            tickets = self._mailed_tickets()
            return tickets if sum(seat.email in tickets for seat in self.seats) >= confirmed else None

        found: dict[str, str] = self._wait("tickets", all_there)
        return found

    def _mailed_tickets(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for sender, text in self._mails():
            match = _TICKET.search(text)
            if match:
                found[sender] = match[1]
        return found

    def _mails(self) -> Iterator[tuple[str, str]]:
        """Recipient and text of each e-mail; each is fetched only once."""
        mailbox = self.client("mailbox")
        for summary in mailbox.get("/messages"):
            name = summary["name"]
            if name not in self.mails:
                mail = email.message_from_bytes(mailbox.read(f"/messages/{name}"), policy=email.policy.default)
                part = mail.get_body(("plain",))
                self.mails[name] = summary["to"][0], part.get_content() if part else ""
            yield self.mails[name]

    def _scan(self, desk: Client, device: str, scans: list[tuple[str, str, int]], *, offline: bool = False) -> None:
        body = {
            "device": device,
            "offline": offline,
            "scans": [
                {
                    "nonce": nonce,
                    "ticket": ticket,
                    "scanned_at": (CHECK_IN_BEGINS + timedelta(seconds=20 * number)).isoformat(),
                }
                for nonce, ticket, number in scans
            ],
        }
        desk.post(f"/v1/meetings/{self.meeting}/check-ins", body)

    def _session(self) -> None:
        self.report_step("ໄຂກອງປະຊຸມ, ປະກອບຄຳຄິດເຫັນ, ປິດກອງປະຊຸມ", "The session: opinions, decisions, actions")
        organiser = self.client("registration", "organiser", subject="demo-organiser")
        organiser.post(f"/v1/meetings/{self.meeting}/start", {"at": "2022-09-19T08:30:00+07:00"})
        secretary = self.client("minutes", "secretary", subject="demo-secretary")
        self.minutes = self._wait("minutes", lambda: self._minutes_of(secretary))["minutes_id"]
        path = f"/v1/minutes/{self.minutes}"
        for body, item, position, text in data.OPINIONS:
            secretary.post(
                f"{path}/opinions", {"organisation": body, "agenda_item": item, "position": position, "text": text}
            )
        for text in data.DECISIONS:
            secretary.post(f"{path}/decisions", {"text": text})
        for body, text, due in data.ACTIONS:
            secretary.post(f"{path}/actions", {"organisation": body, "text": text, "due": due})
        organiser.post(f"/v1/meetings/{self.meeting}/end", {"at": "2022-09-19T12:00:00+07:00"})

    def _minutes(self) -> None:
        self.report_step(
            "ຮ່າງ, ຮັບຮອງ, ລົງລາຍເຊັນ ແລະ ເຜີຍແຜ່ບົດບັນທຶກ", "Minutes: drafted, reviewed, approved, numbered, signed, published"
        )
        secretary = self.client("minutes", "secretary", subject="demo-secretary")
        chair = self.client("minutes", "chair", subject="demo-chair")
        path = f"/v1/minutes/{self.minutes}"
        draft = self._reach(secretary, "draft")
        secretary.put(f"{path}/text", {"quote": data.QUOTE, "outcome": data.OUTCOME}, match=f'"{draft["revision"]}"')
        secretary.post(f"{path}/submit")
        chair.post(f"{path}/return", {"reason": "ກະລຸນາກວດຄືນ ຄຳເຫັນຂອງກະຊວງ"})
        secretary.post(f"{path}/submit")
        chair.post(f"{path}/approve")
        self._reach(secretary, "signed")
        secretary.post(f"{path}/publish")

    def _archive(self) -> None:
        self.report_step("ເກັບມ້ຽນເຂົ້າຄັງເອກະສານ", "The archive seals the record")
        archivist = self.client("archive", "archivist", subject="demo-archivist")
        self._wait("the record", lambda: self._sealed(archivist))
        secretary = self.client("minutes", "secretary", subject="demo-secretary")
        self._reach(secretary, "filed")

    def _reach(self, secretary: Client, state: str) -> Any:
        def reached() -> Any:
            view = secretary.get(f"/v1/minutes/{self.minutes}")
            return view if view["state"] == state else None

        return self._wait(f"minutes {state}", reached)

    def _minutes_of(self, secretary: Client) -> Any:
        items = secretary.get("/v1/minutes", meeting_id=self.meeting)["items"]
        return items[0] if items else None

    def _sealed(self, archivist: Client) -> Any:
        items = archivist.get("/v1/records", meeting_id=self.meeting)["items"]
        return next((item for item in items if item["phase"] == "sealed"), None)

    def _statistics(self) -> Any:
        organiser = self.client("registration", "organiser", subject="demo-organiser")
        return organiser.get(f"/v1/meetings/{UUID(self.meeting)}/statistics")

    def _wait(self, what: str, ready: Callable[[], Any]) -> Any:
        """Call `ready` until it returns something, and return that; raises `DemonstrationFailed` if it never does."""
        until = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < until:
            found = ready()
            if found:
                return found
            time.sleep(0.3)
        message = f"{what}: not within {WAIT_SECONDS:.0f} s"
        raise DemonstrationFailed(message)


def _forge(ticket: str) -> str:
    """The ticket with a wrong signature."""
    head, _, signature = ticket.rpartition(".")
    return f"{head}.{'A' * len(signature)}"
