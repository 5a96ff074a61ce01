"""All events that services publish: the model and the topic of each, and which services may write and read it."""

from shared.contracts.base import Contract, Fact, Topic
from shared.contracts.services import SERVICE_NAMES, SERVICES, WEB_NAMES, ServiceEntry, catalogue, topics

CATALOGUE: dict[str, Contract] = catalogue(SERVICES)
"""CloudEvents type → contract, for all events."""

BY_MODEL: dict[type[Fact], Contract] = {contract.model: contract for contract in CATALOGUE.values()}
TOPICS: dict[str, Topic] = topics(SERVICES)

__all__ = [
    "BY_MODEL",
    "CATALOGUE",
    "SERVICES",
    "SERVICE_NAMES",
    "TOPICS",
    "WEB_NAMES",
    "Contract",
    "Fact",
    "ServiceEntry",
    "Topic",
]
