"""What answers write: declining, sending somebody, giving up a seat, coming after all."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from services.registration.domain.registration_states import RegistrationState
from services.registration.store.contacts import held, note_told_again, own, share_contacts
from services.registration.store.request_writers import END_OF_QUEUE, STATE
from shared.contracts import Fact
from shared.contracts.registration import (
    InvitationDeclined,
    OwnLink,
    ParticipantReinstated,
    ParticipantRepresented,
    ParticipantWithdrawn,
    RegistrationRepeated,
)
from shared.database import Connection

_DECLINE = f"""
INSERT INTO registration (registration_id, meeting_id, person_id, invitation_id, organisation, rank, state, code,
                          reason, link_hash, mobile, email, promoted, ticket_serial, answered_at)
SELECT $1, $2, person_id, $4, $5, rank, '{RegistrationState.DECLINED}', $6, $7, $8,
       {own("mobile", "$2", states=[RegistrationState.DECLINED])},
       {own("email", "$2", states=[RegistrationState.DECLINED])}, false, 0, now()
FROM person WHERE person_id = $3
"""  # noqa: S608 -- constant names
_REPRESENT = f"""
INSERT INTO registration (registration_id, meeting_id, person_id, invitation_id, organisation, rank, state, code,
                          represents, link_hash, mobile, email, same_contact_as, proof, held_until,
                          client_hash, promoted, ticket_serial, answered_at)
SELECT $1, $2, person_id, $4, $5, $6, '{RegistrationState.CONFIRMED}', $7, $8, $9, {own("mobile", "$2")},
       {own("email", "$2")}, coalesce({held("mobile", "$2")}, {held("email", "$2")}), $10, $11,
       (SELECT client_hash FROM registration WHERE registration_id = $8), false, 0, now()
FROM person WHERE person_id = $3
"""  # noqa: S608 -- constant names
# Somebody may have declined with the same number or address: it stays his.
_DECLINE_AFTER_ALL = f"""
UPDATE registration SET state = '{RegistrationState.DECLINED}', position = NULL, reason = coalesce($2, reason),
                        held_until = NULL,
                        mobile = {own("mobile", "registration.meeting_id", states=[RegistrationState.DECLINED])},
                        email = {own("email", "registration.meeting_id", states=[RegistrationState.DECLINED])}
FROM person WHERE registration_id = $1 AND person.person_id = registration.person_id RETURNING invitation_id
"""  # noqa: S608 -- constant names
_USE = "UPDATE invitation SET used = used + $2 WHERE invitation_id = $1"
_REINSTATE = f"""
UPDATE registration SET state = $1, invitation_id = $4, organisation = $5, rank = $6, position = {END_OF_QUEUE},
                        code = $7, link_hash = coalesce($8, link_hash), mobile = {own("mobile", "$2", but="$3")},
                        email = {own("email", "$2", but="$3")},
                        same_contact_as = coalesce({held("mobile", "$2", but="$3")}, {held("email", "$2", but="$3")}),
                        reason = NULL, promoted = false, promoted_at = NULL, promotion_reason = NULL,
                        promotion_note = NULL, group_id = NULL, answered_at = now(), walk_in = $9, over_capacity = $10,
                        held_until = $11,
                        proof = CASE WHEN $12 THEN nullif(proof, 'unproven') ELSE 'unproven' END
FROM person WHERE registration_id = $3 AND person.person_id = registration.person_id
"""  # noqa: S608 -- constant names
_FREE_REPRESENTED = """
UPDATE registration SET mobile = NULL, email = NULL
WHERE registration_id = (SELECT represents FROM registration WHERE registration_id = $1)
"""


def hash_of(link: OwnLink | None) -> bytes | None:
    """By which a registration is found whose link was followed."""
    return bytes.fromhex(link.token_sha256) if link else None


async def _declined(connection: Connection, fact: InvitationDeclined) -> None:
    await connection.execute(
        _DECLINE,
        fact.registration_id,
        fact.meeting_id,
        fact.person_id,
        fact.invitation_id,
        fact.organisation,
        fact.code,
        fact.reason,
        hash_of(fact.own_link),
    )
    await share_contacts(connection, fact.registration_id)


async def _represented(connection: Connection, fact: ParticipantRepresented) -> None:
    invitation = await connection.fetchval(
        STATE, fact.represented_registration_id, RegistrationState.REPRESENTED, fact.reason
    )
    await connection.execute(
        _REPRESENT,
        fact.registration_id,
        fact.meeting_id,
        fact.person_id,
        invitation,
        fact.organisation,
        fact.rank,
        fact.code,
        fact.represented_registration_id,
        hash_of(fact.own_link),
        None if fact.proven else "unproven",
        fact.held_until,
    )
    await share_contacts(connection, fact.registration_id)


async def _withdrawn(connection: Connection, fact: ParticipantWithdrawn) -> None:
    if fact.declines:
        invitation = await connection.fetchval(_DECLINE_AFTER_ALL, fact.registration_id, fact.reason)
    else:
        invitation = await connection.fetchval(STATE, fact.registration_id, RegistrationState.WITHDRAWN, fact.reason)
    if invitation:
        await connection.execute(_USE, invitation, -1)
    # When the withdrawn one was a representative, whoever he stood for may register again.
    await connection.execute(_FREE_REPRESENTED, fact.registration_id)


async def _reinstated(connection: Connection, fact: ParticipantReinstated) -> None:
    names = ("state", "meeting_id", "registration_id", "invitation_id", "organisation", "rank", "code")
    told = [getattr(fact, name) for name in names]
    more = (fact.walk_in, fact.over_capacity, fact.held_until, fact.proven)
    await connection.execute(_REINSTATE, *told, hash_of(fact.own_link), *more)
    await share_contacts(connection, fact.registration_id)
    if fact.invitation_id:
        await connection.execute(_USE, fact.invitation_id, 1)


async def _repeated(connection: Connection, fact: RegistrationRepeated) -> None:
    await note_told_again(connection, fact.registration_id)


ANSWER_WRITERS: Final[Mapping[type[Fact], Callable[[Connection, Any], Awaitable[None]]]] = {
    InvitationDeclined: _declined,
    ParticipantRepresented: _represented,
    ParticipantWithdrawn: _withdrawn,
    ParticipantReinstated: _reinstated,
    RegistrationRepeated: _repeated,
}
"""As `WRITERS`."""
