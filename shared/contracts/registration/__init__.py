"""The events of registration: organisations, persons (personal data, on a compacted topic), and all about a meeting."""

from shared.contracts.registration import check_in, directory, forms, invitations, meetings, participants
from shared.contracts.registration.base import MEETING, ORGANISATION, PERSON, MeetingFact, OwnLink
from shared.contracts.registration.check_in import (
    CheckInMethod,
    CheckInRefusal,
    CheckInRefused,
    ParticipantCheckedIn,
    ParticipantLeft,
    ParticipantReturned,
)
from shared.contracts.registration.directory import (
    EarlierOrganisation,
    Gender,
    OrganisationRecorded,
    PersonErased,
    PersonRecorded,
    called_on,
)
from shared.contracts.registration.forms import FormChoice, FormCondition, FormField, MeetingFormChanged
from shared.contracts.registration.invitations import (
    InvitationDeclined,
    InvitationExtended,
    InvitationReminded,
    InvitationResent,
    InvitationRevoked,
    OrganisationInvited,
)
from shared.contracts.registration.meetings import (
    Admission,
    AgendaItem,
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
    OrganisationSeats,
    Policy,
    WaitingList,
)
from shared.contracts.registration.participants import (
    ParticipantPromoted,
    ParticipantRegistered,
    ParticipantReinstated,
    ParticipantRepresented,
    ParticipantWithdrawn,
    ParticipationRejected,
    ParticipationRequested,
    PromotionReason,
    RequestWithdrawn,
    SeatState,
    TicketIssued,
)

CONTRACTS = tuple(
    contract
    for part in (directory, meetings, invitations, participants, check_in, forms)
    for contract in part.CONTRACTS
)

__all__ = [
    "CONTRACTS",
    "MEETING",
    "ORGANISATION",
    "PERSON",
    "Admission",
    "AgendaItem",
    "CheckInMethod",
    "CheckInRefusal",
    "CheckInRefused",
    "EarlierOrganisation",
    "FormChoice",
    "FormCondition",
    "FormField",
    "Gender",
    "InvitationDeclined",
    "InvitationExtended",
    "InvitationReminded",
    "InvitationResent",
    "InvitationRevoked",
    "MeetingCancelled",
    "MeetingChanged",
    "MeetingClosed",
    "MeetingDiscarded",
    "MeetingDrafted",
    "MeetingFact",
    "MeetingFormChanged",
    "MeetingHeld",
    "MeetingHostsChanged",
    "MeetingOpened",
    "MeetingRescheduled",
    "MeetingStarted",
    "OrganisationInvited",
    "OrganisationRecorded",
    "OrganisationSeats",
    "OwnLink",
    "ParticipantCheckedIn",
    "ParticipantLeft",
    "ParticipantPromoted",
    "ParticipantRegistered",
    "ParticipantReinstated",
    "ParticipantRepresented",
    "ParticipantReturned",
    "ParticipantWithdrawn",
    "ParticipationRejected",
    "ParticipationRequested",
    "PersonErased",
    "PersonRecorded",
    "Policy",
    "PromotionReason",
    "RequestWithdrawn",
    "SeatState",
    "TicketIssued",
    "WaitingList",
    "called_on",
]
