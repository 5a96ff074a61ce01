"""Minutes of a body that was taken over are in the hands of the body that acts for it."""

from datetime import date

from services.minutes import views
from shared.contracts.registration import OrganisationRecorded
from shared.succession import TakenOver
from tests.minutes.registration_facts import body
from tests.minutes.running_service import MinutesService

ENDED = {"valid_until": date(2025, 3, 20), "successors": ("MOF",), "taken_over_by": "MOF"}


async def test_what_was_taken_over_is_known_from_the_facts(minutes_service: MinutesService) -> None:
    assert await views.taken_over(minutes_service.database) == []
    await minutes_service.receive(body("MOF"), OrganisationRecorded(**dict(body("MTC")) | ENDED))
    assert await views.taken_over(minutes_service.database) == [
        TakenOver(code="MTC", by="MOF", since=date(2025, 3, 20))
    ]
    await minutes_service.receive(body("MTC"))
    assert await views.taken_over(minutes_service.database) == []
