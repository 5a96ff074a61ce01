"""Exports of 50,000 people: the memory that one takes does not grow with the list."""

import tracemalloc
from collections.abc import AsyncIterator, Callable
from typing import Any, Final
from uuid import UUID

from starlette.responses import StreamingResponse

from services.registration.api.lists import exports
from shared.kernel import Actor, Role
from tests.registration.running_service import ORGANISER, RegistrationService

PEOPLE: Final = 50_000
FIRST_PAGES: Final = 100_000
"""Bytes of a file."""
GROWTH: Final = 8 * 1024 * 1024
"""Bytes: a page of 1,000 people as a text and as what is made of it. The whole list would be 100 MB."""
_CROWD: Final = """
WITH seat AS (SELECT n, gen_random_uuid() AS person_id, '+85620' || (50000000 + n) AS mobile
              FROM generate_series(1, $2::int) AS n),
known AS (INSERT INTO person (person_id, version, given_name, family_name, position_title, rank, organisation, mobile,
                              language, gender)
          SELECT person_id, 1, 'ສົມພອນ ' || n, 'ວົງພະຈັນ', 'ຫົວໜ້າພະແນກ', 80, 'MOF', mobile, 'lo', 'female' FROM seat)
INSERT INTO registration (registration_id, meeting_id, person_id, organisation, rank, state, code, mobile, promoted,
                          ticket_serial, answered_at)
SELECT gen_random_uuid(), $1, person_id, 'MOF', 80, 'confirmed', lpad(n::text, 8, '0'), mobile, false, 1, now()
FROM seat
"""
Export = Callable[..., Any]


async def streamed(service: RegistrationService, meeting: UUID, export: Export) -> AsyncIterator[bytes]:
    """The pieces of a file as the server sends them."""
    actor = Actor(subject="organiser", roles=frozenset({Role.ORGANISER}), organisation=ORGANISER)
    answer = await export(meeting, service.built.state["dependencies"], actor)
    assert isinstance(answer, StreamingResponse)
    async for piece in answer.body_iterator:
        assert isinstance(piece, bytes)
        yield piece


async def growth(pieces: AsyncIterator[bytes]) -> int:
    """How many bytes more than after the first pages were held at any later moment; at least two pieces come."""
    sent = begun = count = 0
    tracemalloc.start()
    async for piece in pieces:
        sent, count = sent + len(piece), count + 1
        if not begun and sent > FIRST_PAGES:
            begun = tracemalloc.get_traced_memory()[0]
            tracemalloc.reset_peak()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (begun > 0, count > 1) == (True, True)
    return most - begun


async def test_an_export_holds_a_page_at_a_time(service: RegistrationService) -> None:
    path = await service.opened(capacity=PEOPLE)
    meeting = UUID(path.rpartition("/")[2])
    async with service.database.transaction() as connection:
        await connection.execute(_CROWD, meeting, PEOPLE)
    kinds = (exports.export_csv, exports.export_xlsx, exports.export_json)
    grown = {export.__name__: await growth(streamed(service, meeting, export)) for export in kinds}
    assert {kind: size for kind, size in grown.items() if size > GROWTH} == {}
