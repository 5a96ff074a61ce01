"""The policy over HTTP: set, changed and read back; requests decided; groups; who moves up, and what is shown of it."""

from typing import Any

import httpx

from tests.registration.running_service import RegistrationService, answer, code_of, person

POLICY: dict[str, Any] = {
    "policy": "with-approval",
    "waiting_list": "manual",
    "registration_closes_at": "2022-09-17T01:30:00Z",
    "representatives": False,
    "may_pass_groups": True,
    "walk_ins": True,
    "shared_contacts": True,
    "organisation_seats": [{"organisation": "MOF", "reserved": 2, "most": 5}],
}
USUAL: dict[str, Any] = {
    "policy": "open",
    "waiting_list": "automatic",
    "registration_closes_at": None,
    "representatives": True,
    "may_pass_groups": False,
    "walk_ins": False,
    "shared_contacts": False,
    "organisation_seats": [],
}


async def patched(service: RegistrationService, path: str, **changes: Any) -> httpx.Response:
    return await service.http.patch(path, json=changes, headers=service.organiser.headers)


async def policy_read(service: RegistrationService, path: str) -> dict[str, Any]:
    told = (await service.organiser.get(path)).json()
    return {name: told[name] for name in USUAL}


async def of_seat(service: RegistrationService, path: str, seat: dict[str, Any], *names: str) -> tuple[Any, ...]:
    """What the person of a seat reads of it."""
    shown = {"Registration-Code": seat["code"]}
    told = (await service.http.get(f"{path}/registrations/{seat['registration_id']}", headers=shown)).json()
    return tuple(told[name] for name in names)


async def asked(service: RegistrationService, path: str, *numbers: int) -> list[dict[str, Any]]:
    seats = [await service.registered(path, number) for number in numbers]
    assert {(seat["state"], seat["position"]) for seat in seats} == {("requested", None)}
    return seats


async def test_a_policy_is_read_as_it_was_set(service: RegistrationService) -> None:
    assert await policy_read(service, await service.drafted()) == USUAL
    path = await service.drafted(**POLICY)
    assert await policy_read(service, path) == POLICY
    assert (await patched(service, path, registration_closes_at=None)).status_code == 200
    assert await policy_read(service, path) == POLICY | {"registration_closes_at": None}
    assert (await patched(service, path, **USUAL)).status_code == 200
    assert await policy_read(service, path) == USUAL


async def test_a_deadline_moves_with_the_meeting(service: RegistrationService) -> None:
    path = await service.opened(**POLICY)
    told = {"starts_at": "2022-09-20T08:30:00+07:00", "ends_at": "2022-09-20T12:30:00+07:00", "venue": {"lo": "ຫ້ອງ"}}
    assert (await service.organiser.post(f"{path}/reschedule", told)).status_code == 200
    assert (await policy_read(service, path))["registration_closes_at"] == "2022-09-18T01:30:00Z"


async def test_a_policy_that_cannot_be_kept_is_refused_where_it_stands(service: RegistrationService) -> None:
    path = await service.opened(capacity=1)
    both = [{"organisation": body, "reserved": 1} for body in ("MOF", "MOH")]
    assert code_of(await patched(service, path, organisation_seats=both)) == (
        422,
        "ReservedBeyondCapacity",
        "/organisation_seats",
    )
    late = await patched(service, path, registration_closes_at="2022-09-20T00:00:00Z")
    assert code_of(late) == (422, "DeadlineAfterStart", "/registration_closes_at")
    more = [{"organisation": "MOF", "reserved": 2, "most": 1}]
    assert code_of(await patched(service, path, organisation_seats=more))[:2] == (422, "InvalidRequest")


async def test_after_the_deadline_nobody_registers_but_by_the_organiser(service: RegistrationService) -> None:
    path = await service.opened(registration_closes_at="2022-09-17T01:30:00Z")
    refused = await service.anybody.post(f"{path}/registrations", answer(1))
    assert code_of(refused) == (409, "RegistrationClosed", None)
    late = await service.organiser.post(f"{path}/registrations/bulk", {"rows": [answer(2)]})
    assert late.status_code == 201


async def test_requests_are_decided_one_by_one(service: RegistrationService) -> None:
    path = await service.opened(capacity=1, policy="with-approval")
    seats = await asked(service, path, 1, 2, 3)
    link = await service.invited(path)
    again = await service.anybody.post(f"{path}/registrations", answer(1, link=link))
    assert code_of(again) == (409, "AlreadyRegistered", None)
    paths = [f"{path}/registrations/{seat['registration_id']}" for seat in seats]
    first = await service.organiser.post(f"{paths[0]}/approve")
    second = await service.organiser.post(f"{paths[1]}/approve")
    third = await service.organiser.post(f"{paths[2]}/reject", {"reason": "ບ່ອນນັ່ງຈຳກັດ"})
    assert [(one.json()["state"], one.json()["position"]) for one in (first, second, third)] == [
        ("confirmed", None),
        ("waitlisted", 1),
        ("rejected", None),
    ]
    assert code_of(await service.organiser.post(f"{paths[2]}/approve")) == (409, "NotRequested", None)
    assert await of_seat(service, path, seats[2], "state", "reason") == ("rejected", "ບ່ອນນັ່ງຈຳກັດ")
    figures = await service.statistics(path)
    assert [figures[name] for name in ("requested", "confirmed", "waitlisted", "rejected")] == [0, 1, 1, 1]


async def test_many_requests_are_decided_at_once_with_a_verdict_for_each(service: RegistrationService) -> None:
    path = await service.opened(capacity=1, policy="with-approval", waiting_list="none")
    seats = [seat["registration_id"] for seat in await asked(service, path, 1, 2, 3)]
    nobody = "00000000-0000-0000-0000-000000000000"
    decisions = [
        *({"registration_id": seat, "decision": "approve"} for seat in (nobody, *seats[:2])),
        {"registration_id": seats[2], "decision": "reject", "reason": "ບ່ອນນັ່ງຈຳກັດ"},
        {"registration_id": seats[2], "decision": "approve"},
    ]
    told = (await service.organiser.post(f"{path}/decisions", {"decisions": decisions})).json()
    rows = [(row["decided"] or {}).get("state") or row["refused"]["code"] for row in told["rows"]]
    assert rows == ["NotFound", "confirmed", "MeetingFull", "rejected", "NotRequested"]
    assert (told["decided"], told["refused"]) == (2, 3)
    left = await service.organiser.get(f"{path}/registrations", state="requested")
    assert [one["registration_id"] for one in left.json()["items"]] == [seats[1]]
    bare = await service.organiser.post(
        f"{path}/decisions", {"decisions": [{"registration_id": seats[1], "decision": "reject"}]}
    )
    assert code_of(bare)[:2] == (422, "InvalidRequest")


async def test_a_request_is_withdrawn_and_made_again(service: RegistrationService) -> None:
    path = await service.opened(policy="with-approval")
    (seat,) = await asked(service, path, 1)
    await service.withdrawn(path, seat)
    assert await of_seat(service, path, seat, "state") == ("withdrawn",)
    await asked(service, path, 1)
    assert await service.value("SELECT requested FROM meeting") == 1


async def test_who_has_a_seat_by_now_is_not_approved_again_and_stops_no_other(service: RegistrationService) -> None:
    path = await service.opened(policy="with-approval")
    first, second = await asked(service, path, 1, 2)
    link = await service.invited(path)
    seat = await service.registered(path, 9, link=link)
    await patched(service, path, policy="open")
    await service.sent(path, seat, 1)  # as a representative, before the organiser has decided
    decisions = [{"registration_id": one["registration_id"], "decision": "approve"} for one in (first, second)]
    told = (await service.organiser.post(f"{path}/decisions", {"decisions": decisions})).json()
    rows = [(row["decided"] or {}).get("state") or row["refused"]["code"] for row in told["rows"]]
    assert rows == ["AlreadyRegistered", "confirmed"]


async def test_the_organiser_moves_people_up_and_they_read_why(service: RegistrationService) -> None:
    path = await service.opened(capacity=1, waiting_list="manual")
    seats = [await service.registered(path, number) for number in range(3)]
    promotion = f"{path}/registrations/{seats[2]['registration_id']}/promote"
    reason = {"reason": "ຜູ້ນຳສະເໜີ"}
    assert code_of(await service.organiser.post(promotion, reason)) == (409, "MeetingFull", None)
    await service.withdrawn(path, seats[0])
    done = await service.organiser.post(promotion, reason)
    assert done.json() == {"promoted": [seats[2]["registration_id"]]}
    names = ("state", "promoted", "promotion_reason", "promotion_note")
    assert await of_seat(service, path, seats[2], *names) == ("confirmed", True, "seat-freed", "ຜູ້ນຳສະເໜີ")
    listed = (await service.organiser.get(f"{path}/registrations", state="confirmed")).json()["items"]
    assert [(one["promotion_reason"], one["promotion_note"]) for one in listed] == [("seat-freed", "ຜູ້ນຳສະເໜີ")]


async def test_the_place_in_the_queue_is_the_number_of_people_before_everywhere(service: RegistrationService) -> None:
    path = await service.opened(capacity=1)
    seats = [await service.registered(path, number) for number in range(2)]
    await service.withdrawn(path, seats[0])
    again = await service.registered(path, 0)
    assert (again["state"], again["position"]) == ("waitlisted", 1)
    assert await of_seat(service, path, again, "place") == (1,)
    listed = (await service.organiser.get(f"{path}/registrations", state="waitlisted")).json()["items"]
    assert [one["position"] for one in listed] == [1]
    assert await of_seat(service, path, seats[1], "promotion_reason", "promotion_note") == ("seat-freed", None)


async def test_a_group_has_seats_together_or_waits_together(service: RegistrationService) -> None:
    path = await service.opened(capacity=3)
    body = {"organisation": "MOF", "people": [person(1), person(2)]}
    seated = (await service.anybody.post(f"{path}/groups", body)).json()
    body = {"organisation": "MOF", "people": [person(3), person(4)]}
    waits = (await service.anybody.post(f"{path}/groups", body)).json()
    assert [(one["state"], one["position"]) for one in seated["people"]] == [("confirmed", None)] * 2
    assert [(one["state"], one["position"]) for one in waits["people"]] == [("waitlisted", 1), ("waitlisted", 2)]
    single = await service.registered(path, 5)
    assert (single["state"], single["position"]) == ("waitlisted", 3)
    await service.withdrawn(path, seated["people"][0])
    states = [await of_seat(service, path, one, "state", "group_id") for one in waits["people"]]
    assert states == [("confirmed", waits["group_id"])] * 2
    assert await of_seat(service, path, single, "state", "place") == ("waitlisted", 1)


async def test_of_a_group_with_one_who_is_registered_nobody_is(service: RegistrationService) -> None:
    path = await service.opened(capacity=3)
    link = await service.invited(path)
    await service.registered(path, 2, link=link)
    body = {"organisation": "MOF", "people": [person(1), person(2)], "invitation": link}
    refused = await service.anybody.post(f"{path}/groups", body)
    assert code_of(refused) == (409, "AlreadyRegistered", "/people/1")
    assert await service.value("SELECT count(*) FROM registration") == 1


async def test_seats_are_kept_and_released(service: RegistrationService) -> None:
    path = await service.opened(capacity=2, organisation_seats=[{"organisation": "MOH", "reserved": 1}])
    seats = [await service.registered(path, number) for number in range(3)]
    assert [seat["state"] for seat in seats] == ["confirmed", "waitlisted", "waitlisted"]
    other = await service.registered(path, 9, body="MOH")
    assert other["state"] == "confirmed"
    await service.withdrawn(path, other)
    assert (await patched(service, path, organisation_seats=[])).status_code == 200
    assert await of_seat(service, path, seats[1], "state", "promotion_reason") == ("confirmed", "seat-freed")
    lowered = await patched(service, path, organisation_seats=[{"organisation": "MOF", "most": 1}])
    assert (lowered.json()["over_most"], lowered.json()["over_capacity"]) == ({"MOF": 1}, 0)


async def test_a_list_of_people_has_no_more_seats_than_their_organisation(service: RegistrationService) -> None:
    path = await service.opened(capacity=9, organisation_seats=[{"organisation": "MOF", "most": 2}])
    rows = {"rows": [answer(number) for number in range(4)]}
    told = (await service.organiser.post(f"{path}/registrations/bulk", rows)).json()
    assert [row["state"] for row in told["rows"]] == ["confirmed", "confirmed", "waitlisted", "waitlisted"]
