"""A body is merged between invitation and meeting: its invitation stays good, and the successor acts for it."""

from typing import Any

import pytest

from shared.succession import TakenOver, predecessors
from tests.registration.routes import BODIES, headers_of, prepared_meeting
from tests.registration.running_service import NEVER, RegistrationService, answer, code_of, person
from tests.rights import HIDDEN, RIGHT, TOKEN, Asked, admitted, asking
from tests.rights.tables import REGISTRATION

MERGED = "2026-01-01"
NEXT_YEAR = {"starts_at": "2030-09-19T08:30:00+07:00", "ends_at": "2030-09-19T12:00:00+07:00"}
NEW = "ກະຊວງການເງິນ (ປັດຈຸບັນ ກະຊວງສາທາລະນະສຸກ)"


async def ended(service: RegistrationService, code: str, *, successors: list[str], **more: Any) -> None:
    """The body is no more since the beginning of the year."""
    body = {"day": MERGED, "successors": successors, "reason": "ດຳລັດ", **more}
    done = await service.as_("operator").post(f"/v1/organisations/{code}/end", body)
    assert done.status_code == 200, done.text


def test_whoever_takes_over_has_the_rights_of_those_that_were_taken_over_before() -> None:
    links = [("A", "B"), ("B", "C"), ("X", "C"), ("D", "A"), ("Y", "Z")]
    bodies = [TakenOver(code=code, by=by, since=None) for code, by in links]  # type: ignore[arg-type] # -- not asked
    assert predecessors("C", bodies) == {"A", "B", "X", "D"}
    assert predecessors("A", bodies) == {"D"}
    circle = [TakenOver(code=code, by=by, since=None) for code, by in (("A", "B"), ("B", "A"))]  # type: ignore[arg-type] # -- as above
    assert predecessors("A", circle) == {"B"}


@pytest.mark.parametrize("route", REGISTRATION)
async def test_at_each_route_the_successor_is_admitted_as_the_body_was(
    route: str, service: RegistrationService
) -> None:
    setting = await prepared_meeting(service)
    await ended(service, "MTC", successors=["MOES"])

    def token(role: str, body: str | None) -> str:
        return service.provider.token(role, **({"organisation": {"MTC": "MOES"}.get(body, body)} if body else {}))

    body = BODIES[route](setting) if route in BODIES else None
    asked = Asked(route=route, path=setting.at(route.partition(" ")[2]), body=body, headers=headers_of(route, setting))
    hidden = {HIDDEN} - ({HIDDEN} if route.endswith("/erase") else set())
    found = await admitted(asking(service.http, token), asked, refusals={TOKEN, RIGHT, *hidden})
    assert found == REGISTRATION[route]


async def test_rights_begin_with_the_day_and_end_with_a_correction(service: RegistrationService) -> None:
    path = await service.drafted()
    successor, other = service.as_("organiser", body="MOES"), service.as_("organiser", body="MOJ")
    assert (await successor.get(path)).status_code == 404
    ending = {"day": "2090-01-01", "successors": ["MOES"], "reason": "ດຳລັດ"}
    await service.as_("operator").post("/v1/organisations/MTC/end", ending)
    assert (await successor.get(path)).status_code == 404
    await service.as_("operator").post("/v1/organisations/MTC/end", {**ending, "day": MERGED})
    assert [(await caller.get(path)).status_code for caller in (successor, other)] == [200, 404]
    assert [one["meeting_id"] for one in (await successor.get("/v1/meetings")).json()["items"]] == [path[-36:]]
    told = (await service.anybody.get("/v1/organisations/MTC")).json()
    undone = {"name": told["name"], "protocol_order": told["protocol_order"], "successors": [], "taken_over_by": None}
    assert (await service.as_("operator").put("/v1/organisations/MTC", undone)).status_code == 200
    assert (await successor.get(path)).status_code == 404


async def test_after_a_split_nobody_acts_unless_it_is_said_who(service: RegistrationService) -> None:
    path = await service.drafted()
    await ended(service, "MTC", successors=["MOES", "MOJ"])
    callers = [service.as_("organiser", body=body) for body in ("MOES", "MOJ")]
    assert [(await caller.get(path)).status_code for caller in callers] == [404, 404]
    await ended(service, "MTC", successors=["MOES", "MOJ"], taken_over_by="MOJ")
    assert [(await caller.get(path)).status_code for caller in callers] == [404, 200]


async def test_the_invitation_stays_good_and_the_successor_manages_its_people(service: RegistrationService) -> None:
    path = await service.opened(**NEXT_YEAR, policy="by-invitation")
    link = await service.invited(path, body="MOF", seats=3)
    await service.registered(path, 1, body="MOF", link=link)
    await ended(service, "MOF", successors=["MOH"])
    await service.registered(path, 2, body="MOF", link=link)
    await service.registered(path, 3, body="MOH", link=link)
    full = await service.anybody.post(f"{path}/registrations", answer(4, body="MOH", link=link))
    assert code_of(full)[:2] == (409, "InvitationExhausted")
    stranger = await service.anybody.post(f"{path}/registrations", answer(5, body="MOJ", link=link))
    assert code_of(stranger) == (422, "OrganisationMismatch", "/organisation")
    listed = (await service.as_("focal-point", body="MOH").get(f"{path}/registrations")).json()["items"]
    assert [(one["organisation"], one["organisation_name"]["lo"]) for one in listed] == [
        ("MOF", NEW),
        ("MOF", NEW),
        ("MOH", "ກະຊວງສາທາລະນະສຸກ"),
    ]
    own = (await service.as_("focal-point", body="MOH").get(f"{path}/registrations", organisation="MOF")).json()
    assert len(own["items"]) == 2
    assert (await service.as_("focal-point", body="MOJ").get(f"{path}/registrations")).json()["items"] == []


async def test_a_person_of_the_successor_declines_by_the_link_of_the_predecessor(service: RegistrationService) -> None:
    path = await service.opened(**NEXT_YEAR)
    link = await service.invited(path, body="MOF")
    await ended(service, "MOF", successors=["MOH"])
    told = {**answer(1, body="MOH", link=link), "reason": "ລາພັກ"}
    assert (await service.anybody.post(f"{path}/declines", told)).status_code == 201


async def test_a_focal_point_registers_the_people_of_the_predecessor(service: RegistrationService) -> None:
    path = await service.opened(**NEXT_YEAR)
    await ended(service, "MOF", successors=["MOH"])
    rows = [answer(1, body="MOF"), answer(2, body="MOH")]
    done = await service.as_("focal-point", body="MOH").post(f"{path}/registrations/bulk", {"rows": rows})
    assert done.status_code == 201, done.text
    refused = await service.as_("focal-point", body="MOH").post(
        f"{path}/registrations/bulk", {"rows": [answer(3, body="MOJ")]}
    )
    assert code_of(refused) == (403, "NotPermitted", "/rows/0/organisation")


async def test_who_is_invited_already_is_not_invited_again_under_the_new_name(service: RegistrationService) -> None:
    path = await service.opened(**NEXT_YEAR)
    await service.invited(path, body="MOF")
    await ended(service, "MOF", successors=["MOH"])

    async def invited(body: str) -> tuple[tuple[int, str, str | None], Any]:
        contact = {"organisation": body, "seats": 1, "expires_at": NEVER, "contact": person(60)}
        told = await service.organiser.post(f"{path}/invitations", contact)
        return code_of(told), told.json().get("details")

    assert await invited("MOH") == ((409, "AlreadyInvited", "/organisation"), {"invited": "MOF"})
    assert await invited("MOF") == ((409, "OrganisationEnded", "/organisation"), {"acting": "MOH"})
    assert (await invited("MAF"))[1] == {"acting": "MAE"}
    assert (await invited("MOHA"))[1] == {"acting": ""}


async def test_a_meeting_before_the_merger_knows_nothing_of_it(service: RegistrationService) -> None:
    path = await service.opened()  # of 2022
    link = await service.invited(path, body="MAF")
    await service.invited(path, body="MAE")
    mismatch = await service.anybody.post(f"{path}/registrations", answer(1, body="MAE", link=link))
    assert code_of(mismatch)[1] == "OrganisationMismatch"


async def test_seats_of_bodies_that_were_merged_are_counted_together(service: RegistrationService) -> None:
    limits = [{"organisation": "MOF", "most": 2}, {"organisation": "MOJ", "most": 1}]
    path = await service.opened(**NEXT_YEAR, organisation_seats=limits)
    early = await service.registered(path, 1, body="MOH")  # not limited before the merger
    await service.registered(path, 2, body="MOF")
    await ended(service, "MOF", successors=["MOH"])
    assert (await service.registered(path, 3, body="MOF"))["state"] == "waitlisted"
    assert (await service.registered(path, 4, body="MOH"))["state"] == "waitlisted"
    await service.withdrawn(path, early)
    states = [row["state"] for row in await service.rows("SELECT state FROM registration ORDER BY registration_id")]
    assert states == ["withdrawn", "confirmed", "confirmed", "waitlisted"]
    await ended(service, "MOJ", successors=["MOH"])  # now three seats for the people of all: who waited moves up
    assert (await service.registered(path, 5, body="MOJ"))["state"] == "waitlisted"
    states = [row["state"] for row in await service.rows("SELECT state FROM registration ORDER BY registration_id")]
    assert states == ["withdrawn", "confirmed", "confirmed", "confirmed", "waitlisted"]
    assert await service.value("SELECT taken FROM meeting") == {"MOF": 2, "MOH": 1, "MOJ": 0}
