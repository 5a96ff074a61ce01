"""The language of the domain: `after(opened(seats=1), registered(KEO), command=register(NOY)) == refuses(MeetingFull)`.

A step is one fact or several, as they happened; a command is decided on what the store would have loaded for it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from services.registration.domain.admission_commands import (
    DecideRequests,
    PromoteParticipant,
    PromoteWaiting,
    RegisterGroup,
)
from services.registration.domain.commands import (
    AcceptAfterAll,
    ChangeMeeting,
    CheckIn,
    DeclineInvitation,
    IssueTicket,
    MeetingCommand,
    RegisterParticipant,
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
from services.registration.domain.invitation_commands import (
    ExtendInvitation,
    InvitationCommand,
    InviteOrganisation,
    ResendInvitation,
    RevokeInvitation,
)
from services.registration.domain.meeting import Meeting, decide, plan
from services.registration.domain.proof.commands import ConfirmRegistration, LapseUnproven, VouchForParticipant
from services.registration.domain.registration import Seat
from services.registration.domain.registration_states import HOLDING, RegistrationState
from services.registration.domain.reminders.commands import RemindInvitation, RemindInvitations
from shared.contracts import Fact
from shared.kernel import Job, Refusal
from tests.registration.document_rows import DOCUMENT_COMMANDS, with_file
from tests.registration.draft_rows import DRAFT_COMMANDS
from tests.registration.form_rows import FORM_LOADERS
from tests.registration.people import (
    DESK,
    END,
    FOCAL_POINT,
    KEO,
    LINK_HOLDER,
    MEETING,
    NOW,
    NOY,
    ORGANISER,
    OTHER_ORGANISER,
    SENG,
    SERVICE,
    START,
    VANH,
    Somebody,
    named,
)
from tests.registration.rows import Rows

__all__ = [
    "DESK",
    "END",
    "FOCAL_POINT",
    "KEO",
    "LINK_HOLDER",
    "MEETING",
    "NOW",
    "NOY",
    "ORGANISER",
    "OTHER_ORGANISER",
    "SENG",
    "SERVICE",
    "START",
    "VANH",
    "Somebody",
    "named",
]

Step: TypeAlias = Fact | Iterable[Fact]


@dataclass(frozen=True, slots=True)
class Refused:
    """What was refused: which rule, which member, what is told beside."""

    kind: type[Refusal]
    field: str | None
    details: Mapping[str, Any]


def refuses(kind: type[Refusal], *, at: str | None = None, **details: Any) -> Refused:
    """`at` is the JSON pointer of the offending member."""
    return Refused(kind, at, details)


def after(
    *steps: Step, command: MeetingCommand, unknown_body: bool = False, unknown: Iterable[str] = ()
) -> Sequence[Fact] | Refused:
    """The facts that follow from `command`, or its refusal; `unknown` are bodies that the registry does not have."""
    rows = _read(steps)
    bodies: dict[str, Any] = {"organisation_known": not unknown_body, "unknown_bodies": frozenset(unknown)}
    try:
        return list(decide(replace(rows.meeting, **bodies, **_context(rows, command)), command))
    except Refusal as refusal:
        return Refused(type(refusal), refusal.field, refusal.details)


def meeting_after(*steps: Step) -> Meeting:
    """The meeting's own state."""
    return _read(steps).meeting


def seats_after(*steps: Step) -> Sequence[Seat]:
    """What is known of each registration, in the order in which they came."""
    return list(_read(steps).seats.values())


def jobs_after(*steps: Step) -> Sequence[Job]:
    """What the last fact leaves to do outside."""
    facts = list(_flat(steps))
    return plan(meeting_after(*facts), facts[-1])


def _with_link(rows: Rows, command: RegisterParticipant | DeclineInvitation) -> dict[str, Any]:
    states = HOLDING if isinstance(command, DeclineInvitation) else (RegistrationState.DECLINED,)
    held = [seat for seat in rows.seats.values() if seat.person_id == command.person_id and seat.state in states]
    invitation = rows.invitations.get(command.link_sha256 or "")
    return {"invitation": invitation, "seat": next(iter(held), None), "queue": rows.waiting}


def _with_link_of_group(rows: Rows, command: RegisterGroup) -> dict[str, Any]:
    return _with_link(rows, command.members[0])


def _with_requests(rows: Rows, command: DecideRequests) -> dict[str, Any]:
    asked = [rows.seats.get(decision.registration_id) for decision in command.decisions]
    groups = {seat.group_id for seat in asked if seat} - {None}
    together = {one: seat for one, seat in rows.seats.items() if seat in asked or seat.group_id in groups}
    return {"requests": together, "queue": rows.waiting}


def _with_party(rows: Rows, command: PromoteParticipant) -> dict[str, Any]:
    seat = rows.seats.get(command.registration_id)
    together = {seat.registration_id, seat.group_id} - {None} if seat else set()
    party = tuple(one for one in rows.waiting if together & {one.registration_id, one.group_id})
    return {"seat": seat, "queue": party}


def _with_draft(rows: Rows, command: ChangeMeeting) -> dict[str, Any]:
    limited = command.changes.get("admission", {}).get("organisations", ())
    taken = {"taken": rows.taken(one.organisation for one in limited)} if limited else {}
    return {"drafted": rows.drafted, "queue": rows.waiting, **taken}


def _of_body(rows: Rows, command: InviteOrganisation) -> dict[str, Any]:
    valid = [one for one in rows.invitations.values() if not one.revoked]
    return {"invitation": next((one for one in valid if one.organisation == command.organisation), None)}


def _with_invitation(rows: Rows, command: InvitationCommand) -> dict[str, Any]:
    known = (one for one in rows.invitations.values() if one.invitation_id == command.invitation_id)
    return {"invitation": next(known, None)}


def _with_valid_invitations(rows: Rows, _: RescheduleMeeting) -> dict[str, Any]:
    return {"invited": [one for one in rows.invitations.values() if not one.revoked]}


def _with_reminded(rows: Rows, command: RemindInvitation | RemindInvitations) -> dict[str, Any]:
    known = [replace(one, answered=rows.has_answered(one.invitation_id)) for one in rows.invitations.values()]
    if isinstance(command, RemindInvitation):
        return {"invitation": next((one for one in known if one.invitation_id == command.invitation_id), None)}
    ids = command.invitation_ids
    return {"invited": [one for one in known if (not one.answered if ids is None else one.invitation_id in ids)]}


def _with_seat(
    rows: Rows,
    command: WithdrawParticipant
    | RepresentParticipant
    | IssueTicket
    | CheckIn
    | ConfirmRegistration
    | VouchForParticipant,
) -> dict[str, Any]:
    seat = rows.seats.get(command.registration_id) if command.registration_id else None
    return {"seat": seat, "queue": rows.waiting}


def _with_answer(rows: Rows, command: AcceptAfterAll) -> dict[str, Any]:
    seat = rows.seats.get(command.registration_id)
    given = [one for one in rows.invitations.values() if seat and one.invitation_id == seat.invitation_id]
    return {"seat": seat, "invitation": given[0] if given else None, "queue": rows.waiting}


def _with_scan(rows: Rows, command: CheckIn) -> dict[str, Any]:
    return {"scan_known": (command.device, command.nonce) in rows.scans, **_with_seat(rows, command)}


def _with_same_person(rows: Rows, command: AdmitWalkIn) -> dict[str, Any]:
    same = (seat for seat in rows.seats.values() if seat.person_id == command.person.person_id)
    known = {"scan_known": (command.device, command.nonce) in rows.scans}
    return {**known, "seat": next(same, None), "queue": rows.waiting}


def _with_session(rows: Rows, command: Any) -> dict[str, Any]:
    about = command.registration_id if isinstance(command, CorrectAttendance) else None
    return {"drafted": rows.drafted, "seat": rows.seats.get(about) if about else None}


LOADERS: dict[type[MeetingCommand], Callable[[Rows, Any], dict[str, Any]]] = {
    **dict.fromkeys(DRAFT_COMMANDS, lambda rows, _: {"drafted": rows.drafted}),
    ChangeMeeting: _with_draft,
    InviteOrganisation: _of_body,
    **dict.fromkeys((ExtendInvitation, ResendInvitation, RevokeInvitation), _with_invitation),
    RescheduleMeeting: _with_valid_invitations,
    **dict.fromkeys((RemindInvitation, RemindInvitations), _with_reminded),
    **dict.fromkeys((RegisterParticipant, DeclineInvitation), _with_link),
    **dict.fromkeys((RepresentParticipant, WithdrawParticipant, IssueTicket), _with_seat),
    AcceptAfterAll: _with_answer,
    **dict.fromkeys((ConfirmRegistration, VouchForParticipant), _with_seat),
    LapseUnproven: lambda rows, _: {"queue": rows.waiting},
    RegisterGroup: _with_link_of_group,
    DecideRequests: _with_requests,
    PromoteParticipant: _with_party,
    PromoteWaiting: lambda rows, _: {"queue": rows.waiting},
    CheckIn: _with_scan,
    AdmitWalkIn: _with_same_person,
    **FORM_LOADERS,
    **dict.fromkeys((BlockParticipant, UnblockParticipant), _with_seat),
    **dict.fromkeys((StartAgendaItem, FinishAgendaItem, UndoAgendaItem, CorrectAttendance), _with_session),
    **dict.fromkeys(DOCUMENT_COMMANDS, lambda rows, command: {"drafted": rows.drafted, **with_file(command)}),
}
"""Kind of command → what it needs beside the meeting's own row."""


def _context(rows: Rows, command: MeetingCommand) -> dict[str, Any]:
    load = LOADERS.get(type(command))
    return load(rows, command) if load else {}


def _read(steps: Iterable[Step]) -> Rows:
    rows = Rows()
    for fact in _flat(steps):
        rows.add(fact)
    return rows


def _flat(steps: Iterable[Step]) -> Iterable[Fact]:
    for step in steps:
        yield from [step] if isinstance(step, Fact) else step
