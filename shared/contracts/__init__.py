"""The language of the bus: every event, its model, its topic, and who may say and hear it."""

from shared.contracts.base import Contract, Fact, Topic
from shared.contracts.services import SERVICE_NAMES, SERVICES, ServiceEntry, catalogue, topics

CATALOGUE: dict[str, Contract] = catalogue(SERVICES)
"""Wire type → contract: the whole vocabulary."""

BY_MODEL: dict[type[Fact], Contract] = {contract.model: contract for contract in CATALOGUE.values()}
TOPICS: dict[str, Topic] = topics(SERVICES)

__all__ = ["BY_MODEL", "CATALOGUE", "SERVICES", "SERVICE_NAMES", "TOPICS", "Contract", "Fact", "ServiceEntry", "Topic"]
