"""Days in the made-up office: a long one with everything in it, and any other that chance makes of a list of steps."""

from collections.abc import Sequence
from typing import Final, TypeAlias

from tests.chaos.history import Record
from tests.chaos.planted import desk
from tests.chaos.planted.office import OPEN, Meeting, Office, Weather
from tests.chaos.planted.post import Person
from tests.chaos.planted.witness import history

Step: TypeAlias = tuple[str, int, Weather]
"""What is done, a number that chooses among what there is, and the weather."""

TOPIC: Final = "eoffice.registration.meeting.v1"
ACTIONS: Final = (
    *("draft", "register", "register", "register", "withdraw", "represent", "scan", "reschedule", "cancel"),
    *("hold", "opine", "decide", "edit", "publish", "refuse", "stumble", "poison", "repeat"),
)
PEOPLE: Final = (Person(), Person(), Person(email=False), Person(mobile=False), Person(mobile=False, email=False))


def full_day() -> list[Record]:
    """A history in which everything happens at least once, always the same."""
    office = Office()
    first, second = office.draft(2), office.draft(1, queues=False)
    for person in (*PEOPLE, Person()):
        desk.register(office, first, person)
    desk.register(office, second, Person())
    desk.register(office, second, Person())
    office.stumble("kill")
    for weather in Weather:
        office.weather = weather
        desk.opine(office, first, first.minutes)
    office.weather = Weather.FINE
    office.refuse("minutes", "opinion", first.minutes.identifier, "WrongPhase")
    confirmed = first.holding("confirmed")
    desk.withdraw(office, first, confirmed[0])
    desk.represent(office, first, confirmed[1])
    desk.withdraw(office, first, first.holding("waitlisted")[-1])
    office.lead(first, "reschedule", "meeting-rescheduled", OPEN)
    for registration in (first.holding("confirmed")[0], first.holding("confirmed")[0], confirmed[1]):
        desk.scan(office, first, registration)
    for _ in range(3):
        desk.decide(office, first, first.minutes)
    for meeting in (first, second):
        _hold(office, meeting)
        desk.edit(office, meeting, meeting.minutes)
        desk.publish(office, meeting, meeting.minutes)
    third = office.draft(3)
    for person in PEOPLE[:2]:
        desk.register(office, third, person)
    office.poison(TOPIC)
    for fact in office.bus.facts[::7]:
        office.bus.repeat(fact)
    return history(office)


def any_day(steps: Sequence[Step]) -> list[Record]:
    """The history of a day on which these steps are taken, as far as they are possible."""
    office = Office()
    office.draft(2)
    for action, number, weather in steps:
        office.weather = weather
        take(office, action, number)
    return history(office)


def take(office: Office, action: str, number: int) -> None:
    """One step; what is not possible now is not done."""
    meeting = office.meetings[number % len(office.meetings)]
    match action:
        case "draft":
            office.draft(1 + number % 3, queues=number % 4 > 0)
        case "refuse":
            office.refuse("registration", "register", meeting.identifier, "WrongPhase")
        case "stumble":
            office.stumble("kill")
        case "poison":
            office.poison(TOPIC)
        case "repeat":
            office.bus.repeat(office.bus.facts[number % len(office.bus.facts)])
        case "opine" | "decide" | "edit" | "publish":
            _write(office, meeting, action)
        case _ if meeting.phase == OPEN:
            _meet(office, meeting, action, number)
        case _:
            return


def _meet(office: Office, meeting: Meeting, action: str, number: int) -> None:
    if action == "register":
        desk.register(office, meeting, PEOPLE[number % len(PEOPLE)])
    elif action == "hold":
        _hold(office, meeting)
    elif action == "cancel" and number % 5 == 0:
        office.lead(meeting, "cancel", "meeting-cancelled", "cancelled")
    elif action == "reschedule":
        office.lead(meeting, "reschedule", "meeting-rescheduled", OPEN)
    elif meeting.seats:
        _change(office, meeting, action, list(meeting.seats)[number % len(meeting.seats)])


def _change(office: Office, meeting: Meeting, action: str, registration: str) -> None:
    state = meeting.seats[registration].state
    if action == "scan":
        desk.scan(office, meeting, registration)
    elif action == "withdraw" and state in ("confirmed", "waitlisted"):
        desk.withdraw(office, meeting, registration)
    elif action == "represent" and state == "confirmed":
        desk.represent(office, meeting, registration)


def _write(office: Office, meeting: Meeting, action: str) -> None:
    minutes = meeting.minutes
    if minutes.phase not in ("opened", "draft") or meeting.phase == "draft":
        return
    if action == "opine":
        desk.opine(office, meeting, minutes)
    elif action == "decide":
        desk.decide(office, meeting, minutes)
    elif minutes.phase == "draft" and action == "edit":
        desk.edit(office, meeting, minutes)
    elif minutes.phase == "draft" and office.weather is not Weather.NEVER_ARRIVED:
        desk.publish(office, meeting, minutes)


def _hold(office: Office, meeting: Meeting) -> None:
    """Start and end, which nobody fails to ask for again."""
    office.weather = Weather.FINE
    office.lead(meeting, "start", "meeting-started", "in-session")
    office.lead(meeting, "end", "meeting-held", "held")
