"""Who did what and when: by which link, in which role, for which body; nobody is named."""

from typing import Any

from tests.registration.lists import applied, csv, row
from tests.registration.running_service import INVITED, RegistrationService, answer, code_of


async def entries(service: RegistrationService, path: str) -> list[tuple[str, str, str | None, str | None]]:
    """What was done, in which capacity, for which body, and by which account."""
    read = await service.organiser.get(f"{path}/history")
    assert read.headers["cache-control"] == "no-store"
    return [(one["what"], one["acted_as"], one["body"], one["actor"]) for one in read.json()["items"]]


async def own(service: RegistrationService, seat: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    """What the person of a registration sees of what was done with it."""
    token = (await service.own_tokens())[seat["registration_id"]]
    read = await service.http.get("/v1/registration/history", headers={"Registration-Token": token})
    assert (read.status_code, read.headers["cache-control"]) == (200, "no-store")
    assert {name for one in read.json()["items"] for name in one} <= {"at", "what", "acted_as", "body"}
    return [(one["what"], one["acted_as"], one["body"]) for one in read.json()["items"]]


async def test_the_organiser_sees_who_acted_in_which_capacity(service: RegistrationService) -> None:
    path = await service.opened()
    link = await service.invited(path)
    seat = await service.registered(path, 1, link=link)
    stranger = await service.registered(path, 2)
    focal_point = service.as_("focal-point", body=INVITED, subject="focal")
    await focal_point.post(f"{path}/registrations/{stranger['registration_id']}/vouch")
    await service.withdrawn(path, seat)
    assert await entries(service, path) == [
        ("meeting-drafted", "organiser", "MTC", "organiser"),
        ("meeting-opened", "organiser", "MTC", "organiser"),
        ("organisation-invited", "organiser", "MTC", "organiser"),
        ("participant-registered", "invitation-link", None, None),
        ("participant-registered", "without-link", None, None),
        ("participant-proven", "focal-point", "MOF", "focal"),
        ("participant-withdrawn", "own-link", None, None),
    ]


async def test_the_person_sees_what_was_done_with_his_registration_and_no_account(service: RegistrationService) -> None:
    path = await service.opened(capacity=1)
    first, second = [await service.registered(path, number) for number in (1, 2)]
    await service.withdrawn(path, first)
    assert await own(service, first) == [
        ("participant-registered", "without-link", None),
        ("participant-withdrawn", "own-link", None),
    ]
    assert await own(service, second) == [
        ("participant-registered", "without-link", None),
        ("participant-promoted", "system", None),
    ]


async def test_both_sides_of_a_representation_have_an_entry(service: RegistrationService) -> None:
    path = await service.opened()
    seat = await service.registered(path, 1)
    sent = await service.sent(path, seat, 2)
    assert (await own(service, seat))[-1:] == [("participant-represented", "own-link", None)]
    assert await own(service, sent) == [("participant-represented", "represented-person", None)]


async def test_of_many_who_are_registered_or_corrected_at_once_each_has_an_entry(service: RegistrationService) -> None:
    path = await service.opened()
    focal_point = service.as_("focal-point", body=INVITED, subject="focal")
    done = await focal_point.post(f"{path}/registrations/bulk", {"rows": [answer(1), answer(2)]})
    seats = [one["registration_id"] for one in done.json()["rows"]]
    preview = await service.imported(path, csv(row(1, given_name="ຄົນທີ 1", rank=70)))
    await applied(service, path, preview)
    read = [(await service.organiser.get(f"{path}/registrations/{seat}/history")).json()["items"] for seat in seats]
    assert [[(one["what"], one["acted_as"], one["actor"]) for one in items] for items in read] == [
        [("participant-registered", "focal-point", "focal"), ("person-recorded", "organiser", "organiser")],
        [("participant-registered", "focal-point", "focal")],
    ]


async def test_a_long_history_has_pages_and_a_strange_cursor_is_refused(service: RegistrationService) -> None:
    path = await service.opened()
    await service.organiser.post(f"{path}/registrations/bulk", {"rows": [answer(number) for number in range(5)]})
    found: list[int] = []
    following: dict[str, str] = {}
    for _ in range(3):
        page = (await service.organiser.get(f"{path}/history", limit=3, **following)).json()
        found.append(len(page["items"]))
        following = {"cursor": page["next"]}
    assert following == {"cursor": None}
    assert found == [3, 3, 1]
    assert code_of(await service.organiser.get(f"{path}/history", cursor="AAAA"))[:2] == (422, "InvalidCursor")


async def test_the_history_is_for_the_organiser_and_of_his_own_meeting(service: RegistrationService) -> None:
    path = await service.opened()
    seat = await service.registered(path, 1)
    other = f"{await service.opened()}/registrations/{seat['registration_id']}/history"
    assert code_of(await service.organiser.get(other))[:2] == (404, "NotFound")
    elsewhere = service.as_("organiser", body=INVITED)
    assert code_of(await elsewhere.get(f"{path}/history"))[:2] == (403, "NotPermitted")
    assert code_of(await service.as_("desk").get(f"{path}/history"))[:2] == (403, "NotPermitted")


async def test_nobody_is_named_in_the_history(service: RegistrationService) -> None:
    path = await service.opened()
    await service.registered(path, 1)
    kept = await service.value("SELECT string_agg(to_jsonb(h)::text, ' ') FROM meeting_history h")
    assert [one for one in ("ຄົນທີ", "5555", "link:") if one in kept] == []
