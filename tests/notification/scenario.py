"""What registration and minutes say of the meeting of 19 September 2022, for notification to hear."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from shared.contracts.base import Bilingual
from shared.contracts.ids import derived_id
from shared.contracts.minutes import DocumentReference, MinutesPublished, MinutesSigned
from shared.contracts.registration import (
    AgendaItem,
    InvitationDeclined,
    InvitationExtended,
    InvitationReminded,
    InvitationResent,
    InvitationRevoked,
    MeetingCancelled,
    MeetingChanged,
    MeetingDrafted,
    MeetingHeld,
    MeetingHostsChanged,
    MeetingOpened,
    MeetingRescheduled,
    MeetingStarted,
    OrganisationInvited,
    OrganisationRecorded,
    ParticipantCheckedIn,
    ParticipantPromoted,
    ParticipantProven,
    ParticipantRegistered,
    ParticipantReinstated,
    ParticipantRepresented,
    ParticipantWithdrawn,
    ParticipationRejected,
    ParticipationRequested,
    PersonErased,
    PersonRecorded,
    RegistrationRepeated,
    RequestWithdrawn,
    TicketIssued,
)

STARTS = datetime(2022, 9, 19, 1, 30, tzinfo=UTC)
ENDS = STARTS + timedelta(hours=3, minutes=30)
LATER = STARTS + timedelta(days=7)
TITLE = Bilingual(lo="ກອງປະຊຸມປຶກສາຫາລື ຍຸດທະສາດລັດຖະບານດິຈິຕອນ", en="Consultation on the Digital Government strategy")
OTHER_TITLE = Bilingual(lo="ກອງປະຊຸມທົບທວນ ຍຸດທະສາດ", en="Review of the strategy")
HOTEL = Bilingual(lo="ໂຮງແຮມ ຄລາວພລາຊາ", en="Crowne Plaza")
OTHER_VENUE = Bilingual(lo="ຫ້ອງປະຊຸມໃຫຍ່ ຊັ້ນ 3", en="Main hall, 3rd floor")
MEETING, INVITATION, MINUTES = (derived_id(name) for name in ("meeting", "invitation", "minutes"))
KEO, NOY, CHAIR, HOST, CONTACT = (derived_id(name) for name in ("keo", "noy", "chair", "co-host", "contact"))
NUMBER = "0123/ຕສ.ສບດ"


def registration_of(person: UUID) -> UUID:
    return derived_id("registration", person)


def person(person_id: UUID = KEO, **members: Any) -> PersonRecorded:
    """Somebody with a mobile and an e-mail address, unless told otherwise."""
    given = {"given_name": "ແກ້ວ", "family_name": "(ສົມມຸດ)", "honorific": "ທ່ານ", "rank": 80, "organisation": "MOF"}
    number = 51234 if person_id == KEO else person_id.int % 10_000
    reached = {"mobile": f"+85620555{number:05}", "email": f"{person_id}@example.la"}
    return PersonRecorded(person_id=person_id, **{**given, **reached, **members})


def erased(person_id: UUID = KEO) -> PersonErased:
    return PersonErased(person_id=person_id)


def ministry() -> OrganisationRecorded:
    name = Bilingual(lo="ກະຊວງເຕັກໂນໂລຊີ ແລະ ການສື່ສານ", en="Ministry of Technology and Communications")
    return OrganisationRecorded(organisation="MTC", name=name, protocol_order=1)


def drafted(**members: Any) -> MeetingDrafted:
    given: dict[str, Any] = {
        "title": TITLE,
        "venue": HOTEL,
        "starts_at": STARTS,
        "ends_at": ENDS,
        "organiser": "MTC",
        "chair": CHAIR,
        "capacity": 55,
        "policy": "open",
        "agenda": (AgendaItem(number="1", title=Bilingual(lo="ກ່າວໄຂກອງປະຊຸມ", en="Opening")),),
    }
    return MeetingDrafted(meeting_id=MEETING, **{**given, **members})


def opened() -> MeetingOpened:
    return MeetingOpened(meeting_id=MEETING)


def hosts_changed(*, announced: bool = True, **members: Any) -> MeetingHostsChanged:
    """Somebody else chairs, or co-hosts; `members` say who has come and gone."""
    held: dict[str, Any] = {"chair": CHAIR, "co_hosts": ("UNDP",), "co_host_contacts": (HOST,)}
    return MeetingHostsChanged(meeting_id=MEETING, announced=announced, **{**held, **members})


def started() -> MeetingStarted:
    return MeetingStarted(meeting_id=MEETING, started_at=STARTS)


def changed(*names: str, **members: Any) -> MeetingChanged:
    """Another title of the announced meeting, unless told otherwise."""
    known = {name: getattr(drafted(), name) for name in MeetingChanged.model_fields if hasattr(drafted(), name)}
    given = {"title": OTHER_TITLE, "announced": True, "sequence": 1, **members}
    return MeetingChanged(**{**known, "changed": names or ("title",), **given})


def invited(sealed_link: str, contact: UUID = KEO) -> OrganisationInvited:
    return OrganisationInvited(
        meeting_id=MEETING,
        invitation_id=INVITATION,
        organisation="MOF",
        seats=4,
        contact=contact,
        expires_at=STARTS - timedelta(days=2),
        link_sha256="ab" * 32,
        sealed_link=sealed_link,
    )


def extended(
    contact: UUID = KEO, *, until: datetime = STARTS - timedelta(days=1), with_meeting: bool = False
) -> InvitationExtended:
    old = STARTS - timedelta(days=2)
    return InvitationExtended(**_invitation(contact), old_expires_at=old, expires_at=until, with_meeting=with_meeting)


def resent(sealed_link: str, contact: UUID = KEO) -> InvitationResent:
    expires_at = STARTS - timedelta(days=2)
    return InvitationResent(**_invitation(contact), seats=4, expires_at=expires_at, sealed_link=sealed_link)


def reminded(sealed_link: str | None, contact: UUID = KEO) -> InvitationReminded:
    answer_by = STARTS - timedelta(days=2)
    return InvitationReminded(
        **_invitation(contact), seats=4, answer_by=answer_by, hours_before=24, sealed_link=sealed_link
    )


def revoked(contact: UUID = KEO) -> InvitationRevoked:
    return InvitationRevoked(**_invitation(contact), reason="ເຊີນຜິດອົງການ")


def _invitation(contact: UUID) -> dict[str, Any]:
    return {"meeting_id": MEETING, "invitation_id": INVITATION, "organisation": "MOF", "contact": contact}


def registered(
    person_id: UUID = KEO, *, position: int | None = None, code: str = "A7K2Q9", **members: Any
) -> ParticipantRegistered:
    return ParticipantRegistered(
        **_seat(person_id),
        invitation_id=INVITATION,
        rank=80,
        state="confirmed" if position is None else "waitlisted",
        position=position,
        code=code,
        organisation="MOF",
        **members,
    )


def registered_again(person_id: UUID = KEO) -> RegistrationRepeated:
    """Somebody has registered once more with his number."""
    return RegistrationRepeated(**_seat(person_id), organisation="MOF")


def ticketed(sealed_ticket: str, person_id: UUID = KEO, *, serial: int = 1) -> TicketIssued:
    return TicketIssued(**_seat(person_id), serial=serial, sealed_ticket=sealed_ticket)


def promoted(person_id: UUID = KEO) -> ParticipantPromoted:
    return ParticipantPromoted(**_seat(person_id), organisation="MOF", reason="seat-freed", code="A7K2Q9")


def represented(by: UUID = NOY, person_id: UUID = KEO) -> ParticipantRepresented:
    return ParticipantRepresented(
        **_seat(by),
        represented_registration_id=registration_of(person_id),
        represented_person_id=person_id,
        organisation="MOF",
        rank=90,
        code="B8L3R2",
    )


def declined(person_id: UUID = KEO) -> InvitationDeclined:
    return InvitationDeclined(**_seat(person_id), invitation_id=INVITATION, organisation="MOF", reason="ຕິດວຽກ")


def withdrawn(person_id: UUID = KEO, *, declines: bool = False, lapsed: bool = False) -> ParticipantWithdrawn:
    why = {"declines": declines, "lapsed": lapsed}
    return ParticipantWithdrawn(**_seat(person_id), organisation="MOF", was="confirmed", **why)


def proven(person_id: UUID = KEO) -> ParticipantProven:
    """He has confirmed that he has registered."""
    return ParticipantProven(**_seat(person_id), organisation="MOF", proof="contact")


def reinstated(person_id: UUID = KEO, *, position: int | None = None) -> ParticipantReinstated:
    """He comes after all."""
    return ParticipantReinstated(**dict(registered(person_id, position=position)))


def requested(person_id: UUID = KEO) -> ParticipationRequested:
    return ParticipationRequested(**_seat(person_id), organisation="MOF", rank=80, code="A7K2Q9")


def rejected(person_id: UUID = KEO) -> ParticipationRejected:
    return ParticipationRejected(**_seat(person_id), organisation="MOF", reason="ບ່ອນນັ່ງຈຳກັດ")


def request_withdrawn(person_id: UUID = KEO, *, lapsed: bool = False) -> RequestWithdrawn:
    return RequestWithdrawn(**_seat(person_id), organisation="MOF", lapsed=lapsed)


def checked_in(person_id: UUID = KEO, *, offline: bool = False) -> ParticipantCheckedIn:
    scanned_at = STARTS - timedelta(minutes=9)
    return ParticipantCheckedIn(
        **_seat(person_id), device="d1", nonce="1", scanned_at=scanned_at, received_at=scanned_at, offline=offline
    )


def rescheduled(
    *,
    starts_at: datetime = LATER,
    venue: Bilingual = HOTEL,
    old: datetime = STARTS,
    old_venue: Bilingual = HOTEL,
    longer: timedelta = timedelta(0),
    sequence: int = 1,
) -> MeetingRescheduled:
    """`longer` is by how much it ends later than it would with the usual length."""
    return MeetingRescheduled(
        meeting_id=MEETING,
        old_starts_at=old,
        old_ends_at=old + (ENDS - STARTS),
        old_venue=old_venue,
        starts_at=starts_at,
        ends_at=starts_at + (ENDS - STARTS) + longer,
        venue=venue,
        sequence=sequence,
    )


def cancelled() -> MeetingCancelled:
    return MeetingCancelled(meeting_id=MEETING, reason="ປະທານ ຕິດວຽກດ່ວນ", sequence=2)


def held() -> MeetingHeld:
    return MeetingHeld(meeting_id=MEETING, started_at=STARTS, ended_at=ENDS)


def minutes_signed() -> MinutesSigned:
    return MinutesSigned(**_document(), signed_at=STARTS + timedelta(days=2))


def minutes_published() -> MinutesPublished:
    return MinutesPublished(**_document(), published_at=STARTS + timedelta(days=3))


def _seat(person_id: UUID) -> dict[str, UUID]:
    return {"meeting_id": MEETING, "registration_id": registration_of(person_id), "person_id": person_id}


def _document() -> dict[str, Any]:
    document = DocumentReference(sha256="cd" * 32, size=1, media_type="application/pdf")
    return {
        "minutes_id": MINUTES,
        "meeting_id": MEETING,
        "number": NUMBER,
        "document": document,
        "content": document,
    }
