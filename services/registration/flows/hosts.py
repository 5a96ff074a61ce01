"""Who holds a meeting: persons recorded for it, recognised when they are named again, forgotten with a draft."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from uuid import UUID

from services.registration.domain.commands import ChangeHosts, ChangeMeeting, DiscardDraft, DraftMeeting, ReplaceDraft
from services.registration.domain.meeting import Meeting
from services.registration.domain.person import ErasePerson
from services.registration.flows import record_person
from services.registration.store import MEETINGS, PERSONS
from services.registration.store.hosts import lock_hosts
from shared.application import execute
from shared.contracts import Fact
from shared.contracts.registration import MeetingDrafted, MeetingHostsChanged, PersonRecorded
from shared.database import Connection
from shared.kernel import Command, InvalidValue, NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class Hosts:
    """Who is to hold a meeting; None leaves the chair, the co-hosts or their contacts as they are.

    Each person comes with an identifier of his own, which is used where he is new to this meeting.
    """

    chair: PersonRecorded | None = None
    co_hosts: tuple[str, ...] | None = None
    contacts: tuple[PersonRecorded, ...] | None = None


async def put_draft(
    connection: Connection, command: DraftMeeting, hosts: Hosts, *, expected: frozenset[int] | None = None
) -> tuple[Meeting, int]:
    """Draft the meeting, or make the draft that is there already what `command` says.

    Returns the meeting after it and its version before, 0 where there was none. Raises the `Refusal` of the command.
    """
    drafted, known = await lock_hosts(connection, command.meeting_id)
    settled = await _recorded(connection, _recognised(hosts, drafted, known), command)
    command = _held_by(command, settled)
    if drafted is None:
        return (await execute(connection, MEETINGS, command.meeting_id, command)).state, 0
    replacing = ReplaceDraft(actor=command.actor, at=command.at, expected_version=expected, draft=command)
    outcome = await execute(connection, MEETINGS, command.meeting_id, replacing)
    await _forget_former(connection, outcome.facts, command)
    return outcome.state, outcome.state.version - len(outcome.facts)


async def change_meeting(connection: Connection, meeting_id: UUID, command: ChangeMeeting, hosts: Hosts) -> Meeting:
    """Correct a meeting and who holds it; raises the `Refusal` of either, and then nothing may be committed."""
    changed = await execute(connection, MEETINGS, meeting_id, command)
    if hosts == Hosts():
        return changed.state
    drafted, known = await lock_hosts(connection, meeting_id)
    settled = await _recorded(connection, _recognised(hosts, drafted, known), command)
    changing = ChangeHosts(
        actor=command.actor,
        at=command.at,
        chair=settled.chair.person_id if settled.chair else None,
        co_hosts=settled.co_hosts,
        co_host_contacts=None if settled.contacts is None else tuple(each.person_id for each in settled.contacts),
    )
    outcome = await execute(connection, MEETINGS, meeting_id, changing)
    await _forget_former(connection, outcome.facts, command)
    return outcome.state


async def discard_draft(connection: Connection, meeting_id: UUID, command: DiscardDraft) -> None:
    """Delete a draft and whoever was recorded for it alone. Raises the `Refusal` of the command."""
    drafted = (await execute(connection, MEETINGS, meeting_id, command)).state.drafted
    if drafted is not None:
        await _forget(connection, (drafted.chair, *drafted.co_host_contacts), command)


def _recognised(hosts: Hosts, drafted: MeetingDrafted | None, known: dict[UUID, PersonRecorded]) -> Hosts:
    """The same hosts under the identifiers that they have already; contacts are of co-hosts alone."""
    if drafted is None:
        return hosts
    before = [known[each] for each in drafted.co_host_contacts if each in known]
    co_hosts = drafted.co_hosts if hosts.co_hosts is None else hosts.co_hosts
    contacts = [person for person in before if person.organisation in co_hosts]
    if hosts.contacts is not None:
        _check_contacts(hosts.contacts, co_hosts)
        contacts = [_same(person, before) for person in hosts.contacts]
    chair = hosts.chair and _same(hosts.chair, [known[drafted.chair]] if drafted.chair in known else [])
    return Hosts(chair=chair, co_hosts=co_hosts, contacts=tuple(contacts))


def _check_contacts(contacts: Sequence[PersonRecorded], co_hosts: Sequence[str]) -> None:
    for number, person in enumerate(contacts):
        if person.organisation not in co_hosts:
            raise InvalidValue(field=f"/co_host_contacts/{number}/organisation")


def _same(person: PersonRecorded, known: list[PersonRecorded]) -> PersonRecorded:
    """The person as one of the known ones, whom he is by his number or his address; each is found once."""
    for one in known:
        if (person.mobile and person.mobile == one.mobile) or (person.email and person.email == one.email):
            known.remove(one)
            return PersonRecorded(**{**dict(person), "person_id": one.person_id})
    return person


async def _recorded(connection: Connection, hosts: Hosts, by: Command) -> Hosts:
    for person in (*([hosts.chair] if hosts.chair else []), *(hosts.contacts or ())):
        await record_person(connection, person, by)
    return hosts


def _held_by(command: DraftMeeting, hosts: Hosts) -> DraftMeeting:
    chair = hosts.chair.person_id if hosts.chair else command.chair
    return replace(command, chair=chair, co_host_contacts=tuple(each.person_id for each in hosts.contacts or ()))


async def _forget_former(connection: Connection, facts: Iterable[Fact], by: Command) -> None:
    """Who no longer holds a draft was told nothing, and is needed for nothing."""
    for fact in facts:
        if isinstance(fact, MeetingHostsChanged) and not fact.announced:
            former = (fact.former_chair,) if fact.former_chair else ()
            await _forget(connection, (*former, *fact.former_co_host_contacts), by)


async def _forget(connection: Connection, persons: Iterable[UUID], by: Command) -> None:
    for person_id in persons:
        with suppress(NotFound):  # he was erased before
            await execute(connection, PERSONS, person_id, ErasePerson(actor=by.actor, at=by.at))
