"""Records of a body that was taken over may be seen by the body that acts for it."""

from datetime import date

from services.archive import views
from shared.contracts.base import Bilingual
from shared.contracts.registration import OrganisationRecorded
from shared.succession import TakenOver
from tests.archive.running_service import ArchiveService

MTC = OrganisationRecorded(organisation="MTC", name=Bilingual(lo="ກະຊວງເຕັກໂນໂລຊີ"), protocol_order=1)
ENDED = {"valid_until": date(2025, 3, 20), "successors": ("MOF",), "taken_over_by": "MOF"}


async def test_what_was_taken_over_is_known_from_the_facts(archive_service: ArchiveService) -> None:
    await archive_service.receive(OrganisationRecorded(**dict(MTC) | ENDED))
    known = await views.taken_over(archive_service.database)
    assert known == [TakenOver(code="MTC", by="MOF", since=date(2025, 3, 20))]
    await archive_service.receive(MTC)
    assert await views.taken_over(archive_service.database) == []
