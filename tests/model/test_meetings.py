"""A meeting against a list of seats and a queue: whatever is asked in whatever order, the two always agree."""

from collections.abc import Sequence

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.registration.domain.commands import MeetingCommand
from services.registration.domain.meeting import Meeting, evolve
from shared.contracts import Fact
from shared.contracts.registration import (
    CheckInRefused,
    MeetingHeld,
    ParticipantCheckedIn,
    ParticipantPromoted,
    ParticipantRegistered,
    ParticipantReinstated,
    ParticipantWithdrawn,
)
from tests.registration.commands import (
    accept,
    announce,
    cancel,
    close,
    draft,
    end,
    issue,
    move,
    register,
    scan,
    send,
    start,
    withdraw,
)
from tests.registration.facts import ELSEWHERE
from tests.registration.scenario import (
    END,
    MEETING,
    Refused,
    Somebody,
    after,
    meeting_after,
)

LIFE = {
    "open": ("draft", "open"),
    "start": ("open", "in-session"),
    "end": ("in-session", "held"),
    "close": ("held", "closed"),
}
BUSY = 12  # facts, after which a meeting may begin or be called off: before that there is nothing to see


class Meetings(RuleBasedStateMachine):
    """The model: `seated` in no order, `queue` in order, `turns` places ever given in the queue."""

    def __init__(self) -> None:
        super().__init__()
        self.facts: list[Fact] = []
        self.meeting = Meeting(meeting_id=MEETING)
        self.phase = "absent"
        self.capacity = 0
        self.queues = False
        self.people: list[Somebody] = []
        self.seated: list[Somebody] = []
        self.queue: list[Somebody] = []
        self.instead: set[Somebody] = set()
        self.welcome: set[Somebody] = set()
        self.gone: list[Somebody] = []
        self.scans = 0

    def ask(self, command: MeetingCommand) -> Sequence[Fact] | None:
        """The facts that followed; None for a refusal, which leaves nothing behind."""
        answer = after(self.facts, command=command)
        if isinstance(answer, Refused):
            return None
        self.facts += answer
        for fact in answer:
            self.meeting = evolve(self.meeting, fact)
        return answer

    def known(self, number: int) -> Somebody:
        """Somebody who was here before, wherever he is now."""
        return self.people[number % len(self.people)]

    @initialize(seats=st.integers(1, 4), waiting=st.sampled_from(["automatic", "none"]))
    def drafted(self, seats: int, waiting: str) -> None:
        assert self.ask(draft(capacity=seats, seats=seats, waiting_list=waiting)) is not None
        self.phase, self.capacity, self.queues = "draft", seats, waiting == "automatic"

    @precondition(lambda self: self.phase == "draft" or len(self.facts) > BUSY)
    @rule(step=st.sampled_from([*LIFE]))
    def led(self, step: str) -> None:
        required, then = LIFE[step]
        before = self.phase == required
        assert (self.ask(_led(step)) is not None) == before
        self.phase = then if before else self.phase

    @precondition(lambda self: len(self.facts) > BUSY)
    @rule()
    def cancelled(self) -> None:
        alive = self.phase in ("draft", "open", "in-session")
        assert (self.ask(cancel()) is not None) == alive
        self.phase = "cancelled" if alive else self.phase

    @rule()
    def moved(self) -> None:
        answer = self.ask(move(venue=ELSEWHERE))
        assert (answer is None) == (self.phase not in ("draft", "open"))

    @rule()
    def ended_before_it_began(self) -> None:
        assert not any(isinstance(fact, MeetingHeld) for fact in self.ask(end(at=END.replace(year=2000))) or ())

    @rule()
    def registered(self) -> None:
        self.register_one()

    @rule()
    def registered_together(self) -> None:
        for _ in range(3):
            self.register_one()

    def register_one(self) -> None:
        """One more person asks for a seat."""
        who = Somebody(f"p{len(self.people)}")
        full = len(self.seated) >= self.capacity
        answer = self.ask(register(who))
        if self.phase != "open" or (full and not self.queues):
            assert answer is None
            return
        assert answer is not None
        (fact,) = answer
        assert isinstance(fact, ParticipantRegistered)
        self.people.append(who)
        waits = ("waitlisted", len(self.queue) + 1)
        assert (fact.state, fact.position) == (waits if full else ("confirmed", None))
        (self.queue if full else self.seated).append(who)

    @precondition(lambda self: self.people)
    @rule(number=st.integers(0, 30), own=st.booleans())
    def withdrawn(self, number: int, *, own: bool) -> None:
        who = self.known(number)
        answer = self.ask(withdraw(who, code=who.code if own else "ZZZZZZ"))
        held = who in self.seated or who in self.queue
        if self.phase != "open" or not held or not own:
            assert answer is None
            return
        assert answer is not None
        assert isinstance(answer[0], ParticipantWithdrawn)
        self.gone.append(who)
        moved_up = [fact.registration_id for fact in answer if isinstance(fact, ParticipantPromoted)]
        if who in self.queue:
            self.queue.remove(who)
            assert moved_up == []
            return
        self.seated.remove(who)
        head = self.queue[:1]
        assert moved_up == [one.seat for one in head]
        self.seated += head
        self.queue = self.queue[1:]

    @precondition(lambda self: self.gone)
    @rule(number=st.integers(0, 30))
    def accepted_after_all(self, number: int) -> None:
        who = self.gone[number % len(self.gone)]
        full = len(self.seated) >= self.capacity
        answer = self.ask(accept(who))
        if self.phase != "open" or who in self.instead or (full and not self.queues):
            assert answer is None
            return
        assert answer is not None
        (fact,) = answer
        assert isinstance(fact, ParticipantReinstated)
        self.gone.remove(who)
        waits = ("waitlisted", len(self.queue) + 1)
        assert (fact.state, fact.position) == (waits if full else ("confirmed", None))
        (self.queue if full else self.seated).append(who)

    @precondition(lambda self: self.people)
    @rule(number=st.integers(0, 30))
    def represented(self, number: int) -> None:
        who, other = self.known(number), Somebody(f"p{len(self.people)}")
        answer = self.ask(send(other, instead_of=who))
        fits = self.phase == "open" and who in self.seated and who not in self.instead
        assert (answer is not None) == fits
        if fits:
            self.people.append(other)
            self.instead.add(other)
            self.seated[self.seated.index(who)] = other

    @precondition(lambda self: self.people)
    @rule(number=st.integers(0, 30), again=st.booleans())
    def scanned(self, number: int, *, again: bool) -> None:
        who = self.known(number)
        self.scans += not (again and self.scans)
        answer = self.ask(scan(who, nonce=str(self.scans)))
        if self.phase in ("absent", "draft"):
            assert answer is None
        elif answer:
            welcome = self.phase in ("open", "in-session") and who in self.seated and who not in self.welcome
            assert [type(fact) for fact in answer] == [ParticipantCheckedIn if welcome else CheckInRefused]
            self.welcome |= {who} if welcome else set()

    @precondition(lambda self: self.people)
    @rule(number=st.integers(0, 30), sequence=st.integers(0, 1))
    def ticketed(self, number: int, sequence: int) -> None:
        who = self.known(number)
        answer = self.ask(issue(who, serial=1, sequence=sequence))
        assert not answer or who in self.seated

    @invariant()
    def nobody_sits_who_has_no_seat(self) -> None:
        assert len(self.seated) <= self.capacity
        assert (self.meeting.confirmed, self.meeting.waitlisted) == (len(self.seated), len(self.queue))
        assert not self.queue or len(self.seated) == self.capacity or self.phase != "open"

    @invariant()
    def its_past_is_all_there_is(self) -> None:
        assert self.meeting == meeting_after(self.facts)
        assert (self.meeting.version, self.meeting.phase.value) == (len(self.facts), self.phase)


def _led(step: str) -> MeetingCommand:
    match step:
        case "open":
            return announce()
        case "start":
            return start()
        case "end":
            return end()
        case _:
            return close()


TestMeetings = Meetings.TestCase
TestMeetings.settings = settings(
    max_examples=50, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
