"""Every place that names the services names those of the one list; a sixth service is one entry there."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from deploy.local import topics
from deploy.local.secrets import ensure_secrets
from deploy.local.settings import Place, settings_of
from shared.contracts import SERVICE_NAMES, SERVICES, WEB_NAMES, Contract, Fact, ServiceEntry, Topic, schemas
from shared.contracts import services as listed
from tests.architecture.guide import advice
from tests.architecture.source import ROOT
from tests.rights import tables as rights

PROJECT: Final = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


class RequestTransmitted(Fact):
    """A ministry's system was asked for something."""


BORDER = Topic(name="eoffice.exchange.request.v1", owner="exchange", readers=("registration", "library"))
EXCHANGE = ServiceEntry(
    name="exchange", contracts=(Contract(model=RequestTransmitted, topic=BORDER, since="2026-12-01"),)
)
LIBRARY = ServiceEntry(name="library")
GROWN = (*SERVICES, EXCHANGE, LIBRARY)


def missing(names: Sequence[str], project: Mapping[str, Any], *, layers: str = "service_layers") -> list[str]:
    """The lines that pyproject.toml lacks for these services."""
    extras = project["project"]["optional-dependencies"]
    (rule,) = (one for one in project["tool"]["importlinter"]["contracts"] if one["id"] == layers)
    return [
        *(f"[project.optional-dependencies]: {name} = []" for name in names if name not in extras),
        *(
            f'[[tool.importlinter.contracts]] with the id "{layers}", containers: "services.{name}"'
            for name in names
            if f"services.{name}" not in rule["containers"]
        ),
    ]


def test_the_folders_are_the_services_of_the_list() -> None:
    found = {folder.name for folder in (ROOT / "services").iterdir() if (folder / "__init__.py").is_file()}
    assert found == {*SERVICE_NAMES, *WEB_NAMES}, advice("known_services", "services/ and the lists differ")


def test_pyproject_knows_the_services_of_the_list() -> None:
    found = [*missing(SERVICE_NAMES, PROJECT), *missing(WEB_NAMES, PROJECT, layers="web_layers")]
    assert found == [], advice("known_services", f"pyproject.toml lacks {found}")


def test_what_pyproject_lacks_for_a_new_service_is_said_as_the_line_to_add() -> None:
    assert missing(["registration", "library"], PROJECT) == [
        "[project.optional-dependencies]: library = []",
        '[[tool.importlinter.contracts]] with the id "service_layers", containers: "services.library"',
    ]


def test_the_table_of_rights_knows_the_services_of_the_list() -> None:
    assert tuple(rights.SERVICES) == SERVICE_NAMES, advice("known_services", "SERVICES of tests/rights/tables.py")


@pytest.mark.parametrize("service", SERVICE_NAMES)
def test_the_rights_of_every_service_are_asked(service: str) -> None:
    assert (ROOT / "tests" / service / "test_rights.py").is_file(), advice("known_services", f"tests/{service}")


def test_a_new_entry_brings_its_events_and_its_topics() -> None:
    assert set(listed.catalogue(GROWN)) - set(listed.catalogue(SERVICES)) == {"exchange.request-transmitted.v1"}
    assert set(listed.topics(GROWN)) - set(listed.topics(SERVICES)) == {BORDER.name}


def test_a_new_entry_is_a_user_of_kafka_with_the_rights_of_its_topics(tmp_path: Path) -> None:
    file = tmp_path / "topics.yaml"
    file.write_text(schemas.topics(GROWN), encoding="utf-8")
    declared = topics.load(file)
    assert declared.principals == (*SERVICE_NAMES, "exchange", "library")
    granted = topics.rights(declared) - topics.rights(topics.load())
    assert {(each.principal, each.name) for each in granted} == {
        ("User:exchange", BORDER.name),
        ("User:exchange", "eoffice.exchange"),
        ("User:registration", BORDER.name),
        ("User:library", BORDER.name),
        ("User:library", "eoffice.library"),
    }


@pytest.mark.parametrize("service", ["exchange", "library"])
def test_a_new_entry_has_settings_in_the_local_system(service: str, tmp_path: Path) -> None:
    urls = {"issuer": "http://issuer.test", "registration": "http://registration.test"}
    place = Place(folder=tmp_path, urls=urls, secrets=ensure_secrets(tmp_path), sms_url="", smtp_port=0)
    assert settings_of(service, place) == {
        f"{service.upper()}_ANONYMOUS_READS_PER_MINUTE": "1000000000",
        f"{service.upper()}_ANONYMOUS_WRITES_PER_MINUTE": "1000000000",
        f"{service.upper()}_OIDC_ISSUER": "http://issuer.test",
        f"{service.upper()}_PUBLIC_URL": "http://registration.test",
    }
