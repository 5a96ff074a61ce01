"""Every route of registration with a request that it takes, on one open meeting with a seat and a link."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from tests.registration.office import NEVER, START, Desk, Office, answer, meeting, person

Body = Callable[["Scene"], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Scene:
    """What the requests refer to."""

    path: str
    link: str
    seat: Mapping[str, Any]
    person_id: str

    def at(self, route: str) -> str:
        """The path of a route, filled in."""
        filled = route.replace("/v1/meetings/{meeting_id}", self.path)
        filled = filled.replace("{meeting_id}", self.path.rpartition("/")[2])
        seat = str(self.seat["registration_id"])
        filled = filled.replace("{registration_id}", seat).replace("{person_id}", self.person_id)
        return filled.replace("{code}", "XX")


async def scene(office: Office) -> Scene:
    """An open meeting, a body invited, a seat taken."""
    path = await office.opened()
    link = await office.invited(path)
    seat = await office.registered(path, 1, link=link)
    person_id = await office.value(
        "SELECT person_id::text FROM registration WHERE registration_id::text = $1", seat["registration_id"]
    )
    return Scene(path, link, seat, person_id)


def _invitation(_: Scene) -> dict[str, Any]:
    return {"organisation": "MOH", "seats": 2, "contact": person(50), "expires_at": NEVER}


def _schedule(_: Scene) -> dict[str, Any]:
    told = meeting()
    return {name: told[name] for name in ("starts_at", "ends_at", "venue")}


def _scans(scene: Scene) -> dict[str, Any]:
    return {"device": "d", "scans": [{"nonce": "1", "scanned_at": START.isoformat(), "code": scene.seat["code"]}]}


BODIES: Mapping[str, Body] = {
    "POST /v1/meetings": lambda _: meeting(),
    "POST /v1/meetings/{meeting_id}/reschedule": _schedule,
    "POST /v1/meetings/{meeting_id}/cancel": lambda _: {"reason": "ມີເຫດຈຳເປັນ"},
    "POST /v1/meetings/{meeting_id}/start": lambda _: {"at": START.isoformat()},
    "POST /v1/meetings/{meeting_id}/end": lambda _: {"at": NEVER},
    "POST /v1/meetings/{meeting_id}/invitations": _invitation,
    "POST /v1/meetings/{meeting_id}/registrations": lambda scene: answer(2, link=scene.link),
    "POST /v1/meetings/{meeting_id}/registrations/bulk": lambda _: {"rows": [answer(5)]},
    "POST /v1/meetings/{meeting_id}/declines": lambda scene: {**answer(3, link=scene.link), "reason": "ລາພັກ"},
    "POST /v1/meetings/{meeting_id}/registrations/{registration_id}/representative": lambda scene: {
        "code": scene.seat["code"],
        "representative": person(4),
    },
    "POST /v1/meetings/{meeting_id}/registrations/{registration_id}/withdraw": lambda scene: {
        "code": scene.seat["code"]
    },
    "POST /v1/meetings/{meeting_id}/check-ins": _scans,
    "PUT /v1/organisations/{code}": lambda _: {"name": {"lo": "ອົງການ"}, "protocol_order": 1},
}


async def call(desk: Desk, route: str, scene: Scene, **changes: Any) -> httpx.Response:
    """The request that the route takes, with other members where `changes` names them."""
    method, _, template = route.partition(" ")
    body = BODIES[route](scene) | changes if route in BODIES else None
    return await desk.http.request(method, scene.at(template), json=body, headers=desk.headers)
