"""Many arrivals at once: the meetings they want to enter, locked and read together, and written together.

What `load_meeting` and `save_meeting` do for one command, set-based. The lock on a meeting's row is held by whoever
gives a seat in it, so what is read here of its seats stays true until the commit.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from services.registration.domain.commands import RegisterParticipant
from services.registration.domain.meeting import Meeting
from services.registration.domain.person import Person
from services.registration.domain.refusals import AlreadyRegistered
from services.registration.domain.state import Invitation, Phase
from services.registration.store.meeting import invited, uniqueness
from services.registration.store.person import insert_persons
from shared.contracts.registration import ParticipantRegistered, PersonRecorded
from shared.database import Connection
from shared.kernel import StaleVersion

_READ = (  # of a meeting, what an arrival is decided on
    *("meeting_id", "version", "organiser", "policy", "waiting_list", "capacity", "rank_floor", "starts_at", "ends_at"),
    *("sequence", "confirmed", "waitlisted", "queue_last"),
)
_MEETINGS = f"""
SELECT phase, {", ".join(_READ)} FROM meeting WHERE meeting_id = ANY($1::uuid[]) ORDER BY meeting_id FOR UPDATE
"""  # noqa: S608 -- constant names
_INVITATIONS = """
SELECT i.* FROM invitation i
JOIN unnest($1::uuid[], $2::bytea[]) AS asked(meeting_id, token_hash) USING (meeting_id, token_hash)
"""
_ORGANISATIONS = "SELECT code FROM organisation WHERE code = ANY($1::text[])"
# One look into a unique index for each; as a join it would be planned by how large the table was some time ago.
_SEATED = """
SELECT seat.meeting_id, seat.mobile AS contact FROM unnest($1::uuid[], $2::text[]) AS asked(meeting_id, mobile),
  LATERAL (SELECT r.meeting_id, r.mobile FROM registration r
           WHERE r.meeting_id = asked.meeting_id AND r.mobile = asked.mobile
             AND state IN ('confirmed', 'waitlisted', 'represented') LIMIT 1) AS seat
UNION ALL
SELECT seat.meeting_id, seat.email FROM unnest($1::uuid[], $3::text[]) AS asked(meeting_id, email),
  LATERAL (SELECT r.meeting_id, r.email FROM registration r
           WHERE r.meeting_id = asked.meeting_id AND r.email = asked.email
             AND state IN ('confirmed', 'waitlisted', 'represented') LIMIT 1) AS seat
UNION ALL
SELECT seat.meeting_id, seat.code FROM unnest($1::uuid[], $4::text[]) AS asked(meeting_id, code),
  LATERAL (SELECT r.meeting_id, r.code FROM registration r
           WHERE r.meeting_id = asked.meeting_id AND r.code = asked.code LIMIT 1) AS seat
"""
_MOVE = """
UPDATE meeting SET version = new.version, confirmed = new.confirmed, waitlisted = new.waitlisted,
                   queue_last = new.queue_last
FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::int[], $5::int[], $6::int[])
     AS new(meeting_id, seen, version, confirmed, waitlisted, queue_last)
WHERE meeting.meeting_id = new.meeting_id AND meeting.version = new.seen
"""
_REGISTER = """
INSERT INTO registration (registration_id, meeting_id, person_id, invitation_id, organisation, rank, state, position,
                          code, mobile, email, promoted, ticket_serial, answered_at)
SELECT *, false, 0, now()
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::int[], $7::text[], $8::int[],
            $9::text[], $10::text[], $11::text[])
"""
_USE = """
UPDATE invitation SET used = new.used FROM unnest($1::uuid[], $2::int[]) AS new(invitation_id, used)
WHERE invitation.invitation_id = new.invitation_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A person who wants to enter a meeting; the person is new."""

    meeting_id: UUID
    person: PersonRecorded
    command: RegisterParticipant


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """An arrival that has a seat or a place in the queue."""

    arrival: Arrival
    person: Person
    fact: ParticipantRegistered


class Halls:
    """The meetings of a group of arrivals, as each of them leaves it to the next."""

    def __init__(self, meetings: Iterable[Meeting]) -> None:
        self.organisations: set[str] = set()
        self.invitations: dict[tuple[UUID, str], Invitation] = {}
        self._meetings = {meeting.meeting_id: meeting for meeting in meetings}
        self._seen = {meeting_id: meeting.version for meeting_id, meeting in self._meetings.items()}
        self._seated: set[tuple[UUID, str]] = set()
        self._used: set[tuple[UUID, str]] = set()

    def seen_by(self, arrival: Arrival) -> Meeting:
        """The meeting with what this arrival's command needs; phase `absent` where there is none."""
        meeting_id, link = arrival.meeting_id, arrival.command.link_sha256
        meeting = self._meetings.get(meeting_id) or Meeting(meeting_id=meeting_id)
        invitation = self.invitations.get((meeting_id, link)) if link else None
        known = arrival.command.organisation in self.organisations
        if meeting.invitation == invitation and meeting.organisation_known == known:
            return meeting
        return replace(meeting, invitation=invitation, organisation_known=known)

    def has_code(self, arrival: Arrival) -> bool:
        """Whether somebody of the meeting has been given the same code."""
        return (arrival.meeting_id, arrival.command.code) in self._seated

    def seat(self, arrival: Arrival, after: Meeting) -> None:
        """Give the seat; raises `AlreadyRegistered` where the number or the address has one."""
        contacts = {(arrival.meeting_id, contact) for contact in contacts_of(arrival.person)}
        if contacts & self._seated:
            raise AlreadyRegistered
        self._seated |= {*contacts, (arrival.meeting_id, arrival.command.code)}
        self._meetings[arrival.meeting_id] = after
        if after.invitation and arrival.command.link_sha256:
            known = arrival.meeting_id, arrival.command.link_sha256
            self.invitations[known] = replace(after.invitation, used=after.invitation.used + 1)
            self._used.add(known)

    async def read(self, connection: Connection, arrivals: Sequence[Arrival]) -> None:
        """Invitations, organisations and seats that the arrivals refer to; the meetings are locked."""
        links = sorted({(one.meeting_id, one.command.link_sha256) for one in arrivals if one.command.link_sha256})
        if links:
            hashes = [bytes.fromhex(link) for _, link in links]
            rows = await connection.fetch(_INVITATIONS, [meeting_id for meeting_id, _ in links], hashes)
            self.invitations = {(row["meeting_id"], row["token_hash"].hex()): invited(row) for row in rows}
        bodies = sorted({one.command.organisation for one in arrivals if not one.command.link_sha256})
        if bodies:
            self.organisations = {row["code"] for row in await connection.fetch(_ORGANISATIONS, bodies)}
        meetings = [one.meeting_id for one in arrivals]
        mobiles, emails = [one.person.mobile for one in arrivals], [one.person.email for one in arrivals]
        codes = [one.command.code for one in arrivals]
        seated = await connection.fetch(_SEATED, meetings, mobiles, emails, codes)
        self._seated = {(row["meeting_id"], row["contact"]) for row in seated}

    async def save(self, connection: Connection, entered: Sequence[Entered]) -> None:
        """Write what the seats have changed, and those who have them."""
        await self._move(connection)
        await insert_persons(connection, [one.person for one in entered])
        with uniqueness():
            await _register(connection, entered)
        if self._used:
            used = [self.invitations[known] for known in sorted(self._used)]
            await connection.execute(_USE, [one.invitation_id for one in used], [one.used for one in used])

    async def _move(self, connection: Connection) -> None:
        moved = [one for one in self._meetings.values() if one.version != self._seen[one.meeting_id]]
        done = await connection.execute(
            _MOVE,
            [one.meeting_id for one in moved],
            [self._seen[one.meeting_id] for one in moved],
            [one.version for one in moved],
            [one.confirmed for one in moved],
            [one.waitlisted for one in moved],
            [one.queue_last for one in moved],
        )
        if done != f"UPDATE {len(moved)}":
            raise StaleVersion


def contacts_of(person: PersonRecorded) -> list[str]:
    """What a person is told from others by, in one meeting."""
    return [contact for contact in (person.mobile, person.email) if contact]


async def load_halls(connection: Connection, arrivals: Sequence[Arrival]) -> Halls:
    """The meetings of the arrivals, locked in one order everywhere, with all that deciding on them needs."""
    rows = await connection.fetch(_MEETINGS, sorted({one.meeting_id for one in arrivals}))
    halls = Halls(Meeting(phase=Phase(row["phase"]), **{name: row[name] for name in _READ}) for row in rows)
    if rows:
        await halls.read(connection, arrivals)
    return halls


async def _register(connection: Connection, entered: Sequence[Entered]) -> None:
    facts = [one.fact for one in entered]
    await connection.execute(
        _REGISTER,
        [fact.registration_id for fact in facts],
        [fact.meeting_id for fact in facts],
        [fact.person_id for fact in facts],
        [fact.invitation_id for fact in facts],
        [fact.organisation for fact in facts],
        [fact.rank for fact in facts],
        [fact.state for fact in facts],
        [fact.position for fact in facts],
        [fact.code for fact in facts],
        [one.arrival.person.mobile for one in entered],
        [one.arrival.person.email for one in entered],
    )
