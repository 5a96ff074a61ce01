"""Scenarios in the simulated system: a long one with everything in it, and any other made of a list of random steps."""

from collections.abc import Sequence
from typing import Final, TypeAlias

from tests.chaos.history import Record
from tests.chaos.planted import commands, strangers
from tests.chaos.planted.inspected import history_of
from tests.chaos.planted.messages import Person
from tests.chaos.planted.simulated_system import OPEN, Delivery, Meeting, SimulatedSystem

Step: TypeAlias = tuple[str, int, Delivery]
"""What is done, a number that chooses among what there is, and how the command is delivered."""

TOPIC: Final = "eoffice.registration.meeting.v1"
ACTIONS: Final = (
    *("draft", "register", "register", "register", "withdraw", "represent", "scan", "reschedule", "cancel"),
    *("ask", "again", "vouch"),
    *("hold", "opine", "decide", "edit", "publish", "refuse", "stumble", "poison", "repeat"),
)
PEOPLE: Final = (Person(), Person(), Person(email=False), Person(mobile=False), Person(mobile=False, email=False))


def full_scenario() -> list[Record]:
    """A history in which everything happens at least once, always the same."""
    system = SimulatedSystem()
    first, second = system.draft(2), system.draft(1, queues=False)
    for person in (*PEOPLE, Person()):
        commands.register(system, first, person)
    commands.register(system, second, Person())
    commands.register(system, second, Person())
    system.stumble("kill")
    for delivery in Delivery:
        system.delivery = delivery
        commands.opine(system, first, first.minutes)
    system.delivery = Delivery.FINE
    system.refuse("minutes", "opinion", first.minutes.identifier, "WrongPhase")
    confirmed = first.holding("confirmed")
    commands.withdraw(system, first, confirmed[0])
    commands.represent(system, first, confirmed[1])
    commands.withdraw(system, first, first.holding("waitlisted")[-1])
    _strangers(system, first)
    system.lead(first, "reschedule", "meeting-rescheduled", OPEN)
    for registration in (first.holding("confirmed")[0], first.holding("confirmed")[0], confirmed[1]):
        commands.scan(system, first, registration)
    for _ in range(3):
        commands.decide(system, first, first.minutes)
    for meeting in (first, second):
        _hold(system, meeting)
        commands.edit(system, meeting, meeting.minutes)
        commands.publish(system, meeting, meeting.minutes)
    third = system.draft(3)
    for person in PEOPLE[:2]:
        commands.register(system, third, person)
    system.poison(TOPIC)
    for fact in system.bus.facts[::7]:
        system.bus.repeat(fact)
    return history_of(system)


def _strangers(system: SimulatedSystem, meeting: Meeting) -> None:
    """Three who ask: one is answered for, one is not, and one has the number of somebody else."""
    for person in PEOPLE[:2]:
        strangers.ask_for_seat(system, meeting, person)
    for registration in meeting.holding("awaiting-proof"):
        strangers.register_again(system, meeting, registration)
    strangers.vouch(system, meeting, meeting.holding("awaiting-proof")[0])
    commands.withdraw(system, meeting, meeting.holding("awaiting-proof")[0])


def any_scenario(steps: Sequence[Step]) -> list[Record]:
    """The history of a scenario in which these steps are taken, as far as they are possible."""
    system = SimulatedSystem()
    system.draft(2)
    for action, number, delivery in steps:
        system.delivery = delivery
        take(system, action, number)
    return history_of(system)


def take(system: SimulatedSystem, action: str, number: int) -> None:
    """One step; what is not possible now is not done."""
    meeting = system.meetings[number % len(system.meetings)]
    match action:
        case "draft":
            system.draft(1 + number % 3, queues=number % 4 > 0)
        case "refuse":
            system.refuse("registration", "register", meeting.identifier, "WrongPhase")
        case "stumble":
            system.stumble("kill")
        case "poison":
            system.poison(TOPIC)
        case "repeat":
            system.bus.repeat(system.bus.facts[number % len(system.bus.facts)])
        case "opine" | "decide" | "edit" | "publish":
            _write(system, meeting, action)
        case _ if meeting.phase == OPEN:
            _meet(system, meeting, action, number)
        case _:
            return


def _meet(system: SimulatedSystem, meeting: Meeting, action: str, number: int) -> None:
    if action == "register":
        commands.register(system, meeting, PEOPLE[number % len(PEOPLE)])
    elif action == "ask":
        strangers.ask_for_seat(system, meeting, PEOPLE[number % len(PEOPLE)])
    elif action == "hold":
        _hold(system, meeting)
    elif action == "cancel" and number % 5 == 0:
        system.lead(meeting, "cancel", "meeting-cancelled", "cancelled")
    elif action == "reschedule":
        system.lead(meeting, "reschedule", "meeting-rescheduled", OPEN)
    elif meeting.seats:
        _change(system, meeting, action, list(meeting.seats)[number % len(meeting.seats)])


def _change(system: SimulatedSystem, meeting: Meeting, action: str, registration: str) -> None:
    state = meeting.seats[registration].state
    if action == "scan":
        commands.scan(system, meeting, registration)
    elif action == "again":
        strangers.register_again(system, meeting, registration)
    elif action == "vouch" and state == "awaiting-proof" and not meeting.seats[registration].again:
        strangers.vouch(system, meeting, registration)
    elif action == "withdraw" and state in ("confirmed", "waitlisted", "awaiting-proof"):
        commands.withdraw(system, meeting, registration)
    elif action == "represent" and state == "confirmed":
        commands.represent(system, meeting, registration)


def _write(system: SimulatedSystem, meeting: Meeting, action: str) -> None:
    minutes = meeting.minutes
    if minutes.phase not in ("opened", "draft") or meeting.phase == "draft":
        return
    if action == "opine":
        commands.opine(system, meeting, minutes)
    elif action == "decide":
        commands.decide(system, meeting, minutes)
    elif minutes.phase == "draft" and action == "edit":
        commands.edit(system, meeting, minutes)
    elif minutes.phase == "draft" and system.delivery is not Delivery.NEVER_ARRIVED:
        commands.publish(system, meeting, minutes)


def _hold(system: SimulatedSystem, meeting: Meeting) -> None:
    """Start and end, which nobody fails to ask for again."""
    system.delivery = Delivery.FINE
    system.lead(meeting, "start", "meeting-started", "in-session")
    system.lead(meeting, "end", "meeting-held", "held")
