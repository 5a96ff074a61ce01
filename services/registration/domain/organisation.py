"""The aggregate Organisation: bodies of government are data with dates; the names of 2022 stay with its meetings."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.registration.domain.refusals import InvalidSchedule
from shared.contracts import Fact
from shared.contracts.registration import OrganisationRecorded
from shared.kernel import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """A body as last recorded."""

    code: str
    version: int = 0
    data: OrganisationRecorded | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordOrganisation(Command):
    """Create or replace a body."""

    data: OrganisationRecorded


def decide(organisation: Organisation, command: RecordOrganisation) -> Sequence[Fact]:
    """Nothing where nothing changes; a body ends after it began."""
    data = command.data
    if data.valid_from and data.valid_until and data.valid_until <= data.valid_from:
        raise InvalidSchedule(field="/valid_until")
    return [] if data == organisation.data else [data]


def evolve(organisation: Organisation, fact: Fact) -> Organisation:
    """The body after `fact`."""
    data = fact if isinstance(fact, OrganisationRecorded) else organisation.data
    return replace(organisation, version=organisation.version + 1, data=data)
