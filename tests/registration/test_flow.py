"""A meeting through its doors, from the draft to the door, and its figures."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.registration import views
from shared.kernel import NotFound
from tests.registration.office import START, Office, answer, code_of, meeting, person

FIGURES = {
    "organisations_invited": 1,
    "invited": 4,
    "answered": 5,
    "confirmed": 2,
    "waitlisted": 1,
    "declined": 1,
    "represented": 1,
    "withdrawn": 1,
    "promoted": 1,
    "checked_in": 2,
    "present": 3,
    "women": 0,
    "check_ins_refused": {"already-in": 1, "forged": 1, "unknown": 1},
    "messages": {},
}


async def test_a_meeting_lives_through_its_doors(office: Office) -> None:
    path = await office.opened(capacity=2)
    link = await office.invited(path, seats=4)
    seats = [await office.registered(path, number, link=link) for number in range(4)]
    assert [(seat["state"], seat["position"]) for seat in seats] == [
        ("confirmed", None),
        ("confirmed", None),
        ("waitlisted", 1),
        ("waitlisted", 2),
    ]
    declined = await office.anybody.post(f"{path}/declines", {**answer(9, link=link), "reason": "ຕິດວຽກ"})
    assert (declined.status_code, declined.json()["state"]) == (201, "declined")
    await office.withdrawn(path, seats[0])
    instead = await office.sent(path, seats[1], 7)
    await office.worked()
    ticket = (await office.tickets())[instead["registration_id"]]
    scans: list[dict[str, Any]] = [{"ticket": ticket}, {"ticket": ticket}, {"ticket": "no ticket"}]
    assert await office.scanned(path, *scans, {"code": seats[2]["code"]}, {"code": "222222"}) == [
        ("checked-in", None),
        ("refused", "already-in"),
        ("refused", "forged"),
        ("checked-in", None),
        ("refused", "unknown"),
    ]
    for step, at in (("start", START), ("end", START + timedelta(hours=3))):
        assert (await office.organiser.post(f"{path}/{step}", {"at": at.isoformat()})).status_code == 200
    assert (await office.organiser.post(f"{path}/close")).json()["phase"] == "closed"
    figures = await office.statistics(path)
    assert {name: value for name, value in figures.items() if name != "meeting_id"} == FIGURES


async def test_who_answers_again_is_still_one_person(lobby: Office) -> None:
    path = await lobby.opened()
    link = await lobby.invited(path)
    await lobby.anybody.post(f"{path}/declines", {**answer(1, link=link), "reason": "ລາພັກ"})
    first = await lobby.registered(path, 1, link=link, gender="female")
    await lobby.withdrawn(path, first)
    seat = await lobby.registered(path, 1, link=link, gender="female")
    await lobby.scanned(path, {"code": seat["code"]})
    figures = await lobby.statistics(path)
    names = ("answered", "declined", "withdrawn", "confirmed", "checked_in", "present", "women")
    assert {name: figures[name] for name in names} == {
        "answered": 1,
        "declined": 1,
        "withdrawn": 1,
        "confirmed": 1,
        "checked_in": 1,
        "present": 1,
        "women": 1,
    }


async def test_a_body_takes_no_more_seats_than_it_was_offered(lobby: Office) -> None:
    path = await lobby.opened()
    link = await lobby.invited(path, seats=1)
    seat = await lobby.registered(path, 1, link=link)
    again = await lobby.anybody.post(f"{path}/registrations", answer(2, link=link))
    assert code_of(again) == (409, "InvitationExhausted", None)
    await lobby.withdrawn(path, seat)
    assert (await lobby.registered(path, 2, link=link))["state"] == "confirmed"


async def test_a_representative_sits_on_his_bodys_seat_and_frees_it(lobby: Office) -> None:
    path = await lobby.opened()
    link = await lobby.invited(path, seats=1)
    instead = await lobby.sent(path, await lobby.registered(path, 1, link=link), 2)
    full = await lobby.anybody.post(f"{path}/registrations", answer(3, link=link))
    assert code_of(full) == (409, "InvitationExhausted", None)
    await lobby.withdrawn(path, instead)
    assert (await lobby.registered(path, 1, link=link))["state"] == "confirmed"  # he comes himself after all


async def test_nobody_represents_himself(lobby: Office) -> None:
    path = await lobby.opened()
    seat = await lobby.registered(path, 1)
    body = {"code": seat["code"], "representative": person(1, mobile="+856 20 5555 1001")}
    sent = await lobby.anybody.post(f"{path}/registrations/{seat['registration_id']}/representative", body)
    assert code_of(sent) == (409, "AlreadyRegistered", None)
    assert (await lobby.statistics(path))["represented"] == 0


async def test_who_sits_does_not_decline(lobby: Office) -> None:
    path = await lobby.opened()
    link = await lobby.invited(path)
    await lobby.registered(path, 1, link=link)
    declined = await lobby.anybody.post(f"{path}/declines", {**answer(1, link=link), "reason": "ລາພັກ"})
    assert code_of(declined) == (409, "AlreadyRegistered", None)


async def test_who_has_declined_has_declined(lobby: Office) -> None:
    path = await lobby.opened()
    link = await lobby.invited(path)
    body = {**answer(1, link=link), "reason": "ລາພັກ"}
    assert (await lobby.anybody.post(f"{path}/declines", body)).status_code == 201
    assert code_of(await lobby.anybody.post(f"{path}/declines", body)) == (409, "AlreadyDeclined", None)


async def test_a_ticket_follows_the_meeting_to_its_new_time(office: Office) -> None:
    path = await office.opened()
    seat = await office.registered(path, 1)
    await office.worked()
    old = (await office.tickets())[seat["registration_id"]]
    later = START + timedelta(days=3)
    schedule = {"starts_at": later, "ends_at": later + timedelta(hours=2)}
    told = {name: moment.isoformat() for name, moment in schedule.items()} | {"venue": {"lo": "ໂຮງແຮມ"}}
    assert (await office.organiser.post(f"{path}/reschedule", told)).status_code == 200
    await office.worked()
    new = (await office.tickets())[seat["registration_id"]]
    at = {"scanned_at": later.isoformat()}
    assert await office.scanned(path, {"ticket": old, **at}, {"ticket": new, **at}) == [
        ("refused", "revoked"),
        ("checked-in", None),
    ]


async def test_scans_come_in_any_order_and_twice(lobby: Office) -> None:
    path = await lobby.opened()
    seats = [await lobby.registered(path, number) for number in range(3)]
    batch = [
        {"nonce": str(number), "code": seat["code"], "scanned_at": (START + timedelta(seconds=number)).isoformat()}
        for number, seat in enumerate(seats)
    ]
    welcome = [("checked-in", None)] * 3
    assert await lobby.scanned(path, *batch[::-1], offline=True) == welcome
    assert await lobby.scanned(path, *batch, offline=True) == welcome
    assert (await lobby.statistics(path))["checked_in"] == 3


async def test_a_ticket_of_another_meeting_is_told_so(office: Office) -> None:
    here, there = await office.opened(), await office.opened()
    seat = await office.registered(there, 1)
    await office.worked()
    ticket = (await office.tickets())[seat["registration_id"]]
    assert await office.scanned(here, {"ticket": ticket}) == [("refused", "wrong-meeting")]


async def test_whatever_the_camera_reads_is_an_answer(lobby: Office) -> None:
    path = await lobby.opened()
    texts = ["", "1" * 7_089, "ບັດ", "a.b.c", "{}"]
    assert await lobby.scanned(path, *({"ticket": text} for text in texts)) == [("refused", "forged")] * len(texts)


async def test_meetings_are_listed_newest_first_and_drafts_for_their_own_body(office: Office) -> None:
    draft, opened = await office.drafted(), await office.opened()
    for body, seen in (("MTC", [opened, draft]), ("MOF", [opened])):
        listed = await office.as_("participant", body=body).get("/v1/meetings")
        assert [f"/v1/meetings/{one['meeting_id']}" for one in listed.json()["items"]] == seen
    stranger = office.as_("organiser", body="MOF")
    assert code_of(await stranger.get(draft)) == (404, "NotFound", None)
    assert code_of(await stranger.get(f"{draft}/statistics")) == (404, "NotFound", None)


async def test_a_meeting_is_read_with_its_entity_tag(lobby: Office) -> None:
    path = await lobby.opened()
    read = await lobby.organiser.get(path)
    told = meeting()
    assert read.headers["etag"] == '"2"'
    assert {name: read.json()[name] for name in ("phase", "version", "title", "capacity", "confirmed")} == {
        "phase": "open",
        "version": 2,
        "title": told["title"],
        "capacity": 55,
        "confirmed": 0,
    }


async def test_invited_bodies_are_listed_in_protocol_order(lobby: Office) -> None:
    path = await lobby.opened()
    for body in ("MOF", "PMO"):
        await lobby.invited(path, body=body)
    listed = (await lobby.organiser.get(f"{path}/invitations")).json()["items"]
    assert [(one["organisation"], one["seats"], one["used"]) for one in listed] == [("PMO", 3, 0), ("MOF", 3, 0)]


async def test_the_bodies_of_a_day_keep_the_names_of_that_day(office: Office) -> None:
    new = {
        "name": {"lo": "ກະຊວງການເງິນ (ໃໝ່)", "en": "Ministry of Finance (new)"},
        "protocol_order": 1,
        "valid_from": "2025-03-20",
    }
    recorded = await office.as_("operator").put("/v1/organisations/MOF-2025", new)
    assert recorded.json() == {**new, "code": "MOF-2025", "abbreviation_lo": None, "valid_until": None}
    for day, known in (("2022-09-19", []), ("2025-03-20", ["MOF-2025"])):
        listed = await office.anybody.get("/v1/organisations", on=day, q="(ໃໝ່)")
        assert [one["code"] for one in listed.json()["items"]] == known
    ended = await office.as_("operator").put("/v1/organisations/MOF-2025", {**new, "valid_until": "2025-03-20"})
    assert code_of(ended) == (422, "InvalidSchedule", "/valid_until")


async def test_a_seat_that_is_not_there_is_not_found(lobby: Office) -> None:
    path = await lobby.opened()
    missing = UUID(int=7 << 76)
    seat = f"{path}/registrations/{missing}"
    sent = {"code": "222222", "representative": person(1)}
    assert code_of(await lobby.anybody.post(f"{seat}/representative", sent)) == (404, "NotFound", None)
    assert code_of(await lobby.anybody.post(f"{seat}/withdraw", {"code": "222222"})) == (404, "NotFound", None)
    async with lobby.database.reading() as connection:
        with pytest.raises(NotFound):
            await views.ticket_basis(connection, UUID(path.rpartition("/")[2]), missing)


@pytest.mark.parametrize("path", ["", "/invitations", "/registrations", "/statistics"])
async def test_what_is_not_there_is_not_found(path: str, lobby: Office) -> None:
    missing = "/v1/meetings/00000000-0000-7000-8000-000000000000"
    assert code_of(await lobby.organiser.get(missing + path)) == (404, "NotFound", None)


async def test_the_contacts_of_co_hosts_are_persons_of_the_draft(office: Office) -> None:
    contact = {"organisation": "UNDP", "person": person(7)}
    await office.drafted(co_hosts=["UNDP"], co_host_contacts=[contact])
    fact = json.loads(await office.value("SELECT payload FROM outbox WHERE type = 'registration.meeting-drafted.v1'"))
    [key] = fact["co_host_contacts"]
    told = await office.rows("SELECT organisation, mobile FROM person WHERE person_id::text = $1", key)
    assert [tuple(row) for row in told] == [("UNDP", "+8562055551007")]
