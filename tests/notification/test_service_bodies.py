"""Messages name the organiser as he is called on the day of the meeting."""

from datetime import date

import pytest

from shared.contracts.base import Bilingual
from shared.contracts.registration import EarlierOrganisation, OrganisationRecorded
from tests.notification import scenario
from tests.notification.running_service import NotificationService
from tests.notification.scenario import CHAIR, KEO

BEFORE = EarlierOrganisation(
    until=date(2025, 3, 20), name=Bilingual(lo="ກະຊວງເຕັກໂນໂລຊີ ແລະ ການສື່ສານ"), protocol_order=120
)
MTC = OrganisationRecorded(organisation="MTC", name=Bilingual(lo="ກະຊວງດິຈິຕອນ"), protocol_order=1, earlier=(BEFORE,))
MOH = OrganisationRecorded(organisation="MOH", name=Bilingual(lo="ກະຊວງສາທາລະນະສຸກ"), protocol_order=2)
ENDED = {"valid_until": date(2022, 9, 1), "successors": ("MOH",), "taken_over_by": "MOH"}


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (MTC, "ກະຊວງເຕັກໂນໂລຊີ ແລະ ການສື່ສານ"),
        (OrganisationRecorded(**dict(MTC) | {"earlier": ()}), "ກະຊວງດິຈິຕອນ"),
        (
            OrganisationRecorded(**dict(MTC) | ENDED | {"earlier": ()}),
            "ກະຊວງດິຈິຕອນ (ປັດຈຸບັນ ກະຊວງສາທາລະນະສຸກ)",
        ),
    ],
    ids=["renamed later", "never renamed", "ended before the meeting"],
)
async def test_a_message_of_2022_names_the_organiser_of_2022(
    service: NotificationService, body: OrganisationRecorded, name: str
) -> None:
    await service.hear(MOH, body, *(scenario.person(each) for each in (KEO, CHAIR)))
    await service.hear(scenario.opened(), scenario.registered())
    await service.hear(scenario.ticketed(service.sealer.seal("ticket")))
    await service.work()
    (mail,) = [mail for mail in service.providers.mails if mail.to == scenario.person(KEO).email]
    assert f"\n{name}\n" in mail.text
