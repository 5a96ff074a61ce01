"""What the archive shows: records by phase, and each record that is sealed, once."""

from services.archive import views
from services.archive.observability import RECORDS
from tests.archive.running_service import ArchiveService
from tests.shared.bus import sample


async def shown(service: ArchiveService) -> dict[str, float]:
    async with service.database.reading() as connection:
        found = await views.count_gauges(connection)
    return {phase: number for (phase,), number in found[RECORDS].items()}


async def test_a_sealed_record_is_counted_once_and_shown_in_its_phase(archive_service: ArchiveService) -> None:
    before = sample("pasum_records_sealed_total")
    meeting = await archive_service.complete()
    assert await shown(archive_service) == {"collecting": 0, "complete": 1, "sealing": 0, "sealed": 0}
    await archive_service.attempt(meeting)
    await archive_service.attempt(meeting)
    assert await shown(archive_service) == {"collecting": 0, "complete": 0, "sealing": 0, "sealed": 1}
    assert sample("pasum_records_sealed_total") - before == 1
