"""The one list of services, from which everything that concerns all of them is derived.

Derived are the catalogue of events, the topics and the users of Kafka (`deploy/topics.yaml`), the databases and
processes of a local system, the command line, and the tests that run for every service. A new service is one entry
here; what cannot be derived (`pyproject.toml`) is compared with the list by `make check`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from shared.contracts import archive, minutes, notification, registration
from shared.contracts.base import Contract, Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceEntry:
    """One service and the events it publishes (it may publish none).

    Its package, database, Kafka user, extra (`pyproject.toml`) and settings prefix all have its name.
    """

    name: str
    contracts: tuple[Contract, ...] = ()


SERVICES: Final = (
    ServiceEntry(name="registration", contracts=registration.CONTRACTS),
    ServiceEntry(name="notification", contracts=notification.CONTRACTS),
    ServiceEntry(name="minutes", contracts=minutes.CONTRACTS),
    ServiceEntry(name="archive", contracts=archive.CONTRACTS),
)
"""In the order in which a meeting passes through them."""

SERVICE_NAMES: Final = tuple(entry.name for entry in SERVICES)

WEB_NAMES: Final = ("portal",)
"""Web applications: pages that ask the services over HTTP with the rights of their user, and keep nothing.

They have no database and no part in Kafka. Their packages are in `services/` too, with the modules of a web
application (docs/howto/add-a-service.md).
"""


def catalogue(services: Iterable[ServiceEntry]) -> dict[str, Contract]:
    """CloudEvents type → contract, for all events of these services."""
    return {contract.type: contract for entry in services for contract in entry.contracts}


def topics(services: Iterable[ServiceEntry]) -> dict[str, Topic]:
    """Name → topic, for all topics on which these services publish."""
    return {contract.topic.name: contract.topic for contract in catalogue(services).values()}
