"""Answers to an invitation or an announcement: registering and declining.

The capacity is exact under the lock of the meeting's row.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from services.registration.domain.admission_commands import (
    RegisterGroup,
)
from services.registration.domain.commands import (
    DeclineInvitation,
    MeetingCommand,
    RegisterParticipant,
)
from services.registration.domain.contacts.holders import ContactHolder, check_unknown, repeated
from services.registration.domain.form.answers import check_answers
from services.registration.domain.free_seats import left_of_most, limit_of, most_of
from services.registration.domain.invitation import Invitation
from services.registration.domain.proof.holding import PROVEN, Standing, confirm_code_of, standing_of
from services.registration.domain.refusals import (
    AlreadyDeclined,
    AlreadyRegistered,
    DeclinesExhausted,
    GroupTooLarge,
    GroupUnproven,
    InvitationExhausted,
    InvitationExpired,
    InvitationNeeded,
    InvitationUnknown,
    MeetingFull,
    OrganisationFull,
    OrganisationMismatch,
    OrganisationUnknown,
    RankBelowFloor,
    RegistrationClosed,
    RevokedInvitation,
    WrongPhase,
)
from services.registration.domain.registration import Seat
from services.registration.domain.registration_states import HOLDING, RegistrationState
from services.registration.domain.state import Meeting, Phase
from services.registration.domain.waiting import may_sit
from shared.contracts import Fact
from shared.contracts.registration import (
    InvitationDeclined,
    ParticipantRegistered,
    ParticipantReinstated,
    ParticipationRequested,
    RequestAwaits,
)
from shared.kernel import NotFound, Role

SPARE_DECLINES = 3  # beyond one for each seat: people whom somebody asked before a seat was taken
SHORTEST_QUEUE = 1_000  # people who may wait, or as many as there are seats


def register(meeting: Meeting, command: RegisterParticipant) -> Sequence[Fact]:
    """Take a seat, or a place in the queue when none is free; where the organiser approves people, ask for a seat.

    Who has declined before has changed his mind.
    """
    invitation = _admitted(meeting, [command])
    facts = _registered_or_requested(meeting, command, invitation)
    return [*facts, *_told_again(meeting, [command], invitation)]


def _registered_or_requested(
    meeting: Meeting, command: RegisterParticipant, invitation: Invitation | None
) -> Sequence[Fact]:
    standing = standing_of(meeting, command, invitation, size=1)
    asks = invitation is None and meeting.admission.approval and not _by_organiser(meeting, command)
    if asks or standing.waits:
        return [_requested(meeting, command, standing, awaits="decision" if asks else "proof")]
    if meeting.seat is not None:
        seat, person = meeting.seat.registration_id, meeting.seat.person_id
        return [reinstated(meeting, replace(command, registration_id=seat, person_id=person), invitation)]
    return registered(meeting, [command], invitation=invitation, standing=standing)


def _told_again(
    meeting: Meeting, people: Sequence[RegisterParticipant], invitation: Invitation | None
) -> Sequence[Fact]:
    """What those are told who have the numbers and addresses already; a caller who may know it is refused."""
    first, body = people[0], invitation.organisation if invitation else None
    found: list[ContactHolder] = []
    for place, one in enumerate(people):
        holders = meeting.holders.get(one.registration_id, ())
        field = None if one.group_id is None else f"/people/{place}"
        check_unknown(holders, first.actor, body=body, field=field)
        found += holders
    return repeated(meeting.meeting_id, found, at=first.at)


def _repeated_by(meeting: Meeting, one: RegisterParticipant | Seat) -> UUID | None:
    """The registration with the same number or address."""
    return next((holder.registration_id for holder in meeting.holders.get(one.registration_id, ())), None)


def _requested(
    meeting: Meeting, command: RegisterParticipant, standing: Standing, *, awaits: RequestAwaits = "decision"
) -> ParticipationRequested:
    names = ("registration_id", "person_id", "organisation", "rank", "code", "own_link", "group_id")
    return ParticipationRequested(
        meeting_id=meeting.meeting_id,
        repeats=_repeated_by(meeting, command),
        awaits=awaits,
        proven=standing.proven,
        held_until=standing.held_until if awaits == "proof" else None,
        sealed_confirm_code=confirm_code_of(command, standing),
        **{name: getattr(command, name) for name in names},
    )


def reinstated(
    meeting: Meeting,
    held: RegisterParticipant | Seat,
    invitation: Invitation | None,
    *,
    standing: Standing = PROVEN,
) -> ParticipantReinstated:
    """Somebody who has given up his registration takes part after all: with a free seat, or at the end of the queue."""
    if invitation and invitation.used >= invitation.seats:
        raise InvitationExhausted(seats=invitation.seats)
    (fact,) = registered(meeting, [replace(held, group_id=None)], invitation=invitation, standing=standing)
    return ParticipantReinstated(**dict(fact))


def register_group(meeting: Meeting, command: RegisterGroup) -> Sequence[Fact]:
    """Take seats for all of a group, or places in the queue for all, or ask for seats where people are approved.

    Nothing of it is taken where one is refused.
    """
    invitation = _admitted(meeting, command.members)
    most = most_of(meeting, [one.organisation for one in command.members])
    if most is not None:
        raise GroupTooLarge(field="/people", most=most)
    first = command.members[0]
    standing = standing_of(meeting, first, invitation, size=len(command.members))
    facts: Sequence[Fact]
    if invitation is None and meeting.admission.approval and not _by_organiser(meeting, first):
        facts = [_requested(meeting, one, standing) for one in command.members]
    elif standing.waits:
        raise GroupUnproven
    else:
        facts = registered(meeting, command.members, invitation=invitation, standing=standing)
    return [*facts, *_told_again(meeting, command.members, invitation)]


def registered(
    meeting: Meeting,
    people: Sequence[RegisterParticipant | Seat],
    *,
    invitation: Invitation | None = None,
    standing: Standing = PROVEN,
) -> Sequence[ParticipantRegistered]:
    """Seats for all of these people, or places in the queue for all; raises the Refusal where neither is left."""
    bodies = [one.organisation for one in people]
    seated = may_sit(meeting, bodies)
    if not seated:
        _check_waiting(meeting, bodies)
    return [
        ParticipantRegistered(
            meeting_id=meeting.meeting_id,
            registration_id=one.registration_id,
            person_id=one.person_id,
            invitation_id=invitation.invitation_id if invitation else None,
            organisation=one.organisation,
            rank=one.rank,
            state=RegistrationState.CONFIRMED if seated else RegistrationState.WAITLISTED,
            position=None if seated else meeting.waitlisted + place,
            code=one.code,
            group_id=one.group_id,
            own_link=one.own_link if isinstance(one, RegisterParticipant) else None,
            repeats=_repeated_by(meeting, one),
            proven=standing.proven,
            held_until=standing.held_until,
            sealed_confirm_code=confirm_code_of(one, standing),
        )
        for place, one in enumerate(people, 1)
    ]


def _check_waiting(meeting: Meeting, bodies: Sequence[str]) -> None:
    """Raise the Refusal of people for whom there is no seat, where they cannot wait for one."""
    if meeting.queues and meeting.waitlisted < max(SHORTEST_QUEUE, meeting.capacity):
        return
    full = next((body for body in bodies if left_of_most(meeting, body) == 0), None)
    if full is not None and meeting.confirmed < meeting.capacity:
        raise OrganisationFull(most=limit_of(meeting, full))
    raise MeetingFull(capacity=meeting.capacity)


def _admitted(meeting: Meeting, people: Sequence[RegisterParticipant]) -> Invitation | None:
    """The invitation of people who may register now, where one was shown; raises the Refusal of the others."""
    first = people[0]
    _check_open(meeting)
    invitation = _invitation_if_needed(meeting, first)
    if invitation and invitation.used + len(people) > invitation.seats:
        raise InvitationExhausted(seats=invitation.seats)
    check_deadline(meeting, first)
    for place, one in enumerate(people):
        _check_person(meeting, one, invitation, where="/person" if one.group_id is None else f"/people/{place}")
        path = () if one.group_id is None else ("people", place)
        check_answers(meeting.given.get(one.registration_id), path=path)
    return invitation


def _check_person(meeting: Meeting, one: RegisterParticipant, invitation: Invitation | None, *, where: str) -> None:
    if invitation and one.organisation not in (invitation.organisation, invitation.acting):
        raise OrganisationMismatch(field=f"{where}/organisation")
    if one.organisation in meeting.unknown_bodies:
        raise OrganisationUnknown(field=f"{where}/organisation")
    if meeting.rank_floor is not None and one.rank > meeting.rank_floor:
        raise RankBelowFloor(field=f"{where}/rank", floor=meeting.rank_floor)


def check_deadline(meeting: Meeting, command: MeetingCommand) -> None:
    """Raise `RegistrationClosed` after the deadline, but for those whom the organiser registers."""
    closes_at = meeting.admission.closes_at
    if closes_at is not None and command.at >= closes_at and not _by_organiser(meeting, command):
        raise RegistrationClosed(closed_at=closes_at.isoformat())


def _by_organiser(meeting: Meeting, command: MeetingCommand) -> bool:
    actor = command.actor
    return Role.ORGANISER in actor.roles and actor.acts_for(meeting.organiser)


def decline(meeting: Meeting, command: DeclineInvitation) -> Sequence[Fact]:
    """Say by the link of an invited body that one will not come."""
    _check_open(meeting)
    invitation = _valid_invitation(meeting, command)
    if meeting.seat is not None:  # whoever holds a seat withdraws
        raise AlreadyRegistered if meeting.seat.state in HOLDING else AlreadyDeclined
    if invitation.declined >= invitation.seats + SPARE_DECLINES:
        raise DeclinesExhausted(allowed=invitation.seats + SPARE_DECLINES)
    return [
        InvitationDeclined(
            meeting_id=meeting.meeting_id,
            invitation_id=invitation.invitation_id,
            registration_id=command.registration_id,
            person_id=command.person_id,
            organisation=command.organisation,
            reason=command.reason,
            code=command.code,
            own_link=command.own_link,
        )
    ]


def _check_open(meeting: Meeting) -> None:
    if meeting.phase in (Phase.ABSENT, Phase.DRAFT):
        raise NotFound  # a draft is nobody's business
    if meeting.phase is not Phase.OPEN:
        raise WrongPhase(phase=meeting.phase.value)


def _invitation_if_needed(meeting: Meeting, command: RegisterParticipant) -> Invitation | None:
    """The invitation that was shown; a meeting by invitation needs one, unless the organiser registers somebody."""
    if command.link_sha256 is not None:
        return _valid_invitation(meeting, command)
    if meeting.policy == "by-invitation" and not _by_organiser(meeting, command):
        raise InvitationNeeded(field="/invitation")
    if not meeting.organisation_known:
        raise OrganisationUnknown(field="/organisation")
    return None


def _valid_invitation(meeting: Meeting, command: RegisterParticipant | DeclineInvitation) -> Invitation:
    invitation = meeting.invitation
    if invitation is None:
        raise InvitationUnknown(field="/invitation")
    check_usable(invitation, command.at, field="/invitation")
    if command.organisation not in (invitation.organisation, invitation.acting):
        raise OrganisationMismatch(field="/organisation")
    return invitation


def check_usable(invitation: Invitation, at: datetime, *, field: str | None = None) -> None:
    """Raise the refusal of an invitation that is over at this time; `field` names the member that showed it."""
    if invitation.revoked:
        raise RevokedInvitation(field=field)
    if invitation.expires_at <= at:
        raise InvitationExpired(field=field)


RULES: Final[Mapping[type[MeetingCommand], Callable[[Meeting, Any], Sequence[Fact]]]] = {
    RegisterParticipant: register,
    RegisterGroup: register_group,
    DeclineInvitation: decline,
}
"""Kind of command → the rule that decides on it."""
