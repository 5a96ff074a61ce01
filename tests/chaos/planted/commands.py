"""Commands to the simulated system: seats and scans, and the writing of minutes."""

from tests.chaos.history import Fact
from tests.chaos.planted.messages import Person
from tests.chaos.planted.simulated_system import Meeting, Minutes, Seat, SimulatedSystem
from tests.chaos.records import Columns


def register(system: SimulatedSystem, meeting: Meeting, person: Person) -> None:
    """Take a seat, or a place in the queue."""
    full = len(meeting.holding("confirmed")) >= meeting.capacity
    if full and not meeting.queues:
        system.refuse("registration", "register", meeting.identifier, "MeetingFull")
        return

    def act(trace: str) -> Columns:
        identifier = system.bus.identifier()
        seat = Seat(system.person(person, trace), "waitlisted" if full else "confirmed")
        refs = {"registration_id": identifier, "person_id": seat.person, "state": seat.state}
        place = len(meeting.holding("waitlisted")) + 1 if full else None
        if full:
            meeting.queue_last += 1
            seat.position = meeting.queue_last
            refs["position"] = str(place)
        fact = system.say(meeting, "participant-registered", trace, **refs)
        meeting.seats[identifier] = seat
        if full:
            system.messages.tell(fact, seat.person, "waitlisted", leave=False)
        else:
            system.messages.tell(fact, seat.person, "registered", ("sms",), leave=True)
            ticket(system, meeting, identifier, trace)
        return {"registration_id": identifier, "state": seat.state, "position": place}

    system.ask("registration", "register", meeting.identifier, act)


def ticket(system: SimulatedSystem, meeting: Meeting, registration: str, trace: str) -> None:
    """Who has a seat gets a ticket."""
    seat = meeting.seats[registration]
    seat.serial += 1
    refs = {"registration_id": registration, "person_id": seat.person, "serial": str(seat.serial)}
    fact = system.say(meeting, "ticket-issued", trace, **refs)
    system.messages.tell(fact, seat.person, "registered", ("email",), leave=True)


def withdraw(system: SimulatedSystem, meeting: Meeting, registration: str) -> None:
    """Give up what one has; the head of the queue moves up."""
    seat = meeting.seats[registration]

    def act(trace: str) -> Columns:
        refs = {"registration_id": registration, "person_id": seat.person, "was": seat.state}
        word = "request-withdrawn" if seat.requested else "participant-withdrawn"
        fact = system.say(meeting, word, trace, **refs)
        system.messages.tell(fact, seat.person, "withdrawn", leave=False)
        if seat.represents:
            system.messages.tell(fact, seat.represents, "representative_withdrawn", leave=False)
        freed, seat.state, seat.position = seat.state == "confirmed", "withdrawn", None
        queue = meeting.holding("waitlisted")
        if freed and queue:
            promote(system, meeting, queue[0], trace)
        return {"registration_id": registration, "state": "withdrawn"}

    system.ask("registration", "withdraw", registration, act)


def promote(system: SimulatedSystem, meeting: Meeting, registration: str, trace: str) -> None:
    """Somebody moves up from the queue."""
    seat = meeting.seats[registration]
    seat.state, seat.position = "confirmed", None
    refs = {"registration_id": registration, "person_id": seat.person}
    fact = system.say(meeting, "participant-promoted", trace, **refs)
    system.messages.tell(fact, seat.person, "promoted", ("sms",), leave=True)
    ticket(system, meeting, registration, trace)


def represent(system: SimulatedSystem, meeting: Meeting, registration: str) -> None:
    """Send somebody else."""
    seat = meeting.seats[registration]

    def act(trace: str) -> Columns:
        identifier, person = system.bus.identifier(), system.person(Person(), trace)
        represented = {"represented_registration_id": registration, "represented_person_id": seat.person}
        own = {"registration_id": identifier, "person_id": person}
        fact = system.say(meeting, "participant-represented", trace, **own, **represented)
        seat.state = "represented"
        meeting.seats[identifier] = Seat(person, "confirmed", represents=seat.person)
        system.messages.tell(fact, person, "delegated", ("sms",), leave=True)
        system.messages.tell(fact, seat.person, "represented", leave=False)
        ticket(system, meeting, identifier, trace)
        return {"registration_id": identifier, "state": "confirmed", "position": None}

    system.ask("registration", "represent", registration, act)


def scan(system: SimulatedSystem, meeting: Meeting, registration: str) -> None:
    """Come to the meeting; who is not expected, or is in already, is turned away."""
    meeting.scans += 1
    seat, nonce = meeting.seats[registration], str(meeting.scans)
    welcome = seat.state == "confirmed" and not seat.checked_in
    device = {"device": "desk", "nonce": nonce}

    def act(trace: str) -> Columns:
        refs = {"registration_id": registration, "person_id": seat.person, "offline": "false", **device}
        word = "participant-checked-in" if welcome else "check-in-refused"
        fact = system.say(meeting, word, trace, **refs)
        outcome = "checked-in" if welcome else "refused"
        meeting.checks[f"{meeting.identifier}/desk/{nonce}"] = (outcome, registration)
        if welcome:
            seat.checked_in = 1
            system.messages.tell(fact, seat.person, "checked_in", ("sms",), leave=True)
        return {"outcome": outcome, "registration_id": registration}

    system.ask("registration", "check-in", meeting.identifier, act, refs=device)


def opine(system: SimulatedSystem, meeting: Meeting, minutes: Minutes) -> None:
    """Say something."""

    def act(trace: str) -> Columns:
        minutes.opinions.append(system.bus.identifier())
        system.write(meeting, "opinion-recorded", trace, opinion_id=minutes.opinions[-1])
        return {"opinion_id": minutes.opinions[-1]}

    system.ask("minutes", "opinion", minutes.identifier, act)


def decide(system: SimulatedSystem, meeting: Meeting, minutes: Minutes) -> None:
    """Decide something, under the next number."""

    def act(trace: str) -> Columns:
        minutes.decisions.append(system.bus.identifier())
        number = len(minutes.decisions)
        system.write(meeting, "decision-recorded", trace, decision_id=minutes.decisions[-1], number=str(number))
        return {"decision_id": minutes.decisions[-1], "number": number}

    system.ask("minutes", "decision", minutes.identifier, act)


def edit(system: SimulatedSystem, meeting: Meeting, minutes: Minutes) -> None:
    """Write a section anew."""

    def act(trace: str) -> Columns:
        minutes.revision += 1
        system.write(meeting, "minutes-revised", trace, revision=str(minutes.revision))
        return {"minutes_id": minutes.identifier, "revision": minutes.revision}

    system.ask("minutes", "edit", minutes.identifier, act)


def publish(system: SimulatedSystem, meeting: Meeting, minutes: Minutes) -> None:
    """From the draft to the sealed record."""

    def submit(trace: str) -> Columns:
        minutes.phase = "in-review"
        system.write(meeting, "minutes-submitted", trace, revision=str(minutes.revision))
        return {"minutes_id": minutes.identifier, "revision": minutes.revision}

    def approve(trace: str) -> Columns:
        system.approved += 1
        minutes.phase, minutes.number = "signed", system.approved
        system.write(meeting, "minutes-approved", trace, number=_number(minutes), revision=str(minutes.revision))
        system.write(meeting, "minutes-signed", trace, number=_number(minutes))
        return {"minutes_id": minutes.identifier, "number": _number(minutes)}

    def give(trace: str) -> Columns:
        minutes.phase, minutes.news = "filed", system.bus.identifier()
        fact = system.write(meeting, "minutes-published", trace, number=_number(minutes))
        system.write(meeting, "news-published", trace, news_id=minutes.news)
        _tell_everybody(system, meeting, fact)
        system.seal(meeting, trace)
        return {"minutes_id": minutes.identifier, "number": _number(minutes)}

    for command, act in (("submit", submit), ("approve", approve), ("publish", give)):
        system.ask("minutes", command, minutes.identifier, act)


def _tell_everybody(system: SimulatedSystem, meeting: Meeting, fact: Fact) -> None:
    for seat in meeting.seats.values():
        if seat.state == "confirmed" or seat.checked_in:
            system.messages.tell(fact, seat.person, "minutes_signed", ("email", "sms"), leave=False)


def _number(minutes: Minutes) -> str:
    return f"{minutes.number:04}/ຕສ"
