"""Registering many at once: what each request of one transaction is decided on, as the requests before it leave it.

The rules are those of one registration (`registering.py`); here is only the memory of the batch, without SQL.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias
from uuid import UUID

from services.registration.domain.commands import RegisterParticipant
from services.registration.domain.contacts.holders import ContactHolder, same_people
from services.registration.domain.contacts.same_person import Name, name_of, same_person
from services.registration.domain.form.answers import FormAnswers
from services.registration.domain.form.form import NO_FORM
from services.registration.domain.invitation import Invitation
from services.registration.domain.person import Person
from services.registration.domain.refusals import AlreadyRegistered
from services.registration.domain.registration import Seat
from services.registration.domain.state import Meeting, Members
from shared.contracts import Fact
from shared.contracts.registration import (
    ParticipantRegistered,
    ParticipantReinstated,
    ParticipationRequested,
    PersonRecorded,
    RegistrationRepeated,
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
    """The registration of somebody who has declined, the version of his person, and his name."""

    seat: Seat
    person_version: int
    name: Name | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedRegistration:
    """A request that has a seat, a place in the queue, or waits for a decision; it is to be written.

    `position` is the place in the queue as it is stored: it counts up, whoever leaves the queue. `told` are the
    registrations whose people are told that their number or address was used once more.
    """

    request: RegistrationRequest
    person: Person
    fact: RegistrationFact
    position: int | None
    answers: FormAnswers | None = None
    told: Sequence[UUID] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownAnswers:
    """What meetings know of the people of a batch, each by meeting.

    `holders` are the registrations by number and address, `codes` those that are given, `declined` the answers of those
    who have declined, by number and address, as far as the requests may change them. `unproven` counts those whom one
    client has registered and for whom nobody has answered yet. `sharing` has, of meetings in which people may share
    them, all registrations by number and address.
    """

    holders: Mapping[tuple[UUID, str], ContactHolder] = field(default_factory=dict)
    codes: Collection[tuple[UUID, str]] = ()
    declined: Mapping[tuple[UUID, str], DeclinedAnswer] = field(default_factory=dict)
    unproven: Mapping[tuple[UUID, bytes], int] = field(default_factory=dict)
    sharing: Mapping[tuple[UUID, str], Sequence[ContactHolder]] = field(default_factory=dict)


NOTHING_KNOWN: Final = KnownAnswers()


class RegistrationBatch:
    """The meetings of a batch of requests, with all that a registration is decided on.

    `invitations` are known by meeting and SHA-256 of their link, `organisations` are the codes that exist. Of the
    meetings that are `busy` nothing is known: another transaction has locked them.
    """

    def __init__(
        self,
        *,
        meetings: Iterable[Meeting] = (),
        invitations: dict[tuple[UUID, str], Invitation] | None = None,
        organisations: Iterable[str] = (),
        known: KnownAnswers = NOTHING_KNOWN,
        busy: frozenset[UUID] = frozenset(),
    ) -> None:
        self.busy = busy
        self._meetings = {meeting.meeting_id: meeting for meeting in meetings}
        self._loaded_versions = {meeting_id: meeting.version for meeting_id, meeting in self._meetings.items()}
        self._invitations = invitations or {}
        self._organisations = frozenset(organisations)
        self._holders, self._codes = dict(known.holders), set(known.codes)
        self._declined, self._unproven = known.declined, dict(known.unproven)
        self._sharing = {contact: list(holders) for contact, holders in known.sharing.items()}
        self._used: set[tuple[UUID, str]] = set()

    def meeting_for(self, request: RegistrationRequest, *others: RegistrationRequest) -> Meeting:
        """The meeting with what `request` and the `others` of its group need; phase `absent` where there is none."""
        meeting_id, link = request.meeting_id, request.command.link_sha256
        meeting = self._meetings.get(meeting_id) or Meeting(meeting_id=meeting_id)
        invitation = self._invitations.get((meeting_id, link)) if link else None
        known = request.command.organisation in self._organisations
        declined = self._declined and self.declined_by(request)
        seat = declined.seat if declined else None
        asked = {one.command.registration_id: self._holders_of(one) for one in (request, *others)}
        holders = {registration: found for registration, found in asked.items() if found}
        stranger = request.command.stranger
        needed: Members = {
            "invitation": invitation,
            "organisation_known": known,
            "seat": seat,
            "given": _read_answers(meeting, (request, *others)),
            "holders": holders,
            "unproven_of_client": self._unproven.get((meeting_id, stranger.client), 0) if stranger else 0,
        }
        if all(getattr(meeting, name) == value for name, value in needed.items()):
            return meeting
        return replace(meeting, **needed)

    def _holders_of(self, request: RegistrationRequest) -> list[ContactHolder]:
        """The registrations of the same person: where people share numbers and addresses, the name tells them apart."""
        contacts = [(request.meeting_id, contact) for contact in contacts_of(request.person)]
        if not self._shares(request.meeting_id):
            return [self._holders[contact] for contact in contacts if contact in self._holders]
        name = _name_of(request.person)
        return [one for contact in contacts for one in same_people(name, self._sharing.get(contact, ()))]

    def _shares(self, meeting_id: UUID) -> bool:
        """Whether several people of the meeting may have one number or address."""
        meeting = self._meetings.get(meeting_id)
        return meeting is not None and meeting.admission.shared_contacts

    def organiser_of(self, meeting_id: UUID) -> str:
        """The body whose meeting it is."""
        return self._meetings[meeting_id].organiser

    def meeting_for_group(self, requests: Sequence[RegistrationRequest]) -> Meeting:
        """As `meeting_for`, with those bodies of a group that do not exist."""
        asked = {request.command.organisation for request in requests if not request.command.link_sha256}
        return replace(self.meeting_for(*requests), unknown_bodies=frozenset(asked - self._organisations))

    def declined_by(self, request: RegistrationRequest) -> DeclinedAnswer | None:
        """The answer of the same number or address that was no."""
        found = (self._declined.get((request.meeting_id, contact)) for contact in contacts_of(request.person))
        answers = [one for one in found if one]
        if answers and self._shares(request.meeting_id):
            name = _name_of(request.person)
            answers = [one for one in answers if same_person(name, one.name)]
        return answers[0] if answers else None

    def has_code(self, request: RegistrationRequest) -> bool:
        """Whether somebody of the meeting has been given the same code."""
        return (request.meeting_id, request.command.code) in self._codes

    def register(self, requests: Sequence[RegistrationRequest], facts: Sequence[Fact], after: Meeting) -> None:
        """Keep the meeting as the decision on one request, or on those of a group, leaves it for those that follow.

        Raises `AlreadyRegistered` where two people of a group have one number or address; the caller must then let the
        transaction roll back.
        """
        _check_different(requests, names_matter=self._shares(requests[0].meeting_id))
        for request, fact in zip(requests, facts, strict=False):
            assert isinstance(fact, RegistrationFact)  # noqa: S101 -- those of the requests come first
            holder = ContactHolder(
                registration_id=fact.registration_id,
                person_id=fact.person_id,
                organisation=fact.organisation,
                told_at=request.command.at,
            )
            self._note_holder(request, fact, holder)
            self._codes.add((request.meeting_id, request.command.code))
            if (client := client_of_unproven(request, fact)) and not isinstance(fact, ParticipationRequested):
                key = request.meeting_id, client
                self._unproven[key] = self._unproven.get(key, 0) + 1
        self._note_told(facts[len(requests) :], requests[0])
        first = requests[0]
        self._meetings[first.meeting_id] = after
        if after.invitation and first.command.link_sha256:
            link = first.meeting_id, first.command.link_sha256
            self._invitations[link] = replace(after.invitation, used=after.invitation.used + len(requests))
            self._used.add(link)

    def _note_holder(self, request: RegistrationRequest, fact: RegistrationFact, holder: ContactHolder) -> None:
        # A number of which nobody has shown that it is his own is nobody's until then.
        for contact in () if _awaits_proof(fact) else contacts_of(request.person):
            key = request.meeting_id, contact
            self._holders.setdefault(key, holder)
            if self._shares(request.meeting_id):
                self._sharing.setdefault(key, []).append(replace(holder, name=_name_of(request.person)))

    def _note_told(self, facts: Sequence[Fact], request: RegistrationRequest) -> None:
        told = {fact.registration_id for fact in facts if isinstance(fact, RegistrationRepeated)}
        for key, holder in self._holders.items() if told else ():
            if holder.registration_id in told:
                self._holders[key] = replace(holder, told_at=request.command.at)
        for holders in self._sharing.values() if told else ():
            holders[:] = [
                replace(one, told_at=request.command.at) if one.registration_id in told else one for one in holders
            ]

    def holds(self, accepted: AcceptedRegistration, contact: str | None) -> str | None:
        """The number or address, where it belongs to this registration; None where it is that of another one."""
        if contact is None or _awaits_proof(accepted.fact):
            return None
        holder = self._holders[accepted.request.meeting_id, contact]
        return contact if holder.registration_id == accepted.fact.registration_id else None

    def shares(self, accepted: AcceptedRegistration, contact: str | None) -> str | None:
        """The number or address, where it is that of another registration and this one is reached by it, too."""
        fact, meeting_id = accepted.fact, accepted.request.meeting_id
        repeats = None if isinstance(fact, ParticipantReinstated) else fact.repeats
        if contact is None or repeats or _awaits_proof(fact) or not self._shares(meeting_id):
            return None
        return contact if self._holders[meeting_id, contact].registration_id != fact.registration_id else None

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


def client_of_unproven(request: RegistrationRequest, fact: RegistrationFact) -> bytes | None:
    """The client that has registered somebody for whom nobody has answered yet; None where somebody has."""
    stranger = request.command.stranger
    return stranger.client if stranger and not fact.proven else None


def _awaits_proof(fact: RegistrationFact) -> bool:
    return isinstance(fact, ParticipationRequested) and fact.awaits == "proof"


def _check_different(requests: Sequence[RegistrationRequest], *, names_matter: bool) -> None:
    """Raise `AlreadyRegistered` for the first of a group who has the number or address of one before him."""
    for place, request in enumerate(requests):
        if any(_alike(request.person, one.person, names_matter=names_matter) for one in requests[:place]):
            raise AlreadyRegistered(field=f"/people/{place}")


def _alike(one: PersonRecorded, other: PersonRecorded, *, names_matter: bool) -> bool:
    """Whether two have a number or an address in common, and the name where `names_matter`."""
    if set(contacts_of(one)).isdisjoint(contacts_of(other)):
        return False
    return not names_matter or same_person(_name_of(one), _name_of(other))


def _name_of(person: PersonRecorded) -> Name | None:
    return name_of(person.given_name, person.family_name)


def contacts_of(person: PersonRecorded) -> list[str]:
    """The mobile number and the e-mail address: each has one registration in a meeting."""
    return [contact for contact in (person.mobile, person.email) if contact]
