"""What minutes show: each step is counted once, and what waits, with the time for which it has."""

import pytest

from services.minutes import views
from services.minutes.observability import MINUTES, MINUTES_OLDEST_SECONDS
from shared.observability.gauges import GaugeValues
from tests.minutes.running_service import MinutesService
from tests.shared.bus import execute, sample

STEPS = ("started", "drafted", "submitted", "returned", "approved", "signed", "published", "filed")


async def gauges(service: MinutesService) -> GaugeValues:
    async with service.database.reading() as connection:
        return await views.count_gauges(connection)


def steps() -> list[float]:
    return [sample("pasum_minutes_steps_total", step=step) for step in STEPS]


async def test_every_step_of_minutes_is_counted(minutes_service: MinutesService) -> None:
    before = steps()
    await minutes_service.published()
    assert [after - now for after, now in zip(steps(), before, strict=True)] == [1, 1, 1, 0, 1, 1, 1, 0]


@pytest.mark.parametrize("step", ["signing", "publication"])
async def test_the_time_since_the_approval_is_measured(minutes_service: MinutesService, step: str) -> None:
    before = sample(f"pasum_minutes_{step}_seconds_count")
    await minutes_service.published()
    assert sample(f"pasum_minutes_{step}_seconds_count") - before == 1


async def test_a_step_that_is_refused_is_not_counted(minutes_service: MinutesService) -> None:
    minutes = await minutes_service.drafted()
    before = steps()
    assert (await minutes_service.step(minutes, "approve", "chair")).status_code == 409
    assert steps() == before


async def test_minutes_are_shown_in_their_phase_until_they_are_filed(minutes_service: MinutesService) -> None:
    await minutes_service.drafted()
    await minutes_service.submitted()
    await execute(minutes_service.database, "UPDATE minutes SET phase = 'filed' WHERE phase = 'draft'")
    shown = {phase: number for (phase,), number in (await gauges(minutes_service))[MINUTES].items()}
    assert shown == {"opened": 0, "draft": 0, "in-review": 1, "approved": 0, "signed": 0, "published": 0}


async def test_the_age_is_that_of_the_minutes_longest_in_the_phase(minutes_service: MinutesService) -> None:
    first, second = await minutes_service.drafted(), await minutes_service.drafted()
    longer = "UPDATE minutes SET phase_since = now() - $2::int * interval '1 hour' WHERE minutes_id = $1"
    await execute(minutes_service.database, longer, first, 30)
    await execute(minutes_service.database, longer, second, 20)
    ages = (await gauges(minutes_service))[MINUTES_OLDEST_SECONDS]
    assert (round(ages["draft",] / 3600), ages["in-review",]) == (30, 0.0)


async def test_a_step_inside_a_phase_leaves_its_age_and_the_next_phase_begins_anew(
    minutes_service: MinutesService,
) -> None:
    minutes = await minutes_service.drafted()
    await execute(minutes_service.database, "UPDATE minutes SET phase_since = now() - interval '30 hours'")
    assert (await minutes_service.step(minutes, "submit", "secretary")).status_code == 200
    ages = (await gauges(minutes_service))[MINUTES_OLDEST_SECONDS]
    assert (ages["draft",], ages["in-review",] < 3600) == (0.0, True)
