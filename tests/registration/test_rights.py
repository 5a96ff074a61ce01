"""Who may do what: every role at every route, of the organiser's body, of another one, of none."""

from typing import Any

import pytest
from fastapi.routing import APIRoute

from services.registration.api import ROUTERS
from tests.registration.office import Desk, Office, code_of
from tests.registration.routes import call, scene

HOME, AWAY, NOWHERE = "MTC", "MOF", None
ROLES = (
    "organiser",
    "focal-point",
    "desk",
    "secretary",
    "chair",
    "archivist",
    "operator",
    "partner",
    "participant",
    "service",
)
SIGNED_IN = {(role, body) for role in ROLES for body in (HOME, AWAY, NOWHERE)}
ANYBODY = SIGNED_IN | {("nobody", NOWHERE)}
ORGANISER = {("organiser", HOME)}
DESK = {("desk", HOME)}
STAFF = ORGANISER | DESK | {("secretary", HOME)}
FOCAL_POINTS = {("focal-point", HOME), ("focal-point", AWAY)}
OPERATOR = {("operator", body) for body in (HOME, AWAY, NOWHERE)}

MEETING = "/v1/meetings/{meeting_id}"
ADMITTED = {
    "POST /v1/meetings": ORGANISER,
    "GET /v1/meetings": SIGNED_IN,
    f"GET {MEETING}": SIGNED_IN,
    f"POST {MEETING}/open": ORGANISER,
    f"POST {MEETING}/reschedule": ORGANISER,
    f"POST {MEETING}/cancel": ORGANISER,
    f"POST {MEETING}/start": ORGANISER,
    f"POST {MEETING}/end": ORGANISER,
    f"POST {MEETING}/close": ORGANISER,
    f"GET {MEETING}/statistics": SIGNED_IN,
    f"POST {MEETING}/invitations": ORGANISER,
    f"GET {MEETING}/invitations": STAFF,
    f"POST {MEETING}/registrations": ANYBODY,
    f"POST {MEETING}/registrations/bulk": STAFF | {("focal-point", AWAY)},
    f"GET {MEETING}/registrations": STAFF | FOCAL_POINTS,
    f"POST {MEETING}/declines": ANYBODY,
    f"POST {MEETING}/registrations/{{registration_id}}/representative": ANYBODY,
    f"POST {MEETING}/registrations/{{registration_id}}/withdraw": ANYBODY,
    f"POST {MEETING}/check-ins": DESK,
    "GET /v1/organisations": ANYBODY,
    "PUT /v1/organisations/{code}": OPERATOR,
    "POST /v1/persons/{person_id}/erase": OPERATOR,
}


def caller(lobby: Office, role: str, body: str | None) -> Desk:
    return lobby.anybody if role == "nobody" else lobby.as_(role, body=body)


def test_every_route_is_in_the_table() -> None:
    routes = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    assert {f"{method} {route.path}" for route in routes for method in route.methods or ()} == ADMITTED.keys()


@pytest.mark.parametrize("route", ADMITTED)
async def test_each_route_admits_whom_it_should(route: str, lobby: Office) -> None:
    setting = await scene(lobby)
    answers = {who: await call(caller(lobby, *who), route, setting) for who in sorted(ANYBODY, key=str)}
    refused = {who: answer for who, answer in answers.items() if answer.status_code in (401, 403)}
    assert ANYBODY - refused.keys() == ADMITTED[route]
    assert {who: code_of(answer)[1] for who, answer in refused.items()} == {
        who: "TokenMissing" if who[0] == "nobody" else "NotPermitted" for who in refused
    }


@pytest.mark.parametrize(
    "claims",
    [{"issuer": "https://elsewhere.test"}, {"audience": "another"}, {"ttl": -3600.0}],
    ids=["of another issuer", "for another audience", "expired"],
)
async def test_a_foreign_token_opens_nothing(claims: dict[str, Any], lobby: Office) -> None:
    path = await lobby.drafted()
    stranger = lobby.as_("organiser", **claims)
    assert code_of(await stranger.post(f"{path}/open")) == (401, "TokenInvalid", None)
    assert (await lobby.organiser.get(path)).json()["phase"] == "draft"


async def test_a_focal_point_sees_the_people_of_his_own_body_only(lobby: Office) -> None:
    path = await lobby.opened()
    for number, body in enumerate(("MOF", "MOH", "MOF")):
        await lobby.registered(path, number, body=body)
    for body, asked, seen in (("MOF", None, 2), ("MOH", "MOF", 1), ("MPI", None, 0)):
        query = {"organisation": asked} if asked else {}
        listed = await lobby.as_("focal-point", body=body).get(f"{path}/registrations", **query)
        assert [one["organisation"] for one in listed.json()["items"]] == [body] * seen
    listed = await lobby.organiser.get(f"{path}/registrations", organisation="MOH")
    assert [one["organisation"] for one in listed.json()["items"]] == ["MOH"]


async def test_a_seat_is_disposed_of_with_its_code_alone(lobby: Office) -> None:
    path = await lobby.opened()
    first, second = [await lobby.registered(path, number) for number in range(2)]
    wrong = {"code": second["code"]}
    withdrawn = await lobby.anybody.post(f"{path}/registrations/{first['registration_id']}/withdraw", wrong)
    assert code_of(withdrawn) == (403, "NotPermitted", "/code")
    assert (await lobby.statistics(path))["confirmed"] == 2


async def test_refusals_of_rights_are_counted(lobby: Office) -> None:
    def counted(text: str) -> float:
        (line,) = [
            one for one in text.splitlines() if one.startswith('pasum_rights_refused_total{code="NotPermitted"}')
        ]
        return float(line.rpartition(" ")[2])

    path = await lobby.drafted()
    await lobby.as_("desk").post(f"{path}/open")
    before = counted((await lobby.anybody.get("/metrics")).text)
    await lobby.as_("desk").post(f"{path}/open")
    await lobby.as_("desk").post("/v1/persons/00000000-0000-7000-8000-000000000000/erase")
    assert counted((await lobby.anybody.get("/metrics")).text) == before + 2
