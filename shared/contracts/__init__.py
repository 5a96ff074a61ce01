"""The language of the bus: every event, its model, its topic, and who may say and hear it."""

from shared.contracts import archive, minutes, notification, registration
from shared.contracts.base import Contract, Fact, Topic

CATALOGUE: dict[str, Contract] = {
    contract.type: contract
    for module in (registration, notification, minutes, archive)
    for contract in module.CONTRACTS
}
"""Wire type → contract: the whole vocabulary."""

BY_MODEL: dict[type[Fact], Contract] = {contract.model: contract for contract in CATALOGUE.values()}
TOPICS: dict[str, Topic] = {contract.topic.name: contract.topic for contract in CATALOGUE.values()}

__all__ = ["BY_MODEL", "CATALOGUE", "TOPICS", "Contract", "Fact", "Topic"]
