"""What can be asked of a meeting, as commands; in the words of `scenario`."""

from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from services.registration.domain.admission_commands import (
    DecideRequest,
    DecideRequests,
    PromoteParticipant,
    RegisterGroup,
)
from services.registration.domain.commands import (
    AcceptAfterAll,
    CancelMeeting,
    ChangeHosts,
    ChangeMeeting,
    CheckIn,
    CloseMeeting,
    DeclineInvitation,
    DiscardDraft,
    DraftMeeting,
    EndMeeting,
    IssueTicket,
    OpenMeeting,
    RegisterParticipant,
    ReplaceDraft,
    RepresentParticipant,
    RescheduleMeeting,
    StartMeeting,
    WithdrawParticipant,
)
from services.registration.domain.desk.commands import AdmitWalkIn
from services.registration.domain.invitation_commands import (
    ExtendInvitation,
    InviteOrganisation,
    ResendInvitation,
    RevokeInvitation,
)
from shared.contracts.base import Bilingual
from shared.contracts.registration import CheckInRefusal, PersonRecorded
from shared.kernel import Actor
from tests.registration.facts import REASON, VENUE, drafted, invited, link_of
from tests.registration.scenario import DESK, END, LINK_HOLDER, NOW, ORGANISER, SERVICE, START, Somebody, named


def draft(by: Actor = ORGANISER, **members: Any) -> DraftMeeting:
    fact = drafted(**members)
    told = {name: getattr(fact, name) for name in type(fact).model_fields if name != "zone"}
    return DraftMeeting(actor=by, at=NOW, **told)


def replace_draft(by: Actor = ORGANISER, *, seen: int | None = None, **members: Any) -> ReplaceDraft:
    """`members` are those that differ from `drafted()`."""
    return ReplaceDraft(actor=by, at=NOW, expected_version=_these(seen), draft=draft(by, **members))


def discard(by: Actor = ORGANISER, *, seen: int | None = None) -> DiscardDraft:
    return DiscardDraft(actor=by, at=NOW, expected_version=_these(seen))


def change_hosts(by: Actor = ORGANISER, **members: Any) -> ChangeHosts:
    return ChangeHosts(actor=by, at=NOW, **members)


def announce(by: Actor = ORGANISER, *, seen: int | None = None) -> OpenMeeting:
    """`seen` is the version that the caller has seen."""
    return OpenMeeting(actor=by, at=NOW, expected_version=_these(seen))


def _these(seen: int | None) -> frozenset[int] | None:
    return None if seen is None else frozenset({seen})


def change(by: Actor = ORGANISER, *, seen: int | None = None, **changes: Any) -> ChangeMeeting:
    return ChangeMeeting(actor=by, at=NOW, expected_version=_these(seen), changes=changes)


def move(to: datetime = START, until: datetime = END, venue: Bilingual = VENUE) -> RescheduleMeeting:
    return RescheduleMeeting(actor=ORGANISER, at=NOW, starts_at=to, ends_at=until, venue=venue)


def cancel() -> CancelMeeting:
    return CancelMeeting(actor=ORGANISER, at=NOW, reason=REASON)


def start(at: datetime = START, *, clock: datetime = END) -> StartMeeting:
    """`clock` is ours: when it was reported."""
    return StartMeeting(actor=ORGANISER, at=clock, started_at=at)


def end(at: datetime = END, *, clock: datetime = END) -> EndMeeting:
    return EndMeeting(actor=ORGANISER, at=clock, ended_at=at)


def close() -> CloseMeeting:
    return CloseMeeting(actor=ORGANISER, at=NOW)


def invite(body: str = "MOF", by: Actor = ORGANISER, at: datetime = NOW) -> InviteOrganisation:
    fact = invited(body)
    told = {name: getattr(fact, name) for name in type(fact).model_fields if name != "meeting_id"}
    return InviteOrganisation(actor=by, at=at, **told)


def extend(body: str = "MOF", *, until: datetime, at: datetime = NOW, by: Actor = ORGANISER) -> ExtendInvitation:
    return ExtendInvitation(actor=by, at=at, invitation_id=invited(body).invitation_id, expires_at=until)


def resend(body: str = "MOF", *, at: datetime = NOW, by: Actor = ORGANISER) -> ResendInvitation:
    return ResendInvitation(actor=by, at=at, invitation_id=invited(body).invitation_id)


def revoke(body: str = "MOF", *, by: Actor = ORGANISER) -> RevokeInvitation:
    return RevokeInvitation(actor=by, at=NOW, invitation_id=invited(body).invitation_id, reason=REASON)


def register(
    who: Somebody, *, link: str | None = None, by: Actor = LINK_HOLDER, at: datetime = NOW
) -> RegisterParticipant:
    """`link`: whose link was shown."""
    return RegisterParticipant(actor=by, at=at, rank=who.rank, code=who.code, **_answer(who, link))


def register_together(
    *people: Somebody, group: str, link: str | None = None, by: Actor = LINK_HOLDER, at: datetime = NOW
) -> RegisterGroup:
    members = tuple(replace(register(who, link=link, by=by, at=at), group_id=named(group)) for who in people)
    return RegisterGroup(actor=by, at=at, members=members)


def approve(*people: Somebody, by: Actor = ORGANISER) -> DecideRequests:
    return DecideRequests(actor=by, at=NOW, decisions=tuple(DecideRequest(registration_id=who.seat) for who in people))


def reject(*people: Somebody) -> DecideRequests:
    decisions = tuple(DecideRequest(registration_id=who.seat, reason=REASON) for who in people)
    return DecideRequests(actor=ORGANISER, at=NOW, decisions=decisions)


def promote(who: Somebody, by: Actor = ORGANISER) -> PromoteParticipant:
    return PromoteParticipant(actor=by, at=NOW, registration_id=who.seat, reason=REASON)


def decline(who: Somebody, *, link: str = "MOF", at: datetime = NOW) -> DeclineInvitation:
    return DeclineInvitation(actor=LINK_HOLDER, at=at, reason=REASON, code=who.code, **_answer(who, link))


def _answer(who: Somebody, link: str | None) -> dict[str, Any]:
    return {
        "registration_id": who.seat,
        "person_id": who.person,
        "organisation": who.body,
        "link_sha256": link_of(link) if link else None,
    }


def send(by: Somebody, *, instead_of: Somebody, code: str | None = None) -> RepresentParticipant:
    """`by` comes instead of somebody; the code is that of his seat unless another one was shown."""
    return RepresentParticipant(
        actor=LINK_HOLDER,
        at=NOW,
        registration_id=instead_of.seat,
        code=instead_of.code if code is None else code,
        representative_id=by.seat,
        representative=by.person,
        rank=by.rank,
        new_code=by.code,
        reason=REASON,
    )


def withdraw(who: Somebody, *, code: str | None = None, declines: bool = False) -> WithdrawParticipant:
    shown = who.code if code is None else code
    return WithdrawParticipant(
        actor=LINK_HOLDER, at=NOW, registration_id=who.seat, code=shown, reason=REASON, declines=declines
    )


def accept(who: Somebody, *, code: str | None = None, at: datetime = NOW) -> AcceptAfterAll:
    """He has changed his mind."""
    shown = who.code if code is None else code
    return AcceptAfterAll(actor=LINK_HOLDER, at=at, registration_id=who.seat, code=shown)


def issue(who: Somebody, *, serial: int = 1, sequence: int = 0) -> IssueTicket:
    return IssueTicket(
        actor=SERVICE,
        at=NOW,
        registration_id=who.seat,
        serial=serial,
        sequence=sequence,
        sealed_ticket="sealed",
        key_id="1",
    )


def scan(  # noqa: PLR0913 -- all named
    who: Somebody | None,
    *,
    at: datetime = START,
    serial: int | None = None,
    fault: CheckInRefusal | None = None,
    nonce: str = "1",
    offline: bool = False,
    by: Actor = DESK,
    **members: Any,
) -> CheckIn:
    """By code, or with `serial` by ticket; `fault` is what the ticket's reader has found.

    Online at the moment `at`; offline it was scanned then, and sent at the end. `members` are those of a device whose
    clock is wrong.
    """
    told: dict[str, Any] = {"at": END if offline else at, "scanned_at": at}
    return CheckIn(
        actor=by,
        registration_id=who.seat if who else None,
        serial=serial,
        fault=fault,
        device="desk-1",
        nonce=nonce,
        offline=offline,
        **{**told, **members},
    )


def walk_in(who: Somebody, *, at: datetime = START, nonce: str = "1", offline: bool = False) -> AdmitWalkIn:
    """Somebody who has not registered stands at the door; offline it is told at the end."""
    told = scan(who, at=at, nonce=nonce, offline=offline, method="walk-in")
    known = {field.name: getattr(told, field.name) for field in fields(told)}
    person = PersonRecorded(person_id=who.person, given_name=who.name, rank=who.rank, organisation=who.body)
    return AdmitWalkIn(**known, person=person, code=who.code)
