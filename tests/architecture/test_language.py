"""One act, one name: events, wire types, topics, the docstrings of the services and what is generated agree."""

import importlib
import re

import pytest

from shared.contracts import CATALOGUE, SERVICE_NAMES, SERVICES, TOPICS, Contract, schemas
from shared.contracts.base import Value
from shared.kernel import kebab
from tests.architecture.guide import advice

HAPPENED = re.compile(r"(ed|Begun|Held|Left|Proven|Resent|Sent|Undone|Withdrawn)(In)?$")  # irregular ones, Checked-In
CONTRACTS = pytest.mark.parametrize("contract", CATALOGUE.values(), ids=lambda contract: contract.type)
EACH_SERVICE = pytest.mark.parametrize("service", SERVICE_NAMES)


def docstring_topics(service: str) -> dict[str, set[str]]:
    """What the docstring of a service says: `Owns`, `Publishes` and `Consumes`, with the topics each names."""
    text = importlib.import_module(f"services.{service}").__doc__ or ""
    parts = re.split(r"^(Owns|Publishes|Consumes)\s", text, flags=re.MULTILINE)[1:]
    return {
        name: set(re.findall(r"eoffice(?:\.[a-z-]+)+\.v\d+", said))
        for name, said in zip(parts[::2], parts[1::2], strict=True)
    }


@CONTRACTS
def test_an_event_is_called_after_what_has_happened(contract: Contract) -> None:
    name = contract.model.__name__
    assert HAPPENED.search(name), advice("past_tense", name)


@CONTRACTS
def test_class_and_type_and_topic_agree(contract: Contract) -> None:
    model, topic = contract.model, contract.topic
    assert contract.type == f"{topic.owner}.{kebab(model.__name__)}.v{contract.version}", advice("one_name")
    assert re.fullmatch(rf"eoffice\.{topic.owner}\.[a-z-]+\.v[1-9]", topic.name), advice("one_name")
    assert model.__module__.split(".")[:3] == ["shared", "contracts", topic.owner], advice("one_name")


@CONTRACTS
def test_an_event_says_what_it_means(contract: Contract) -> None:
    assert contract.model.__dict__["__doc__"], advice("documented_events", contract.model.__name__)


def test_a_fact_says_all_that_it_holds() -> None:
    hidden = [f"{model.__name__}.{name}" for model in _models(Value) for name in _hidden(model)]
    assert hidden == [], advice("open_facts", ", ".join(hidden))


def _models(model: type[Value]) -> list[type[Value]]:
    """`model`, and all contracts and their parts that are made of it."""
    made = [each for part in model.__subclasses__() for each in _models(part)]
    return [model, *made] if model.__module__.startswith("shared.contracts.") else []


def _hidden(model: type[Value]) -> list[str]:
    return [name for name, member in model.model_fields.items() if member.exclude or member.exclude_if]


def test_topics_are_owned_and_read_by_services() -> None:
    todo = advice("topics_of_services")
    owned = {(entry.name, contract.topic.owner) for entry in SERVICES for contract in entry.contracts}
    assert {(name, owner) for name, owner in owned if name != owner} == set(), todo
    assert {reader for topic in TOPICS.values() for reader in topic.readers} <= set(SERVICE_NAMES), todo
    assert [topic.name for topic in TOPICS.values() if topic.owner in topic.readers] == [], todo


def test_what_is_generated_from_the_catalogue_is_as_committed() -> None:
    assert schemas.check() == [], advice("generated_files")


@EACH_SERVICE
def test_the_docstring_has_its_three_parts(service: str) -> None:
    assert list(docstring_topics(service)) == ["Owns", "Publishes", "Consumes"], advice("service_docstring")


@EACH_SERVICE
def test_a_service_says_what_it_owns(service: str) -> None:
    owned = {topic.name for topic in TOPICS.values() if topic.owner == service}
    assert docstring_topics(service)["Publishes"] == owned, advice("service_docstring")


@EACH_SERVICE
def test_a_service_may_read_what_it_hears_and_nothing_else(service: str) -> None:
    read = {topic.name for topic in TOPICS.values() if service in topic.readers}
    assert docstring_topics(service)["Consumes"] == read, advice("service_docstring")


@EACH_SERVICE
def test_a_service_subscribes_to_what_its_docstring_says(service: str) -> None:
    subscribers = importlib.import_module(f"services.{service}.subscribers")
    consumed = docstring_topics(service)["Consumes"]
    subscribed = (getattr(subscribers, "GROUP", None), {*getattr(subscribers, "TOPICS", ())})
    assert subscribed == (f"eoffice.{service}" if consumed else None, consumed), advice("service_docstring")
