"""Offices that seat people wrongly, and are consistent about it: only who tells the meeting again can see it."""

from collections.abc import Callable
from typing import Final

from tests.chaos.history import Record
from tests.chaos.planted import commands
from tests.chaos.planted.inspected import history_of
from tests.chaos.planted.messages import Person
from tests.chaos.planted.simulated_system import Meeting, Seat, SimulatedSystem
from tests.chaos.records import Columns

Wrongly = Callable[[SimulatedSystem, Meeting, str], None]


def _second_moves_up(system: SimulatedSystem, meeting: Meeting, trace: str) -> None:
    _withdraw_first(system, meeting, trace)
    commands.promote(system, meeting, meeting.holding("waitlisted")[1], trace)


def _nobody_moves_up(system: SimulatedSystem, meeting: Meeting, trace: str) -> None:
    _withdraw_first(system, meeting, trace)


def _moves_up_too_early(system: SimulatedSystem, meeting: Meeting, trace: str) -> None:
    """Two sit on one seat for a moment, between two facts."""
    for registration in meeting.holding("waitlisted")[1:]:
        meeting.seats[registration].state, meeting.seats[registration].position = "withdrawn", None
        refs = {"registration_id": registration, "person_id": meeting.seats[registration].person, "was": "waitlisted"}
        fact = system.say(meeting, "participant-withdrawn", system.bus.identifier(), **refs)
        system.messages.tell(fact, meeting.seats[registration].person, "withdrawn", leave=False)
    leaver = meeting.holding("confirmed")[0]
    commands.promote(system, meeting, meeting.holding("waitlisted")[0], trace)
    _leave(system, meeting, leaver, trace)


def _withdraw_first(system: SimulatedSystem, meeting: Meeting, trace: str) -> None:
    _leave(system, meeting, meeting.holding("confirmed")[0], trace)


def _leave(system: SimulatedSystem, meeting: Meeting, registration: str, trace: str) -> None:
    seat = meeting.seats[registration]
    refs = {"registration_id": registration, "person_id": seat.person, "was": "confirmed"}
    fact = system.say(meeting, "participant-withdrawn", trace, **refs)
    system.messages.tell(fact, seat.person, "withdrawn", leave=False)
    seat.state = "withdrawn"


def withdrawing(wrongly: Wrongly, *, waiting: int) -> list[Record]:
    """A full meeting with so many in the queue, of which somebody withdraws."""
    system = SimulatedSystem()
    meeting = system.draft(1)
    for _ in range(1 + waiting):
        commands.register(system, meeting, Person())
    leaver = meeting.holding("confirmed")[0]

    def act(trace: str) -> Columns:
        wrongly(system, meeting, trace)
        return {"registration_id": leaver}

    system.ask("registration", "withdraw", leaver, act)
    return history_of(system)


def queueing(*, people: int, position: int) -> list[Record]:
    """A meeting for two, with so many people in it; the next one is put into the queue, at this position."""
    system = SimulatedSystem()
    meeting = system.draft(2)
    for _ in range(people):
        commands.register(system, meeting, Person())

    def act(trace: str) -> Columns:
        identifier, person = system.bus.identifier(), system.person(Person(), trace)
        meeting.queue_last += 1
        meeting.seats[identifier] = Seat(person, "waitlisted", meeting.queue_last)
        refs = {"registration_id": identifier, "person_id": person, "state": "waitlisted", "position": str(position)}
        fact = system.say(meeting, "participant-registered", trace, **refs)
        system.messages.tell(fact, person, "waitlisted", leave=False)
        return {"registration_id": identifier, "state": "waitlisted", "position": position}

    system.ask("registration", "register", meeting.identifier, act)
    return history_of(system)


def _one_too_many() -> list[Record]:
    """Somebody is seated in a full meeting, and stays."""
    system = SimulatedSystem()
    meeting = system.draft(1)
    commands.register(system, meeting, Person())
    meeting.capacity = 2
    commands.register(system, meeting, Person())
    meeting.capacity = 1
    return history_of(system)


SEAT_DEFECTS: Final = {
    "overbooked for good": ("meeting-overbooked", _one_too_many),
    "overbooked for one moment": ("meeting-overbooked", lambda: withdrawing(_moves_up_too_early, waiting=1)),
    "the second moves up": ("promoted-out-of-turn", lambda: withdrawing(_second_moves_up, waiting=2)),
    "nobody moves up": ("freed-seat-left-empty", lambda: withdrawing(_nobody_moves_up, waiting=1)),
    "queued while a seat is free": ("queued-out-of-turn", lambda: queueing(people=1, position=1)),
    "a position left out": ("queued-out-of-turn", lambda: queueing(people=3, position=3)),
    "a position given twice": ("queued-out-of-turn", lambda: queueing(people=3, position=1)),
}
