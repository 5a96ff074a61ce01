"""The one list of services: everything that goes through all of them goes through this list.

From it come the catalogue of events, the topics and the users of Kafka (`deploy/topics.yaml`), the databases and
processes of a local system, what the command line knows, and the tests that ask every service. A new service is one
entry here; what cannot be derived (`pyproject.toml`) is compared with the list by `make check`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from shared.contracts import archive, minutes, notification, registration
from shared.contracts.base import Contract, Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceEntry:
    """One service and its events, none where it publishes nothing.

    Its package, its database, its user of Kafka, its extra and the prefix of its settings all have its name.
    """

    name: str
    contracts: tuple[Contract, ...] = ()


SERVICES: Final = (
    ServiceEntry(name="registration", contracts=registration.CONTRACTS),
    ServiceEntry(name="notification", contracts=notification.CONTRACTS),
    ServiceEntry(name="minutes", contracts=minutes.CONTRACTS),
    ServiceEntry(name="archive", contracts=archive.CONTRACTS),
)
"""In the order in which people think of them: what is announced first comes first."""

SERVICE_NAMES: Final = tuple(entry.name for entry in SERVICES)


def catalogue(services: Iterable[ServiceEntry]) -> dict[str, Contract]:
    """Wire type → contract, of all events of these services."""
    return {contract.type: contract for entry in services for contract in entry.contracts}


def topics(services: Iterable[ServiceEntry]) -> dict[str, Topic]:
    """Name → topic, of all events of these services."""
    return {contract.topic.name: contract.topic for contract in catalogue(services).values()}
