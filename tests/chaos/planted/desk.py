"""What people ask of the made-up office: seats and scans, and the writing of minutes."""

from tests.chaos.history import Fact
from tests.chaos.planted.office import Meeting, Minutes, Office, Seat
from tests.chaos.planted.post import Person
from tests.chaos.records import Columns


def register(office: Office, meeting: Meeting, person: Person) -> None:
    """Take a seat, or a place in the queue."""
    full = len(meeting.holding("confirmed")) >= meeting.capacity
    if full and not meeting.queues:
        office.refuse("registration", "register", meeting.identifier, "MeetingFull")
        return

    def act(trace: str) -> Columns:
        identifier = office.bus.identifier()
        seat = Seat(office.person(person, trace), "waitlisted" if full else "confirmed")
        refs = {"registration_id": identifier, "person_id": seat.person, "state": seat.state}
        if full:
            meeting.queue_last += 1
            seat.position = meeting.queue_last
            refs["position"] = str(seat.position)
        fact = office.say(meeting, "participant-registered", trace, **refs)
        meeting.seats[identifier] = seat
        if full:
            office.post.tell(fact, seat.person, "waitlisted", leave=False)
        else:
            office.post.tell(fact, seat.person, "registered", ("sms",), leave=True)
            ticket(office, meeting, identifier, trace)
        return {"registration_id": identifier, "state": seat.state, "position": seat.position}

    office.ask("registration", "register", meeting.identifier, act)


def ticket(office: Office, meeting: Meeting, registration: str, trace: str) -> None:
    """Who has a seat gets a ticket."""
    seat = meeting.seats[registration]
    seat.serial += 1
    refs = {"registration_id": registration, "person_id": seat.person, "serial": str(seat.serial)}
    fact = office.say(meeting, "ticket-issued", trace, **refs)
    office.post.tell(fact, seat.person, "registered", ("email",), leave=True)


def withdraw(office: Office, meeting: Meeting, registration: str) -> None:
    """Give up what one has; the head of the queue moves up."""
    seat = meeting.seats[registration]

    def act(trace: str) -> Columns:
        refs = {"registration_id": registration, "person_id": seat.person, "was": seat.state}
        fact = office.say(meeting, "participant-withdrawn", trace, **refs)
        office.post.tell(fact, seat.person, "withdrawn", leave=False)
        freed, seat.state, seat.position = seat.state == "confirmed", "withdrawn", None
        queue = meeting.holding("waitlisted")
        if freed and queue:
            promote(office, meeting, queue[0], trace)
        return {"registration_id": registration, "state": "withdrawn"}

    office.ask("registration", "withdraw", registration, act)


def promote(office: Office, meeting: Meeting, registration: str, trace: str) -> None:
    """Somebody moves up from the queue."""
    seat = meeting.seats[registration]
    seat.state, seat.position = "confirmed", None
    refs = {"registration_id": registration, "person_id": seat.person}
    fact = office.say(meeting, "participant-promoted", trace, **refs)
    office.post.tell(fact, seat.person, "promoted", ("sms",), leave=True)
    ticket(office, meeting, registration, trace)


def represent(office: Office, meeting: Meeting, registration: str) -> None:
    """Send somebody else."""
    seat = meeting.seats[registration]

    def act(trace: str) -> Columns:
        identifier, person = office.bus.identifier(), office.person(Person(), trace)
        represented = {"represented_registration_id": registration, "represented_person_id": seat.person}
        own = {"registration_id": identifier, "person_id": person}
        fact = office.say(meeting, "participant-represented", trace, **own, **represented)
        seat.state = "represented"
        meeting.seats[identifier] = Seat(person, "confirmed")
        office.post.tell(fact, person, "delegated", ("sms",), leave=True)
        office.post.tell(fact, seat.person, "represented", leave=False)
        ticket(office, meeting, identifier, trace)
        return {"registration_id": identifier, "state": "confirmed", "position": None}

    office.ask("registration", "represent", registration, act)


def scan(office: Office, meeting: Meeting, registration: str) -> None:
    """Come to the door; who is not expected, or is in already, is turned away."""
    meeting.scans += 1
    seat, nonce = meeting.seats[registration], str(meeting.scans)
    welcome = seat.state == "confirmed" and not seat.checked_in
    device = {"device": "desk", "nonce": nonce}

    def act(trace: str) -> Columns:
        refs = {"registration_id": registration, "person_id": seat.person, "offline": "false", **device}
        word = "participant-checked-in" if welcome else "check-in-refused"
        fact = office.say(meeting, word, trace, **refs)
        outcome = "checked-in" if welcome else "refused"
        meeting.checks[f"{meeting.identifier}/desk/{nonce}"] = (outcome, registration)
        if welcome:
            seat.checked_in = 1
            office.post.tell(fact, seat.person, "checked_in", ("sms",), leave=True)
        return {"outcome": outcome, "registration_id": registration}

    office.ask("registration", "check-in", meeting.identifier, act, refs=device)


def opine(office: Office, meeting: Meeting, minutes: Minutes) -> None:
    """Say something."""

    def act(trace: str) -> Columns:
        minutes.opinions.append(office.bus.identifier())
        office.write(meeting, "opinion-recorded", trace, opinion_id=minutes.opinions[-1])
        return {"opinion_id": minutes.opinions[-1]}

    office.ask("minutes", "opinion", minutes.identifier, act)


def decide(office: Office, meeting: Meeting, minutes: Minutes) -> None:
    """Decide something, under the next number."""

    def act(trace: str) -> Columns:
        minutes.decisions.append(office.bus.identifier())
        number = len(minutes.decisions)
        office.write(meeting, "decision-recorded", trace, decision_id=minutes.decisions[-1], number=str(number))
        return {"decision_id": minutes.decisions[-1], "number": number}

    office.ask("minutes", "decision", minutes.identifier, act)


def edit(office: Office, meeting: Meeting, minutes: Minutes) -> None:
    """Write a section anew."""

    def act(trace: str) -> Columns:
        minutes.revision += 1
        office.write(meeting, "minutes-revised", trace, revision=str(minutes.revision))
        return {"minutes_id": minutes.identifier, "revision": minutes.revision}

    office.ask("minutes", "edit", minutes.identifier, act)


def publish(office: Office, meeting: Meeting, minutes: Minutes) -> None:
    """From the draft to the sealed record."""

    def submit(trace: str) -> Columns:
        minutes.phase = "in-review"
        office.write(meeting, "minutes-submitted", trace, revision=str(minutes.revision))
        return {"minutes_id": minutes.identifier, "revision": minutes.revision}

    def approve(trace: str) -> Columns:
        office.approved += 1
        minutes.phase, minutes.number = "signed", office.approved
        office.write(meeting, "minutes-approved", trace, number=_number(minutes), revision=str(minutes.revision))
        office.write(meeting, "minutes-signed", trace, number=_number(minutes))
        return {"minutes_id": minutes.identifier, "number": _number(minutes)}

    def give(trace: str) -> Columns:
        minutes.phase, minutes.news = "filed", office.bus.identifier()
        fact = office.write(meeting, "minutes-published", trace, number=_number(minutes))
        office.write(meeting, "news-published", trace, news_id=minutes.news)
        _tell_everybody(office, meeting, fact)
        office.seal(meeting, trace)
        return {"minutes_id": minutes.identifier, "number": _number(minutes)}

    for command, act in (("submit", submit), ("approve", approve), ("publish", give)):
        office.ask("minutes", command, minutes.identifier, act)


def _tell_everybody(office: Office, meeting: Meeting, fact: Fact) -> None:
    for seat in meeting.seats.values():
        if seat.state == "confirmed" or seat.checked_in:
            office.post.tell(fact, seat.person, "minutes_signed", ("email", "sms"), leave=False)


def _number(minutes: Minutes) -> str:
    return f"{minutes.number:04}/ຕສ"
