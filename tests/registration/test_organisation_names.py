"""How a body is shown on a day: SQL, by which lists are sorted, and Python, which other services use, say the same."""

from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.registration.domain.organisation import RecordOrganisation
from services.registration.store import ORGANISATIONS
from shared.application import execute
from shared.contracts.base import Bilingual
from shared.contracts.registration import EarlierOrganisation, OrganisationRecorded, called_on
from shared.kernel import Actor
from tests.registration.running_service import RegistrationService
from tests.registration.scenario import NOW

SOMEBODY = Actor(subject="somebody")
FIRST = date(2020, 1, 1)
CODES = [f"Z{number}" for number in range(5)]
DAYS = st.integers(0, 40)
SHOWN = "SELECT code, name_lo, name_en, protocol_order FROM organisation_on($1) WHERE code LIKE 'Z%' ORDER BY code"


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


@st.composite
def bodies(draw: st.DrawFn) -> dict[str, OrganisationRecorded]:
    """Bodies with earlier names, of which some have ended and are taken over by one that comes later in the list."""
    made = {}
    for place, code in enumerate(CODES):
        days = sorted(draw(st.sets(DAYS, max_size=3)))
        *changes, end = days or [draw(DAYS)]
        following = CODES[place + 1 :]
        heir = draw(st.sampled_from([None, *following]))
        ended = heir is not None or draw(st.booleans())
        earlier = tuple(_earlier(code, draw, each) for each in changes)
        members: dict[str, Any] = {"valid_until": day(end) if ended else None, "taken_over_by": heir}
        members |= {"successors": (heir,) if heir else (), "earlier": earlier}
        english = draw(st.sampled_from([None, f"Ministry {code}"]))
        name = Bilingual(lo=f"ກະຊວງ {code}", en=english)
        made[code] = OrganisationRecorded(organisation=code, name=name, protocol_order=draw(DAYS), **members)
    return made


def _earlier(code: str, draw: st.DrawFn, until: int) -> EarlierOrganisation:
    name = Bilingual(lo=f"ກະຊວງ {code} {until}", en=draw(st.sampled_from([None, f"Ministry {code} {until}"])))
    return EarlierOrganisation(until=day(until), name=name, protocol_order=draw(DAYS))


@given(recorded=bodies())
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_sql_and_python_call_a_body_alike_on_every_day(
    shared_service: RegistrationService, recorded: dict[str, OrganisationRecorded]
) -> None:
    async with shared_service.database.transaction() as connection:
        for code in CODES:  # an end of an earlier example would lead to circles
            await connection.execute("DELETE FROM organisation WHERE code = $1", code)
            await connection.execute("DELETE FROM organisation_change WHERE code = $1", code)
        for code, body in reversed(recorded.items()):
            command = RecordOrganisation(actor=SOMEBODY, at=NOW, data=body)
            await execute(connection, ORGANISATIONS, code, command)
    for number in range(-1, 42, 3):
        shown = [tuple(row) for row in await shared_service.rows(SHOWN, day(number))]
        called = {code: called_on(day(number), code, recorded) for code in CODES}
        orders = {code: recorded[code].on(day(number)).protocol_order for code in CODES}
        assert shown == [(code, called[code].lo, called[code].en, orders[code]) for code in CODES]
