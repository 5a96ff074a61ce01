"""Wrong or missing values are refused before anything is sent to a cluster, and the message names their path."""

from typing import Any

import pytest
import yaml
from helm_python import HelmRenderError, HelmValuesError

from tests.deploy.files import written
from tests.deploy.rendering import CHART, render, values

LEAST = yaml.safe_load((CHART / "ci" / "all-in-one.yaml").read_text(encoding="utf-8"))


def leaves(given: dict[str, Any], path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """The path of every value."""
    return [
        leaf
        for key, one in given.items()
        for leaf in (leaves(one, (*path, key)) if isinstance(one, dict) else [(*path, key)])
    ]


def changed(path: tuple[str, ...], *value: Any) -> dict[str, Any]:
    """The least values with one more, or without one."""
    given = values("all-in-one")
    place = given
    for key in path[:-1]:
        place = place.setdefault(key, {})
    if value:
        place[path[-1]] = value[0]
    else:
        del place[path[-1]]
    return given


def is_needed(path: tuple[str, ...]) -> bool:
    return path[-2:-1] != ("ca",)


@pytest.mark.parametrize("path", [path for path in leaves(LEAST) if is_needed(path)], ids=".".join)
def test_a_missing_value_is_named(path: tuple[str, ...]) -> None:
    with pytest.raises(HelmValuesError, match=f"'/{'/'.join(path)}'"):
        render(changed(path))


@pytest.mark.parametrize("service", ["registration", "archive"])
def test_a_missing_ca_of_postgresql_is_named(service: str) -> None:
    with pytest.raises(HelmRenderError, match=rf"{service}\.database\.ca\.existingSecret: sslMode verify-full needs"):
        render(changed((service, "database", "ca", "existingSecret")))


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        (("registratoin",), {}, "additional properties 'registratoin'"),
        (("registration", "replicas"), 2, "'/registration'"),
        (("registration", "settings", "HTTP_PORT"), 80, "'/registration/settings'"),
        (("registration", "settings", "LOG_LEVEL"), "loud", "'/registration/settings/LOG_LEVEL'"),
        (("registration", "roles", "api", "replicas"), "two", "'/registration/roles/api/replicas'"),
        (("minutes", "roles", "worker", "autoscaling", "kind"), "lag", "'/minutes/roles/worker/autoscaling/kind'"),
        (("registration", "url"), "meetings.example.gov.la", "'/registration/url'"),
        (("archive", "image", "digest"), "latest", "'/archive/image/digest'"),
        (("objects", "kind"), "s3", "'/objects/kind'"),
        (("migrations", "mode"), "init", "'/migrations/mode'"),
        (("kafka", "securityProtocol"), "SASL", "'/kafka/securityProtocol'"),
        (("http", "settings", "CONNECTIONS"), 0, "'/http/settings/CONNECTIONS'"),
        (("networkPolicy", "enabled"), True, "'/networkPolicy/kafka/peers'"),
        (("routes", "kind"), "httpRoute", "'/routes/httpRoute/parentRefs'"),
        (("strimzi", "users"), True, "'/strimzi/cluster'"),
        (("sealing", "value"), "in plain", "'/sealing'"),
    ],
    ids=lambda value: ".".join(value) if isinstance(value, tuple) else None,
)
def test_a_wrong_value_is_named(path: tuple[str, ...], value: Any, place: str) -> None:
    with pytest.raises(HelmValuesError, match=place):
        render(changed(path, value))


@pytest.mark.parametrize("value", [{"global": {"anything": {"of": "others"}}}, {"enabled": True}, {"enabled": False}])
def test_a_chart_around_this_one_may_have_its_values(value: dict[str, Any]) -> None:
    assert render(values("all-in-one") | value) != []


def test_files_that_follow_from_others_are_up_to_date() -> None:
    differing = [path.name for path, text in written().items() if path.read_text(encoding="utf-8") != text]
    assert differing == [], "make format"
