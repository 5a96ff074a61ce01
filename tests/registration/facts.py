"""What happens in a meeting, as facts; in the words of `scenario`."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from shared.contracts import Fact
from shared.contracts.base import Bilingual
from shared.contracts.registration import (
    InvitationDeclined,
    InvitationExtended,
    InvitationResent,
    InvitationRevoked,
    MeetingCancelled,
    MeetingChanged,
    MeetingClosed,
    MeetingDiscarded,
    MeetingDrafted,
    MeetingHeld,
    MeetingHostsChanged,
    MeetingOpened,
    MeetingRescheduled,
    MeetingStarted,
    OrganisationInvited,
    ParticipantPromoted,
    ParticipantRegistered,
    ParticipantReinstated,
    ParticipantRepresented,
    ParticipantWithdrawn,
    PromotionReason,
    SeatState,
    TicketIssued,
)
from tests.registration.scenario import END, MEETING, START, Somebody, named

VENUE = Bilingual(lo="ຫ້ອງປະຊຸມໃຫຍ່", en="Main hall")
ELSEWHERE = Bilingual(lo="ໂຮງແຮມ", en="Hotel")
REASON = "ຕິດວຽກຮີບດ່ວນ"
EXPIRY = START - timedelta(days=2)


def link_of(body: str) -> str:
    """The SHA-256 of the link of an invited body."""
    return sha256(body.encode()).hexdigest()


def drafted(*, seats: int = 55, **members: Any) -> MeetingDrafted:
    """By the Ministry of Technology and Communications."""
    told: dict[str, Any] = {
        "meeting_id": MEETING,
        "title": Bilingual(lo="ກອງປະຊຸມປຶກສາຫາລື"),
        "venue": VENUE,
        "starts_at": START,
        "ends_at": END,
        "organiser": "MTC",
        "chair": named("chair"),
        "capacity": seats,
        "policy": "open",
    }
    return MeetingDrafted(**{**told, **members})


def opened(*, seats: int = 55, **members: Any) -> Sequence[Fact]:
    """Drafted and announced."""
    return [drafted(seats=seats, **members), announced()]


def announced() -> MeetingOpened:
    return MeetingOpened(meeting_id=MEETING)


def moved(
    *, to: datetime = START, until: datetime = END, venue: Bilingual = VENUE, since: datetime = START, sequence: int = 1
) -> MeetingRescheduled:
    """`since` is when it was to start before; it was to end four hours later, at the same venue."""
    return MeetingRescheduled(
        meeting_id=MEETING,
        old_starts_at=since,
        old_ends_at=since + (END - START),
        old_venue=VENUE,
        starts_at=to,
        ends_at=until,
        venue=venue,
        sequence=sequence,
    )


def changed(*, announced: bool = False, sequence: int = 0, **members: Any) -> MeetingChanged:
    """`members` are those that differ from `drafted()`; what they were before is not told."""
    names = MeetingChanged.model_fields.keys() & MeetingDrafted.model_fields.keys()
    known = {name: getattr(drafted(), name) for name in names}
    return MeetingChanged(
        changed=tuple(sorted(members)), announced=announced, sequence=sequence, **{**known, **members}
    )


def hosts_changed(*, announced: bool = False, **members: Any) -> MeetingHostsChanged:
    """`members` are those that differ from `drafted()`, and who has come and gone."""
    known = {name: getattr(drafted(), name) for name in ("meeting_id", "chair", "co_hosts", "co_host_contacts")}
    return MeetingHostsChanged(announced=announced, **{**known, **members})


def discarded() -> MeetingDiscarded:
    return MeetingDiscarded(meeting_id=MEETING)


def cancelled(sequence: int = 1) -> MeetingCancelled:
    return MeetingCancelled(meeting_id=MEETING, reason=REASON, sequence=sequence)


def started() -> MeetingStarted:
    return MeetingStarted(meeting_id=MEETING, started_at=START)


def held() -> MeetingHeld:
    return MeetingHeld(meeting_id=MEETING, started_at=START, ended_at=END)


def closed() -> MeetingClosed:
    return MeetingClosed(meeting_id=MEETING)


def invited(body: str = "MOF", *, seats: int = 2, until: datetime = EXPIRY) -> OrganisationInvited:
    return OrganisationInvited(
        meeting_id=MEETING,
        invitation_id=named(f"invitation {body}"),
        organisation=body,
        seats=seats,
        contact=named(f"contact {body}"),
        expires_at=until,
        link_sha256=link_of(body),
        sealed_link="sealed",
    )


def extended(body: str = "MOF", *, until: datetime, old: datetime = EXPIRY) -> InvitationExtended:
    known = {name: getattr(invited(body), name) for name in ("meeting_id", "invitation_id", "organisation", "contact")}
    return InvitationExtended(**known, old_expires_at=old, expires_at=until)


def resent(body: str = "MOF", *, until: datetime = EXPIRY) -> InvitationResent:
    told = invited(body, until=until)
    return InvitationResent(**{name: getattr(told, name) for name in InvitationResent.model_fields})


def revoked(body: str = "MOF") -> InvitationRevoked:
    known = {name: getattr(invited(body), name) for name in ("meeting_id", "invitation_id", "organisation", "contact")}
    return InvitationRevoked(**known, reason=REASON)


def registered(
    who: Somebody,
    *,
    link: bool = False,
    state: SeatState = "confirmed",
    position: int | None = None,
    group: str | None = None,
) -> ParticipantRegistered:
    """`link`: through the link of his body; `group`: together with those of the same name."""
    return ParticipantRegistered(
        **of_seat(who),
        invitation_id=named(f"invitation {who.body}") if link else None,
        rank=who.rank,
        state=state,
        position=position,
        code=who.code,
        group_id=named(group) if group else None,
    )


def waiting(who: Somebody, position: int, *, group: str | None = None) -> ParticipantRegistered:
    """In the queue, with `position - 1` people before him."""
    return registered(who, state="waitlisted", position=position, group=group)


def of_seat(who: Somebody) -> dict[str, Any]:
    """What every fact about his registration has."""
    return {
        "meeting_id": MEETING,
        "registration_id": who.seat,
        "person_id": who.person,
        "organisation": who.body,
    }


def declined(who: Somebody) -> InvitationDeclined:
    invitation = named(f"invitation {who.body}")
    return InvitationDeclined(**of_seat(who), invitation_id=invitation, reason=REASON, code=who.code)


def represented(who: Somebody, *, by: Somebody) -> ParticipantRepresented:
    return ParticipantRepresented(
        meeting_id=MEETING,
        registration_id=by.seat,
        person_id=by.person,
        represented_registration_id=who.seat,
        represented_person_id=who.person,
        organisation=who.body,
        rank=by.rank,
        reason=REASON,
        code=by.code,
    )


def withdrawn(who: Somebody, was: SeatState = "confirmed", *, declines: bool = False) -> ParticipantWithdrawn:
    return ParticipantWithdrawn(**of_seat(who), was=was, reason=REASON, declines=declines)


def reinstated(
    who: Somebody, *, link: bool = False, state: SeatState = "confirmed", position: int | None = None
) -> ParticipantReinstated:
    """He takes part after all."""
    told = registered(who, link=link, state=state, position=position)
    return ParticipantReinstated(**dict(told))


def promoted(who: Somebody, *, reason: PromotionReason = "seat-freed", note: str | None = None) -> ParticipantPromoted:
    """`note`: by the organiser, for this reason."""
    return ParticipantPromoted(**of_seat(who), reason=reason, code=who.code, note=note)


def ticketed(who: Somebody, serial: int = 1) -> TicketIssued:
    return TicketIssued(
        meeting_id=MEETING,
        registration_id=who.seat,
        person_id=who.person,
        serial=serial,
        sealed_ticket="sealed",
        key_id="1",
    )
