"""Sending a list again with its Idempotency-Key, and how far its application is while nobody sees it yet."""

from uuid import UUID

import httpx

from services.registration.effects.imports import CHUNK
from services.registration.flows.imports import apply_import
from services.registration.store import imports
from tests.registration.lists import csv, row
from tests.registration.running_service import ORGANISER, RegistrationService, code_of

ACTOR = {"subject": "somebody", "roles": ["organiser"], "organisation": ORGANISER}


async def sent(service: RegistrationService, path: str, content: bytes, key: str) -> httpx.Response:
    headers = {**service.organiser.headers, "content-type": "text/csv", "idempotency-key": key}
    return await service.http.post(f"{path}/imports", content=content, headers=headers)


async def kept(service: RegistrationService) -> tuple[int, int, int]:
    """Imports, pieces of their files, and jobs that read them."""
    rows = await service.rows(
        "SELECT (SELECT count(*) FROM participant_import), (SELECT count(*) FROM participant_import_piece),"
        " (SELECT count(*) FROM job WHERE kind = 'read-import')"
    )
    return rows[0][0], rows[0][1], rows[0][2]


async def test_a_list_sent_again_with_its_key_is_the_same_import(service: RegistrationService) -> None:
    path = await service.opened()
    first, again = [await sent(service, path, csv(row(1)), "k") for _ in range(2)]
    assert (first.status_code, again.status_code, again.headers["idempotency-replayed"]) == (202, 202, "true")
    assert (again.json(), again.headers["location"]) == (first.json(), first.headers["location"])
    assert await kept(service) == (1, 1, 1)


async def test_another_list_with_the_same_key_is_refused_and_nothing_of_it_is_left(
    service: RegistrationService,
) -> None:
    path = await service.opened()
    await sent(service, path, csv(row(1)), "k")
    assert code_of(await sent(service, path, csv(row(2)), "k"))[:2] == (422, "IdempotencyKeyReused")
    assert await kept(service) == (1, 1, 1)


async def test_the_last_import_that_a_meeting_may_have_is_answered_again_and_no_other_is_taken(
    service: RegistrationService,
) -> None:
    path = await service.opened()
    taken = [await sent(service, path, b"x", f"k{number}") for number in range(10)]
    again, another = await sent(service, path, b"x", "k9"), await sent(service, path, b"x", "k10")
    assert (again.json(), code_of(another)[:2]) == (taken[-1].json(), (409, "LimitReached"))
    assert await kept(service) == (10, 10, 10)


async def test_an_application_tells_how_far_it_is_before_anybody_is_registered(service: RegistrationService) -> None:
    path = await service.opened(capacity=CHUNK + 1)
    preview = await service.imported(path, csv(*(row(number) for number in range(CHUNK + 1))))
    new_own_link = service.built.state["dependencies"].new_own_link
    import_id, seen = UUID(preview["import_id"]), list[tuple[str, int, int]]()

    async def look(rows: int) -> None:
        async with service.database.transaction() as beside:
            await imports.note_applied(beside, import_id, rows)
        shown = (await service.organiser.get(f"{path}/imports/{import_id}")).json()
        registered = await service.value("SELECT count(*) FROM registration")
        seen.append((shown["state"], shown["rows_applied"], registered))

    async with service.database.transaction() as connection:
        await imports.start_applying(connection, import_id, "all-or-nothing")
    async with service.database.transaction() as connection:
        await apply_import(connection, import_id, actor=ACTOR, new_own_link=new_own_link, progress=look)
    assert seen == [("applying", CHUNK, 0), ("applying", CHUNK + 1, 0)]
    assert await service.value("SELECT count(*) FROM registration") == CHUNK + 1
