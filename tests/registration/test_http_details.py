"""Every route of registration as it answers on a real database: HEAD, 304, media types, versions, last pages."""

from collections.abc import Mapping
from fnmatch import fnmatch
from typing import Any, Final
from uuid import uuid4

import httpx
import pytest

from tests.api.documents import Operation, all_operations
from tests.registration.routes import BODIES, PreparedMeeting, headers_of, prepared_meeting
from tests.registration.running_service import Caller, RegistrationService, code_of
from tests.rights.tables import REGISTRATION

ROLES: Final = ("organiser", "secretary", "chair", "desk", "focal-point", "operator")
OPERATIONS: Final[Mapping[str, Operation]] = {
    f"{one.method} {one.path}": one
    for one in all_operations()
    if one.service == "registration" and f"{one.method} {one.path}" in REGISTRATION
}
OF_ONE_ANSWER: Final = frozenset({"date", "x-request-id"})
NOT_OF_304: Final = OF_ONE_ANSWER | {"content-type", "content-length", "content-disposition"}
READ: Final = [route for route in OPERATIONS if route.startswith("GET ")]
OF_OPARL: Final = "/v1/oparl/"
"""Its lists have the form that OParl gives them: tests/registration/test_oparl.py."""
PAGED: Final = [
    route
    for route in READ
    if any(one["name"] == "cursor" for one in OPERATIONS[route].parameters("query")) and OF_OPARL not in route
]
NUMBERED: Final = [
    (route, one["name"])
    for route, operation in OPERATIONS.items()
    for one in operation.parameters("query")
    if one["schema"].get("type") == "integer"
]
VERSIONED: Final = [
    route
    for route, operation in OPERATIONS.items()
    if any(one["name"] == "If-Match" for one in operation.parameters("header"))
]
CREATING: Final = [
    route
    for route, one in OPERATIONS.items()
    if one.method == "PUT" and "201" in one.told["responses"] and route in BODIES
]
"""Files apart, which are no JSON."""


async def asked(
    service: RegistrationService, method: str, route: str, prepared: PreparedMeeting, **request: Any
) -> httpx.Response:
    """The answer of a route of GET to somebody with every role of the organiser's body."""
    headers = {**everybody(service).headers, **headers_of(route, prepared), **request.pop("headers", {})}
    path = request.pop("path", prepared.at(route.partition(" ")[2]))
    return await service.http.request(method, path, headers=headers, **request)


def everybody(service: RegistrationService) -> Caller:
    return service.as_(*ROLES, subject="everybody")


def shown(answer: httpx.Response, *, without: frozenset[str] = OF_ONE_ANSWER) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name not in without}


@pytest.mark.parametrize("route", READ)
async def test_head_tells_what_get_would(route: str, shared_service: RegistrationService) -> None:
    prepared = await prepared_meeting(shared_service)
    got = await asked(shared_service, "GET", route, prepared)
    head = await asked(shared_service, "HEAD", route, prepared)
    assert (head.status_code, head.content, shown(head)) == (got.status_code, b"", shown(got))


@pytest.mark.parametrize("route", READ)
async def test_the_media_type_is_one_that_is_documented(route: str, shared_service: RegistrationService) -> None:
    got = await asked(shared_service, "GET", route, await prepared_meeting(shared_service))
    told = OPERATIONS[route].told["responses"][str(got.status_code)]["content"]
    kind = got.headers["content-type"].partition(";")[0]
    assert [one for one in told if fnmatch(kind, one.partition(";")[0])]


@pytest.mark.parametrize("route", READ)
async def test_whoever_knows_the_answer_is_told_that_it_is_the_same(
    route: str, shared_service: RegistrationService
) -> None:
    prepared = await prepared_meeting(shared_service)
    got = await asked(shared_service, "GET", route, prepared)
    tag = got.headers.get("etag")
    documented = "304" in OPERATIONS[route].told["responses"] or tag is not None
    assert documented == (tag is not None)
    for known in [tag, f'"other", W/{tag.removeprefix("W/")}', "*"] if tag else []:
        again = await asked(shared_service, "GET", route, prepared, headers={"if-none-match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert shown(again, without=NOT_OF_304) == shown(got, without=NOT_OF_304)
    other = await asked(shared_service, "GET", route, prepared, headers={"if-none-match": '"other"'})
    assert other.status_code == got.status_code


@pytest.mark.parametrize("route", PAGED)
async def test_the_last_page_says_that_there_is_no_other(route: str, shared_service: RegistrationService) -> None:
    prepared = await prepared_meeting(shared_service)
    page, seen = (await asked(shared_service, "GET", route, prepared, params={"limit": 1})).json(), 0
    while page["next"] is not None and seen < 3:
        seen += 1
        assert len(page["items"]) == 1
        page = (await asked(shared_service, "GET", route, prepared, params={"limit": 1, "cursor": page["next"]})).json()
    whole = (await asked(shared_service, "GET", route, prepared, params={"limit": 200})).json()
    assert page["next"] is None or len(whole["items"]) > seen
    wrong = await asked(shared_service, "GET", route, prepared, params={"cursor": "none of ours"})
    assert code_of(wrong)[:2] == (422, "InvalidCursor")


@pytest.mark.parametrize(("route", "name"), NUMBERED)
async def test_a_number_in_a_query_that_is_none_or_out_of_range_is_refused(
    route: str, name: str, shared_service: RegistrationService
) -> None:
    prepared = await prepared_meeting(shared_service)
    for value in ("0", "-1", "99999999999999999999", "1.5", "", "one", "1e2"):
        answer = await asked(shared_service, "GET", route, prepared, params={name: value})
        assert (value, code_of(answer)) == (value, (422, "InvalidRequest", f"/{name}"))


@pytest.mark.parametrize("route", VERSIONED)
async def test_one_of_the_versions_in_a_list_is_enough(route: str, shared_service: RegistrationService) -> None:
    prepared = await prepared_meeting(shared_service)
    method = route.partition(" ")[0]
    tag = await present_version(shared_service, route, prepared)
    body = BODIES[route](prepared) if route in BODIES else None
    for given, stale in ('"998", "999"', True), (f"W/{tag}", True), ('"none of ours"', True), (f'"999",{tag}', False):
        answer = await asked(shared_service, method, route, prepared, headers={"if-match": given}, json=body)
        assert (given, answer.status_code == 412) == (given, stale)


async def present_version(service: RegistrationService, route: str, prepared: PreparedMeeting) -> str:
    """The ETag of what a route changes."""
    path = "/v1/organisations/TAX" if "/organisations/" in route else prepared.path
    found = await everybody(service).get(path)
    return found.headers["etag"]


@pytest.mark.parametrize("route", CREATING)
async def test_a_put_says_whether_it_has_created(route: str, shared_service: RegistrationService) -> None:
    prepared = await prepared_meeting(shared_service)
    path = f"/v1/organisations/N{uuid4().hex[:8].upper()}" if "organisations" in route else f"/v1/meetings/{uuid4()}"
    answers = [
        await asked(shared_service, "PUT", route, prepared, path=path, json=BODIES[route](prepared)) for _ in range(2)
    ]
    assert [one.status_code for one in answers] == [201, 200]
    assert answers[0].headers["location"] == path
