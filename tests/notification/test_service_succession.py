"""Messages of a body that was taken over are shown to the body that acts for it."""

from datetime import date

from services.notification import views
from shared.contracts.base import Bilingual
from shared.contracts.registration import OrganisationRecorded
from shared.succession import TakenOver
from tests.notification.running_service import NotificationService

MTC = OrganisationRecorded(organisation="MTC", name=Bilingual(lo="ກະຊວງເຕັກໂນໂລຊີ"), protocol_order=1)
ENDED = {"valid_until": date(2025, 3, 20), "successors": ("MOF",), "taken_over_by": "MOF"}


async def test_what_was_taken_over_is_known_from_the_facts(service: NotificationService) -> None:
    await service.hear(OrganisationRecorded(**dict(MTC) | ENDED))
    assert await views.taken_over(service.database) == [TakenOver(code="MTC", by="MOF", since=date(2025, 3, 20))]
    await service.hear(MTC)
    assert await views.taken_over(service.database) == []
