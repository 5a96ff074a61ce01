"""Who was in the room is one count: registration's statistics, the minutes, their list and the news say the same."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from services.minutes.domain.attendance import COUNTED
from services.minutes.domain.state import minutes_id_of
from services.minutes.policy import DRAFT_MINUTES, PUBLISH_NEWS, SIGN_MINUTES
from shared.contracts import CATALOGUE, Fact
from shared.contracts.base import Bilingual
from shared.contracts.registration import OrganisationRecorded
from tests.minutes.running_service import MinutesService
from tests.registration.running_service import START, RegistrationService, person

CHAIR = person(90, given_name="ບົວວັນ", gender="female")


@dataclass(slots=True)
class Told:
    """Registration's facts, handed on to minutes as Kafka would: each once, in order."""

    registration_service: RegistrationService
    minutes_service: MinutesService
    path: str
    last: int = field(default=0)

    @property
    def minutes(self) -> UUID:
        return minutes_id_of(UUID(self.path.rpartition("/")[2]))

    async def hand_on(self) -> None:
        rows = await self.registration_service.rows(
            "SELECT id, type, payload FROM outbox WHERE id > $1 ORDER BY id", self.last
        )
        self.last = rows[-1]["id"]
        await self.minutes_service.receive(
            *(CATALOGUE[row["type"]].model.model_validate_json(row["payload"]) for row in rows)
        )

    async def counts(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """People and women by registration, and by the minutes."""
        figures, view = (
            await self.registration_service.statistics(self.path),
            await self.minutes_service.view(self.minutes),
        )
        return (figures["present"], figures["women"]), (view["present"], view["women"])


async def bodies(registration_service: RegistrationService) -> Sequence[Fact]:
    rows = await registration_service.rows(
        "SELECT code, name_lo, protocol_order FROM organisation WHERE code IN ('MTC', 'MOF')"
    )
    return [
        OrganisationRecorded(
            organisation=row["code"], name=Bilingual(lo=row["name_lo"]), protocol_order=row["protocol_order"]
        )
        for row in rows
    ]


async def step(told: Told, name: str, at: timedelta) -> None:
    done = await told.registration_service.organiser.post(f"{told.path}/{name}", {"at": (START + at).isoformat()})
    assert done.status_code == 200, done.text


async def held(
    registration_service: RegistrationService, minutes_service: MinutesService
) -> tuple[Told, dict[str, Any]]:
    """A session, and the seat of somebody whose scan nobody has told of yet.

    In the room: a chair without a ticket, two people, one more who gave his seat back later, a representative, and one
    whom an offline desk has admitted and tells of after the end. One has not come.
    """
    path = await registration_service.opened(chair=CHAIR)
    seats = [
        await registration_service.registered(path, number, gender="female" if number < 3 else "male")
        for number in range(7)
    ]
    instead = await registration_service.sent(path, seats[3], 50)
    came = [seats[0], seats[1], seats[2], instead]
    assert {
        each[0] for each in await registration_service.scanned(path, *({"code": seat["code"]} for seat in came))
    } == {"checked-in"}
    await registration_service.withdrawn(path, seats[2])
    told = Told(registration_service, minutes_service, path)
    await step(told, "start", timedelta())
    await step(told, "end", timedelta(hours=3))
    late = await registration_service.scanned(path, {"code": seats[4]["code"]}, offline=True, device="desk-2")
    assert late == [("checked-in", None)]
    return told, seats[5]


async def test_registration_minutes_list_and_news_count_the_same_people(
    registration_service: RegistrationService, minutes_service: MinutesService
) -> None:
    told, _ = await held(registration_service, minutes_service)
    await minutes_service.receive(*await bodies(registration_service))
    await told.hand_on()
    await minutes_service.attempt(DRAFT_MINUTES, told.minutes)
    assert await told.counts() == ((6, 4), (6, 4))
    for name, role in (("submit", "secretary"), ("approve", "chair")):
        assert (await minutes_service.step(told.minutes, name, role)).status_code == 200
    await minutes_service.attempt(SIGN_MINUTES, told.minutes)
    assert (await minutes_service.step(told.minutes, "publish", "secretary")).status_code == 200
    await minutes_service.attempt(PUBLISH_NEWS, told.minutes)
    news = (await minutes_service.call("GET", f"/v1/minutes/{told.minutes}/news")).json()
    assert [paragraph.endswith("ທັງໝົດ 6 ທ່ານ.") for paragraph in news["paragraphs"]] == [True]
    content = (await minutes_service.rows("SELECT signed->'content'->>'sha256' FROM minutes"))[0][0]
    printed = json.loads(await minutes_service.dependencies.objects.get(content))
    rows = [len(each["rows"]) for each in printed["attendance"] if each["presence"] in COUNTED]
    assert (sum(rows), printed["present"], printed["women"]) == (6, 6, 4)


async def test_a_scan_that_is_told_after_the_draft_counts_at_once_there_and_here_with_the_next_draft(
    registration_service: RegistrationService, minutes_service: MinutesService
) -> None:
    told, seat = await held(registration_service, minutes_service)
    await minutes_service.receive(*await bodies(registration_service))
    await told.hand_on()
    await minutes_service.attempt(DRAFT_MINUTES, told.minutes)
    await registration_service.scanned(told.path, {"code": seat["code"]}, offline=True, device="desk-3")
    await told.hand_on()
    assert await told.counts() == ((7, 4), (6, 4))
    assert (await minutes_service.step(told.minutes, "draft", "secretary")).status_code == 200
    assert await told.counts() == ((7, 4), (7, 4))
