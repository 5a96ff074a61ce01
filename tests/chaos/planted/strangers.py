"""Commands to the simulated system of people without a link: registering, with any number, and answering for them."""

from tests.chaos.planted.commands import ticket
from tests.chaos.planted.messages import Person
from tests.chaos.planted.simulated_system import Meeting, Seat, SimulatedSystem
from tests.chaos.records import Columns

TOLD_AGAIN = ("confirmed", "waitlisted", "awaiting-proof", "represented")


def ask_for_seat(system: SimulatedSystem, meeting: Meeting, person: Person) -> None:
    """Register without a link when one client has registered many: no seat until somebody answers for him."""

    def act(trace: str) -> Columns:
        identifier = system.bus.identifier()
        seat = Seat(system.person(person, trace), "awaiting-proof", requested=True)
        refs = {"registration_id": identifier, "person_id": seat.person, "proven": "false"}
        fact = system.say(meeting, "participation-requested", trace, **refs)
        meeting.seats[identifier] = seat
        system.messages.tell(fact, seat.person, "confirm_registration", leave=False)
        return {"registration_id": identifier, "state": seat.state, "position": None}

    system.ask("registration", "register", meeting.identifier, act)


def register_again(system: SimulatedSystem, meeting: Meeting, registration: str) -> None:
    """Register with the number of somebody who has a registration: he is told of that one alone."""
    known = meeting.seats[registration]

    def act(trace: str) -> Columns:
        identifier = system.bus.identifier()
        seat = Seat(system.person(Person(), trace), "awaiting-proof", requested=True, again=True)
        own = {"registration_id": identifier, "person_id": seat.person, "proven": "false", "repeats": registration}
        system.say(meeting, "participation-requested", trace, **own)
        meeting.seats[identifier] = seat
        told = {"registration_id": registration, "person_id": known.person}
        fact = system.say(meeting, "registration-repeated", trace, **told)
        if known.state in TOLD_AGAIN:
            system.messages.tell(fact, known.person, "registered_again", leave=False)
        return {"registration_id": identifier, "state": seat.state, "position": None}

    system.ask("registration", "register", meeting.identifier, act)


def vouch(system: SimulatedSystem, meeting: Meeting, registration: str) -> None:
    """Answer for somebody who waits for it: he has a seat, or the last place in the queue."""
    seat = meeting.seats[registration]

    def act(trace: str) -> Columns:
        refs = {"registration_id": registration, "person_id": seat.person}
        system.say(meeting, "participant-proven", trace, **refs)
        full = len(meeting.holding("confirmed")) >= meeting.capacity
        place = len(meeting.holding("waitlisted")) + 1
        seat.state, seat.requested = "waitlisted" if full else "confirmed", False
        queued = {"position": str(place)} if full else {}
        fact = system.say(meeting, "participant-registered", trace, **refs, state=seat.state, **queued)
        if full:
            meeting.queue_last += 1
            seat.position = meeting.queue_last
            system.messages.tell(fact, seat.person, "waitlisted", leave=False)
        else:
            system.messages.tell(fact, seat.person, "registered", ("sms",), leave=True)
            ticket(system, meeting, registration, trace)
        return {"registration_id": registration, "state": seat.state}

    system.ask("registration", "vouch", registration, act)
