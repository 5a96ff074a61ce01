"""Who was in the room for which item of the agenda: from entries and exits, and by hand."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.registration.domain.desk.commands import CorrectAttendance, FinishAgendaItem, StartAgendaItem
from services.registration.domain.desk.refusals import ItemNotRunning, MomentOutsideSession, PresentByItem
from services.registration.domain.refusals import AgendaItemUnknown, MomentAhead, WrongPhase
from services.registration.domain.registration import Seat
from shared.contracts.base import Bilingual
from shared.contracts.ids import derived_id
from shared.contracts.registration import (
    AgendaItem,
    AgendaItemFinished,
    AgendaItemStarted,
    AttendanceCorrected,
    ItemPresence,
)
from shared.kernel import Actor, NotPermitted, Role
from tests.registration.commands import scan
from tests.registration.facts import REASON, held, opened, registered, started, ticketed
from tests.registration.running_service import RegistrationService, code_of
from tests.registration.scan_facts import came
from tests.registration.scenario import (
    DESK,
    END,
    KEO,
    MEETING,
    NOY,
    START,
    VANH,
    Refused,
    Step,
    after,
    refuses,
    seats_after,
)

MINUTE = timedelta(minutes=1)
BEGINS = datetime.now(UTC) - timedelta(hours=6)  # today: of scans of long ago nobody can know when they were made
AGENDA = tuple(AgendaItem(number=number, title=Bilingual(lo="ວາລະ")) for number in ("1", "2", "2.1", "3"))
SESSION: list[Step] = [opened(agenda=AGENDA), registered(KEO), started()]
SECRETARY = Actor(subject="secretary", roles=frozenset({Role.SECRETARY}), organisation="MTC")


def item(number: str) -> UUID:
    return derived_id("agenda item", MEETING, number)


def begin(number: str, *, minutes: int = 0, by: Actor = SECRETARY) -> StartAgendaItem:
    return StartAgendaItem(actor=by, at=END, item_id=item(number), started_at=START + minutes * MINUTE)


def finish(number: str, *, minutes: int) -> FinishAgendaItem:
    return FinishAgendaItem(actor=SECRETARY, at=END, item_id=item(number), finished_at=START + minutes * MINUTE)


def begun(number: str, minutes: int = 0) -> AgendaItemStarted:
    at, about = START + minutes * MINUTE, item(number)
    return AgendaItemStarted(meeting_id=MEETING, item_id=about, number=number, started_at=at, recorded_by="secretary")


def finished(number: str, minutes: int) -> AgendaItemFinished:
    at, about = START + minutes * MINUTE, item(number)
    return AgendaItemFinished(meeting_id=MEETING, item_id=about, number=number, finished_at=at, recorded_by="secretary")


def correct(presence: ItemPresence, *, number: str | None = None, by: Actor = DESK) -> CorrectAttendance:
    about = item(number) if number else None
    return CorrectAttendance(
        actor=by, at=END, registration_id=KEO.seat, item_id=about, presence=presence, reason=REASON
    )


def test_an_item_begins_once_and_ends_what_was_treated_until_then() -> None:
    assert after(*SESSION, command=begin("1")) == [begun("1")]
    assert after(*SESSION, begun("1"), command=begin("1", minutes=5)) == []
    assert after(*SESSION, begun("1"), command=begin("3", minutes=5)) == [finished("1", 5), begun("3", 5)]


def test_a_part_of_an_item_belongs_to_it_and_ends_with_it() -> None:
    running: list[Step] = [*SESSION, begun("2"), begun("2.1", 5)]
    both = [finished("2", 9), finished("2.1", 9)]
    assert after(*SESSION, begun("2"), command=begin("2.1", minutes=5)) == [begun("2.1", 5)]
    assert after(*running, command=finish("2", minutes=9)) == both
    assert after(*running, command=begin("1", minutes=9)) == [*both, begun("1", 9)]


def test_the_meeting_may_leave_items_out_and_return_to_one() -> None:
    back: list[Step] = [*SESSION, begun("3"), finished("3", 5), begun("1", 5)]
    assert after(*back, command=begin("3", minutes=9)) == [finished("1", 9), begun("3", 9)]


def test_what_cannot_have_happened_is_refused() -> None:
    earliest = {"earliest": START.isoformat()}
    assert after(*SESSION, command=begin("1", minutes=-1)) == refuses(MomentOutsideSession, at="/at", **earliest)
    assert after(*SESSION, command=begin("1", minutes=600)) == refuses(MomentAhead, at="/at", now=END.isoformat())
    assert after(*SESSION, command=begin("9")) == refuses(AgendaItemUnknown)
    assert after(*SESSION, command=finish("1", minutes=1)) == refuses(ItemNotRunning)
    assert after(opened(agenda=AGENDA), command=begin("1")) == refuses(WrongPhase, phase="open")
    earliest = {"earliest": (START + 5 * MINUTE).isoformat()}
    too_early = finish("1", minutes=4)
    assert after(*SESSION, begun("1", 5), command=too_early) == refuses(MomentOutsideSession, at="/at", **earliest)


def test_only_those_who_lead_the_session_say_what_is_treated() -> None:
    roles = ["chair", "organiser", "secretary"]
    assert after(*SESSION, command=begin("1", by=DESK)) == refuses(NotPermitted, roles=roles)


def test_a_correction_is_recorded_with_its_reason_and_who_made_it() -> None:
    assert after(*SESSION, begun("1"), command=correct("late", number="1")) == [
        AttendanceCorrected(
            meeting_id=MEETING,
            registration_id=KEO.seat,
            person_id=KEO.person,
            item_id=item("1"),
            presence="late",
            reason=REASON,
            corrected_by="desk",
        )
    ]


def test_of_the_whole_meeting_only_absence_is_said_by_hand() -> None:
    assert after(*SESSION, command=correct("present")) == refuses(PresentByItem, at="/presence")
    assert after(*SESSION, came(KEO), command=correct("excused")) == refuses(PresentByItem, at="/presence")
    assert not isinstance(after(*SESSION, held(), command=correct("excused")), Refused)


Batch = list[tuple[int, bool, int]]  # minute, whether at the exit, who
SCANS = st.lists(st.tuples(st.integers(0, 30), st.booleans(), st.integers(0, 2)), max_size=5)


@settings(max_examples=40, deadline=None)
@given(batches=st.tuples(SCANS, SCANS, SCANS), data=st.data())
def test_offline_batches_of_three_desks_end_in_the_same_attendance_however_they_are_interleaved(
    batches: tuple[Batch, Batch, Batch], data: st.DataObject
) -> None:
    numbered = count()
    scans = [[(f"d{desk}", str(next(numbered)), *one) for one in batch] for desk, batch in enumerate(batches)]
    ways = []
    for _ in range(2):
        order = data.draw(st.permutations([desk for desk, batch in enumerate(scans) for _ in batch]))
        left = [list(batch) for batch in scans]
        ways.append(_attendance([left[desk].pop(0) for desk in order]))
    assert ways[0] == ways[1]


def _attendance(scans: list[Any]) -> tuple[list[Seat], list[list[bool]]]:
    people = (KEO, NOY, VANH)
    steps: list[Step] = [opened(), *(registered(who) for who in people), *(ticketed(who) for who in people)]
    for device, nonce, minute, leaving, who in scans:
        at = START + minute * MINUTE
        told = scan(people[who], serial=1, at=at, nonce=f"{device}-{nonce}", offline=True, leaving=leaving)
        facts = after(*steps, command=told)
        assert not isinstance(facts, Refused)
        steps += facts
    seats = list(seats_after(*steps))
    return seats, [[seat.inside(START + minute * MINUTE) for minute in range(-1, 32)] for seat in seats]


class Session:
    """A meeting in session with two items and people who come and go, over HTTP."""

    def __init__(self, service: RegistrationService, path: str) -> None:
        self.service, self.path = service, path
        self.items = [str(derived_id("agenda item", path.rpartition("/")[2], number)) for number in ("1", "2")]
        self._nonces = count()

    async def scanned(self, seat: dict[str, Any], minute: int, *, leaving: bool = False) -> None:
        at = (BEGINS + minute * MINUTE).isoformat()
        scan = {"nonce": f"s{next(self._nonces)}", "scanned_at": at, "registration_id": seat["registration_id"]}
        direction = {"direction": "exit"} if leaving else {}
        batch = {"device": "d", "offline": True, "scans": [scan | direction]}
        done = await self.service.as_("desk").post(f"{self.path}/check-ins", batch)
        assert done.json()["results"][0]["outcome"] != "refused"

    async def step(self, number: int, what: str, minute: int) -> None:
        at: datetime = BEGINS + minute * MINUTE
        path = f"{self.path}/agenda/{self.items[number]}/{what}"
        done = await self.service.as_("secretary").post(path, {"at": at.isoformat()})
        assert done.status_code == 200, done.text

    async def at_item(self, number: int, **query: Any) -> dict[str, Any]:
        told = await self.service.as_("secretary").get(f"{self.path}/agenda/{self.items[number]}/attendance", **query)
        assert told.status_code == 200, told.text
        attendance: dict[str, Any] = told.json()
        return attendance


async def session_of(service: RegistrationService) -> tuple[Session, list[dict[str, Any]]]:
    """Item 1 from minute 10 to 20, item 2 from then on, never finished."""
    agenda = [{"number": number, "title": {"lo": "ວາລະ"}} for number in ("1", "2")]
    times = {"starts_at": BEGINS.isoformat(), "ends_at": (BEGINS + 240 * MINUTE).isoformat()}
    path = await service.opened(agenda=agenda, **times)
    link = await service.invited(path)
    seats = [await service.registered(path, number, gender="female") for number in range(6)]
    declining = {"organisation": "MOF", "person": {"given_name": "ດາວ", "rank": 80, "mobile": "020 5555 9999"}}
    await service.anybody.post(f"{path}/declines", {**declining, "invitation": link, "reason": "ລາພັກ"})
    await service.organiser.post(f"{path}/start", {"at": BEGINS.isoformat()})
    session = Session(service, path)
    for number, minutes in enumerate(((0,), (15,), (0, 15), (12, 14), (30,))):
        for turn, minute in enumerate(minutes):
            await session.scanned(seats[number], minute, leaving=turn == 1)
    await session.step(0, "start", 10)
    await session.step(1, "start", 20)
    return session, seats


async def test_each_item_has_its_own_attendance_from_entries_and_exits(service: RegistrationService) -> None:
    session, seats = await session_of(service)
    first = await session.at_item(0)
    known = {one["registration_id"]: one["presence"] for one in first["items"]}
    told = [known.pop(seat["registration_id"]) for seat in seats]
    assert told == ["present", "late", "left-early", "partly", "absent", "absent"]
    assert list(known.values()) == ["excused"]
    assert first["counts"] == {
        "present": 1,
        "late": 1,
        "left_early": 1,
        "partly": 1,
        "absent": 2,
        "excused": 1,
        "in_the_room": 5,
        "women": 4,  # with the chair
    }
    (excused,) = (await session.at_item(0, presence="excused"))["items"]
    assert (excused["excuse"], excused["correction"]) == ("ລາພັກ", None)
    summary = (await service.as_("chair").get(f"{session.path}/attendance")).json()["items"]
    assert [(one["number"], one["finished_at"] is None, one["counts"]["in_the_room"]) for one in summary] == [
        ("1", False, 5),
        ("2", True, 4),
    ]


async def test_an_item_that_was_never_finished_lasts_until_the_end_of_the_session(service: RegistrationService) -> None:
    session, seats = await session_of(service)
    await session.scanned(seats[0], 200, leaving=True)
    ended = (BEGINS + 100 * MINUTE).isoformat()
    assert (await service.organiser.post(f"{session.path}/end", {"at": ended})).status_code == 200
    names = {one["registration_id"]: one["presence"] for one in (await session.at_item(1))["items"]}
    assert [names[seats[number]["registration_id"]] for number in (0, 1, 4)] == ["present", "present", "late"]


async def test_by_hand_it_is_said_otherwise_with_a_reason_and_the_last_word_counts(
    service: RegistrationService,
) -> None:
    session, seats = await session_of(service)
    path = f"{session.path}/attendance/corrections"
    about = {"registration_id": seats[4]["registration_id"], "item_id": session.items[0], "reason": "ນັ່ງແຖວໜ້າ"}
    for presence in ("late", "present"):
        told = await service.as_("desk", subject="kham").post(path, {**about, "presence": presence})
        assert told.status_code == 201, told.text
    whole = {"registration_id": seats[5]["registration_id"], "presence": "excused", "reason": "ໂທແຈ້ງ"}
    assert (await service.organiser.post(path, whole)).status_code == 201
    people = {one["registration_id"]: one for one in (await session.at_item(0))["items"]}
    by_hand, excused = (people[seats[number]["registration_id"]] for number in (4, 5))
    assert (by_hand["presence"], excused["presence"]) == ("present", "excused")
    assert [(one["correction"]["reason"], one["correction"]["corrected_by"]) for one in (by_hand, excused)] == [
        ("ນັ່ງແຖວໜ້າ", "kham"),
        ("ໂທແຈ້ງ", "organiser"),
    ]


@pytest.mark.parametrize("caller", ["secretary", "desk"])
async def test_who_was_there_is_for_the_organisers_own_body(caller: str, shared_service: RegistrationService) -> None:
    path = await shared_service.opened()
    other = shared_service.as_(caller, body="MOF")
    assert code_of(await other.get(f"{path}/attendance"))[:2] == (403, "NotPermitted")
