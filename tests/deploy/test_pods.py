"""Every pod of the chart: what it may do, what it is given, how it is watched and how it ends."""

from typing import Any

import pytest

from tests.deploy.rendering import Manifest, each_values, manifests, pods, values

RESTRICTED = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}


@each_values
def test_every_pod_keeps_to_the_restricted_standard(name: str) -> None:
    for pod in pods(name):
        context = pod.spec["securityContext"]
        assert (context["runAsNonRoot"], context["runAsUser"], context["runAsGroup"]) == (True, 10001, 10001)
        assert context["seccompProfile"] == {"type": "RuntimeDefault"}
        assert [one["securityContext"] for one in pod.containers()] == [RESTRICTED] * len(pod.containers())
        assert {"hostNetwork", "hostPID", "hostIPC"} & pod.spec.keys() == set()


@each_values
def test_no_pod_has_a_token_or_the_addresses_of_all_services(name: str) -> None:
    found = [(pod.spec["automountServiceAccountToken"], pod.spec["enableServiceLinks"]) for pod in pods(name)]
    assert set(found) == {(False, False)}


@each_values
def test_every_image_is_pulled_from_the_given_registry_with_the_given_secrets(name: str) -> None:
    given = values(name).get("global", {})
    prefix = f"{given['imageRegistry']}/" if given.get("imageRegistry") else ""
    secrets = [one["name"] if isinstance(one, dict) else one for one in given.get("imagePullSecrets", [])]
    for pod in pods(name):
        assert [one["name"] for one in pod.spec.get("imagePullSecrets", [])] == secrets
        assert [one["image"] for one in pod.containers() if not one["image"].startswith(prefix)] == []


def test_an_image_is_named_by_digest_by_tag_or_by_the_version_of_the_chart() -> None:
    digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
    found = {pod.of: pod.spec["containers"][0]["image"] for pod in pods("by-role", "Deployment")}
    registry = "registry.example.gov.la:5000"
    assert found["pasum-registration-api"] == f"{registry}/office/pasum/registration@{digest}"
    assert found["pasum-notification-api"] == f"{registry}/other/notification:0.1.1"
    assert found["pasum-minutes-api"] == f"{registry}/office/pasum/minutes:0.1.0"
    assert pods("all-in-one", "Deployment")[0].spec["containers"][0]["image"].endswith(":0.1.0")


@each_values
def test_every_container_says_what_it_needs(name: str) -> None:
    for pod in pods(name):
        for one in pod.containers():
            assert {"cpu", "memory"} <= one["resources"]["requests"].keys()
            assert "memory" in one["resources"]["limits"]


@each_values
def test_what_is_mounted_exists_and_what_exists_is_mounted(name: str) -> None:
    for pod in pods(name):
        mounted = {mount["name"] for one in pod.containers() for mount in one["volumeMounts"]}
        assert mounted == {volume["name"] for volume in pod.spec["volumes"]}


@each_values
def test_the_own_ca_is_in_every_pod(name: str) -> None:
    given = values(name).get("customCA", {})
    wanted = any(given.get(source) for source in ("existingConfigMap", "existingSecret"))
    found = {"custom-ca" in {volume["name"] for volume in pod.spec["volumes"]} for pod in pods(name)}
    assert found == {wanted}


@each_values
def test_the_chart_makes_no_secret_and_reads_only_those_that_it_was_given(name: str) -> None:
    assert manifests(name, "Secret") == []
    given = set(_texts(values(name)))
    assert {each for pod in pods(name) for each in _secrets(pod.spec)} - given == set()


@each_values
def test_a_process_is_watched_by_its_management_port(name: str) -> None:
    for pod in pods(name, "Deployment"):
        (one,) = pod.spec["containers"]
        probes = {kind: one[f"{kind}Probe"]["httpGet"] for kind in ("startup", "liveness", "readiness")}
        assert {kind: probe["path"] for kind, probe in probes.items()} == {
            "startup": "/healthz",
            "liveness": "/healthz",
            "readiness": "/readyz",
        }
        assert {probe["port"] for probe in probes.values()} == {"management"}


@each_values
def test_a_slow_start_is_given_five_minutes(name: str) -> None:
    """On a node whose cores are all busy, the libraries alone took two minutes; a restart then makes it worse."""
    for pod in pods(name, "Deployment"):
        (probe,) = (container["startupProbe"] for container in pod.spec["containers"])
        assert probe["periodSeconds"] * probe["failureThreshold"] == 300


@each_values
def test_a_pod_has_more_time_to_end_than_its_process_takes(name: str) -> None:
    given = values(name)
    drain, before = given.get("drainSeconds", 20), given.get("preStopSeconds", 5)
    for pod in pods(name, "Deployment"):
        (one,) = pod.spec["containers"]
        paused = one.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
        serves = any(port["name"] == "http" for port in one["ports"])
        assert (paused, pod.spec["terminationGracePeriodSeconds"]) == (before if serves else 0, drain + before + 10)


def test_each_store_is_written_by_its_owner_alone() -> None:
    for pod in pods("by-role", "Deployment"):
        (one,) = pod.spec["containers"]
        mounts = {mount["name"]: mount.get("readOnly", False) for mount in one["volumeMounts"]}
        service = one["name"]
        assert {key: mounts[key] for key in ("documents", "objects", "archive") if key in mounts} == {
            "registration": {"documents": False},
            "minutes": {"objects": False},
            "archive": {"objects": True, "archive": False},
        }.get(service, {})


@pytest.mark.parametrize(
    ("name", "claims"),
    [("all-in-one", ["archive", "documents", "objects"]), ("by-role", ["documents", "objects"])],
)
def test_volumes_outlive_the_release(name: str, claims: list[str]) -> None:
    found = manifests(name, "PersistentVolumeClaim")
    assert [one["metadata"]["name"] for one in found] == [f"pasum-{claim}" for claim in claims]
    kept = [one["metadata"]["annotations"]["helm.sh/resource-policy"] for one in found]
    assert kept == ["keep"] * len(claims)


@each_values
def test_pods_are_spread_over_zones_and_nodes(name: str) -> None:
    for one in manifests(name, "Deployment"):
        spread = one["spec"]["template"]["spec"]["topologySpreadConstraints"]
        keys = ["topology.kubernetes.io/zone", "kubernetes.io/hostname"]
        assert [each["topologyKey"] for each in spread] == keys
        assert [each["labelSelector"] for each in spread] == [one["spec"]["selector"]] * 2


def _texts(given: Any) -> list[str]:
    if isinstance(given, dict):
        return [text for one in given.values() for text in _texts(one)]
    if isinstance(given, list):
        return [text for one in given for text in _texts(one)]
    return [given] if isinstance(given, str) else []


def _secrets(spec: Manifest) -> set[str]:
    volumes = {one["secret"]["secretName"] for one in spec["volumes"] if "secret" in one}
    projected = [source for one in spec["volumes"] for source in one.get("projected", {}).get("sources", [])]
    volumes |= {source["secret"]["name"] for source in projected}
    containers = [*spec.get("initContainers", []), *spec["containers"]]
    entries = [entry.get("valueFrom") for one in containers for entry in one.get("env", [])]
    return volumes | {entry["secretKeyRef"]["name"] for entry in entries if entry}
