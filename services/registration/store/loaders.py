"""What a command needs to be decided, beside the meeting's own row: one function for each kind of command.

A command that is not in `LOADERS` needs nothing else.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

import asyncpg

from services.registration.domain.admission_commands import (
    DecideRequests,
    PromoteParticipant,
    PromoteWaiting,
    RegisterGroup,
)
from services.registration.domain.agenda_commands import (
    AddAgendaItem,
    AgendaCommand,
    ChangeAgendaItem,
    RemoveAgendaItem,
)
from services.registration.domain.commands import (
    AcceptAfterAll,
    ChangeHosts,
    ChangeMeeting,
    CheckIn,
    DeclineInvitation,
    DiscardDraft,
    DraftMeeting,
    IssueTicket,
    MeetingCommand,
    RegisterParticipant,
    ReplaceDraft,
    RepresentParticipant,
    RescheduleMeeting,
    WithdrawParticipant,
)
from services.registration.domain.desk.commands import (
    AdmitWalkIn,
    BlockParticipant,
    CorrectAttendance,
    FinishAgendaItem,
    StartAgendaItem,
    UnblockParticipant,
    UndoAgendaItem,
)
from services.registration.domain.invitation import Invitation
from services.registration.domain.invitation_commands import (
    ExtendInvitation,
    InvitationCommand,
    InviteOrganisation,
    ResendInvitation,
    RevokeInvitation,
)
from services.registration.domain.registration_states import HOLDING, RegistrationState, sql_list
from services.registration.domain.reminders.commands import RemindInvitation, RemindInvitations
from services.registration.domain.state import Members
from services.registration.store.attendance import seat_or_blocked, with_block, with_session
from services.registration.store.contacts import holders_of, of_same_person
from services.registration.store.documents import DOCUMENT_LOADERS
from services.registration.store.form.loaders import FORM_LOADERS
from services.registration.store.proof import unproven_of_same_client
from services.registration.store.reminders import for_reminding, for_reminding_one
from services.registration.store.speaker_loaders import SPEAKER_LOADERS
from services.registration.store.succession import ACTING, asked_body, counted_together
from services.registration.store.waiting import (
    party_of,
    requests_of,
    seat_of,
    seats_taken,
    waiting_before_newcomers,
    waiting_for,
)
from services.registration.store.walk_ins import for_walk_in
from services.registration.tables import InvitationRow, RegistrationRow
from shared.columns import names_of
from shared.contracts.registration import MeetingDrafted
from shared.database import Connection

_INVITATION = names_of(InvitationRow)
_BY_LINK = f"""
SELECT {_INVITATION}, {ACTING} AS acting FROM invitation WHERE meeting_id = $1 AND token_hash = $2
"""  # noqa: S608 -- constant names
_BY_ID = f"SELECT {_INVITATION} FROM invitation WHERE meeting_id = $1 AND invitation_id = $2"  # noqa: S608 -- constant names
_VALID = f"""
SELECT {_INVITATION} FROM invitation WHERE meeting_id = $1 AND revoked_at IS NULL ORDER BY invitation_id
"""  # noqa: S608 -- constant names
_INVITATIONS = "SELECT count(*) FROM invitation WHERE meeting_id = $1"
_SEAT = f"""
SELECT {names_of(RegistrationRow)} FROM registration WHERE meeting_id = $1 AND registration_id = $2
"""  # noqa: S608 -- constant names
_OF_PERSON = f"""
SELECT {names_of(RegistrationRow, "seat")} FROM registration AS seat JOIN person ON person.person_id = $2
WHERE seat.meeting_id = $1 AND seat.organisation = $3 AND state IN ({sql_list((*HOLDING, RegistrationState.DECLINED))})
  AND (seat.mobile = person.mobile OR seat.email = person.email OR seat.shared_mobile = person.mobile
       OR seat.shared_email = person.email)
ORDER BY state = '{RegistrationState.DECLINED}'
"""  # noqa: S608 -- constant names
_DECLINED = f"""
SELECT count(*) FROM registration
WHERE meeting_id = $1 AND state = '{RegistrationState.DECLINED}' AND invitation_id = $2
"""  # noqa: S608 -- constant names
_STARTS_AT = "SELECT starts_at FROM meeting WHERE meeting_id = $1"
_DETAILS = "SELECT details FROM meeting WHERE meeting_id = $1"
_SCAN = "SELECT true FROM check_in WHERE meeting_id = $1 AND device = $2 AND nonce = $3"
_UNKNOWN = """
SELECT asked.code FROM unnest($1::text[]) AS asked(code)
WHERE NOT EXISTS (SELECT FROM organisation WHERE organisation.code = asked.code)
"""

_INVITATION_COLUMNS = ("invitation_id", "organisation", "seats", "used", "expires_at", "contact", "sealed_link")


async def load_context(connection: Connection, meeting_id: UUID, command: MeetingCommand) -> Members:
    """The members of the meeting that `command` needs; its row is locked already."""
    load = LOADERS.get(type(command))
    return await load(connection, meeting_id, command) if load else {}


async def _for_inviting(connection: Connection, meeting_id: UUID, command: InviteOrganisation) -> Members:
    found = await asked_body(connection, meeting_id, command.organisation)
    invited = found.pop("invited")
    invitations = await connection.fetchval(_INVITATIONS, meeting_id)
    return {"invitation": invited and invitation_of(invited), "invitations": invitations, **found}


async def _for_drafting(connection: Connection, _: UUID, command: DraftMeeting) -> Members:
    limited = (one.organisation for one in command.admission.organisations)
    return await _unknown(connection, command.organiser, *command.co_hosts, *limited)


async def _for_replacing(connection: Connection, meeting_id: UUID, command: ReplaceDraft) -> Members:
    bodies = await _for_drafting(connection, meeting_id, command.draft)
    return bodies | await _with_draft(connection, meeting_id, command)


async def _for_changing_hosts(connection: Connection, meeting_id: UUID, command: ChangeHosts) -> Members:
    bodies = await _unknown(connection, *(command.co_hosts or ()))
    return bodies | await _with_draft(connection, meeting_id, command)


async def _for_agenda(connection: Connection, meeting_id: UUID, command: AgendaCommand) -> Members:
    changes = command.changes if isinstance(command, ChangeAgendaItem) else {}
    presenter = command.presenter if isinstance(command, AddAgendaItem) else changes.get("presenter")
    bodies = await _unknown(connection, *([presenter] if presenter else []))
    return bodies | await _with_draft(connection, meeting_id, command)


async def _unknown(connection: Connection, *bodies: str) -> Members:
    unknown = await connection.fetch(_UNKNOWN, bodies)
    return {"unknown_bodies": frozenset(row["code"] for row in unknown)}


async def _with_draft(connection: Connection, meeting_id: UUID, _: MeetingCommand) -> Members:
    return {"drafted": MeetingDrafted.model_validate(await connection.fetchval(_DETAILS, meeting_id))}


async def _for_changing(connection: Connection, meeting_id: UUID, command: ChangeMeeting) -> Members:
    changes, admission = command.changes, command.changes.get("admission")
    waiting = await waiting_for(connection, meeting_id, changes.get("capacity"), rules_change=admission is not None)
    members = {"queue": waiting, **await _with_draft(connection, meeting_id, command)}
    bodies = [one.organisation for one in dict(admission or {}).get("organisations", ())]
    if not bodies:
        return members
    starts_at = await connection.fetchval(_STARTS_AT, meeting_id)
    together = await counted_together(connection, starts_at, bodies)
    taken = await seats_taken(connection, meeting_id, sorted(together["counted"]))
    return members | together | {"taken": taken, **await _unknown(connection, *bodies)}


async def _with_invitation(connection: Connection, meeting_id: UUID, command: InvitationCommand) -> Members:
    row = await connection.fetchrow(_BY_ID, meeting_id, command.invitation_id)
    return {"invitation": row and invitation_of(row)}


async def _for_rescheduling(connection: Connection, meeting_id: UUID, _: RescheduleMeeting) -> Members:
    return {"invited": [invitation_of(row) for row in await connection.fetch(_VALID, meeting_id)]}


async def _for_declining(connection: Connection, meeting_id: UUID, command: DeclineInvitation) -> Members:
    # Who has answered for another body is none of the business of whoever has the link of this one.
    held = await connection.fetch(_OF_PERSON, meeting_id, command.person_id, command.organisation)
    own = await of_same_person(connection, meeting_id, command.person_id, held)
    seat = own and seat_of(own)
    row = await connection.fetchrow(_BY_LINK, meeting_id, bytes.fromhex(command.link_sha256))
    if row is None:
        return {"seat": seat}
    declined: int = await connection.fetchval(_DECLINED, meeting_id, row["invitation_id"])
    return {"seat": seat, "invitation": replace(invitation_of(row), declined=declined)}


async def _for_withdrawing(connection: Connection, meeting_id: UUID, command: WithdrawParticipant) -> Members:
    return {"queue": await waiting_for(connection, meeting_id), **await _with_seat(connection, meeting_id, command)}


async def _for_accepting(connection: Connection, meeting_id: UUID, command: AcceptAfterAll) -> Members:
    row = await connection.fetchrow(_SEAT, meeting_id, command.registration_id)
    given = row and await connection.fetchrow(_BY_ID, meeting_id, row["invitation_id"])
    found = {command.registration_id: await holders_of(connection, meeting_id, row["person_id"])} if row else {}
    return {
        "seat": row and seat_of(row),
        "invitation": given and invitation_of(given),
        "queue": await waiting_before_newcomers(connection, meeting_id),
        "holders": found,
        "unproven_of_client": await unproven_of_same_client(connection, command.registration_id),
    }


async def _for_promoting(connection: Connection, meeting_id: UUID, command: PromoteParticipant) -> Members:
    party = await party_of(connection, meeting_id=meeting_id, registration_id=command.registration_id)
    return {"queue": party, **await _with_seat(connection, meeting_id, command)}


async def _with_all_who_wait(connection: Connection, meeting_id: UUID, _: PromoteWaiting) -> Members:
    return {"queue": await waiting_for(connection, meeting_id, rules_change=True)}


async def _for_deciding(connection: Connection, meeting_id: UUID, command: DecideRequests) -> Members:
    asked = [decision.registration_id for decision in command.decisions]
    return {
        "requests": await requests_of(connection, meeting_id, asked),
        "queue": await waiting_before_newcomers(connection, meeting_id),
    }


async def _for_check_in(connection: Connection, meeting_id: UUID, command: CheckIn) -> Members:
    known = await connection.fetchval(_SCAN, meeting_id, command.device, command.nonce)
    return {
        "scan_known": bool(known),
        "seat": await seat_or_blocked(connection, meeting_id, command.registration_id),
    }


async def _with_seat(
    connection: Connection,
    meeting_id: UUID,
    command: WithdrawParticipant | RepresentParticipant | IssueTicket | PromoteParticipant,
) -> Members:
    row = await connection.fetchrow(_SEAT, meeting_id, command.registration_id)
    return {"seat": row and seat_of(row)}


async def _in_a_batch_only(_: Connection, __: UUID, command: RegisterParticipant | RegisterGroup) -> Members:
    raise TypeError(f"{type(command).__name__} is carried out by flows.register_participants, alone too")


LOADERS: Mapping[type[MeetingCommand], Callable[[Connection, UUID, Any], Awaitable[Members]]] = {
    DraftMeeting: _for_drafting,
    ReplaceDraft: _for_replacing,
    DiscardDraft: _with_draft,
    ChangeHosts: _for_changing_hosts,
    AddAgendaItem: _for_agenda,
    ChangeAgendaItem: _for_agenda,
    RemoveAgendaItem: _for_agenda,
    ChangeMeeting: _for_changing,
    InviteOrganisation: _for_inviting,
    ExtendInvitation: _with_invitation,
    ResendInvitation: _with_invitation,
    RevokeInvitation: _with_invitation,
    RescheduleMeeting: _for_rescheduling,
    RemindInvitation: for_reminding_one,
    RemindInvitations: for_reminding,
    RegisterParticipant: _in_a_batch_only,
    RegisterGroup: _in_a_batch_only,
    DecideRequests: _for_deciding,
    PromoteParticipant: _for_promoting,
    PromoteWaiting: _with_all_who_wait,
    DeclineInvitation: _for_declining,
    WithdrawParticipant: _for_withdrawing,
    AcceptAfterAll: _for_accepting,
    IssueTicket: _with_seat,
    CheckIn: _for_check_in,
    AdmitWalkIn: for_walk_in,
    **DOCUMENT_LOADERS,
    **FORM_LOADERS,
    **SPEAKER_LOADERS,
    **dict.fromkeys((BlockParticipant, UnblockParticipant), with_block),
    **dict.fromkeys((StartAgendaItem, FinishAgendaItem, UndoAgendaItem, CorrectAttendance), with_session),
}


def invitation_of(row: asyncpg.Record) -> Invitation:
    """An invitation, from its row."""
    members = {name: row[name] for name in _INVITATION_COLUMNS}
    return Invitation(**members, revoked=row["revoked_at"] is not None, acting=row.get("acting"))
