"""What registration shows of its meetings: each answer and scan is counted once, and seats as the database has them."""

from collections.abc import Mapping
from uuid import UUID

from services.registration import views
from services.registration.observability import MEETINGS, OPEN_MEETINGS, SEATS
from services.registration.tables import MeetingRow
from shared.observability.gauges import GaugeValues
from tests.registration.running_service import RegistrationService, answer
from tests.shared.bus import sample

HISTORY = 20_000
COLUMNS = [column.name for column in MeetingRow.__table__.columns]  # type: ignore[attr-defined] # -- SQLModel's own
CHANGED = {"meeting_id": "gen_random_uuid()", "phase": "'closed'"}
CLOSED = (
    f"SELECT {', '.join(CHANGED.get(name, name) for name in COLUMNS)} FROM meeting, generate_series(1, $1::int)"  # noqa: S608 -- constant names
    " WHERE meeting_id = $2"
)
STATES = ("confirmed", "waitlisted", "represented", "withdrawn", "declined", "promoted")


class Counted:
    """How much a counter has grown since the last look."""

    def __init__(self, name: str, label: str, values: tuple[str, ...]) -> None:
        self._name, self._label, self._values = name, label, values
        self._before = self._now()

    def _now(self) -> Mapping[str, float]:
        return {value: sample(self._name, **{self._label: value}) for value in self._values}

    def new(self) -> dict[str, float]:
        before, self._before = self._before, self._now()
        return {
            value: self._before[value] - before[value] for value in self._values if self._before[value] != before[value]
        }


async def gauges(service: RegistrationService) -> GaugeValues:
    async with service.database.reading() as connection:
        return await views.count_gauges(connection)


async def test_every_answer_is_counted_by_what_became_of_it(service: RegistrationService) -> None:
    counted = Counted("pasum_answers_total", "state", STATES)
    path = await service.opened(capacity=1)
    seat = await service.registered(path, 1)
    await service.registered(path, 2)
    assert counted.new() == {"confirmed": 1, "waitlisted": 1}
    await service.withdrawn(path, seat)
    assert counted.new() == {"withdrawn": 1, "promoted": 1}


async def test_those_who_decline_or_send_somebody_else_are_counted(service: RegistrationService) -> None:
    path = await service.opened()
    link = await service.invited(path)
    seat = await service.registered(path, 1, link=link)
    counted = Counted("pasum_answers_total", "state", STATES)
    declined = await service.anybody.post(f"{path}/declines", {**answer(2, link=link), "reason": "ຕິດວຽກ"})
    assert (declined.status_code, counted.new()) == (201, {"declined": 1})
    await service.sent(path, seat, 3)
    assert counted.new() == {"represented": 1}


async def test_a_repeated_and_a_refused_answer_are_not_counted(service: RegistrationService) -> None:
    path = await service.opened()
    body = answer(1, link=await service.invited(path))
    await service.anybody.post(f"{path}/registrations", body, idempotency_key="again")
    counted = Counted("pasum_answers_total", "state", STATES)
    for key in ("again", "another"):
        await service.anybody.post(f"{path}/registrations", body, idempotency_key=key)
    assert counted.new() == {}


async def test_every_scan_is_counted_by_its_outcome(service: RegistrationService) -> None:
    path = await service.opened()
    seat = await service.registered(path, 1)
    counted = Counted("pasum_check_ins_total", "outcome", ("admitted", "already-in", "unknown"))
    scans = [{"code": seat["code"], "nonce": nonce} for nonce in ("first", "second", "second")]
    await service.scanned(path, *scans)
    assert counted.new() == {"admitted": 1, "already-in": 1}


async def test_seats_are_those_of_the_meetings_that_take_registrations(service: RegistrationService) -> None:
    await service.drafted(capacity=100)
    large, small = await service.opened(capacity=10), await service.opened(capacity=1)
    for number in (1, 2, 3):
        await service.registered(large, number)
        await service.registered(small, number + 10)
    found = await gauges(service)
    assert found[SEATS] == {("taken",): 4, ("left",): 7, ("waiting",): 2}
    assert found[OPEN_MEETINGS] == {("left",): 1, ("none",): 1}
    assert found[MEETINGS] == {
        ("draft",): 1,
        ("open",): 2,
        ("in-session",): 0,
        ("held",): 0,
        ("closed",): 0,
        ("cancelled",): 0,
    }


async def test_without_meetings_everything_is_zero(service: RegistrationService) -> None:
    assert {value for values in (await gauges(service)).values() for value in values.values()} == {0}


async def test_a_history_of_meetings_is_counted_from_the_index_alone(service: RegistrationService) -> None:
    path = await service.drafted()
    async with service.database.transaction() as connection:
        meeting_id = UUID(path.rsplit("/", 1)[1])
        await connection.execute(f"INSERT INTO meeting ({', '.join(COLUMNS)}) {CLOSED}", HISTORY, meeting_id)
    connection = await service.database.connect()
    await connection.execute("VACUUM ANALYZE meeting")
    plan = await connection.fetch("EXPLAIN (COSTS OFF) SELECT phase, count(*) FROM meeting GROUP BY phase")
    await connection.close()
    assert [row[0].strip(" ->") for row in plan][-1] == "Index Only Scan using meeting_phase on meeting"
