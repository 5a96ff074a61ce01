"""The rows of a batch of registrations: the meetings locked and read together, and written together.

This is the only way in which a registration is read and written; one alone is a batch of one. Whoever gives a seat in a
meeting holds the lock on its row, so what is read here of its registrations stays true until the commit.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from uuid import UUID

import asyncpg

from services.registration.domain.history import HistoryEntry, entries_of
from services.registration.domain.invitation import Invitation
from services.registration.domain.registration_batch import (
    AcceptedRegistration,
    RegistrationBatch,
    RegistrationFact,
    RegistrationRequest,
    client_of_unproven,
)
from services.registration.domain.registration_states import RegistrationState
from services.registration.domain.state import Meeting, Phase
from services.registration.store.admission import admission_with_bodies
from services.registration.store.answer_writers import hash_of
from services.registration.store.form.answers import GivenAnswers, save_answers
from services.registration.store.form.forms import announced_form
from services.registration.store.history import note
from services.registration.store.known_answers import load_known_answers
from services.registration.store.loaders import invitation_of
from services.registration.store.person import insert_persons, save_person
from services.registration.store.proof import UNPROVEN
from services.registration.store.sharing import load_sharing
from services.registration.store.succession import ACTING
from services.registration.store.uniqueness import uniqueness
from services.registration.store.waiting import waiting_before_newcomers
from services.registration.store.writers import write_rows
from services.registration.tables import InvitationRow
from shared.columns import names_of
from shared.contracts.registration import ParticipantRegistered, ParticipantReinstated, ParticipationRequested
from shared.database import Connection
from shared.kernel import StaleVersion

_READ = (  # of a meeting, what a registration is decided on
    *("meeting_id", "version", "organiser", "policy", "waiting_list", "capacity", "rank_floor", "starts_at", "ends_at"),
    *("sequence", "confirmed", "waitlisted", "queue_last", "requested", "grouped"),
)
_MEETINGS = f"""
SELECT phase, admission, taken, form_version, {", ".join(_READ)} FROM meeting WHERE meeting_id = ANY($1::uuid[])
ORDER BY meeting_id FOR UPDATE
"""  # noqa: S608 -- constant names
_FREE_MEETINGS = f"{_MEETINGS.rstrip()} SKIP LOCKED"
_THERE = "SELECT meeting_id FROM meeting WHERE meeting_id = ANY($1::uuid[])"
# Who acts for a body is asked only for people of another one.
_INVITATIONS = f"""
SELECT {names_of(InvitationRow, "invitation")}, CASE WHEN organisation <> asked.body THEN {ACTING} END AS acting
FROM invitation JOIN unnest($1::uuid[], $2::bytea[], $3::text[]) AS asked(meeting_id, token_hash, body)
  USING (meeting_id, token_hash)
"""  # noqa: S608 -- constant names
_ORGANISATIONS = "SELECT code FROM organisation WHERE code = ANY($1::text[])"
_UPDATE_MEETINGS = """
UPDATE meeting SET version = new.version, confirmed = new.confirmed, waitlisted = new.waitlisted,
                   queue_last = new.queue_last, requested = new.requested
FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::int[], $5::int[], $6::int[], $7::int[])
     AS new(meeting_id, seen, version, confirmed, waitlisted, queue_last, requested)
WHERE meeting.meeting_id = new.meeting_id AND meeting.version = new.seen
"""
_INSERT = """
WITH told AS (UPDATE registration SET told_again_at = now() WHERE registration_id = ANY($21::uuid[]))
INSERT INTO registration (registration_id, meeting_id, person_id, invitation_id, organisation, rank, state, position,
                          code, mobile, email, link_hash, group_id, same_contact_as, proof, held_until, client_hash,
                          shared_mobile, shared_email, confirm_code, promoted, ticket_serial, answered_at)
SELECT *, false, 0, now()
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::int[], $7::text[], $8::int[],
            $9::text[], $10::text[], $11::text[], $12::bytea[], $13::uuid[], $14::uuid[],
            $15::text[], $16::timestamptz[], $17::bytea[], $18::text[], $19::text[], $20::text[])
"""
_PLACE = "UPDATE registration SET position = $2 WHERE registration_id = $1"
_UPDATE_SEATS = "UPDATE meeting SET taken = $2, grouped = $3 WHERE meeting_id = $1"
_USE_INVITATIONS = """
UPDATE invitation SET used = new.used FROM unnest($1::uuid[], $2::int[]) AS new(invitation_id, used)
WHERE invitation.invitation_id = new.invitation_id
"""


async def load_registration_batch(
    connection: Connection, requests: Sequence[RegistrationRequest], *, wait: bool = True
) -> RegistrationBatch:
    """The meetings of the requests, locked in one order everywhere, with all that deciding on them needs.

    Without `wait`, meetings that another transaction has locked are `busy`.
    """
    asked = sorted({one.meeting_id for one in requests})
    rows = await connection.fetch(_MEETINGS if wait else _FREE_MEETINGS, asked)
    busy = frozenset[UUID]() if wait else await _busy(connection, set(asked) - {row["meeting_id"] for row in rows})
    requests = [one for one in requests if one.meeting_id not in busy] if busy else requests
    if not rows:
        return RegistrationBatch(busy=busy)
    meetings = [await _meeting(connection, row) for row in rows]
    asked_for = any(meeting.requested for meeting in meetings)
    invitations = await _invitations(connection, requests)
    known = await load_known_answers(connection, requests, invitations, requested=asked_for)
    if sharing := [meeting.meeting_id for meeting in meetings if meeting.admission.shared_contacts]:
        known = replace(known, sharing=await load_sharing(connection, requests, meetings=sharing))
    organisations = await _organisations(connection, requests)
    return RegistrationBatch(
        meetings=meetings, invitations=invitations, organisations=organisations, known=known, busy=busy
    )


async def _busy(connection: Connection, missing: set[UUID]) -> frozenset[UUID]:
    """Those of these meetings that are there after all."""
    found = await connection.fetch(_THERE, list(missing)) if missing else []
    return frozenset(row["meeting_id"] for row in found)


async def _meeting(connection: Connection, row: asyncpg.Record) -> Meeting:
    members = await admission_with_bodies(connection, row)
    meeting = Meeting(phase=Phase(row["phase"]), **{name: row[name] for name in _READ}, **members)
    if row["form_version"] and meeting.phase is Phase.OPEN:
        form = await announced_form(connection, meeting.meeting_id, row["form_version"])
        meeting = replace(meeting, form=form)
    if not (meeting.grouped and meeting.waitlisted and meeting.confirmed < meeting.capacity):
        return meeting
    return replace(meeting, queue=await waiting_before_newcomers(connection, meeting.meeting_id))


async def _invitations(
    connection: Connection, requests: Sequence[RegistrationRequest]
) -> dict[tuple[UUID, str], Invitation]:
    asked = {(one.meeting_id, one.command.link_sha256, one.command.organisation) for one in requests}
    links = sorted((meeting_id, link, body) for meeting_id, link, body in asked if link)
    if not links:
        return {}
    meetings, tokens, bodies = zip(*links, strict=True)
    rows = await connection.fetch(_INVITATIONS, meetings, [bytes.fromhex(link) for link in tokens], bodies)
    found = sorted(rows, key=lambda row: row["acting"] is not None)  # of one link, the row that says who acts holds
    return {(row["meeting_id"], row["token_hash"].hex()): invitation_of(row) for row in found}


async def _organisations(connection: Connection, requests: Sequence[RegistrationRequest]) -> set[str]:
    codes = sorted({one.command.organisation for one in requests if not one.command.link_sha256})
    return {row["code"] for row in await connection.fetch(_ORGANISATIONS, codes)} if codes else set()


async def save_registration_batch(
    connection: Connection, batch: RegistrationBatch, accepted: Sequence[AcceptedRegistration]
) -> None:
    """Write the accepted requests: meetings, persons, registrations and invitations, each in one statement.

    Raises `StaleVersion` where a meeting has changed since it was loaded, and the Refusal of a violated uniqueness.
    """
    await _update_meetings(connection, batch)
    new = [one for one in accepted if not isinstance(one.fact, ParticipantReinstated)]
    await insert_persons(connection, [one.person for one in new])
    with uniqueness():
        if new:
            await _insert_registrations(connection, batch, new)
        for one in accepted:
            if isinstance(one.fact, ParticipantReinstated):
                await _reinstate(connection, one)
    await note(connection, [entry for one in accepted for entry in _history(batch, one)])
    await save_answers(connection, [given for one in accepted if (given := _given(one))])
    if used := batch.used_invitations():
        await connection.execute(_USE_INVITATIONS, [one.invitation_id for one in used], [one.used for one in used])


def _history(batch: RegistrationBatch, one: AcceptedRegistration) -> Iterable[HistoryEntry]:
    meeting_id = one.request.meeting_id
    organiser = batch.organiser_of(meeting_id)
    return entries_of([one.fact], one.request.command, meeting_id=meeting_id, organiser=organiser)


def _given(one: AcceptedRegistration) -> GivenAnswers | None:
    if one.answers is None or not one.answers.values:
        return None
    seat, by = one.fact.registration_id, one.request.command.actor.subject
    return GivenAnswers(meeting_id=one.fact.meeting_id, registration_id=seat, answers=one.answers, by=by)


async def _reinstate(connection: Connection, one: AcceptedRegistration) -> None:
    before = replace(one.person, version=one.person.version - 1)
    await save_person(connection, before, one.person, ())
    await write_rows(connection, one.fact)
    await connection.execute(_PLACE, one.fact.registration_id, one.position)


async def _update_meetings(connection: Connection, batch: RegistrationBatch) -> None:
    changed = batch.changed_meetings()
    done = await connection.execute(
        _UPDATE_MEETINGS,
        [one.meeting_id for _, one in changed],
        [loaded_version for loaded_version, _ in changed],
        [one.version for _, one in changed],
        [one.confirmed for _, one in changed],
        [one.waitlisted for _, one in changed],
        [one.queue_last for _, one in changed],
        [one.requested for _, one in changed],
    )
    if done != f"UPDATE {len(changed)}":
        raise StaleVersion
    for _, one in changed:
        if one.taken or one.grouped:
            await connection.execute(_UPDATE_SEATS, one.meeting_id, one.taken or None, one.grouped)


async def _insert_registrations(
    connection: Connection, batch: RegistrationBatch, accepted: Sequence[AcceptedRegistration]
) -> None:
    facts = [one.fact for one in accepted]
    seated = [fact if isinstance(fact, ParticipantRegistered) else None for fact in facts]
    await connection.execute(
        _INSERT,
        [fact.registration_id for fact in facts],
        [fact.meeting_id for fact in facts],
        [fact.person_id for fact in facts],
        [fact and fact.invitation_id for fact in seated],
        [fact.organisation for fact in facts],
        [fact.rank for fact in facts],
        [_state_of(fact) for fact in facts],
        [one.position for one in accepted],
        [fact.code for fact in facts],
        [batch.holds(one, one.request.person.mobile) for one in accepted],
        [batch.holds(one, one.request.person.email) for one in accepted],
        [hash_of(fact.own_link) for fact in facts],
        [one.request.command.group_id for one in accepted],
        [None if isinstance(fact, ParticipantReinstated) else fact.repeats for fact in facts],
        [None if fact.proven else UNPROVEN for fact in facts],
        [fact.held_until for fact in facts],
        [client_of_unproven(one.request, one.fact) for one in accepted],
        [batch.shares(one, one.request.person.mobile) for one in accepted],
        [batch.shares(one, one.request.person.email) for one in accepted],
        [None if isinstance(fact, ParticipantReinstated) else fact.sealed_confirm_code for fact in facts],
        [registration for one in accepted for registration in one.told],
    )


def _state_of(fact: RegistrationFact) -> str:
    if isinstance(fact, ParticipationRequested):
        return RegistrationState.REQUESTED if fact.awaits == "decision" else RegistrationState.AWAITING_PROOF
    return fact.state
