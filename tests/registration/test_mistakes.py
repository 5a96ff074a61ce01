"""Requests with one mistake: each is refused with the member that is wrong, and without its value."""

from typing import Any

import pytest

from tests.registration.routes import call, prepared_meeting
from tests.registration.running_service import NEVER, RegistrationService, code_of, meeting, person

ALL = ("organiser", "desk", "operator")
MISTAKES: list[tuple[str, str, Any, str]] = [  # route, member, value, offending member
    ("POST /v1/meetings", "title", {"lo": ""}, "/title/lo"),
    ("POST /v1/meetings", "title", {"lo": "\u200b \u200b"}, "/title/lo"),
    ("POST /v1/meetings", "title", {"lo": "ກ" * 301}, "/title/lo"),
    ("POST /v1/meetings", "title", {"lo": "ກ\nຂ"}, "/title/lo"),
    ("POST /v1/meetings", "title", {"lo": "ກ", "la": "ຂ"}, "/title/la"),
    ("POST /v1/meetings", "title", "ກ", "/title"),
    ("POST /v1/meetings", "starts_at", "2022-09-19T08:30:00", "/starts_at"),
    ("POST /v1/meetings", "starts_at", "0001-01-01T00:00:00+07:00", "/starts_at"),
    ("POST /v1/meetings", "ends_at", "9999-12-31T23:59:59-07:00", "/ends_at"),
    ("POST /v1/meetings", "starts_at", "2565-09-19T08:30:00+07:00", "/starts_at"),
    ("POST /v1/meetings", "starts_at", "tomorrow", "/starts_at"),
    ("POST /v1/meetings", "starts_at", 1_663_551_000, "/starts_at"),
    ("POST /v1/meetings", "starts_at", "1663551000", "/starts_at"),
    ("POST /v1/meetings", "capacity", 0, "/capacity"),
    ("POST /v1/meetings", "capacity", "55", "/capacity"),
    ("POST /v1/meetings", "capacity", 55.5, "/capacity"),
    ("POST /v1/meetings", "capacity", 10**30, "/capacity"),
    ("POST /v1/meetings", "capacity", True, "/capacity"),
    ("POST /v1/meetings", "tacit_consent", "yes", "/tacit_consent"),
    ("POST /v1/meetings", "organiser", "mtc", "/organiser"),
    ("POST /v1/meetings", "co_hosts", ["UNDP", 1], "/co_hosts/1"),
    ("POST /v1/meetings", "co_hosts", ["UNDP", "ZZZZ"], "/co_hosts/1"),
    ("POST /v1/meetings", "capacity", 1e300, "/capacity"),
    ("POST /v1/meetings", "policy", "closed", "/policy"),
    ("POST /v1/meetings", "chair", {**person(), "rank": 0}, "/chair/rank"),
    ("POST /v1/meetings", "chair", {**person(), "mobile": "021 212 345"}, "/chair/mobile"),
    ("POST /v1/meetings", "agenda", [{"number": "1", "title": {"lo": "ກ"}, "minute": 5}], "/agenda/0/minute"),
    ("POST /v1/meetings", "agenda", [{"number": "one", "title": {"lo": "ກ"}}], "/agenda/0/number"),
    ("POST /v1/meetings/{meeting_id}/cancel", "reason", "", "/reason"),
    ("POST /v1/meetings/{meeting_id}/start", "at", "2022-09-19", "/at"),
    ("POST /v1/meetings/{meeting_id}/invitations", "seats", 0, "/seats"),
    ("POST /v1/meetings/{meeting_id}/invitations", "organisation", "NONE", "/organisation"),
    ("POST /v1/meetings", "co_host_contacts", [{"organisation": "MOF", "person": person()}], "/co_host_contacts"),
    ("POST /v1/meetings/{meeting_id}/invitations", "contact", {"given_name": "ກ", "rank": 60}, "/contact/mobile"),
    ("POST /v1/meetings/{meeting_id}/registrations", "invitation", "short", "/invitation"),
    ("POST /v1/meetings/{meeting_id}/registrations", "person", {**person(), "email": "no address"}, "/person/email"),
    (
        "POST /v1/meetings/{meeting_id}/registrations",
        "person",
        {**person(), "email": "a@" + "b" * 300},
        "/person/email",
    ),
    ("POST /v1/meetings/{meeting_id}/registrations", "person", {**person(), "gender": "x"}, "/person/gender"),
    ("POST /v1/meetings/{meeting_id}/registrations", "person", person(mobile=None), "/person/mobile"),
    ("POST /v1/meetings/{meeting_id}/check-ins", "scans", [], "/scans"),
    ("POST /v1/meetings/{meeting_id}/check-ins", "device", "ໂຕະ", "/device"),
    ("PUT /v1/organisations/{code}", "valid_from", "2022-13-01", "/valid_from"),
    ("PUT /v1/organisations/{code}", "valid_from", 20_220_919, "/valid_from"),
    ("PUT /v1/organisations/{code}", "valid_from", "0", "/valid_from"),
    ("PUT /v1/organisations/{code}", "valid_from", "0001-01-01", "/valid_from"),
    ("PUT /v1/organisations/{code}", "valid_from", "9999-12-31", "/valid_from"),
    ("PUT /v1/organisations/{code}", "valid_until", "2565-09-19", "/valid_until"),
    ("POST /v1/meetings/{meeting_id}/start", "at", NEVER, "/at"),
]


@pytest.mark.parametrize(
    ("route", "member", "value", "at"), MISTAKES, ids=[f"{one[3]} {str(one[2])[:20]}" for one in MISTAKES]
)
async def test_a_mistake_is_named(
    route: str, member: str, value: Any, at: str, shared_service: RegistrationService
) -> None:
    told = await call(shared_service.as_(*ALL), route, await prepared_meeting(shared_service), **{member: value})
    assert (told.status_code, code_of(told)[2]) == (422, at)


async def test_an_integer_of_json_may_have_a_fraction_of_zero(shared_service: RegistrationService) -> None:
    path = await shared_service.drafted(capacity=55.0)
    assert (await shared_service.organiser.get(path)).json()["capacity"] == 55


@pytest.mark.parametrize(
    ("year", "code"), [(2565, "date_buddhist_year"), (2742, "date_buddhist_year"), (2743, "date_year")]
)
async def test_of_a_year_of_the_buddhist_era_is_asked(
    year: int, code: str, shared_service: RegistrationService
) -> None:
    day = {"name": {"lo": "ອົງການ"}, "protocol_order": 1, "valid_from": f"{year}-09-19"}
    answers = [
        await shared_service.as_("operator").put("/v1/organisations/XX", day),
        await shared_service.organiser.post("/v1/meetings", meeting(starts_at=f"{year}-09-19T08:30:00+07:00")),
    ]
    assert [told.json()["errors"][0]["code"] for told in answers] == [code, code]


async def test_mistakes_are_told_without_their_values(shared_service: RegistrationService) -> None:
    path = await shared_service.opened()
    body = {"organisation": "MOF", "person": {"given_name": 8562055551234, "rank": "ລັບ", "email": "keo.secret"}}
    told = await shared_service.anybody.post(f"{path}/registrations", body)
    assert [one["field"] for one in told.json()["errors"]] == ["/person/given_name", "/person/rank", "/person/email"]
    assert [word for word in ("8562055551234", "ລັບ", "keo.secret") if word in told.text] == []
