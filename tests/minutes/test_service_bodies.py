"""Minutes of 2022 have the names and the protocol order of 2022, whatever became of the bodies since."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest

from services.minutes.domain.state import minutes_id_of
from services.minutes.policy import DRAFT_MINUTES
from shared.contracts.base import Bilingual
from shared.contracts.ids import new_id
from shared.contracts.registration import EarlierOrganisation, OrganisationRecorded
from shared.kernel import OFFICE_ZONE
from tests.minutes.registration_facts import body, everybody, held, meeting_facts, opened
from tests.minutes.registration_facts import drafted as meeting_drafted
from tests.minutes.running_service import MinutesService

REFORM = date(2025, 3, 20)
OPINION = {"organisation": "MOF", "position": "support", "text": "ເຫັນດີ"}


def reformed(code: str, **members: Any) -> OrganisationRecorded:
    """The body under another name, and first in the protocol, since the reform."""
    was = body(code)
    before = EarlierOrganisation(until=REFORM, name=was.name, protocol_order=was.protocol_order)
    before = EarlierOrganisation(**dict(before) | {"abbreviation_lo": was.abbreviation_lo})
    now = {"name": Bilingual(lo=f"{code} ໃໝ່"), "abbreviation_lo": None, "protocol_order": 1, "earlier": (before,)}
    return OrganisationRecorded(**dict(was) | now | members)


async def drafted(service: MinutesService, *facts: OrganisationRecorded) -> Any:
    """The draft and an opinion, with the identifiers left out."""
    meeting: UUID = new_id()
    minutes = minutes_id_of(meeting)
    await service.receive(*everybody(), *facts, *meeting_facts(meeting))
    said = await service.call("POST", f"/v1/minutes/{minutes}/opinions", "secretary", json=OPINION)
    assert said.status_code == 201, said.text
    await service.attempt(DRAFT_MINUTES, minutes)
    view = await service.view(minutes)
    (opinion,) = view.pop("opinions")
    told = {name: value for name, value in view.items() if name not in {"minutes_id", "meeting_id"}}
    return told | {"speaker": opinion["speaker"]}


async def test_a_renamed_body_has_its_old_name_and_place_in_minutes_of_2022(minutes_service: MinutesService) -> None:
    before = await drafted(minutes_service)
    after = await drafted(minutes_service, reformed("MOF"), reformed("MTC"), reformed("UNDP", valid_until=REFORM))
    assert after == before
    assert "ກະຊວງການເງິນ" in str(before)


async def test_of_a_body_that_ended_before_the_meeting_both_names_are_printed(minutes_service: MinutesService) -> None:
    ended = {"valid_until": date(2022, 9, 1), "successors": ("MOJ",), "taken_over_by": "MOJ"}
    after = await drafted(minutes_service, OrganisationRecorded(**dict(body("MOF")) | ended))
    assert "ກະຊວງການເງິນ (ປັດຈຸບັນ ກະຊວງຍຸຕິທຳ)" in str(after)


async def number_given(service: MinutesService, *, starts_at: datetime) -> str:
    """The number of minutes of a ministry that the reform has renamed, approved long after it."""
    ministry = {"organisation": "MCT", "name": Bilingual(lo="ກະຊວງວັດທະນະທຳ ແລະ ທ່ອງທ່ຽວ"), "abbreviation_lo": "ວທ"}
    old = {"until": REFORM, "name": Bilingual(lo="ກະຊວງຖະແຫຼງຂ່າວ, ວັດທະນະທຳ ແລະ ທ່ອງທ່ຽວ"), "abbreviation_lo": "ຖວທ"}
    before = EarlierOrganisation(protocol_order=135, **old)
    renamed = OrganisationRecorded(protocol_order=140, earlier=(before,), **ministry)
    meeting: UUID = new_id()
    draft = meeting_drafted(meeting, organiser="MCT", starts_at=starts_at)
    await service.receive(*everybody(), renamed, draft, opened(meeting), *held(meeting))
    minutes = minutes_id_of(meeting)
    await service.attempt(DRAFT_MINUTES, minutes)
    for step, role in (("submit", "secretary"), ("approve", "chair")):
        assert (await service.step(minutes, step, role, organisation="MCT")).status_code == 200
    ((number,),) = await service.rows("SELECT number FROM minutes WHERE minutes_id = $1", minutes)
    return str(number)


@pytest.mark.parametrize(
    ("starts_at", "number"),
    [
        (datetime(2025, 3, 19, 23, 30, tzinfo=OFFICE_ZONE), "0001/ຖວທ"),
        (datetime(2025, 3, 20, 0, 30, tzinfo=OFFICE_ZONE), "0001/ວທ"),
    ],
    ids=["before the reform", "from the day of the reform on"],
)
async def test_the_number_has_the_abbreviation_that_the_ministry_had_on_the_day_of_the_meeting(
    minutes_service: MinutesService, starts_at: datetime, number: str
) -> None:
    assert await number_given(minutes_service, starts_at=starts_at) == number
