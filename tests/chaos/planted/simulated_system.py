"""A simulated system that does everything right, and writes the history that a run of it would have left.

It is written from what the system promises, not from what the checker asks. `Delivery` is what happens to a command on
its way: nothing, an answer that is lost and asked for again, silence after it took effect, or before.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Literal, TypeAlias

from tests.chaos.history import Answered, Fact, Fault, Invoked, Poison, Record, Run, Settled, Unanswered, Unreadable
from tests.chaos.planted.bus import Bus
from tests.chaos.planted.messages import Messages, Person
from tests.chaos.records import Columns, Refs

OPEN: Final = "open"
Act: TypeAlias = Callable[[str], Columns]


class Delivery(StrEnum):
    """What happens to a command on its way."""

    FINE = "fine"
    ANSWER_LOST = "answer lost"
    ASKED_TWICE = "asked twice"
    NEVER_ANSWERED = "never answered"
    NEVER_ARRIVED = "never arrived"


@dataclass(slots=True)
class Seat:
    """One answer; `requested`: never more than asked for; `again`: with the number of another answer."""

    person: str
    state: str
    position: int | None = None
    serial: int = 0
    checked_in: int = 0
    requested: bool = False
    again: bool = False
    represents: str = ""


@dataclass(slots=True)
class Meeting:
    """A meeting with everything that belongs to it."""

    identifier: str
    capacity: int
    queues: bool
    minutes: "Minutes"
    chair: str = ""
    phase: str = "draft"
    queue_last: int = 0
    scans: int = 0
    seats: dict[str, Seat] = field(default_factory=dict)
    checks: dict[str, tuple[str, str]] = field(default_factory=dict)

    def holding(self, state: str) -> list[str]:
        """Registrations in this state; those in the queue in its order."""
        found = [identifier for identifier, seat in self.seats.items() if seat.state == state]
        return sorted(found, key=lambda identifier: self.seats[identifier].position or 0)


@dataclass(slots=True)
class Minutes:
    """The minutes of a meeting."""

    identifier: str
    phase: str = "opened"
    revision: int = 0
    number: int | None = None
    opinions: list[str] = field(default_factory=list)
    decisions: list[str] = field(default_factory=list)
    news: str | None = None
    record: str = ""


class SimulatedSystem:
    """Commands go in, a history comes out (`inspected.history_of`)."""

    def __init__(self) -> None:
        self.bus = Bus()
        self.messages = Messages(self.bus)
        self.told: list[Record] = [Run(at=0.0, seed=0, minutes=1.0)]
        self.letters: list[Poison] = []
        self.meetings: list[Meeting] = []
        self.sealed: list[Meeting] = []
        self.approved = 0
        self.delivery = Delivery.FINE
        self._now = 0.0
        for code in ("MTC", "MOF"):
            self.bus.say("organisation-recorded", "organisation", code, {"organisation": code}, trace="")

    def draft(self, capacity: int, *, queues: bool = True) -> Meeting:
        """Prepare a meeting, and open it."""
        minutes = Minutes(self.bus.identifier(), record=self.bus.identifier())
        meeting = Meeting(self.bus.identifier(), capacity, queues, minutes)
        refs = {"capacity": str(capacity), "policy": "open", "waiting_list": "automatic" if queues else "none"}

        def act(trace: str) -> Columns:
            meeting.chair = self.person(Person(), trace)
            self.say(meeting, "meeting-drafted", trace, chair=meeting.chair, **refs)
            self._file(meeting, "record-opened", trace)
            self.meetings.append(meeting)
            return {"meeting_id": meeting.identifier}

        delivery, self.delivery = self.delivery, Delivery.FINE
        self.ask("registration", "draft", "", act)
        self.delivery = delivery
        self.lead(meeting, "open", "meeting-opened", OPEN)
        return meeting

    def lead(self, meeting: Meeting, command: str, word: str, phase: str) -> None:
        """A step in the meeting's life; everybody who has a seat or waits is told of a change."""

        def act(trace: str) -> Columns:
            fact = self.say(meeting, word, trace)
            meeting.phase = phase
            self._tell_all(meeting, word, fact)
            self._follow(meeting, word, trace)
            return {"meeting_id": meeting.identifier, "version": fact.sequence}

        self.ask("registration", command, meeting.identifier, act)

    def _tell_all(self, meeting: Meeting, word: str, fact: Fact) -> None:
        """The chair of a meeting that is announced; of a change all who expect it, who has a seat with a new ticket."""
        if word == "meeting-opened":
            self.messages.tell(fact, meeting.chair, "chair_named", leave=False)
        if word not in ("meeting-rescheduled", "meeting-cancelled"):
            return
        seats = [(seat.person, seat.state) for seat in meeting.seats.values()]
        for person, state in [(meeting.chair, "host"), *seats]:
            if state in ("host", "confirmed", "waitlisted"):
                self.messages.tell(fact, person, word.removeprefix("meeting-"), ("sms",), leave=True)
                if word == "meeting-cancelled" or state != "confirmed":
                    self.messages.tell(fact, person, word.removeprefix("meeting-"), ("email",), leave=True)

    def person(self, person: Person, trace: str) -> str:
        """Record somebody."""
        identifier = self.bus.identifier()
        self.messages.people[identifier] = person
        self.bus.say("person-recorded", "person", identifier, {"person_id": identifier}, trace=trace)
        return identifier

    def say(self, meeting: Meeting, word: str, trace: str, **refs: str) -> Fact:
        """A fact of a meeting."""
        refs = {"meeting_id": meeting.identifier, **refs}
        return self.bus.say(word, "meeting", meeting.identifier, refs, trace=trace)

    def ask(self, service: str, command: str, target: str, act: Act, *, refs: Refs | None = None) -> None:
        """Carry out a command, as its delivery has it."""
        identifier = self.bus.identifier()
        invoked = Invoked(
            at=self.later(), id=identifier, service=service, command=command, target=target, refs=refs or {}
        )
        self.told.append(invoked)
        if self.delivery is Delivery.NEVER_ARRIVED:
            self.told.append(Unanswered(at=self.later(), id=identifier, why="ConnectError"))
            return
        result = act(identifier)
        if self.delivery in (Delivery.ANSWER_LOST, Delivery.NEVER_ANSWERED):
            self.told.append(Unanswered(at=self.later(), id=identifier, why="ReadTimeout"))
        if self.delivery is not Delivery.NEVER_ANSWERED:
            self._answer(identifier, result, replayed=self.delivery is Delivery.ANSWER_LOST)
        if self.delivery is Delivery.ASKED_TWICE:
            self._answer(identifier, result, replayed=True)

    def refuse(self, service: str, command: str, target: str, code: str) -> None:
        """A command that is refused leads to nothing."""
        identifier = self.bus.identifier()
        self.told.append(Invoked(at=self.later(), id=identifier, service=service, command=command, target=target))
        self.told.append(Answered(at=self.later(), id=identifier, status=409, result={"code": code}))

    def stumble(self, kind: str) -> None:
        """A fault that is recovered from."""
        number = len(self.told)
        phases: tuple[Literal["begun", "ended", "recovered"], ...] = ("begun", "ended", "recovered")
        for phase in phases:
            self.told.append(Fault(at=self.later(), number=number, fault=kind, target="any", phase=phase))

    def poison(self, topic: str) -> None:
        """Somebody puts into a topic what nobody can take."""
        _, partition, offset = self.bus.place(topic, "anything")
        self.letters.append(Poison(at=self.later(), topic=topic, partition=partition, offset=offset))
        self.told += [self.letters[-1], Unreadable(topic=topic, partition=partition, offset=offset)]

    def settle(self) -> None:
        """Everything has come to rest."""
        self.told.append(Settled(at=self.later()))

    def later(self) -> float:
        """The clock goes on."""
        self._now += 0.25
        return self._now

    def _answer(self, identifier: str, result: Columns, *, replayed: bool) -> None:
        self.told.append(Answered(at=self.later(), id=identifier, status=201, result=dict(result), replayed=replayed))

    def _follow(self, meeting: Meeting, word: str, trace: str) -> None:
        minutes = meeting.minutes
        if word == "meeting-opened":
            self.write(meeting, "minutes-started", trace)
        if word == "meeting-held":
            minutes.phase, minutes.revision = "draft", 1
            self.write(meeting, "minutes-drafted", trace, revision="1")

    def write(self, meeting: Meeting, word: str, trace: str, **refs: str) -> Fact:
        """A fact of a meeting's minutes."""
        identifier = meeting.minutes.identifier
        refs = {"minutes_id": identifier, "meeting_id": meeting.identifier, **refs}
        return self.bus.say(word, "minutes", identifier, refs, trace=trace)

    def _file(self, meeting: Meeting, word: str, trace: str, **refs: str) -> None:
        record = meeting.minutes.record
        refs = {"record_id": record, "meeting_id": meeting.identifier, **refs}
        self.bus.say(word, "record", record, refs, trace=trace)

    def seal(self, meeting: Meeting, trace: str) -> None:
        """What follows from a publication, to the end."""
        for word in ("minutes-collected", "news-collected", "record-completed", "sealing-begun"):
            self._file(meeting, word, trace)
        index = str(len(self.sealed))
        self.sealed.append(meeting)
        self._file(meeting, "record-sealed", trace, log_index=index, log_size=str(len(self.sealed)))
        self.write(meeting, "minutes-filed", trace, record_id=meeting.minutes.record)
