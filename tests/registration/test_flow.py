"""A meeting over HTTP, from the draft to the check-in, and its figures."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.registration import views
from services.registration.domain.registration_states import RegistrationState
from shared.kernel import NotFound
from tests.registration.running_service import START, RegistrationService, answer, code_of, meeting, person

FIGURES = {
    "organisations_invited": 1,
    "invited": 4,
    "invitations": {
        "states": {"pending": 0, "accepted": 1, "declined": 0, "represented": 0, "expired": 0, "revoked": 0},
        "seats_offered": 4,
        "seats_used": 3,
        "seats_unanswered": 0,
    },
    "answered": 5,
    "confirmed": 2,
    "waitlisted": 1,
    "declined": 1,
    "represented": 1,
    "withdrawn": 1,
    "requested": 0,
    "rejected": 0,
    "promoted": 1,
    "checked_in": 2,
    "present": 3,
    "women": 0,
    "inside": 2,
    "walk_ins": 0,
    "check_ins_refused": {"already-in": 1, "forged": 1, "unknown": 1},
    "would_have_been_refused": {},
    "messages": {},
}
CHANNELS = {
    "invitation": {"confirmed": 1, "declined": 1, "represented": 1, "waitlisted": 1, "withdrawn": 1},
    "representative": {"confirmed": 1},
}


async def test_a_meeting_lives_through_its_doors(service: RegistrationService) -> None:
    path = await service.opened(capacity=2)
    link = await service.invited(path, seats=4)
    seats = [await service.registered(path, number, link=link) for number in range(4)]
    assert [(seat["state"], seat["position"]) for seat in seats] == [
        ("confirmed", None),
        ("confirmed", None),
        ("waitlisted", 1),
        ("waitlisted", 2),
    ]
    declined = await service.anybody.post(f"{path}/declines", {**answer(9, link=link), "reason": "ຕິດວຽກ"})
    assert (declined.status_code, declined.json()["state"]) == (201, "declined")
    await service.withdrawn(path, seats[0])
    instead = await service.sent(path, seats[1], 7)
    await service.worked()
    ticket = (await service.tickets())[instead["registration_id"]]
    scans: list[dict[str, Any]] = [{"ticket": ticket}, {"ticket": ticket}, {"ticket": "no ticket"}]
    assert await service.scanned(path, *scans, {"code": seats[2]["code"]}, {"code": "222222"}) == [
        ("checked-in", None),
        ("refused", "already-in"),
        ("refused", "forged"),
        ("checked-in", None),
        ("refused", "unknown"),
    ]
    for step, at in (("start", START), ("end", START + timedelta(hours=3))):
        assert (await service.organiser.post(f"{path}/{step}", {"at": at.isoformat()})).status_code == 200
    assert (await service.organiser.post(f"{path}/close")).json()["phase"] == "closed"
    figures = await service.statistics(path)
    states, breakdown = figures.pop("states"), figures.pop("breakdown")
    assert states == {state: FIGURES.get(state, 0) for state in RegistrationState}
    assert breakdown["channel"] == CHANNELS
    assert breakdown["organisation"] == {"MOF": {state: number for state, number in sorted(states.items()) if number}}
    assert {name: value for name, value in figures.items() if name != "meeting_id"} == FIGURES


async def test_who_answers_again_is_still_one_person(shared_service: RegistrationService) -> None:
    path = await shared_service.opened()
    link = await shared_service.invited(path)
    await shared_service.anybody.post(f"{path}/declines", {**answer(1, link=link), "reason": "ລາພັກ"})
    first = await shared_service.registered(path, 1, link=link, gender="female")
    await shared_service.withdrawn(path, first)
    seat = await shared_service.registered(path, 1, link=link, gender="female")
    await shared_service.scanned(path, {"code": seat["code"]})
    figures = await shared_service.statistics(path)
    names = ("answered", "declined", "withdrawn", "confirmed", "checked_in", "present", "women")
    assert {name: figures[name] for name in names} == {
        "answered": 1,
        "declined": 0,  # it was taken back
        "withdrawn": 1,
        "confirmed": 1,
        "checked_in": 1,
        "present": 1,
        "women": 1,
    }


async def test_a_body_takes_no_more_seats_than_it_was_offered(shared_service: RegistrationService) -> None:
    path = await shared_service.opened()
    link = await shared_service.invited(path, seats=1)
    seat = await shared_service.registered(path, 1, link=link)
    again = await shared_service.anybody.post(f"{path}/registrations", answer(2, link=link))
    assert code_of(again) == (409, "InvitationExhausted", None)
    await shared_service.withdrawn(path, seat)
    assert (await shared_service.registered(path, 2, link=link))["state"] == "confirmed"


async def test_a_representative_sits_on_his_bodys_seat_and_frees_it(shared_service: RegistrationService) -> None:
    path = await shared_service.opened()
    link = await shared_service.invited(path, seats=1)
    instead = await shared_service.sent(path, await shared_service.registered(path, 1, link=link), 2)
    full = await shared_service.anybody.post(f"{path}/registrations", answer(3, link=link))
    assert code_of(full) == (409, "InvitationExhausted", None)
    await shared_service.withdrawn(path, instead)
    assert (await shared_service.registered(path, 1, link=link))["state"] == "confirmed"  # he comes himself after all


async def test_nobody_represents_himself(shared_service: RegistrationService) -> None:
    path = await shared_service.opened()
    seat = await shared_service.registered(path, 1)
    body = {"code": seat["code"], "representative": person(1, mobile="+856 20 5555 1001")}
    sent = await shared_service.anybody.post(f"{path}/registrations/{seat['registration_id']}/representative", body)
    assert code_of(sent) == (409, "AlreadyRegistered", None)
    assert (await shared_service.statistics(path))["represented"] == 0


async def test_who_sits_does_not_decline(shared_service: RegistrationService) -> None:
    path = await shared_service.opened()
    link = await shared_service.invited(path)
    await shared_service.registered(path, 1, link=link)
    declined = await shared_service.anybody.post(f"{path}/declines", {**answer(1, link=link), "reason": "ລາພັກ"})
    assert code_of(declined) == (409, "AlreadyRegistered", None)


async def test_who_has_declined_has_declined(shared_service: RegistrationService) -> None:
    path = await shared_service.opened()
    link = await shared_service.invited(path)
    body = {**answer(1, link=link), "reason": "ລາພັກ"}
    assert (await shared_service.anybody.post(f"{path}/declines", body)).status_code == 201
    assert code_of(await shared_service.anybody.post(f"{path}/declines", body)) == (409, "AlreadyDeclined", None)


async def test_a_ticket_follows_the_meeting_to_its_new_time(service: RegistrationService) -> None:
    path = await service.opened()
    seat = await service.registered(path, 1)
    await service.worked()
    old = (await service.tickets())[seat["registration_id"]]
    later = START + timedelta(days=3)
    schedule = {"starts_at": later, "ends_at": later + timedelta(hours=2)}
    told = {name: moment.isoformat() for name, moment in schedule.items()} | {"venue": {"lo": "ໂຮງແຮມ"}}
    assert (await service.organiser.post(f"{path}/reschedule", told)).status_code == 200
    await service.worked()
    new = (await service.tickets())[seat["registration_id"]]
    at = {"scanned_at": later.isoformat()}
    assert await service.scanned(path, {"ticket": old, **at}, {"ticket": new, **at}) == [
        ("refused", "revoked"),
        ("checked-in", None),
    ]


async def test_scans_come_in_any_order_and_twice(shared_service: RegistrationService) -> None:
    path = await shared_service.opened()
    seats = [await shared_service.registered(path, number) for number in range(3)]
    batch = [
        {"nonce": str(number), "code": seat["code"], "scanned_at": (START + timedelta(seconds=number)).isoformat()}
        for number, seat in enumerate(seats)
    ]
    welcome = [("checked-in", None)] * 3
    assert await shared_service.scanned(path, *batch[::-1], offline=True) == welcome
    assert await shared_service.scanned(path, *batch, offline=True) == welcome
    assert (await shared_service.statistics(path))["checked_in"] == 3


async def test_a_ticket_of_another_meeting_is_told_so(service: RegistrationService) -> None:
    here, there = await service.opened(), await service.opened()
    seat = await service.registered(there, 1)
    await service.worked()
    ticket = (await service.tickets())[seat["registration_id"]]
    assert await service.scanned(here, {"ticket": ticket}) == [("refused", "wrong-meeting")]


async def test_whatever_the_camera_reads_is_an_answer(shared_service: RegistrationService) -> None:
    path = await shared_service.opened()
    texts = ["", "1" * 7_089, "ບັດ", "a.b.c", "{}"]
    assert await shared_service.scanned(path, *({"ticket": text} for text in texts)) == [("refused", "forged")] * len(
        texts
    )


async def test_meetings_are_listed_newest_first_and_drafts_for_their_own_body(service: RegistrationService) -> None:
    draft, opened = await service.drafted(), await service.opened()
    for body, seen in (("MTC", [opened, draft]), ("MOF", [opened])):
        listed = await service.as_("participant", body=body).get("/v1/meetings")
        assert [f"/v1/meetings/{one['meeting_id']}" for one in listed.json()["items"]] == seen
    stranger = service.as_("organiser", body="MOF")
    assert code_of(await stranger.get(draft)) == (404, "NotFound", None)
    assert code_of(await stranger.get(f"{draft}/statistics")) == (404, "NotFound", None)


async def test_a_meeting_is_read_with_its_entity_tag(shared_service: RegistrationService) -> None:
    path = await shared_service.opened()
    read = await shared_service.organiser.get(path)
    told = meeting()
    assert read.headers["etag"] == '"2"'
    assert {name: read.json()[name] for name in ("phase", "version", "title", "capacity", "confirmed")} == {
        "phase": "open",
        "version": 2,
        "title": told["title"],
        "capacity": 55,
        "confirmed": 0,
    }


async def test_invited_bodies_are_listed_in_protocol_order(shared_service: RegistrationService) -> None:
    path = await shared_service.opened()
    for body in ("MOF", "PMO"):
        await shared_service.invited(path, body=body)
    listed = (await shared_service.organiser.get(f"{path}/invitations")).json()["items"]
    assert [(one["organisation"], one["seats"], one["used"]) for one in listed] == [("PMO", 3, 0), ("MOF", 3, 0)]


async def test_the_bodies_of_a_day_keep_the_names_of_that_day(service: RegistrationService) -> None:
    new = {
        "name": {"lo": "ກະຊວງການເງິນ (ໃໝ່)", "en": "Ministry of Finance (new)"},
        "protocol_order": 1,
        "valid_from": "2025-03-20",
    }
    recorded = await service.as_("operator").put("/v1/organisations/MOF-2025", new)
    told = {**new, "code": "MOF-2025", "abbreviation_lo": None, "valid_until": None}
    assert recorded.json() | told == recorded.json()
    for day, known in (("2022-09-19", []), ("2025-03-20", ["MOF-2025"])):
        listed = await service.anybody.get("/v1/organisations", on=day, q="(ໃໝ່)")
        assert [one["code"] for one in listed.json()["items"]] == known
    ended = await service.as_("operator").put("/v1/organisations/MOF-2025", {**new, "valid_until": "2025-03-20"})
    assert code_of(ended) == (422, "InvalidSchedule", "/valid_until")


async def test_a_seat_that_is_not_there_is_not_found(shared_service: RegistrationService) -> None:
    path = await shared_service.opened()
    missing = UUID(int=7 << 76)
    seat = f"{path}/registrations/{missing}"
    sent = {"code": "222222", "representative": person(1)}
    assert code_of(await shared_service.anybody.post(f"{seat}/representative", sent)) == (404, "NotFound", None)
    assert code_of(await shared_service.anybody.post(f"{seat}/withdraw", {"code": "222222"})) == (404, "NotFound", None)
    async with shared_service.database.reading() as connection:
        with pytest.raises(NotFound):
            await views.ticket_basis(connection, meeting_id=UUID(path.rpartition("/")[2]), registration_id=missing)


@pytest.mark.parametrize("path", ["", "/invitations", "/registrations", "/statistics"])
async def test_what_is_not_there_is_not_found(path: str, shared_service: RegistrationService) -> None:
    missing = "/v1/meetings/00000000-0000-7000-8000-000000000000"
    assert code_of(await shared_service.organiser.get(missing + path)) == (404, "NotFound", None)


async def test_the_contacts_of_co_hosts_are_persons_of_the_draft(service: RegistrationService) -> None:
    contact = {"organisation": "UNDP", "person": person(7)}
    await service.drafted(co_hosts=["UNDP"], co_host_contacts=[contact])
    fact = json.loads(await service.value("SELECT payload FROM outbox WHERE type = 'registration.meeting-drafted.v1'"))
    [key] = fact["co_host_contacts"]
    told = await service.rows("SELECT organisation, mobile FROM person WHERE person_id::text = $1", key)
    assert [tuple(row) for row in told] == [("UNDP", "+8562055551007")]


async def test_a_meeting_is_read_back_as_it_was_drafted(service: RegistrationService) -> None:
    drafted = {
        "purpose": "ປຶກສາຫາລື ຮ່າງຍຸດທະສາດ",
        "outcome": "ຄຳເຫັນຂອງທຸກພາກສ່ວນ",
        "organiser_unit": {"lo": "ສູນບໍລິຫານລັດດ້ວຍເຕັກໂນໂລຊີດິຈິຕອນ", "en": None},
        "co_hosts": ["MOF"],
        "waiting_list": "none",
        "rank_floor": 70,
        "tacit_consent": True,
        "agenda": [
            {"number": "1", "title": {"lo": "ກ່າວເປີດ", "en": "Opening"}, "minutes": 10},
            {"number": "2", "title": {"lo": "ປະກອບຄຳເຫັນ", "en": None}, "minutes": None},
        ],
    }
    path = await service.opened(**drafted)
    told = (await service.as_("focal-point", body="MOF").get(path)).json()
    items = [{name: item[name] for name in ("number", "title", "minutes")} for item in told["agenda"]]
    assert {**{name: told[name] for name in drafted}, "agenda": items} == drafted
    assert (told["chair"]["given_name"], "mobile" in told["chair"]) == ("ສັນຕິສຸກ", False)
    erased = await service.as_("operator").post(f"/v1/persons/{told['chair']['person_id']}/erase", {"why": "asked"})
    assert erased.status_code == 204
    assert (await service.organiser.get(path)).json()["chair"]["given_name"] is None
