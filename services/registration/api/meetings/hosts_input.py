"""Who holds a meeting, as a request brings him: the chair, the co-hosts, the persons who are told for them."""

from collections.abc import Collection
from typing import Final, Protocol

from services.registration.api.person_input import PersonInput
from services.registration.api.privacy.collecting import Collecting
from services.registration.flows.hosts import Hosts
from shared.contracts.base import OrganisationCode
from shared.contracts.ids import new_id
from shared.contracts.registration import PersonRecorded
from shared.http import Input


class CoHostContact(Input):
    """Who is told of the meeting for a co-host."""

    organisation: OrganisationCode
    person: PersonInput


class HostsInput(Protocol):
    """The members of a request that say who holds a meeting."""

    @property
    def chair(self) -> PersonInput:
        """Who leads the session."""
        ...

    @property
    def co_hosts(self) -> tuple[str, ...]:
        """The bodies that hold it too."""
        ...

    @property
    def co_host_contacts(self) -> tuple[CoHostContact, ...]:
        """Who is told for them."""
        ...


HOSTS: Final = frozenset({"chair", "co_hosts", "co_host_contacts"})
"""The members that say who holds a meeting."""


def hosts_of(body: HostsInput, *, organiser: str, collecting: Collecting, named: Collection[str] = HOSTS) -> Hosts:
    """The hosts that a request names: all, or of a change those members that were sent.

    Raises the refusals of a person's contacts (`PERSON_REFUSALS`).
    """
    return Hosts(
        chair=body.chair.recorded(new_id(), organiser, field="/chair", collecting=collecting)
        if "chair" in named
        else None,
        co_hosts=body.co_hosts if "co_hosts" in named else None,
        contacts=_contacts(body, collecting) if "co_host_contacts" in named else None,
    )


def _contacts(body: HostsInput, collecting: Collecting) -> tuple[PersonRecorded, ...]:
    return tuple(
        contact.person.recorded(
            new_id(), contact.organisation, field=f"/co_host_contacts/{number}/person", collecting=collecting
        )
        for number, contact in enumerate(body.co_host_contacts)
    )
