"""Chunks: all or nobody, a verdict for each row, the same rules as for one."""

from typing import Any

from tests.registration.running_service import Caller, RegistrationService, answer, code_of

ROWS = 40


def chunk(*numbers: int, **changes: Any) -> dict[str, Any]:
    return {"rows": [{**answer(number), **changes} for number in numbers]}


async def post(caller: Caller, path: str, body: dict[str, Any], **headers: str) -> Any:
    return await caller.post(f"{path}/registrations/bulk", body, **headers)


async def test_a_chunk_is_registered_in_its_order(service: RegistrationService) -> None:
    path = await service.opened(capacity=ROWS - 2)
    done = await post(service.organiser, path, chunk(*range(ROWS)))
    rows = done.json()["rows"]
    assert (done.status_code, done.json()["registered"]) == (201, ROWS)
    assert [(row["state"], row["position"]) for row in rows[-3:]] == [
        ("confirmed", None),
        ("waitlisted", 1),
        ("waitlisted", 2),
    ]
    assert await service.value("SELECT version FROM meeting") == 2 + ROWS
    assert await service.value("SELECT count(*) FROM outbox WHERE type LIKE '%person-recorded%'") == ROWS + 1
    assert await service.value("SELECT count(*) FROM job") == ROWS - 2


async def test_one_bad_row_refuses_the_chunk_and_every_bad_row_is_named(service: RegistrationService) -> None:
    path = await service.opened()
    await service.registered(path, 3)
    body = chunk(1, 2, 3, 1)
    body["rows"] += [answer(5, mobile="12"), {**answer(6), "organisation": "NONE"}, answer(7, mobile=None)]
    refused = await post(service.organiser, path, body)
    verdicts = [(row["row"], row["code"], row["field"]) for row in refused.json()["details"]["rows"]]
    assert (code_of(refused)[:2], verdicts) == (
        (422, "ChunkRefused"),
        [
            (2, "AlreadyRegistered", None),
            (3, "AlreadyRegistered", None),
            (4, "MobileInvalid", "/rows/4/person/mobile"),
            (5, "OrganisationUnknown", "/organisation"),
            (6, "ContactMissing", "/rows/6/person/mobile"),
        ],
    )
    assert await service.value("SELECT count(*) FROM registration") == 1


async def test_a_chunk_sent_twice_is_one(service: RegistrationService) -> None:
    path = await service.opened()
    first, second = [await post(service.organiser, path, chunk(1, 2), idempotency_key="k") for _ in range(2)]
    assert (first.content, second.headers["idempotency-replayed"]) == (second.content, "true")
    assert await service.value("SELECT count(*) FROM registration") == 2


async def test_a_focal_point_registers_the_people_of_his_body_and_nobody_else(service: RegistrationService) -> None:
    path = await service.opened()
    focal_point = service.as_("focal-point", body="MOF")
    refused = await post(focal_point, path, {"rows": [answer(1), answer(2, body="MOH")]})
    assert code_of(refused) == (403, "NotPermitted", "/rows/1/organisation")
    assert (await post(focal_point, path, chunk(1))).status_code == 201
    assert code_of(await post(service.as_("organiser", body="MOH"), path, chunk(2)))[1] == "NotPermitted"


async def test_by_invitation_only_the_organiser_registers_without_a_link(service: RegistrationService) -> None:
    path = await service.opened(policy="by-invitation")
    refused = await post(service.as_("focal-point", body="MOF"), path, chunk(1))
    assert [row["code"] for row in refused.json()["details"]["rows"]] == ["InvitationNeeded"]
    assert (await post(service.organiser, path, chunk(1))).status_code == 201


async def test_a_chunk_has_a_length(service: RegistrationService) -> None:
    path = await service.opened()
    answers = [await post(service.organiser, path, {"rows": [answer(1)] * count}) for count in (0, 501)]
    assert [code_of(one)[:2] for one in answers] == [(422, "InvalidRequest")] * 2
