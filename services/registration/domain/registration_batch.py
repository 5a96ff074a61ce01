"""Registering many at once: what each request of one transaction is decided on, as the requests before it leave it.

The rules are those of one registration (`registering.py`); here is only the memory of the batch, without SQL.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias
from uuid import UUID

from services.registration.domain.commands import RegisterParticipant
from services.registration.domain.form.answers import FormAnswers
from services.registration.domain.form.form import NO_FORM
from services.registration.domain.person import Person
from services.registration.domain.refusals import AlreadyRegistered
from services.registration.domain.state import Invitation, Meeting, Seat
from shared.contracts.registration import (
    ParticipantRegistered,
    ParticipantReinstated,
    ParticipationRequested,
    PersonRecorded,
)

RegistrationFact: TypeAlias = ParticipantRegistered | ParticipantReinstated | ParticipationRequested


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationRequest:
    """Somebody wants to take part in a meeting; the person is new, and recorded with the registration."""

    meeting_id: UUID
    person: PersonRecorded
    command: RegisterParticipant


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclinedAnswer:
    """The registration of somebody who has declined, and the version of his person."""

    seat: Seat
    person_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedRegistration:
    """A request that has a seat, a place in the queue, or waits for a decision; it is to be written.

    `position` is the place in the queue as it is stored: it counts up, whoever leaves the queue.
    """

    request: RegistrationRequest
    person: Person
    fact: RegistrationFact
    position: int | None
    answers: FormAnswers | None = None


class RegistrationBatch:
    """The meetings of a batch of requests, with all that a registration is decided on.

    `invitations` are known by meeting and SHA-256 of their link, `organisations` are the codes that exist. `taken` are
    the numbers, addresses and codes that have a registration in a meeting, `declined` the answers of those who have
    declined, by number and address.
    """

    def __init__(
        self,
        *,
        meetings: Iterable[Meeting] = (),
        invitations: dict[tuple[UUID, str], Invitation] | None = None,
        organisations: Iterable[str] = (),
        taken: Iterable[tuple[UUID, str]] = (),
        declined: Mapping[tuple[UUID, str], DeclinedAnswer] | None = None,
    ) -> None:
        self._meetings = {meeting.meeting_id: meeting for meeting in meetings}
        self._loaded_versions = {meeting_id: meeting.version for meeting_id, meeting in self._meetings.items()}
        self._invitations = invitations or {}
        self._organisations = frozenset(organisations)
        self._taken = set(taken)
        self._declined = declined or {}
        self._used: set[tuple[UUID, str]] = set()

    def meeting_for(self, request: RegistrationRequest, *others: RegistrationRequest) -> Meeting:
        """The meeting with what the command of `request` needs; phase `absent` where there is none.

        `others` are those of the same group.
        """
        meeting_id, link = request.meeting_id, request.command.link_sha256
        meeting = self._meetings.get(meeting_id) or Meeting(meeting_id=meeting_id)
        invitation = self._invitations.get((meeting_id, link)) if link else None
        known = request.command.organisation in self._organisations
        declined = self._declined and self.declined_by(request)
        seat = declined.seat if declined else None
        given = _read_answers(meeting, (request, *others))
        unchanged = meeting.invitation == invitation and meeting.organisation_known == known
        if unchanged and meeting.seat == seat and meeting.given == given:
            return meeting
        return replace(meeting, invitation=invitation, organisation_known=known, seat=seat, given=given)

    def meeting_for_group(self, requests: Sequence[RegistrationRequest]) -> Meeting:
        """As `meeting_for`, with those bodies of a group that do not exist."""
        asked = {request.command.organisation for request in requests if not request.command.link_sha256}
        return replace(self.meeting_for(*requests), unknown_bodies=frozenset(asked - self._organisations))

    def declined_by(self, request: RegistrationRequest) -> DeclinedAnswer | None:
        """The answer of the same number or address that was no."""
        found = (self._declined.get((request.meeting_id, contact)) for contact in contacts_of(request.person))
        return next((one for one in found if one), None)

    def has_code(self, request: RegistrationRequest) -> bool:
        """Whether somebody of the meeting has been given the same code."""
        return (request.meeting_id, request.command.code) in self._taken

    def register(self, requests: Sequence[RegistrationRequest], after: Meeting) -> None:
        """Keep the meeting as the decision on one request, or on those of a group, leaves it for those that follow.

        Raises `AlreadyRegistered` where a number or an address has a registration; of a group, the caller must then let
        the transaction roll back.
        """
        for place, request in enumerate(requests):
            contacts = {(request.meeting_id, contact) for contact in contacts_of(request.person)}
            if contacts & self._taken:
                raise AlreadyRegistered(field=f"/people/{place}" if request.command.group_id else None)
            self._taken |= {*contacts, (request.meeting_id, request.command.code)}
        first = requests[0]
        self._meetings[first.meeting_id] = after
        if after.invitation and first.command.link_sha256:
            link = first.meeting_id, first.command.link_sha256
            self._invitations[link] = replace(after.invitation, used=after.invitation.used + len(requests))
            self._used.add(link)

    def changed_meetings(self) -> Sequence[tuple[int, Meeting]]:
        """The meetings that have new registrations, each with the version that was loaded."""
        loaded = ((self._loaded_versions[one.meeting_id], one) for one in self._meetings.values())
        return [(version, meeting) for version, meeting in loaded if version != meeting.version]

    def used_invitations(self) -> Sequence[Invitation]:
        """The invitations by which somebody has registered."""
        return [self._invitations[link] for link in sorted(self._used)]


def _read_answers(meeting: Meeting, requests: Sequence[RegistrationRequest]) -> Mapping[UUID, FormAnswers]:
    """Answers to the form; who registers others with an account of his own may leave open what must be answered."""
    if meeting.form is None and all(one.command.answers is None for one in requests):
        return {}
    form = meeting.form or NO_FORM
    commands = [one.command for one in requests]
    return {one.registration_id: form.read(one.answers or {}, complete=not one.actor.roles) for one in commands}


def contacts_of(person: PersonRecorded) -> list[str]:
    """The mobile number and the e-mail address: each has one registration in a meeting."""
    return [contact for contact in (person.mobile, person.email) if contact]
