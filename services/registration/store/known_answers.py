"""What meetings know of the people of a batch: whose their numbers are, who has declined, who asks for a seat."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import asyncpg

from services.registration.domain.contacts.holders import ContactHolder
from services.registration.domain.contacts.same_person import name_of
from services.registration.domain.invitation import Invitation
from services.registration.domain.registration_batch import DeclinedAnswer, KnownAnswers, RegistrationRequest
from services.registration.domain.registration_states import HOLDING, ONE_EACH, RegistrationState, sql_list
from services.registration.store.contacts import TOLD_AT
from services.registration.store.waiting import seat_of
from services.registration.tables import RegistrationRow
from shared.columns import names_of
from shared.database import Connection

_HOLDER = f"r.meeting_id, r.registration_id, r.person_id, r.organisation, {TOLD_AT} AS told_at"
_FOUND = "registration_id, person_id, organisation, told_at"
# One look into a unique index for each; as a join it would be planned by how large the table was some time ago.
# What a stranger is not told is read in the same way for a number that is known and for one that is not.
_TAKEN = f"""
SELECT meeting_id, asked.mobile AS contact, NULL AS code, {_FOUND}, NULL::uuid AS declined
FROM unnest($1::uuid[], $2::text[]) AS asked(of_meeting, mobile),
  LATERAL (SELECT {_HOLDER} FROM registration r
           WHERE r.meeting_id = asked.of_meeting AND r.mobile = asked.mobile
             AND state IN ({sql_list(ONE_EACH)}) LIMIT 1) AS seat
UNION ALL
SELECT meeting_id, asked.email, NULL, {_FOUND}, NULL FROM unnest($1::uuid[], $3::text[]) AS asked(of_meeting, email),
  LATERAL (SELECT {_HOLDER} FROM registration r
           WHERE r.meeting_id = asked.of_meeting AND r.email = asked.email
             AND state IN ({sql_list(ONE_EACH)}) LIMIT 1) AS seat
UNION ALL
SELECT meeting_id, NULL, asked.code, {_FOUND}, NULL FROM unnest($1::uuid[], $4::text[]) AS asked(of_meeting, code),
  LATERAL (SELECT {_HOLDER} FROM registration r
           WHERE r.meeting_id = asked.of_meeting AND r.code = asked.code LIMIT 1) AS seat
UNION ALL
SELECT meeting_id, NULL, NULL, {_FOUND}, registration_id
FROM unnest($1::uuid[], $2::text[], $5::text[]) AS asked(of_meeting, mobile, body),
  LATERAL (SELECT {_HOLDER} FROM registration r
           WHERE r.meeting_id = asked.of_meeting AND r.mobile = asked.mobile
             AND state = '{RegistrationState.DECLINED}' AND r.organisation = asked.body LIMIT 1) AS seat
UNION ALL
SELECT meeting_id, NULL, NULL, {_FOUND}, registration_id
FROM unnest($1::uuid[], $3::text[], $5::text[]) AS asked(of_meeting, email, body),
  LATERAL (SELECT {_HOLDER} FROM registration r
           WHERE r.meeting_id = asked.of_meeting AND r.email = asked.email
             AND state = '{RegistrationState.DECLINED}' AND r.organisation = asked.body LIMIT 1) AS seat
"""  # noqa: S608 -- constant names
_DECLINED = f"""
SELECT {names_of(RegistrationRow, "seat")}, person.version AS person_version, person.given_name, person.family_name
FROM registration seat JOIN person USING (person_id)
WHERE seat.registration_id = ANY($1::uuid[]) FOR UPDATE OF person
"""  # noqa: S608 -- constant names
_REQUESTED = f"""
SELECT r.mobile AS contact, {_HOLDER} FROM unnest($1::uuid[], $2::text[]) AS asked(meeting_id, mobile)
JOIN registration r USING (meeting_id, mobile) WHERE r.state = '{RegistrationState.REQUESTED}'
UNION ALL
SELECT r.email, {_HOLDER} FROM unnest($1::uuid[], $3::text[]) AS asked(meeting_id, email)
JOIN registration r USING (meeting_id, email) WHERE r.state = '{RegistrationState.REQUESTED}'
"""  # noqa: S608 -- constant names
_UNPROVEN = f"""
SELECT meeting_id, client_hash, count(*) AS people FROM registration
JOIN (SELECT DISTINCT * FROM unnest($1::uuid[], $2::bytea[])) AS asked(meeting_id, client_hash)
  USING (meeting_id, client_hash)
WHERE proof = 'unproven' AND state IN ({sql_list(HOLDING)}) GROUP BY meeting_id, client_hash
"""  # noqa: S608 -- constant names


async def load_known_answers(
    connection: Connection,
    requests: Sequence[RegistrationRequest],
    invitations: Mapping[tuple[UUID, str], Invitation],
    *,
    requested: bool,
) -> KnownAnswers:
    """What the meetings of the requests know of their people; `requested`: whether anybody asks for a seat in them."""
    taken = await _taken(connection, requests, invitations)
    return KnownAnswers(
        holders=(await _requested(connection, requests) if requested else {}) | _holders(taken),
        codes={(row["meeting_id"], row["code"]) for row in taken if row["code"]},
        declined=await _declined(connection, [row["declined"] for row in taken if row["declined"]]),
        unproven=await _unproven(connection, requests),
    )


async def _taken(
    connection: Connection,
    requests: Sequence[RegistrationRequest],
    invitations: Mapping[tuple[UUID, str], Invitation],
) -> Sequence[asyncpg.Record]:
    rows: Sequence[asyncpg.Record] = await connection.fetch(
        _TAKEN,
        [one.meeting_id for one in requests],
        [one.person.mobile for one in requests],
        [one.person.email for one in requests],
        [one.command.code for one in requests],
        [_spoken_for(one, invitations) for one in requests],
    )
    return rows


def _spoken_for(request: RegistrationRequest, invitations: Mapping[tuple[UUID, str], Invitation]) -> str | None:
    """The body whose answers the caller may change; None where he is a stranger."""
    command = request.command
    given = invitations.get((request.meeting_id, command.link_sha256 or ""))
    return command.organisation if command.actor.roles or given else None


def _holders(rows: Sequence[asyncpg.Record]) -> dict[tuple[UUID, str], ContactHolder]:
    names = ("registration_id", "person_id", "organisation", "told_at")
    return {
        (row["meeting_id"], row["contact"]): ContactHolder(**{name: row[name] for name in names})
        for row in rows
        if row["contact"]
    }


async def _declined(connection: Connection, registrations: Sequence[UUID]) -> dict[tuple[UUID, str], DeclinedAnswer]:
    """The answers of people who have declined before, by their numbers and addresses."""
    if not registrations:
        return {}
    answers: dict[tuple[UUID, str], DeclinedAnswer] = {}
    for row in await connection.fetch(_DECLINED, registrations):
        name = name_of(row["given_name"], row["family_name"])
        answer = DeclinedAnswer(seat=seat_of(row), person_version=row["person_version"], name=name)
        answers |= {(row["meeting_id"], contact): answer for contact in (row["mobile"], row["email"]) if contact}
    return answers


async def _requested(
    connection: Connection, requests: Sequence[RegistrationRequest]
) -> dict[tuple[UUID, str], ContactHolder]:
    meetings = [one.meeting_id for one in requests]
    contacts = [one.person.mobile for one in requests], [one.person.email for one in requests]
    return _holders(await connection.fetch(_REQUESTED, meetings, *contacts))


async def _unproven(connection: Connection, requests: Sequence[RegistrationRequest]) -> dict[tuple[UUID, bytes], int]:
    """How many each client has registered for whom nobody has answered, where that is limited."""
    asked = [(one.meeting_id, one.command.stranger) for one in requests]
    limited = [(meeting_id, stranger.client) for meeting_id, stranger in asked if stranger and stranger.allowed]
    if not limited:
        return {}
    rows = await connection.fetch(_UNPROVEN, *map(list, zip(*limited, strict=True)))
    return {(row["meeting_id"], row["client_hash"]): row["people"] for row in rows}
