"""deploy/compose.yaml: each service and its migration, what they wait for, and that no secret is a variable."""

from typing import Any, Final

import pytest
import yaml

from deploy.local.topics import load
from shared.contracts import SERVICE_NAMES, WEB_NAMES
from tests.deploy.rendering import ROOT

FILE: Final = ROOT / "deploy" / "compose.yaml"
COMPOSE: Final[dict[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
SERVICES: Final[dict[str, Any]] = COMPOSE["services"]
OURS: Final = [name for name, one in SERVICES.items() if one["image"].startswith("${PASUM_IMAGE:-pasum}/")]
DONE: Final = {"condition": "service_completed_successfully"}


def test_every_service_runs_and_is_migrated_before() -> None:
    once = {*(f"{name}-migrate" for name in SERVICE_NAMES), "topics", "folders"}
    assert set(OURS) == {*SERVICE_NAMES, *WEB_NAMES, *once}
    for name in SERVICE_NAMES:
        waits = SERVICES[name]["depends_on"]
        assert (waits[f"{name}-migrate"], waits["topics"]) == (DONE, DONE)
        assert SERVICES[f"{name}-migrate"]["depends_on"] == {"databases": DONE}
        assert SERVICES[f"{name}-migrate"]["command"] == ["migrate", "--accept-newer"]


@pytest.mark.parametrize("name", OURS)
def test_a_container_of_ours_may_do_nothing_that_it_does_not_need(name: str) -> None:
    one = SERVICES[name]
    assert (one["read_only"], len(one["tmpfs"]), one["cap_drop"]) == (True, 1, ["ALL"])
    assert one["security_opt"] == ["no-new-privileges:true"]
    assert one.get("cap_add", []) == (["CHOWN"] if name == "folders" else [])


@pytest.mark.parametrize("name", [*SERVICE_NAMES, *WEB_NAMES, "kafka", "postgres"])
def test_what_goes_on_running_has_a_health_check(name: str) -> None:
    assert SERVICES[name]["restart"] == "unless-stopped"
    assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"


def test_secrets_are_files() -> None:
    variables = {name for one in SERVICES.values() for name in one.get("environment", {})}
    assert {name for name in variables if name.endswith(("PASSWORD", "SECRET", "DSN", "KEYS", "PASSPHRASE"))} == set()
    assert {one["file"].partition("/")[0] for one in COMPOSE["secrets"].values()} == {"${SECRETS:-."}
    used = {
        each if isinstance(each, str) else each["source"]
        for one in SERVICES.values()
        for each in one.get("secrets", [])
    }
    assert used == COMPOSE["secrets"].keys()


def test_every_user_of_kafka_has_a_password() -> None:
    given = {each["target"] for each in SERVICES["topics"]["secrets"]}
    assert given == set(load().principals)


def test_nothing_is_published_but_on_this_machine() -> None:
    ports = [port for one in SERVICES.values() for port in one.get("ports", [])]
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []
    assert len(ports) == 2 * len([*SERVICE_NAMES, *WEB_NAMES])


def test_the_portal_reaches_registration_alone_and_is_believed_by_it() -> None:
    assert SERVICES["portal"]["networks"] == ["pages", "outside"]
    assert [name for name, one in SERVICES.items() if "pages" in one.get("networks", [])] == ["registration", "portal"]
    (subnet,) = (one["subnet"] for one in COMPOSE["networks"]["pages"]["ipam"]["config"])
    assert SERVICES["registration"]["environment"]["REGISTRATION_TRUSTED_PROXIES"] == f"${{TRUSTED_PROXIES:-}},{subnet}"
