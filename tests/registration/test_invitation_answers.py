"""Who has answered: invited bodies by state, in the list, in the counts, in the statistics and in the metrics."""

from typing import Any

import httpx
import pytest

from services.registration import views
from services.registration.observability import INVITATIONS
from tests.registration.running_service import RegistrationService, answer, code_of

EVERY_STATE = {
    "MOF": "accepted",
    "MOH": "represented",
    "MPI": "declined",
    "MOIC": "declined",
    "MOES": "pending",
    "MOJ": "expired",
    "MOFA": "revoked",
}


async def listed(service: RegistrationService, path: str, **query: Any) -> dict[str, dict[str, Any]]:
    found = await service.organiser.get(f"{path}/invitations", **query)
    assert found.status_code == 200, found.text
    return {one["organisation"]: one for one in found.json()["items"]}


async def states(service: RegistrationService, path: str, **query: Any) -> dict[str, str]:
    return {body: one["state"] for body, one in (await listed(service, path, **query)).items()}


async def counts(service: RegistrationService, path: str) -> dict[str, Any]:
    told: dict[str, Any] = (await service.organiser.get(f"{path}/invitations/counts")).json()
    return told


async def over(service: RegistrationService, body: str) -> None:
    """The time of a body to answer is over."""
    async with service.database.transaction() as connection:
        await connection.execute(
            "UPDATE invitation SET expires_at = now() - interval '1 day' WHERE organisation = $1", body
        )


async def revoked(service: RegistrationService, path: str, body: str) -> None:
    known = (await listed(service, path))[body]
    done = await service.organiser.post(f"{path}/invitations/{known['invitation_id']}/revoke", {"reason": "ເຊີນຜິດ"})
    assert done.status_code == 200, done.text


async def answered_in_every_way(service: RegistrationService) -> str:
    """The path of a meeting that has invited seven bodies with three seats each."""
    path = await service.opened()
    links = {body: await service.invited(path, body=body) for body in EVERY_STATE}
    await service.registered(path, 1, body="MOF", link=links["MOF"])
    await service.sent(path, await service.registered(path, 2, body="MOH", link=links["MOH"]), 3)
    no = {**answer(4, body="MPI", link=links["MPI"]), "reason": "ຕິດວຽກ"}
    assert (await service.anybody.post(f"{path}/declines", no)).status_code == 201
    await service.withdrawn(path, await service.registered(path, 5, body="MOIC", link=links["MOIC"]))
    await over(service, "MOJ")
    await revoked(service, path, "MOFA")
    return path


async def test_each_invited_body_is_in_one_state_by_what_its_people_have_answered(
    service: RegistrationService,
) -> None:
    path = await answered_in_every_way(service)
    assert await states(service, path) == EVERY_STATE
    found = await listed(service, path)
    people = ("used", "free", "confirmed", "declined", "represented", "withdrawn", "answered")
    assert {body: tuple(one[name] for name in people) for body, one in found.items()} == {
        "MOF": (1, 2, 1, 0, 0, 0, True),
        "MOH": (1, 2, 1, 0, 1, 0, True),
        "MPI": (0, 3, 0, 1, 0, 0, True),
        "MOIC": (0, 3, 0, 0, 0, 1, True),
        "MOES": (0, 3, 0, 0, 0, 0, False),
        "MOJ": (0, 0, 0, 0, 0, 0, False),
        "MOFA": (0, 0, 0, 0, 0, 0, False),
    }


async def test_the_list_is_filtered_by_state_and_by_who_has_not_answered(service: RegistrationService) -> None:
    path = await answered_in_every_way(service)
    assert await states(service, path, state="declined") == {"MPI": "declined", "MOIC": "declined"}
    assert await states(service, path, state=["revoked", "pending"]) == {"MOES": "pending", "MOFA": "revoked"}
    assert await states(service, path, answered="false") == {"MOES": "pending", "MOJ": "expired"}
    assert set(await states(service, path, answered="true")) == {"MOF", "MOH", "MPI", "MOIC"}
    assert await states(service, path, answered="false", state="pending") == {"MOES": "pending"}
    unknown = await service.organiser.get(f"{path}/invitations", state="lost")
    assert code_of(unknown)[0] == 422


async def test_the_counts_are_those_of_the_list_and_of_the_statistics(service: RegistrationService) -> None:
    path = await answered_in_every_way(service)
    told = await counts(service, path)
    figures = {
        "states": {"pending": 1, "accepted": 1, "declined": 2, "represented": 1, "expired": 1, "revoked": 1},
        "seats_offered": 18,
        "seats_used": 2,
        "seats_unanswered": 3,
    }
    assert told == {"meeting_id": path.rpartition("/")[2], **figures}
    statistics = await service.statistics(path)
    assert (statistics["invitations"], statistics["organisations_invited"], statistics["invited"]) == (figures, 6, 18)


async def test_a_body_that_was_invited_anew_is_counted_once(service: RegistrationService) -> None:
    path = await service.opened()
    await service.registered(path, 1, link=await service.invited(path))
    await revoked(service, path, "MOF")
    await service.invited(path)
    assert (await counts(service, path))["states"] | {"pending": 1, "revoked": 1} == (await counts(service, path))[
        "states"
    ]
    assert (await service.statistics(path))["organisations_invited"] == 1
    assert (await counts(service, path))["seats_used"] == 0  # his seat is no longer one of the invitation's


async def test_who_accepts_after_all_makes_his_body_one_that_comes(service: RegistrationService) -> None:
    path = await service.opened()
    seat = await service.registered(path, 1, link=await service.invited(path))
    await service.withdrawn(path, seat)
    assert await states(service, path) == {"MOF": "declined"}
    code = {"code": seat["code"]}
    assert (
        await service.anybody.post(f"{path}/registrations/{seat['registration_id']}/accept", code)
    ).status_code == 200
    await over(service, "MOF")
    assert await states(service, path) == {"MOF": "accepted"}  # in time, although the link opens nothing now
    assert (await listed(service, path))["MOF"]["free"] == 0


async def test_a_focal_point_sees_how_far_his_own_body_is_and_no_other(service: RegistrationService) -> None:
    path = await answered_in_every_way(service)
    focal_point = service.as_("focal-point", body="MPI")
    found = (await focal_point.get(f"{path}/invitations")).json()["items"]
    assert [(one["organisation"], one["state"]) for one in found] == [("MPI", "declined")]
    told = (await focal_point.get(f"{path}/invitations/counts")).json()
    assert (told["states"]["declined"], sum(told["states"].values()), told["seats_offered"]) == (1, 1, 3)
    nobody = service.as_("focal-point", body=None)
    assert code_of(await nobody.get(f"{path}/invitations/counts")) == (403, "NotPermitted", None)


@pytest.mark.parametrize("what", ["invitations", "invitations/counts"])
async def test_nothing_is_sent_again_while_nobody_answers(service: RegistrationService, what: str) -> None:
    path = await service.opened()
    link = await service.invited(path)

    async def asked(tag: str = '""') -> httpx.Response:
        return await service.http.get(f"{path}/{what}", headers={**service.organiser.headers, "if-none-match": tag})

    first = await asked()
    assert (first.status_code, (await asked(first.headers["etag"])).status_code) == (200, 304)
    await service.registered(path, 1, link=link)
    assert (await asked(first.headers["etag"])).status_code == 200


async def test_the_metrics_count_the_invitations_of_open_meetings(service: RegistrationService) -> None:
    path = await answered_in_every_way(service)
    async with service.database.reading() as connection:
        counted = (await views.count_gauges(connection))[INVITATIONS]
    assert counted == {(state,): number for state, number in (await counts(service, path))["states"].items()}
    assert (await service.organiser.post(f"{path}/cancel", {"reason": "ມີເຫດຈຳເປັນ"})).status_code == 200
    async with service.database.reading() as connection:
        assert set((await views.count_gauges(connection))[INVITATIONS].values()) == {0}
