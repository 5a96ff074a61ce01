"""A small scenario whose every command is recorded: one meeting with a queue, from its draft to its sealed record."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final, Self
from uuid import uuid4

import httpx

from pasum.api import bearer
from tests.chaos.history import Answered, Invoked, Journal, traceparent

BODY: Final = "MTC"
CAPACITY: Final = 3
EXPIRES_AT: Final = "2099-12-31T17:00:00+07:00"
PATIENCE_SECONDS: Final = 90.0
STAFF: Final[tuple[str, ...]] = ("organiser", "desk", "secretary", "chair")
RESULT: Final[tuple[str, ...]] = (
    *("meeting_id", "invitation_id", "registration_id", "opinion_id", "decision_id", "action_id", "minutes_id"),
    *("state", "position", "version", "revision", "number"),
)


class ScenarioStalled(RuntimeError):
    """What the scenario waits for does not come in time."""


@dataclass(slots=True)
class ScenarioClient:
    """Sends commands one after the other, each recorded before and after."""

    found: Mapping[str, Any]
    journal: Journal
    clients: dict[str, httpx.Client] = field(default_factory=dict)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for each in self.clients.values():
            each.close()

    def command(
        self, service: str, command: str, path: str, body: Any = None, *, target: str = "", **more: Any
    ) -> dict[str, Any]:
        """Carry out one command; `more`: `method`, `refs`, `match` (an ETag)."""
        identifier = str(uuid4())
        refs = more.get("refs", {})
        self.journal.write(
            Invoked(at=time.time(), id=identifier, service=service, command=command, target=target, refs=refs)
        )
        headers = {"Idempotency-Key": identifier, "traceparent": traceparent(identifier)}
        headers |= {"If-Match": more["match"]} if "match" in more else {}
        response = self._client(service).request(more.get("method", "POST"), path, json=body, headers=headers)
        answer: dict[str, Any] = response.json()
        result: dict[str, Any] = {name: answer[name] for name in RESULT if name in answer}
        if response.is_error:
            result = {"code": answer["code"]}
        if command == "check-in" and response.is_success:
            result = {name: answer["results"][0][name] for name in ("outcome", "registration_id")}
        self.journal.write(Answered(at=time.time(), id=identifier, status=response.status_code, result=result))
        return answer

    def get(self, service: str, path: str, **parameters: str) -> Any:
        """Ask, unrecorded."""
        return self._client(service).get(path, params=parameters).raise_for_status().json()

    def wait(self, what: str, ready: Callable[[], Any]) -> Any:
        """What `ready` gives once it gives something. Raises `ScenarioStalled`."""
        until = time.monotonic() + PATIENCE_SECONDS
        while not (given := ready()):
            if time.monotonic() > until:
                raise ScenarioStalled(what)
            time.sleep(0.2)
        return given

    def _client(self, service: str) -> httpx.Client:
        if service not in self.clients:
            token = bearer(self.found, *STAFF, "archivist", organisation=BODY, subject="chaos-scenario")
            self.clients[service] = httpx.Client(
                base_url=self.found["services"][service],
                headers={"Authorization": f"Bearer {token}"},
                timeout=30.0,
                trust_env=False,
            )
        return self.clients[service]


def run_scenario(found: Mapping[str, Any], journal: Journal) -> None:
    """The whole scenario; the system is at rest some seconds afterwards."""
    with ScenarioClient(found=found, journal=journal) as client:
        _run(client)


def _run(client: ScenarioClient) -> None:
    meeting = client.command("registration", "draft", "/v1/meetings", _meeting())["meeting_id"]
    client.command("registration", "open", f"/v1/meetings/{meeting}/open", target=meeting)
    _answers(client, meeting)
    client.command(
        "registration", "start", f"/v1/meetings/{meeting}/start", {"at": "2022-09-19T08:30:00+07:00"}, target=meeting
    )
    minutes = client.wait("minutes", lambda: client.get("minutes", "/v1/minutes", meeting_id=meeting)["items"])
    _write(client, minutes[0]["minutes_id"], meeting)
    client.wait("record", lambda: _filed(client, minutes[0]["minutes_id"]))


def _answers(client: ScenarioClient, meeting: str) -> None:
    path = f"/v1/meetings/{meeting}/registrations"
    link = _invited(client, meeting)
    seats = []
    for number in range(CAPACITY + 2):
        body = {"organisation": BODY, "person": _person(number), "invitation": link}
        seats.append(client.command("registration", "register", path, body, target=meeting))
    _strangers(client, meeting)
    first, second, *_ = seats
    own = f"{path}/{first['registration_id']}/withdraw"
    refused = client.command("registration", "withdraw", own, {"code": second["code"]}, target=first["registration_id"])
    if refused.get("status") != HTTPStatus.FORBIDDEN:
        raise ScenarioStalled("a refusal")
    body = {"representative": _person(90), "code": first["code"]}
    own = f"{path}/{first['registration_id']}/representative"
    came = client.command("registration", "represent", own, body, target=first["registration_id"])
    own = f"{path}/{second['registration_id']}/withdraw"
    client.command("registration", "withdraw", own, {"code": second["code"]}, target=second["registration_id"])
    for nonce, code in (("1", came["code"]), ("2", first["code"])):
        scan = {"nonce": nonce, "code": code, "scanned_at": "2022-09-19T08:00:00+07:00"}
        scans = {"device": "desk", "scans": [scan]}
        refs = {"device": "desk", "nonce": nonce}
        client.command(
            "registration", "check-in", f"/v1/meetings/{meeting}/check-ins", scans, target=meeting, refs=refs
        )


def _invited(client: ScenarioClient, meeting: str) -> str:
    """The link by which people of the body register."""
    body = {"organisation": BODY, "seats": CAPACITY + 2, "expires_at": EXPIRES_AT, "contact": _person(98)}
    answer = client.command("registration", "invite", f"/v1/meetings/{meeting}/invitations", body, target=meeting)
    return str(answer["token"])


def _strangers(client: ScenarioClient, meeting: str) -> None:
    """People without a link: a new one, another for whom the organiser answers, and one with the number of a guest."""
    path = f"/v1/meetings/{meeting}/registrations"
    for number in (20, 21, 0):
        body = {"organisation": BODY, "person": _person(number)}
        came = client.command("registration", "register", path, body, target=meeting)
        if number == 21:
            own = f"{path}/{came['registration_id']}/vouch"
            client.command("registration", "vouch", own, target=came["registration_id"])


def _write(client: ScenarioClient, minutes: str, meeting: str) -> None:
    path = f"/v1/minutes/{minutes}"
    for number in range(3):
        opinion = {"organisation": BODY, "position": "support", "text": f"ເຫັນດີ {number}"}
        client.command("minutes", "opinion", f"{path}/opinions", opinion, target=minutes)
    client.command("minutes", "decision", f"{path}/decisions", {"text": "ຮັບຮອງ"}, target=minutes)
    action = {"organisation": BODY, "text": "ປັບປຸງ"}
    client.command("minutes", "action", f"{path}/actions", action, target=minutes)
    client.command(
        "registration", "end", f"/v1/meetings/{meeting}/end", {"at": "2022-09-19T12:00:00+07:00"}, target=meeting
    )
    draft = client.wait("draft", lambda: _reached(client, minutes, "draft"))
    edit = {"closing": "ປິດກອງປະຊຸມ"}
    match = f'"{draft["revision"]}"'
    client.command("minutes", "edit", f"{path}/text", edit, target=minutes, method="PUT", match=match)
    for step in ("submit", "approve"):
        client.command("minutes", step, f"{path}/{step}", target=minutes)
    client.wait("signed", lambda: _reached(client, minutes, "signed"))
    client.command("minutes", "publish", f"{path}/publish", target=minutes)


def _reached(client: ScenarioClient, minutes: str, state: str) -> Any:
    view = client.get("minutes", f"/v1/minutes/{minutes}")
    return view if view["state"] == state else None


def _filed(client: ScenarioClient, minutes: str) -> Any:
    return _reached(client, minutes, "filed")


def _meeting() -> dict[str, Any]:
    return {
        "title": {"lo": "ກອງປະຊຸມທົດລອງ"},
        "venue": {"lo": "ຫ້ອງປະຊຸມ 1"},
        "starts_at": "2022-09-19T08:30:00+07:00",
        "ends_at": "2022-09-19T12:00:00+07:00",
        "organiser": BODY,
        "chair": _person(99),
        "capacity": CAPACITY,
    }


def _person(number: int) -> dict[str, Any]:
    """Somebody who does not exist, with a telephone and an address of his own."""
    return {
        "given_name": f"ທົດລອງ{number}",
        "rank": 60,
        "mobile": f"020 5555 {7000 + number}",
        "email": f"chaos{number}@example.la",
        "fictitious": True,
    }
