"""The aggregate Person: the only owner of names, numbers and addresses; erased on demand."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias, assert_never
from uuid import UUID

from services.registration.domain.privacy.collecting import as_recorded
from services.registration.domain.refusals import ContactMissing
from shared.contracts import Fact
from shared.contracts.registration import PersonErased, PersonRecorded
from shared.kernel import Command, NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person as last recorded; `data` is None before the first record and after the erasure."""

    person_id: UUID
    version: int = 0
    data: PersonRecorded | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPerson(Command):
    """Keep what a person has told of himself, for the purpose he was told."""

    data: PersonRecorded


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordWalkIn(RecordPerson):
    """Keep what is known of somebody who stands at the door; he may have no telephone, and is sent nothing then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasePerson(Command):
    """Forget a person; every service drops its copy."""


PersonCommands: TypeAlias = RecordPerson | ErasePerson


def decide(person: Person, command: PersonCommands) -> Sequence[Fact]:
    """Nothing where nothing changes."""
    match command:
        case RecordPerson():
            reachable = command.data.mobile or command.data.email
            if not (reachable or isinstance(command, RecordWalkIn)):
                raise ContactMissing(field="/mobile")
            recorded = as_recorded(person.data, command.data)
            return [] if recorded == person.data else [recorded]
        case ErasePerson():
            if person.data is None:
                raise NotFound
            return [PersonErased(person_id=person.person_id)]
        case _:
            assert_never(command)


def evolve(person: Person, fact: Fact) -> Person:
    """The person after `fact`."""
    return replace(person, version=person.version + 1, data=fact if isinstance(fact, PersonRecorded) else None)
