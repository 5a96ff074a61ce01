"""Who may do what: every role at every route, of the organiser's body, of another one, of none."""

from typing import Any

import pytest
from prometheus_client import generate_latest

from tests.registration.routes import BODIES, headers_of, prepared_meeting
from tests.registration.running_service import RegistrationService, code_of
from tests.rights import HIDDEN, RIGHT, TOKEN, Ask, Asked, admitted, asking
from tests.rights.operations import operations_admit
from tests.rights.tables import OPERATIONS, REGISTRATION


def asking_of(shared_service: RegistrationService) -> Ask:
    def token(role: str, body: str | None) -> str:
        return shared_service.provider.token(role, **({"organisation": body} if body else {}))

    return asking(shared_service.http, token)


@pytest.mark.parametrize("route", REGISTRATION)
async def test_each_route_admits_whom_it_should(route: str, shared_service: RegistrationService) -> None:
    setting = await prepared_meeting(shared_service)
    body = BODIES[route](setting) if route in BODIES else None
    asked = Asked(route=route, path=setting.at(route.partition(" ")[2]), body=body, headers=headers_of(route, setting))
    hidden = {HIDDEN} - ({HIDDEN} if route.endswith("/erase") else set())  # whoever was erased is not there any more
    assert await admitted(asking_of(shared_service), asked, refusals={TOKEN, RIGHT, *hidden}) == REGISTRATION[route]


async def test_operations_are_for_operators(shared_service: RegistrationService) -> None:
    assert await operations_admit(asking_of(shared_service)) == OPERATIONS


@pytest.mark.parametrize(
    "claims",
    [{"issuer": "https://elsewhere.test"}, {"audience": "another"}, {"ttl": -3600.0}],
    ids=["of another issuer", "for another audience", "expired"],
)
async def test_a_foreign_token_opens_nothing(claims: dict[str, Any], shared_service: RegistrationService) -> None:
    path = await shared_service.drafted()
    stranger = shared_service.as_("organiser", **claims)
    assert code_of(await stranger.post(f"{path}/open")) == (401, "TokenInvalid", None)
    assert (await shared_service.organiser.get(path)).json()["phase"] == "draft"


async def test_a_focal_point_sees_the_people_of_his_own_body_only(shared_service: RegistrationService) -> None:
    path = await shared_service.opened()
    for number, body in enumerate(("MOF", "MOH", "MOF")):
        await shared_service.registered(path, number, body=body)
    for body, asked, seen in (("MOF", None, 2), ("MOH", "MOF", 1), ("MPI", None, 0)):
        query = {"organisation": asked} if asked else {}
        listed = await shared_service.as_("focal-point", body=body).get(f"{path}/registrations", **query)
        assert [one["organisation"] for one in listed.json()["items"]] == [body] * seen
    listed = await shared_service.organiser.get(f"{path}/registrations", organisation="MOH")
    assert [one["organisation"] for one in listed.json()["items"]] == ["MOH"]


async def test_a_refusal_says_which_role_is_missing(shared_service: RegistrationService) -> None:
    path = await shared_service.opened()
    for role, asked, needed in (
        ("desk", f"{path}/cancel", ["organiser"]),
        ("organiser", "/v1/persons/00000000-0000-7000-8000-000000000000/erase", ["operator"]),
        ("archivist", f"{path}/registrations", ["organiser", "secretary", "desk", "focal-point"]),
    ):
        caller = shared_service.as_(role)
        told = await (caller.get(asked) if "registrations" in asked else caller.post(asked, {"reason": "ມີເຫດ"}))
        assert (code_of(told), told.json()["details"]) == ((403, "NotPermitted", None), {"roles": needed})


async def test_a_seat_is_disposed_of_with_its_code_alone(shared_service: RegistrationService) -> None:
    path = await shared_service.opened()
    first, second = [await shared_service.registered(path, number) for number in range(2)]
    wrong = {"code": second["code"]}
    withdrawn = await shared_service.anybody.post(f"{path}/registrations/{first['registration_id']}/withdraw", wrong)
    assert code_of(withdrawn) == (403, "NotPermitted", "/code")
    assert (await shared_service.statistics(path))["confirmed"] == 2


async def test_refusals_of_rights_are_counted(shared_service: RegistrationService) -> None:
    def counted(text: str) -> float:
        (line,) = [
            one for one in text.splitlines() if one.startswith('pasum_rights_refused_total{code="NotPermitted"}')
        ]
        return float(line.rpartition(" ")[2])

    path = await shared_service.drafted()
    await shared_service.as_("desk").post(f"{path}/open")
    before = counted(generate_latest().decode())
    await shared_service.as_("desk").post(f"{path}/open")
    await shared_service.as_("desk").post("/v1/persons/00000000-0000-7000-8000-000000000000/erase")
    assert counted(generate_latest().decode()) == before + 2
