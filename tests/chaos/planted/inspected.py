"""What the inspection would find in the simulated system once it is at rest."""

from collections.abc import Iterator
from itertools import chain

from shared.contracts import SERVICE_NAMES, TOPICS
from tests.chaos.history import Effect, Leases, Letter, Log, Number, Outbox, Record, Row, Witnessed
from tests.chaos.planted.simulated_system import Meeting, Minutes, SimulatedSystem
from tests.chaos.records import Columns


def history_of(system: SimulatedSystem) -> list[Record]:
    """The whole history of the system, settled."""
    system.settle()
    found = chain(system.bus.heard(), system.messages.found(), _found(system))
    return [*system.told, *found, Witnessed(at=system.later(), records=0)]


def _found(system: SimulatedSystem) -> Iterator[Record]:
    for source, subject in system.bus.versions:
        yield from _plain(system, source.rpartition("/")[2], subject)
    for meeting in system.meetings:
        yield from _meeting(system, meeting)
        yield from _minutes(system, meeting, meeting.minutes)
    yield from _archive(system)
    yield Row(service="minutes", table="number_series", id="MTC/2022", columns={"last": system.approved})
    for service in SERVICE_NAMES:
        yield Outbox(service=service, pending=0, parked=0)
        yield Leases(service=service, ready=0, running=0, dead=0, orphan=0)
        yield from _letters(system, service)


def _archive(system: SimulatedSystem) -> Iterator[Record]:
    for fact in system.bus.facts:
        if "archive" in TOPICS[fact.topic].readers:
            yield Effect(service="archive", what="fact", ref=fact.event_id, id=fact.event_id)
    for index, meeting in enumerate(system.sealed):
        name = f"record-{meeting.minutes.record}"
        yield Effect(service="archive", what="log_entry", ref=name, id=str(index))
        yield Number(series="log entries", number=index + 1, ref=name)
    yield Log(size=len(system.sealed), intact=True, packages=len(system.sealed))


def _letters(system: SimulatedSystem, service: str) -> Iterator[Record]:
    for letter in system.letters:
        if service in TOPICS[letter.topic].readers:
            yield Letter(
                service=service,
                topic=letter.topic,
                partition=letter.partition,
                offset=letter.offset,
                state="dead",
                error="no CloudEvent",
            )


def _plain(system: SimulatedSystem, aggregate: str, subject: str) -> Iterator[Record]:
    """Organisations and persons: their own row, and one with each who hears of them."""
    if aggregate not in ("organisation", "person"):
        return
    version = system.bus.versions[f"/eoffice/registration/{aggregate}", subject]
    yield Row(service="registration", table=aggregate, id=subject, version=version)
    person = system.messages.people.get(subject)
    contact: Columns = {"mobile": int(person.mobile), "email": int(person.email), "erased": 0} if person else {}
    yield Effect(service="notification", what=aggregate, ref=subject, id=subject, columns=contact)
    yield Effect(service="minutes", what=aggregate, ref=subject, id=subject)


def _meeting(system: SimulatedSystem, meeting: Meeting) -> Iterator[Record]:
    counts: Columns = {
        "capacity": meeting.capacity,
        "confirmed": len(meeting.holding("confirmed")),
        "waitlisted": len(meeting.holding("waitlisted")),
        "queue_last": meeting.queue_last,
    }
    version = system.bus.versions["/eoffice/registration/meeting", meeting.identifier]
    name = meeting.identifier
    yield Row(
        service="registration", table="meeting", id=name, version=version, state=meeting.phase, columns={**counts}
    )
    for service in ("notification", "minutes"):
        yield Effect(service=service, what="meeting", ref=name, id=name)
    for identifier, seat in meeting.seats.items():
        columns: Columns = {"position": seat.position, "ticket_serial": seat.serial, "checked_in": seat.checked_in}
        yield Row(service="registration", table="registration", id=identifier, state=seat.state, columns=columns)
        state = "requested" if seat.state == "awaiting-proof" else seat.state
        heard: Columns = {"state": state, "checked_in": seat.checked_in}
        both = (("notification", "registration"), ("minutes", "participant"))
        for service, what in both[:1] if seat.requested else both:
            yield Effect(service=service, what=what, ref=identifier, id=identifier, columns=heard)
    for scan, (outcome, registration) in meeting.checks.items():
        came: Columns = {"registration_id": registration}
        yield Row(service="registration", table="check_in", id=scan, state=outcome, columns=came)


def _minutes(system: SimulatedSystem, meeting: Meeting, minutes: Minutes) -> Iterator[Record]:
    record = system.bus.versions["/eoffice/archive/record", minutes.record]
    phase = "sealed" if meeting in system.sealed else "collecting"
    yield Row(service="archive", table="record", id=minutes.record, version=record, state=phase)
    version = system.bus.versions["/eoffice/minutes/minutes", minutes.identifier]
    if version:
        yield _written(minutes, version)
    for opinion in minutes.opinions:
        yield Row(service="minutes", table="opinion", id=opinion)
    for number, decision in enumerate(minutes.decisions, 1):
        yield Row(service="minutes", table="decision", id=decision, columns={"number": number})
        yield Number(series=f"decisions of {minutes.identifier}", number=number, ref=decision)
    if minutes.news:
        yield Row(service="minutes", table="news", id=minutes.news)
    if minutes.number:
        yield Number(series="MTC/2022", number=minutes.number, ref=minutes.identifier)


def _written(minutes: Minutes, version: int) -> Row:
    columns: Columns = {
        "revision": minutes.revision,
        "number": f"{minutes.number:04}/ຕສ" if minutes.number else None,
        "decisions": len(minutes.decisions),
        "actions": 0,
    }
    return Row(
        service="minutes",
        table="minutes",
        id=minutes.identifier,
        version=version,
        state=minutes.phase,
        columns=columns,
    )
