"""Wrong or missing values are refused before anything is sent to a cluster, and the message names their path."""

import shutil
from pathlib import Path
from typing import Any

import helm_python
import pytest
import yaml
from helm_python import HelmRenderError, HelmValuesError

from shared.contracts import SERVICE_NAMES
from tests.deploy.files import stale, written
from tests.deploy.rendering import CHART, pods_of, render, values

LEAST = yaml.safe_load((CHART / "ci" / "all-in-one.yaml").read_text(encoding="utf-8"))


WITH_PORTAL: dict[str, Any] = {
    "portal": {"enabled": True, "url": "https://pasum.example.gov.la"},
    "http": {"trustedProxies": ["10.0.0.0/8"]},
}


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
        (("objects", "kind"), "s4", "'/objects/kind'"),
        (("migrations", "mode"), "init", "'/migrations/mode'"),
        (("kafka", "securityProtocol"), "SASL", "'/kafka/securityProtocol'"),
        (("http", "settings", "CONNECTIONS"), 0, "'/http/settings/CONNECTIONS'"),
        (("networkPolicy", "enabled"), True, "'/networkPolicy/kafka/peers'"),
        (("routes", "kind"), "httpRoute", "'/routes/httpRoute/parentRefs'"),
        (("strimzi", "users"), True, "'/strimzi/cluster'"),
        (("commonLabels",), {"pasum/role": "other"}, "'/commonLabels/pasum~1role'"),
        (("bootstrap", "users"), "yes", "'/bootstrap/users'"),
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


def test_a_service_that_is_off_needs_no_values_and_leaves_nothing_behind() -> None:
    whole, part = (values("all-in-one") for _ in range(2))
    part["archive"] = {"enabled": False}
    kinds = [{(one["kind"], one["metadata"]["name"]) for one in render(given)} for given in (whole, part)]
    gone = {name for _, name in kinds[0] - kinds[1]}
    assert {"pasum-archive", "pasum-archive-management"} <= gone
    assert [name for name in gone if not name.startswith("pasum-archive")] == []
    assert kinds[1] - kinds[0] == set()


def test_messages_without_registration_still_name_its_address() -> None:
    given = values("all-in-one")
    given["registration"] = {"enabled": False}
    with pytest.raises(HelmRenderError, match=r"registration\.url: notification puts it into its messages"):
        render(given)


def test_a_portal_that_registration_does_not_believe_is_refused() -> None:
    with pytest.raises(HelmRenderError, match=r"http\.trustedProxies: give the network of the pods"):
        render(values("all-in-one") | {"portal": WITH_PORTAL["portal"]})


def test_a_portal_without_registration_is_refused() -> None:
    given = values("all-in-one") | WITH_PORTAL
    given["registration"]["enabled"] = False
    with pytest.raises(HelmRenderError, match=r"portal\.enabled: the portal asks registration"):
        render(given)


def test_a_portal_without_address_is_refused() -> None:
    with pytest.raises(HelmValuesError, match="'/portal/url'"):
        render(values("all-in-one") | WITH_PORTAL | {"portal": {"enabled": True}})


def test_links_in_messages_lead_to_the_portal_where_there_is_one() -> None:
    for given, address in ((values("all-in-one"), "meetings"), (values("all-in-one") | WITH_PORTAL, "pasum")):
        told = {
            entry["name"]: entry.get("value")
            for pod in pods_of(render(given))
            for container in pod.containers()
            for entry in container.get("env", [])
        }
        links = (told["REGISTRATION_PUBLIC_URL"], told["NOTIFICATION_PUBLIC_URL"])
        assert links == (f"https://{address}.example.gov.la",) * 2


def test_two_bundles_of_cas_are_refused() -> None:
    with pytest.raises(HelmRenderError, match="customCA: give existingConfigMap or existingSecret, not both"):
        render(values("no-migrations") | {"customCA": {"existingConfigMap": "office", "existingSecret": "office"}})


def test_a_release_without_services_is_refused() -> None:
    off: dict[str, Any] = {name: {"enabled": False} for name in SERVICE_NAMES}
    with pytest.raises(HelmRenderError, match=r"registration\.enabled: a release without any service"):
        render(values("all-in-one") | off)


def test_a_chart_around_this_one_decides_whether_it_is_there(tmp_path: Path) -> None:
    (tmp_path / "charts").mkdir()
    shutil.copytree(CHART, tmp_path / "charts" / "pasum")
    condition = [{"name": "pasum", "version": "*", "condition": "pasum.enabled"}]
    chart = {"apiVersion": "v2", "name": "office", "version": "1.0.0", "dependencies": condition}
    (tmp_path / "Chart.yaml").write_text(yaml.safe_dump(chart), encoding="utf-8")
    office = helm_python.Chart.load(str(tmp_path))
    given = {"global": {"imageRegistry": "registry.example.gov.la", "of": "others"}}
    there, away = (
        office.render(given | {"pasum": values("all-in-one") | {"enabled": on}}, name="office", namespace="office")
        for on in (True, False)
    )
    assert "image: registry.example.gov.la/pasum/archive:0.1.0" in "".join(there.values())
    assert away == {}


def test_the_list_of_images_is_what_a_release_pulls() -> None:
    given = values("all-in-one") | {"bootstrap": {"enabled": True, "existingSecret": "kafka-admin"}} | WITH_PORTAL
    found = {one["image"] for pod in pods_of(render(given)) for one in pod.containers()}
    assert found == set((CHART / "images.txt").read_text(encoding="utf-8").split())


def test_files_that_follow_from_others_are_up_to_date() -> None:
    differing = [path.name for path, text in written().items() if path.read_text(encoding="utf-8") != text]
    assert (differing, stale()) == ([], []), "make format"
