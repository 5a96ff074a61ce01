"""Every route of registration with a request that it takes, on one open meeting with a seat and a link."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import httpx

from shared.contracts.ids import derived_id
from tests.registration.papers import TITLE, documented, pdf
from tests.registration.running_service import END, START, Caller, RegistrationService, answer, meeting, person

INVITATION = "/v1/meetings/{meeting_id}/invitations/{invitation_id}"
FILE_OF_ANSWER = "/v1/meetings/{meeting_id}/registrations/{registration_id}/answers/{field}/file"
FILE_METHODS = ("PUT", "DELETE", "GET")
PASSPORT = "passport"
Body = Callable[["PreparedMeeting"], dict[str, Any]]
_PAPER = pdf()
_FILE = {"sha256": sha256(_PAPER).hexdigest()}


@dataclass(frozen=True, slots=True)
class PreparedMeeting:
    """What the requests refer to."""

    path: str
    link: str
    seat: Mapping[str, Any]
    person_id: str
    invitation_id: str
    import_id: str
    own_token: str
    document: str

    def at(self, route: str) -> str:
        """The path of a route, filled in."""
        filled = route.replace("/v1/meetings/{meeting_id}", self.path)
        filled = filled.replace("{meeting_id}", self.path.rpartition("/")[2])
        seat = str(self.seat["registration_id"])
        filled = filled.replace("{registration_id}", seat).replace("{person_id}", self.person_id)
        filled = filled.replace("{invitation_id}", self.invitation_id).replace("{import_id}", self.import_id)
        filled = filled.replace("{kid}", "1")
        filled = filled.replace("{code}", "MTC" if filled.endswith("calendar.ics") else "TAX")
        filled = filled.replace("{field}", PASSPORT).replace("{kind}", "meetings")
        filled = filled.replace("{document_id}", self.document.rpartition("/")[2])
        item = str(derived_id("agenda item", self.path.rpartition("/")[2], "1"))
        return filled.replace("{meeting}", self.path.rpartition("/")[2]).replace("{item_id}", item)


async def prepared_meeting(service: RegistrationService) -> PreparedMeeting:
    """An open meeting, a body invited, a seat taken."""
    path = await service.opened(agenda=[{"number": "1", "title": {"lo": "ກ່າວເປີດກອງປະຊຸມ"}}])
    link = await service.invited(path)
    seat = await service.registered(path, 1, link=link)
    person_id = await service.value(
        "SELECT person_id::text FROM registration WHERE registration_id::text = $1", seat["registration_id"]
    )
    invitation_id = await service.value("SELECT max(invitation_id::text) FROM invitation")
    headers = {**service.organiser.headers, "content-type": "text/csv"}
    imported = await service.http.post(f"{path}/imports", content=b"name", headers=headers)
    document = await documented(service, path, _PAPER)
    own_token = (await service.own_tokens())[seat["registration_id"]]
    return PreparedMeeting(
        path, link, seat, person_id, invitation_id, imported.json()["import_id"], own_token, document
    )


def _invitation(_: PreparedMeeting) -> dict[str, Any]:
    return {"organisation": "MOH", "seats": 2, "contact": person(50), "expires_at": "2099-01-01T00:00:00Z"}


def _schedule(_: PreparedMeeting) -> dict[str, Any]:
    told = meeting()
    return {name: told[name] for name in ("starts_at", "ends_at", "venue")}


def _scans(prepared: PreparedMeeting) -> dict[str, Any]:
    return {
        "device": "d",
        "scans": [{"nonce": "1", "scanned_at": START.isoformat(), "code": prepared.seat["code"]}],
    }


BODIES: Mapping[str, Body] = {
    "POST /v1/meetings": lambda _: meeting(),
    "PATCH /v1/meetings/{meeting_id}": lambda _: {"capacity": 60},
    "PUT /v1/meetings/{meeting_id}": lambda _: meeting(),
    "PUT /v1/meetings/{meeting_id}/form": lambda _: {
        "fields": [{"name": "bus", "kind": "yes-no", "label": {"lo": "ໄປລົດເມ"}}]
    },
    "POST /v1/meetings/{meeting_id}/agenda": lambda _: {"title": {"lo": "ປຶກສາຫາລື"}},
    "PATCH /v1/meetings/{meeting_id}/agenda/{item_id}": lambda _: {"minutes": 30},
    "POST /v1/meetings/{meeting_id}/copies": lambda _: {"starts_at": START.isoformat(), "ends_at": END.isoformat()},
    "POST /v1/meetings/{meeting_id}/series": lambda _: {"rule": "FREQ=WEEKLY;COUNT=2"},
    "POST /v1/meetings/{meeting_id}/documents": lambda _: {**_FILE, "title": TITLE, "access": "public"},
    "PATCH /v1/meetings/{meeting_id}/documents/{document_id}": lambda _: {"access": "staff"},
    "PUT /v1/meetings/{meeting_id}/documents/{document_id}/file": lambda _: _FILE,
    "POST /v1/meetings/{meeting_id}/documents/{document_id}/withdraw": lambda _: {"reason": "ມີສະບັບໃໝ່"},
    "POST /v1/meetings/{meeting_id}/reschedule": _schedule,
    "POST /v1/meetings/{meeting_id}/cancel": lambda _: {"reason": "ມີເຫດຈຳເປັນ"},
    "POST /v1/meetings/{meeting_id}/start": lambda _: {"at": START.isoformat()},
    "POST /v1/meetings/{meeting_id}/end": lambda _: {"at": END.isoformat()},
    "POST /v1/meetings/{meeting_id}/invitations": _invitation,
    "POST /v1/meetings/{meeting_id}/invitations/bulk": lambda prepared: {"rows": [_invitation(prepared)]},
    "POST /v1/meetings/{meeting_id}/invitations/remind": lambda _: {},
    f"POST {INVITATION}/extend": lambda _: {"expires_at": "2098-01-01T00:00:00Z"},
    f"POST {INVITATION}/revoke": lambda _: {"reason": "ເຊີນຜິດ"},
    "POST /v1/meetings/{meeting_id}/registrations": lambda prepared: answer(2, link=prepared.link),
    "POST /v1/meetings/{meeting_id}/registrations/search": lambda _: {"q": "ນ້ຳງື່ມ"},
    "POST /v1/meetings/{meeting_id}/registrations/bulk": lambda _: {"rows": [answer(5)]},
    "POST /v1/meetings/{meeting_id}/groups": lambda prepared: {
        "organisation": "MOF",
        "people": [person(6), person(7)],
        "invitation": prepared.link,
    },
    "POST /v1/meetings/{meeting_id}/decisions": lambda prepared: {
        "decisions": [{"registration_id": prepared.seat["registration_id"], "decision": "approve"}]
    },
    "POST /v1/meetings/{meeting_id}/registrations/{registration_id}/reject": lambda _: {"reason": "ບ່ອນນັ່ງເຕັມ"},
    "POST /v1/meetings/{meeting_id}/registrations/{registration_id}/promote": lambda _: {"reason": "ຜູ້ນຳສະເໜີ"},
    "POST /v1/meetings/{meeting_id}/declines": lambda prepared: {
        **answer(3, link=prepared.link),
        "reason": "ລາພັກ",
    },
    "POST /v1/meetings/{meeting_id}/registrations/{registration_id}/representative": lambda prepared: {
        "code": prepared.seat["code"],
        "representative": person(4),
    },
    "PUT /v1/meetings/{meeting_id}/registrations/{registration_id}/answers": lambda prepared: {
        "code": prepared.seat["code"],
        "answers": {},
    },
    "PATCH /v1/meetings/{meeting_id}/registrations/{registration_id}/answers": lambda _: {"answers": {}},
    "POST /v1/meetings/{meeting_id}/registrations/{registration_id}/withdraw": lambda prepared: {
        "code": prepared.seat["code"]
    },
    "POST /v1/meetings/{meeting_id}/registrations/{registration_id}/decline": lambda prepared: {
        "code": prepared.seat["code"],
        "reason": "ຕິດວຽກ",
    },
    "POST /v1/meetings/{meeting_id}/registrations/{registration_id}/accept": lambda prepared: {
        "code": prepared.seat["code"]
    },
    "POST /v1/meetings/{meeting_id}/check-ins": _scans,
    "POST /v1/meetings/{meeting_id}/registrations/{registration_id}/block": lambda _: {"reason": "ຕາມຄຳສັ່ງ"},
    "POST /v1/meetings/{meeting_id}/registrations/{registration_id}/unblock": lambda _: {"reason": "ຍົກເລີກຄຳສັ່ງ"},
    "POST /v1/meetings/{meeting_id}/agenda/{item_id}/start": lambda _: {"at": START.isoformat()},
    "POST /v1/meetings/{meeting_id}/agenda/{item_id}/finish": lambda _: {"at": END.isoformat()},
    "POST /v1/meetings/{meeting_id}/agenda/{item_id}/undo": lambda _: {"step": "start", "reason": "ກົດຜິດວາລະ"},
    "POST /v1/meetings/{meeting_id}/attendance/corrections": lambda prepared: {
        "registration_id": prepared.seat["registration_id"],
        "presence": "excused",
        "reason": "ແຈ້ງທາງໂທລະສັບ",
    },
    "POST /v1/meetings/{meeting_id}/imports/{import_id}/application": lambda _: {"mode": "valid-rows"},
    "POST /v1/ticket-keys/{kid}/reissue": lambda _: {"why": "ກະແຈຮົ່ວໄຫຼ"},
    "PUT /v1/organisations/{code}": lambda _: {"name": {"lo": "ກົມສ່ວຍສາອາກອນ"}, "protocol_order": 420},
    "POST /v1/organisations/{code}/changes": lambda _: {
        "day": "2030-01-01",
        "abbreviation_lo": "ກສອ",
        "reason": "ດຳລັດ",
    },
    "POST /v1/organisations/{code}/end": lambda _: {"day": "2090-01-01", "reason": "ດຳລັດ"},
}


def headers_of(route: str, prepared: PreparedMeeting) -> dict[str, str]:
    """The headers without which the route does not know what it is asked."""
    own = {
        "GET /v1/meetings/{meeting_id}/registrations/{registration_id}": ("Registration-Code", prepared.seat["code"]),
        **{f"{method} {FILE_OF_ANSWER}": ("Registration-Token", prepared.own_token) for method in FILE_METHODS},
        "GET /v1/invitation": ("Invitation-Token", prepared.link),
        "GET /v1/registration": ("Registration-Token", prepared.own_token),
        "GET /v1/registration/history": ("Registration-Token", prepared.own_token),
    }
    return dict([own[route]]) if route in own else {}


async def call(caller: Caller, route: str, prepared: PreparedMeeting, **changes: Any) -> httpx.Response:
    """The request that the route takes, with other members where `changes` names them."""
    method, _, template = route.partition(" ")
    body = BODIES[route](prepared) | changes if route in BODIES else None
    headers = {**caller.headers, **headers_of(route, prepared)}
    return await caller.http.request(method, prepared.at(template), json=body, headers=headers)
