"""Scans that no desk should send: each has a verdict of its own, and the others of its batch are recorded."""

import json
from datetime import timedelta
from typing import Any

import pytest

from services.registration.api.check_in.scans import MOST_SCANS
from tests.registration.running_service import START, RegistrationService

AT = START.isoformat()
TICKET = {"nonce": "odd", "scanned_at": AT, "ticket": "x"}
FORGED = ("odd", "refused", "forged", None)


def invalid(reason: str, field: str, nonce: str | None = "odd") -> tuple[str | None, str, str, str]:
    return nonce, "invalid", reason, field


ODD: dict[str, tuple[Any, tuple[str | None, str, str, str | None]]] = {
    "NUL": ({**TICKET, "ticket": "a\0b"}, FORGED),
    "half a surrogate pair": ({**TICKET, "ticket": "\ud800"}, FORGED),
    "binary": ({**TICKET, "ticket": "".join(map(chr, range(256)))}, FORGED),
    "nothing": ({**TICKET, "ticket": ""}, FORGED),
    "line ends alone": ({**TICKET, "ticket": "\r\n\t "}, FORGED),
    "7,000 letters": ({**TICKET, "ticket": "a" * 7_000}, FORGED),
    "8,000 letters": ({**TICKET, "ticket": "a" * 8_000}, invalid("string_too_long", "/ticket")),
    "a thousand dots": ({**TICKET, "ticket": "." * 1_000}, FORGED),
    "a number for a ticket": ({**TICKET, "ticket": 7}, invalid("string_type", "/ticket")),
    "a list for a ticket": ({**TICKET, "ticket": ["x"]}, invalid("string_type", "/ticket")),
    "no time": ({"nonce": "odd", "ticket": "x"}, invalid("missing", "/scanned_at")),
    "the year 1899": ({**TICKET, "scanned_at": "1899-12-31T00:00:00Z"}, invalid("date_year", "/scanned_at")),
    "the end of the calendar": (
        {**TICKET, "scanned_at": "9999-12-31T23:59:59-07:00"},
        invalid("date_year", "/scanned_at"),
    ),
    "no offset": ({**TICKET, "scanned_at": "2022-09-19T08:30:00"}, invalid("timezone_aware", "/scanned_at")),
    "seconds since 1970": ({**TICKET, "scanned_at": 1_663_551_000}, invalid("datetime_type", "/scanned_at")),
    "no day of the calendar": (
        {**TICKET, "scanned_at": "2022-02-30T08:00:00Z"},
        invalid("datetime_from_date_parsing", "/scanned_at"),
    ),
    "no nonce": ({"scanned_at": AT, "ticket": "x"}, invalid("missing", "/nonce", None)),
    "a nonce of Lao letters": ({**TICKET, "nonce": "ບັດ"}, invalid("string_pattern_mismatch", "/nonce", None)),
    "a number for a nonce": ({**TICKET, "nonce": 1}, invalid("string_type", "/nonce", None)),
    "no ticket and no code": ({"nonce": "odd", "scanned_at": AT}, invalid("ticket_or_code", "")),
    "a ticket and a code": ({**TICKET, "code": "ABCDEF"}, invalid("ticket_or_code", "")),
    "a code of seven letters": (
        {"nonce": "odd", "scanned_at": AT, "code": "ABCDEFG"},
        invalid("string_pattern_mismatch", "/code"),
    ),
    "an unknown member": ({**TICKET, "x": 1}, invalid("extra_forbidden", "/x")),
    "null": (None, invalid("model_type", "", None)),
    "a text": ("x", invalid("model_type", "", None)),
    "a list": ([[[]]], invalid("model_type", "", None)),
    "not a number": (float("nan"), invalid("model_type", "", None)),
}


async def sent(service: RegistrationService, path: str, scans: list[Any]) -> list[dict[str, Any]]:
    """What came of scans of a desk that was offline; as some devices send them, not as the standard wants it."""
    content = json.dumps({"device": "desk-1", "offline": True, "scans": scans}).encode()
    headers = {**service.as_("desk").headers, "content-type": "application/json"}
    done = await service.http.post(f"{path}/check-ins", content=content, headers=headers)
    assert done.status_code == 200, done.text
    results: list[dict[str, Any]] = done.json()["results"]
    return results


@pytest.mark.parametrize(("odd", "verdict"), ODD.values(), ids=ODD.keys())
async def test_one_odd_scan_is_refused_by_name_and_the_others_are_recorded(
    odd: Any, verdict: tuple[str | None, str, str, str | None], shared_service: RegistrationService
) -> None:
    path = await shared_service.opened()
    seats = [await shared_service.registered(path, number) for number in range(2)]
    good = [{"nonce": f"n{number}", "scanned_at": AT, "code": seat["code"]} for number, seat in enumerate(seats)]
    for _ in range(2):  # the batch is sent again, for the desk has lost the answer
        first, told, last = await sent(shared_service, path, [good[0], odd, good[1]])
        assert [first["outcome"], last["outcome"]] == ["checked-in"] * 2
        field = told["problems"][0]["field"] if told["problems"] else None
        assert (told["nonce"], told["outcome"], told["reason"], field) == verdict
    assert (await shared_service.statistics(path))["checked_in"] == 2


async def test_bytes_that_are_no_text_are_the_mistake_of_their_scan_alone(shared_service: RegistrationService) -> None:
    path = await shared_service.opened()
    seat = await shared_service.registered(path, 1)
    odd = json.dumps({**TICKET, "ticket": "?"}).encode().replace(b"?", b"\xff\xfe\x00")
    good = json.dumps({"nonce": "n", "scanned_at": AT, "code": seat["code"]}).encode()
    content = b'{"device": "desk-1", "offline": true, "scans": [' + odd + b", " + good + b"]}"
    headers = {**shared_service.as_("desk").headers, "content-type": "application/json"}
    done = await shared_service.http.post(f"{path}/check-ins", content=content, headers=headers)
    assert [one["outcome"] for one in done.json()["results"]] == ["refused", "checked-in"]


async def test_all_kinds_of_odd_scans_in_one_batch_of_500(shared_service: RegistrationService) -> None:
    path = await shared_service.opened()
    seats = [await shared_service.registered(path, number) for number in range(5)]
    good = [{"nonce": f"n{number}", "scanned_at": AT, "code": seat["code"]} for number, seat in enumerate(seats)]
    odd = [
        {**one, "nonce": f"o{number}"} if isinstance(one, dict) and one.get("nonce") == "odd" else one
        for number, (one, _) in enumerate(ODD.values())
    ]
    filled = [{"nonce": f"f{number}", "scanned_at": AT, "ticket": "x"} for number in range(MOST_SCANS - 5 - len(odd))]
    results = await sent(shared_service, path, [*odd, *good, *filled])
    assert [one["outcome"] for one in results[len(odd) : len(odd) + 5]] == ["checked-in"] * 5
    assert [one["outcome"] for one in results[: len(odd)]] == [verdict[1] for _, verdict in ODD.values()]
    assert await shared_service.value(
        "SELECT count(*) FROM check_in WHERE meeting_id::text = $1", path.rpartition("/")[2]
    ) == sum(one["outcome"] != "invalid" for one in results)


async def test_an_odd_scan_costs_no_more_than_its_bytes(shared_service: RegistrationService) -> None:
    path = await shared_service.opened()
    odd = {**TICKET, **{f"x{number}": 1 for number in range(5_000)}}
    (told,) = await sent(shared_service, path, [odd])
    assert (told["outcome"], len(told["problems"])) == ("invalid", 3)


async def test_a_person_let_in_offline_is_counted_and_flagged_though_his_seat_was_withdrawn_meanwhile(
    service: RegistrationService,
) -> None:
    path = await service.opened()
    seats = [await service.registered(path, number, gender="female") for number in range(2)]
    await service.worked()
    tickets = await service.tickets()
    await service.withdrawn(path, seats[0])
    scans = [
        {"nonce": seat["registration_id"], "scanned_at": AT, "ticket": tickets[seat["registration_id"]]}
        for seat in seats
    ]
    assert [
        (one["outcome"], one["reason"], one["would_have_been_refused"]) for one in await sent(service, path, scans)
    ] == [
        ("checked-in", None, "revoked"),
        ("checked-in", None, None),
    ]
    figures = await service.statistics(path)
    assert {name: figures[name] for name in ("checked_in", "present", "women", "would_have_been_refused")} == {
        "checked_in": 2,
        "present": 2,
        "women": 2,
        "would_have_been_refused": {"revoked": 1},
    }


async def test_the_desk_person_who_let_somebody_in_is_recorded(service: RegistrationService) -> None:
    path = await service.opened()
    seat = await service.registered(path, 1)
    scan = {"nonce": "1", "scanned_at": (START - timedelta(days=1)).isoformat(), "code": seat["code"]}
    await service.as_("desk", subject="kham").post(f"{path}/check-ins", {"device": "d", "scans": [scan]})
    fact = json.loads(await service.value("SELECT payload FROM outbox WHERE type LIKE '%.participant-checked-in.v1'"))
    assert fact["checked_by"] == await service.value("SELECT checked_by FROM check_in") == "kham"
    assert fact["came_at"] == fact["received_at"]
