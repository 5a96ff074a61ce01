"""What comes in: malformed, unknown, of the wrong type, too large, spelled in many ways; never a defect."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.registration.routes import BODIES, PreparedMeeting, call, prepared_meeting
from tests.registration.running_service import RegistrationService, answer, code_of, meeting, person

ALL = ("organiser", "desk", "operator")
UNREADABLE = {
    "no JSON": (b'{"title":', 400, "MalformedJson"),
    "nothing": (b"", 422, "InvalidRequest"),
    "a list": (b"[]", 422, "InvalidRequest"),
    "a number": (b"7", 422, "InvalidRequest"),
    "null": (b"null", 422, "InvalidRequest"),
    "an empty object": (b"{}", 422, "InvalidRequest"),
    "no UTF-8": (b'{"title": "\xff"}', 400, "InvalidCharacters"),
    "half a surrogate pair": (b'{"title": "\\ud800"}', 400, "InvalidCharacters"),
    "NUL": (b'{"title": "\\u0000"}', 400, "InvalidCharacters"),
    "not a number": (b'{"capacity": NaN}', 422, "InvalidRequest"),
    "a megabyte and more": (b'{"title": "' + b"x" * 1024 * 1024 + b'"}', 413, "BodyTooLarge"),
    "a deep nest": (b"[" * 100_000, 400, "MalformedJson"),
}
OPTIONAL = (
    "/start",
    "/finish",
    "/end",
    "PATCH /v1/meetings/{meeting_id}",
    "/agenda/{item_id}",
    "/application",
    "/search",
    "/remind",
    "/documents/{document_id}",
    "/documents/{document_id}/withdraw",
)  # every member may be left out
NO_BODY = ("/remind",)  # the whole body may be left out


async def pasted(service: RegistrationService, route: str, setting: PreparedMeeting, content: bytes) -> tuple[int, str]:
    method, _, template = route.partition(" ")
    headers = {**service.as_(*ALL).headers, "content-type": "application/json"}
    told = await service.http.request(method, setting.at(template), content=content, headers=headers)
    return code_of(told)[:2] if told.is_error else (told.status_code, "")


@pytest.mark.parametrize(("content", "status", "code"), UNREADABLE.values(), ids=UNREADABLE.keys())
async def test_what_cannot_be_read_is_refused_everywhere(
    content: bytes, status: int, code: str, shared_service: RegistrationService
) -> None:
    setting = await prepared_meeting(shared_service)
    left_out = OPTIONAL if content == b"{}" else NO_BODY if content in (b"", b"null") else ()
    routes = [route for route in BODIES if not route.endswith(left_out)]
    if code == "InvalidCharacters":
        routes = [route for route in routes if not route.endswith("/check-ins")]  # each scan is judged alone
    answers = {route: await pasted(shared_service, route, setting, content) for route in routes}
    assert answers == dict.fromkeys(routes, (status, code))


@pytest.mark.parametrize("route", BODIES)
async def test_an_unknown_member_is_a_mistake(route: str, shared_service: RegistrationService) -> None:
    told = await call(shared_service.as_(*ALL), route, await prepared_meeting(shared_service), unexpected=1)
    assert code_of(told) == (422, "InvalidRequest", "/unexpected")


async def test_an_address_is_the_same_in_either_case(shared_service: RegistrationService) -> None:
    path = await shared_service.opened()
    link = await shared_service.invited(path)
    await shared_service.registered(path, mobile=None, email="Keo@Example.la", link=link)
    body = answer(mobile=None, email="keo@example.LA", link=link)
    again = await shared_service.anybody.post(f"{path}/registrations", body)
    assert code_of(again) == (409, "AlreadyRegistered", None)


WATER = ("ນ້ຳ", "ນໍ້າ", "ນ້ໍາ", "ນຳ້")


@pytest.mark.parametrize("typed", WATER)
async def test_a_meeting_is_kept_in_one_spelling_and_found_in_any(typed: str, service: RegistrationService) -> None:
    path = await service.drafted(title={"lo": f"ກອງປະຊຸມ\u200b{typed}ປະປາ"})
    await service.drafted()
    assert (await service.organiser.get(path)).json()["title"]["lo"] == "ກອງປະຊຸມນ້ຳປະປາ"
    for asked in WATER:
        listed = await service.organiser.get("/v1/meetings", q=asked)
        assert [f"/v1/meetings/{one['meeting_id']}" for one in listed.json()["items"]] == [path]


@pytest.mark.parametrize("on", ["0", "0.0", "20220919", "2022-09-31", "today", "2022-09-19T00:00:00Z"])
async def test_a_day_is_written_as_a_day(on: str, shared_service: RegistrationService) -> None:
    assert code_of(await shared_service.anybody.get("/v1/organisations", on=on)) == (422, "InvalidRequest", "/on")


@pytest.mark.parametrize("asked", ["%", "_", "-", "%%_", "\u0ec8", "\\", "' \"", "\u200b%"], ids=ascii)
async def test_signs_and_tones_alone_find_nothing(asked: str, shared_service: RegistrationService) -> None:
    await shared_service.drafted()
    for path in ("/v1/meetings", "/v1/organisations"):
        assert (await shared_service.organiser.get(path, q=asked)).json()["items"] == []


@pytest.mark.parametrize("asked", ["%", "_", "\\", "'", '"; DROP TABLE meeting', "ກ" * 200, " "])
async def test_a_search_takes_any_text(asked: str, shared_service: RegistrationService) -> None:
    await shared_service.drafted()
    assert (await shared_service.organiser.get("/v1/meetings", q=asked)).status_code == 200
    assert (await shared_service.anybody.get("/v1/organisations", q=asked)).status_code == 200


async def test_names_are_kept_in_one_spelling(shared_service: RegistrationService) -> None:
    path = await shared_service.opened()
    await shared_service.registered(path, given_name="  ສໍາເນົາ\u200b ", family_name="ບ່ໍແກ້ວ")
    (seen,) = (await shared_service.organiser.get(f"{path}/registrations")).json()["items"]
    assert (seen["given_name"], seen["family_name"]) == ("ສຳເນົາ", "ບໍ່ແກ້ວ")


@pytest.mark.parametrize(("days_ahead", "before"), [(9, timedelta(days=2)), (1, timedelta())])
async def test_a_link_expires_two_days_before_the_meeting_or_when_it_begins(
    shared_service: RegistrationService, days_ahead: int, before: timedelta
) -> None:
    starts_at = (datetime.now(UTC) + timedelta(days=days_ahead)).replace(microsecond=0)
    path = await shared_service.opened(
        starts_at=starts_at.isoformat(), ends_at=(starts_at + timedelta(hours=2)).isoformat()
    )
    made = await shared_service.organiser.post(f"{path}/invitations", invitation())
    assert datetime.fromisoformat(made.json()["expires_at"]) == starts_at - before
    used = await shared_service.anybody.post(f"{path}/registrations", answer(link=made.json()["token"]))
    assert used.status_code == 201


@pytest.mark.parametrize("expiry", [{"expires_at": "2022-09-18T08:00:00+07:00"}, {}])
async def test_no_invitation_is_out_of_date_from_the_beginning(
    shared_service: RegistrationService, expiry: dict[str, str]
) -> None:
    path = await shared_service.opened()  # a meeting of 2022
    refused = await shared_service.organiser.post(f"{path}/invitations", invitation(**expiry))
    assert code_of(refused) == (422, "ExpiryPassed", "/expires_at")
    assert (await shared_service.organiser.get(f"{path}/invitations")).json()["items"] == []


async def test_a_link_is_refused_once_it_has_expired_and_where_it_is_unknown(
    service: RegistrationService,
) -> None:
    path = await service.opened()
    link = await service.invited(path)
    async with service.database.transaction() as connection:
        await connection.execute("UPDATE invitation SET expires_at = now()")
    late = await service.anybody.post(f"{path}/registrations", answer(link=link))
    assert code_of(late) == (403, "InvitationExpired", "/invitation")
    unknown = await service.anybody.post(f"{path}/registrations", answer(link="x" * 43))
    assert code_of(unknown) == (403, "InvitationUnknown", "/invitation")


def invitation(**changes: str) -> dict[str, Any]:
    return {"organisation": "MOF", "seats": 1, "contact": person(50), **changes}


async def test_the_same_request_takes_effect_once(service: RegistrationService) -> None:
    path = await service.opened()
    first = await service.anybody.post(f"{path}/registrations", answer(1), idempotency_key="k")
    again = await service.anybody.post(f"{path}/registrations", answer(1), idempotency_key="k")
    assert (again.status_code, again.json()) == (201, first.json())
    assert (first.headers.get("idempotency-replayed"), again.headers["idempotency-replayed"]) == (None, "true")
    assert await service.value("SELECT count(*) FROM registration") == 1


async def test_two_people_who_chose_the_same_key_are_both_answered_for_themselves(service: RegistrationService) -> None:
    path, elsewhere = await service.opened(), await service.opened()
    asked = [(path, answer(1)), (path, answer(2)), (elsewhere, answer(1))]
    answers = [await service.anybody.post(f"{at}/registrations", who, idempotency_key="1") for at, who in asked]
    assert [one.status_code for one in answers] == [201, 201, 201]
    assert [one.headers.get("idempotency-replayed") for one in answers] == [None, None, None]
    assert len({one.json()["code"] for one in answers}) == 3


async def test_an_organiser_who_uses_a_key_for_something_else_is_told(service: RegistrationService) -> None:
    path = await service.drafted()
    reasons = [{"reason": "ຝົນຕົກ"}, {"reason": "ນ້ຳຖ້ວມ"}]
    first, other = [await service.organiser.post(f"{path}/cancel", why, idempotency_key="k") for why in reasons]
    assert (first.status_code, code_of(other)) == (200, (422, "IdempotencyKeyReused", None))


@pytest.mark.parametrize("tag", ['"2"', '"0"', 'W/"1"', "1", '"x"', '"99999999999999999999"'])
async def test_an_entity_tag_that_is_not_the_current_one_is_stale(
    tag: str, shared_service: RegistrationService
) -> None:
    path = await shared_service.drafted()
    assert code_of(await shared_service.organiser.post(f"{path}/open", if_match=tag)) == (412, "StaleVersion", None)


@pytest.mark.parametrize("tag", ['"1"', "*"])
async def test_the_current_entity_tag_and_any_are_good(tag: str, shared_service: RegistrationService) -> None:
    path = await shared_service.drafted()
    opened = await shared_service.organiser.post(f"{path}/open", if_match=tag)
    assert (opened.status_code, opened.headers["etag"]) == (200, '"2"')


async def pages(service: RegistrationService, path: str, *, limit: int) -> list[list[str]]:
    """The identifiers of all items, page by page."""
    found: list[list[str]] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await service.organiser.get(path, limit=limit, **cursor)).json()
        found.append([next(one for name, one in item.items() if name.endswith("_id")) for item in page["items"]])
        if page["next"] is None:
            return found
        cursor = {"cursor": page["next"]}


async def test_lists_come_in_pages_that_neither_miss_nor_repeat(service: RegistrationService) -> None:
    paths = [await service.opened() for _ in range(4)]
    seats = [(await service.registered(paths[0], number))["registration_id"] for number in range(5)]
    ids = [path.rpartition("/")[2] for path in paths[::-1]]
    assert await pages(service, "/v1/meetings", limit=2) == [ids[:2], ids[2:]]
    assert await pages(service, f"{paths[0]}/registrations", limit=2) == [seats[:2], seats[2:4], seats[4:]]
    assert await pages(service, f"{paths[1]}/registrations", limit=2) == [[]]


@pytest.mark.parametrize(
    "query", [{"cursor": "x"}, {"cursor": "NTU"}, {"cursor": "ກ"}, {"limit": 0}, {"limit": 201}, {"limit": "x"}]
)
async def test_a_page_that_was_not_offered_is_refused(
    query: dict[str, Any], shared_service: RegistrationService
) -> None:
    path = await shared_service.opened()
    for listed in ("/v1/meetings", f"{path}/registrations"):
        status, code, at = code_of(await shared_service.organiser.get(listed, **query))
        assert (status, at) == (422, "/" + next(iter(query)))
        assert code == ("InvalidCursor" if "cursor" in query else "InvalidRequest")


async def test_an_opened_meeting_is_not_opened_again(shared_service: RegistrationService) -> None:
    path = await shared_service.opened()
    again = await shared_service.organiser.post(f"{path}/open")
    assert (code_of(again), again.json()["details"]) == ((409, "WrongPhase", None), {"phase": "open"})


async def test_the_answer_to_a_draft_that_was_refused_leaves_no_meeting(service: RegistrationService) -> None:
    told = await service.organiser.post("/v1/meetings", meeting(ends_at=meeting()["starts_at"]))
    assert code_of(told) == (422, "InvalidSchedule", "/ends_at")
    assert json.loads((await service.organiser.get("/v1/meetings")).text) == {"items": [], "next": None}
