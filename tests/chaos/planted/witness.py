"""What a witness would find in the made-up office once it is at rest."""

from collections.abc import Iterator
from itertools import chain

from shared.contracts import SERVICE_NAMES, TOPICS
from tests.chaos.history import Effect, Leases, Letter, Log, Number, Outbox, Record, Row, Witnessed
from tests.chaos.planted.office import Meeting, Minutes, Office
from tests.chaos.records import Columns


def history(office: Office) -> list[Record]:
    """The whole history of the office, settled."""
    office.settle()
    found = chain(office.bus.heard(), office.post.found(), _found(office))
    return [*office.told, *found, Witnessed(at=office.later(), records=0)]


def _found(office: Office) -> Iterator[Record]:
    for source, subject in office.bus.versions:
        yield from _plain(office, source.rpartition("/")[2], subject)
    for meeting in office.meetings:
        yield from _meeting(office, meeting)
        yield from _minutes(office, meeting, meeting.minutes)
    yield from _archive(office)
    yield Row(service="minutes", table="number_series", id="MTC/2022", columns={"last": office.approved})
    for service in SERVICE_NAMES:
        yield Outbox(service=service, pending=0, parked=0)
        yield Leases(service=service, ready=0, running=0, dead=0, orphan=0)
        yield from _letters(office, service)


def _archive(office: Office) -> Iterator[Record]:
    for fact in office.bus.facts:
        if "archive" in TOPICS[fact.topic].readers:
            yield Effect(service="archive", what="fact", ref=fact.event_id, id=fact.event_id)
    for index, meeting in enumerate(office.sealed):
        name = f"record-{meeting.minutes.record}"
        yield Effect(service="archive", what="log_entry", ref=name, id=str(index))
        yield Number(series="log entries", number=index + 1, ref=name)
    yield Log(size=len(office.sealed), intact=True, packages=len(office.sealed))


def _letters(office: Office, service: str) -> Iterator[Record]:
    for letter in office.letters:
        if service in TOPICS[letter.topic].readers:
            yield Letter(
                service=service,
                topic=letter.topic,
                partition=letter.partition,
                offset=letter.offset,
                state="dead",
                error="no CloudEvent",
            )


def _plain(office: Office, aggregate: str, subject: str) -> Iterator[Record]:
    """Organisations and persons: their own row, and one with each who hears of them."""
    if aggregate not in ("organisation", "person"):
        return
    version = office.bus.versions[f"/eoffice/registration/{aggregate}", subject]
    yield Row(service="registration", table=aggregate, id=subject, version=version)
    person = office.post.people.get(subject)
    contact: Columns = {"mobile": int(person.mobile), "email": int(person.email), "erased": 0} if person else {}
    yield Effect(service="notification", what=aggregate, ref=subject, id=subject, columns=contact)
    yield Effect(service="minutes", what=aggregate, ref=subject, id=subject)


def _meeting(office: Office, meeting: Meeting) -> Iterator[Record]:
    counts: Columns = {
        "capacity": meeting.capacity,
        "confirmed": len(meeting.holding("confirmed")),
        "waitlisted": len(meeting.holding("waitlisted")),
        "queue_last": meeting.queue_last,
    }
    version = office.bus.versions["/eoffice/registration/meeting", meeting.identifier]
    name = meeting.identifier
    yield Row(
        service="registration", table="meeting", id=name, version=version, state=meeting.phase, columns={**counts}
    )
    for service in ("notification", "minutes"):
        yield Effect(service=service, what="meeting", ref=name, id=name)
    for identifier, seat in meeting.seats.items():
        columns: Columns = {"position": seat.position, "ticket_serial": seat.serial, "checked_in": seat.checked_in}
        yield Row(service="registration", table="registration", id=identifier, state=seat.state, columns=columns)
        heard: Columns = {"state": seat.state, "checked_in": seat.checked_in}
        for service, what in (("notification", "registration"), ("minutes", "participant")):
            yield Effect(service=service, what=what, ref=identifier, id=identifier, columns=heard)
    for scan, (outcome, registration) in meeting.checks.items():
        came: Columns = {"registration_id": registration}
        yield Row(service="registration", table="check_in", id=scan, state=outcome, columns=came)


def _minutes(office: Office, meeting: Meeting, minutes: Minutes) -> Iterator[Record]:
    record = office.bus.versions["/eoffice/archive/record", minutes.record]
    phase = "sealed" if meeting in office.sealed else "collecting"
    yield Row(service="archive", table="record", id=minutes.record, version=record, state=phase)
    version = office.bus.versions["/eoffice/minutes/minutes", minutes.identifier]
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
