"""Who did what and when in a meeting: one entry for each fact, without the name of anybody."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from services.registration.domain.commands import (
    AcceptAfterAll,
    DeclineInvitation,
    RegisterParticipant,
    RepresentParticipant,
    WithdrawParticipant,
)
from services.registration.domain.form.commands import ChangeOwnAnswers, ReplaceOwnAnswers
from services.registration.domain.proof.commands import ConfirmRegistration
from shared.contracts import Fact
from shared.contracts.registration import (
    CheckInRefused,
    ParticipantRepresented,
    RegistrationRepeated,
    TicketIssued,
)
from shared.kernel import Actor, Command, Role, kebab


class ActedAs(StrEnum):
    """In which capacity somebody acted."""

    ORGANISER = "organiser"
    FOCAL_POINT = "focal-point"
    DESK = "desk"
    SECRETARY = "secretary"
    CHAIR = "chair"
    ARCHIVIST = "archivist"
    OPERATOR = "operator"
    SYSTEM = "system"
    OWN_LINK = "own-link"
    REPRESENTED_PERSON = "represented-person"
    INVITATION_LINK = "invitation-link"
    WITHOUT_LINK = "without-link"


class UntoldAct(StrEnum):
    """What is done although no fact tells of it: answers to a form are in no fact, their erasure neither."""

    ANSWERS_GIVEN = "answers-given"
    ANSWERS_CHANGED = "answers-changed"
    ANSWERS_ERASED = "answers-erased"


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """One act: `what` is its fact, as on the wire without its service, or an `UntoldAct`.

    `actor` is the account of staff, `body` whose staff it is.
    """

    meeting_id: UUID
    registration_id: UUID | None
    at: datetime
    what: str
    acted_as: ActedAs
    body: str | None = None
    actor: str | None = None


_NOT_KEPT: Final = (TicketIssued, RegistrationRepeated, CheckInRefused)
"""What follows by itself, what a stranger did, and what the scans of the entrance tell."""
_BY_OWN_LINK: Final = (
    *(WithdrawParticipant, RepresentParticipant, AcceptAfterAll, ReplaceOwnAnswers),
    *(ChangeOwnAnswers, ConfirmRegistration),
)
_ROLES: Final = (Role.FOCAL_POINT, Role.DESK, Role.SECRETARY, Role.CHAIR, Role.ARCHIVIST, Role.OPERATOR)
"""The first that somebody has is the one in which he acts, unless he acts as the organiser."""


def entries_of(facts: Iterable[Fact], command: Command, *, meeting_id: UUID, organiser: str) -> Iterator[HistoryEntry]:
    """The entries of what followed from a command to the meeting of `organiser`."""
    for fact in facts:
        for one in () if isinstance(fact, _NOT_KEPT) else _registrations_of(fact):
            yield entry_of(type(fact), command, meeting_id=meeting_id, registration_id=one, organiser=organiser)


def entry_of(
    act: type[Fact] | UntoldAct, command: Command, *, meeting_id: UUID, registration_id: UUID | None, organiser: str
) -> HistoryEntry:
    """The entry of one act that concerns a registration."""
    actor = command.actor
    staff = bool(actor.roles) and Role.SERVICE not in actor.roles
    return HistoryEntry(
        meeting_id=meeting_id,
        registration_id=registration_id,
        at=command.at,
        what=act.value if isinstance(act, UntoldAct) else kebab(act.__name__),
        acted_as=_acted_as(command, registration_id, organiser),
        body=actor.organisation if staff else None,
        actor=actor.subject if staff else None,
    )


def answers_entry(
    before: Mapping[str, Any], after: Mapping[str, Any], command: Command, **concerns: Any
) -> Sequence[HistoryEntry]:
    """The entry of answers to a form, where they differ from those before; `concerns` as of `entry_of`."""
    if before == after:
        return ()
    return (entry_of(UntoldAct.ANSWERS_CHANGED if before else UntoldAct.ANSWERS_GIVEN, command, **concerns),)


def erased_when_due(meeting_id: UUID, at: datetime) -> HistoryEntry:
    """The entry of answers that were erased in a meeting because their time was over."""
    erased, by = UntoldAct.ANSWERS_ERASED.value, ActedAs.SYSTEM
    return HistoryEntry(meeting_id=meeting_id, registration_id=None, at=at, what=erased, acted_as=by)


def _registrations_of(fact: Fact) -> tuple[UUID | None, ...]:
    own: UUID | None = getattr(fact, "registration_id", None)
    return (own, fact.represented_registration_id) if isinstance(fact, ParticipantRepresented) else (own,)


def _acted_as(command: Command, registration_id: UUID | None, organiser: str) -> ActedAs:
    if command.actor.roles:
        return _role_of(command.actor, organiser)
    if isinstance(command, _BY_OWN_LINK):
        return _by_own_link(command, registration_id)
    by_link = isinstance(command, RegisterParticipant | DeclineInvitation) and command.link_sha256
    return ActedAs.INVITATION_LINK if by_link else ActedAs.WITHOUT_LINK


def _by_own_link(command: Command, registration_id: UUID | None) -> ActedAs:
    """Somebody has acted for himself; what happens to others by it, as moving up in the queue, happens by itself."""
    if registration_id == getattr(command, "registration_id", None):
        return ActedAs.OWN_LINK
    sent = isinstance(command, RepresentParticipant) and registration_id == command.representative_id
    return ActedAs.REPRESENTED_PERSON if sent else ActedAs.SYSTEM


def _role_of(actor: Actor, organiser: str) -> ActedAs:
    if Role.SERVICE in actor.roles:
        return ActedAs.SYSTEM
    if Role.ORGANISER in actor.roles and actor.acts_for(organiser):
        return ActedAs.ORGANISER
    role = next((role for role in _ROLES if role in actor.roles), Role.ORGANISER)
    return ActedAs(role.value)
