"""While somebody holds a meeting for long, as a list of 50,000 people does, the people of the others register."""

import asyncio
from uuid import UUID, uuid4

from tests.registration.running_service import RegistrationService, answer, together

HOLD = "SELECT phase FROM meeting WHERE meeting_id = $1 FOR UPDATE"


async def test_people_of_other_meetings_do_not_wait_for_a_meeting_that_is_held(service: RegistrationService) -> None:
    held, *free = [await service.opened() for _ in range(5)]  # so that some share a lane with it
    async with service.database.transaction() as connection:
        await connection.execute(HOLD, UUID(held.rpartition("/")[2]))
        waiting = asyncio.create_task(service.registered(held, 0))
        first = await together(*(service.registered(path, 1) for path in free))
        more = asyncio.create_task(service.registered(held, 2))
        second = await together(*(service.registered(path, 3) for path in free))
        assert (waiting.done(), more.done()) == (False, False)
    told = [await waiting, await more, *first, *second]
    assert [one["state"] for one in told] == ["confirmed"] * 10
    assert await service.value("SELECT count(*) FROM registration") == 10


async def test_a_meeting_that_is_not_there_is_not_waited_for(service: RegistrationService) -> None:
    path = await service.opened()
    body = answer(1)
    told = await together(
        *(service.anybody.post(f"{one}/registrations", body) for one in (path, f"/v1/meetings/{uuid4()}"))
    )
    assert [one.status_code for one in told] == [201, 404]
