"""Offices that seat people wrongly, and are consistent about it: only who tells the meeting again can see it."""

from collections.abc import Callable
from typing import Final

from tests.chaos.history import Record
from tests.chaos.planted import desk
from tests.chaos.planted.office import Meeting, Office, Seat
from tests.chaos.planted.post import Person
from tests.chaos.planted.witness import history
from tests.chaos.records import Columns

Wrongly = Callable[[Office, Meeting, str], None]


def _second_moves_up(office: Office, meeting: Meeting, trace: str) -> None:
    _withdraw_first(office, meeting, trace)
    desk.promote(office, meeting, meeting.holding("waitlisted")[1], trace)


def _nobody_moves_up(office: Office, meeting: Meeting, trace: str) -> None:
    _withdraw_first(office, meeting, trace)


def _moves_up_too_early(office: Office, meeting: Meeting, trace: str) -> None:
    """Two sit on one seat for a moment, between two facts."""
    for registration in meeting.holding("waitlisted")[1:]:
        meeting.seats[registration].state, meeting.seats[registration].position = "withdrawn", None
        refs = {"registration_id": registration, "person_id": meeting.seats[registration].person, "was": "waitlisted"}
        fact = office.say(meeting, "participant-withdrawn", office.bus.identifier(), **refs)
        office.post.tell(fact, meeting.seats[registration].person, "withdrawn", leave=False)
    leaver = meeting.holding("confirmed")[0]
    desk.promote(office, meeting, meeting.holding("waitlisted")[0], trace)
    _leave(office, meeting, leaver, trace)


def _withdraw_first(office: Office, meeting: Meeting, trace: str) -> None:
    _leave(office, meeting, meeting.holding("confirmed")[0], trace)


def _leave(office: Office, meeting: Meeting, registration: str, trace: str) -> None:
    seat = meeting.seats[registration]
    refs = {"registration_id": registration, "person_id": seat.person, "was": "confirmed"}
    fact = office.say(meeting, "participant-withdrawn", trace, **refs)
    office.post.tell(fact, seat.person, "withdrawn", leave=False)
    seat.state = "withdrawn"


def withdrawing(wrongly: Wrongly, *, waiting: int) -> list[Record]:
    """A full meeting with so many in the queue, of which somebody withdraws."""
    office = Office()
    meeting = office.draft(1)
    for _ in range(1 + waiting):
        desk.register(office, meeting, Person())
    leaver = meeting.holding("confirmed")[0]

    def act(trace: str) -> Columns:
        wrongly(office, meeting, trace)
        return {"registration_id": leaver}

    office.ask("registration", "withdraw", leaver, act)
    return history(office)


def queueing(*, people: int, position: int) -> list[Record]:
    """A meeting for two, with so many people in it; the next one is put into the queue, at this position."""
    office = Office()
    meeting = office.draft(2)
    for _ in range(people):
        desk.register(office, meeting, Person())

    def act(trace: str) -> Columns:
        identifier, person = office.bus.identifier(), office.person(Person(), trace)
        meeting.seats[identifier] = Seat(person, "waitlisted", position)
        meeting.queue_last = position
        refs = {"registration_id": identifier, "person_id": person, "state": "waitlisted", "position": str(position)}
        fact = office.say(meeting, "participant-registered", trace, **refs)
        office.post.tell(fact, person, "waitlisted", leave=False)
        return {"registration_id": identifier, "state": "waitlisted", "position": position}

    office.ask("registration", "register", meeting.identifier, act)
    return history(office)


def _one_too_many() -> list[Record]:
    """Somebody is seated in a full house, and stays."""
    office = Office()
    meeting = office.draft(1)
    desk.register(office, meeting, Person())
    meeting.capacity = 2
    desk.register(office, meeting, Person())
    meeting.capacity = 1
    return history(office)


WRONG_SEATS: Final = {
    "overbooked for good": ("meeting-overbooked", _one_too_many),
    "overbooked for one moment": ("meeting-overbooked", lambda: withdrawing(_moves_up_too_early, waiting=1)),
    "the second moves up": ("promoted-out-of-turn", lambda: withdrawing(_second_moves_up, waiting=2)),
    "nobody moves up": ("freed-seat-left-empty", lambda: withdrawing(_nobody_moves_up, waiting=1)),
    "queued while a seat is free": ("queued-out-of-turn", lambda: queueing(people=1, position=1)),
    "a position left out": ("queued-out-of-turn", lambda: queueing(people=3, position=3)),
    "a position given twice": ("queued-out-of-turn", lambda: queueing(people=3, position=1)),
}
