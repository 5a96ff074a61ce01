"""Every manifest of every file of values is what Kubernetes takes, under names and labels that fit together."""

from collections import Counter
from typing import Any

import helm_python
import kubernetes_validate
import pytest

from tests.deploy.files import DASHBOARDS
from tests.deploy.rendering import (
    CHART,
    NAMESPACE,
    Manifest,
    applications,
    each_values,
    manifests,
    notes,
    pods,
    selected,
    values,
)

KUBERNETES = "1.37"
FOREIGN = {  # what operators bring, by group; the versions that they serve
    "HTTPRoute": "gateway.networking.k8s.io/v1",
    "KafkaTopic": "kafka.strimzi.io/v1",
    "KafkaUser": "kafka.strimzi.io/v1",
    "PrometheusRule": "monitoring.coreos.com/v1",
    "ScaledObject": "keda.sh/v1alpha1",
    "ServiceMonitor": "monitoring.coreos.com/v1",
    "TriggerAuthentication": "keda.sh/v1alpha1",
}


@each_values
def test_kubernetes_knows_every_field(name: str) -> None:
    for one in manifests(name):
        if one["kind"] not in FOREIGN:
            kubernetes_validate.validate(one, KUBERNETES, strict=True)


def test_an_unknown_field_would_be_seen() -> None:
    (one, *_) = manifests("all-in-one", "Service")
    one["spec"]["colour"] = "red"
    with pytest.raises(kubernetes_validate.ValidationError, match="colour"):
        kubernetes_validate.validate(one, KUBERNETES, strict=True)


@each_values
def test_what_operators_bring_has_the_version_that_they_serve(name: str) -> None:
    found = {one["kind"]: one["apiVersion"] for one in manifests(name) if one["kind"] in FOREIGN}
    assert found.items() <= FOREIGN.items()


@each_values
def test_names_are_unique_and_labels_complete(name: str) -> None:
    found = manifests(name)
    names = Counter((one["kind"], one["metadata"]["name"]) for one in found)
    common = {"app.kubernetes.io/name": "pasum", "app.kubernetes.io/instance": "pasum"}
    common |= values(name).get("commonLabels", {})
    bare = [one["metadata"]["name"] for one in found if not common.items() <= one["metadata"]["labels"].items()]
    assert ([key for key, times in names.items() if times > 1], bare) == ([], [])


@each_values
def test_everything_is_in_the_namespace_of_the_release_but_strimzis(name: str) -> None:
    elsewhere = {one["kind"] for one in manifests(name) if one["metadata"]["namespace"] != NAMESPACE}
    assert elsewhere <= {"KafkaTopic", "KafkaUser"}


@each_values
def test_names_leave_room_for_what_kubernetes_appends(name: str) -> None:
    kinds = [one for one in manifests(name) if one["kind"] not in {"KafkaTopic", "KafkaUser"}]
    assert [one["metadata"]["name"] for one in kinds if len(one["metadata"]["name"]) > 52] == []


@each_values
def test_a_deployment_selects_its_own_pods_only(name: str) -> None:
    found = pods(name)
    for one in manifests(name, "Deployment"):
        taken = [pod.of for pod in found if selected(one["spec"]["selector"], pod.labels)]
        assert taken == [one["metadata"]["name"]]


def ports(one: Manifest) -> set[str]:
    return {port["targetPort"] for port in one["spec"]["ports"]}


@each_values
def test_a_service_leads_to_pods_that_have_its_port(name: str) -> None:
    found = pods(name)
    for one in manifests(name, "Service"):
        taken = [pod for pod in found if selected(one["spec"]["selector"], pod.labels)]
        named = [{port["name"] for port in pod.spec["containers"][0].get("ports", [])} for pod in taken]
        assert (len(taken) > 0, all(ports(one) <= each for each in named)) == (True, True)


@each_values
def test_metrics_have_a_service_of_their_own_and_no_way_in(name: str) -> None:
    by_port = {one["metadata"]["name"]: ports(one) for one in manifests(name, "Service")}
    assert {frozenset(each) for each in by_port.values()} == {frozenset({"http"}), frozenset({"management"})}
    ways: list[Any] = manifests(name, "HTTPRoute", "Ingress")
    assert [one["metadata"]["name"] for one in ways if "management" in str(one["spec"])] == []


@each_values
def test_a_way_in_leads_to_a_service_that_exists(name: str) -> None:
    services = {one["metadata"]["name"]: ports(one) for one in manifests(name, "Service")}
    for one in manifests(name, "HTTPRoute"):
        targets = [each for rule in one["spec"]["rules"] for each in rule["backendRefs"]]
        assert [(services[each["name"]], each["port"]) for each in targets] == [({"http"}, 80)]
    for one in manifests(name, "Ingress"):
        paths = [each for rule in one["spec"]["rules"] for each in rule["http"]["paths"]]
        assert [services[each["backend"]["service"]["name"]] for each in paths] == [{"http"}]
        assert [rule["host"] for rule in one["spec"]["rules"]] == one["spec"]["tls"][0]["hosts"]


@each_values
def test_monitoring_finds_the_services(name: str) -> None:
    for one in manifests(name, "ServiceMonitor"):
        found = [
            each for each in manifests(name, "Service") if selected(one["spec"]["selector"], each["metadata"]["labels"])
        ]
        assert sorted(each["metadata"]["name"] for each in found) == [
            f"pasum-{service}-management" for service in sorted(applications(name))
        ]
        assert {port["name"] for each in found for port in each["spec"]["ports"]} == {
            end["port"] for end in one["spec"]["endpoints"]
        }


@each_values
def test_every_dashboard_is_found_by_grafana(name: str) -> None:
    wanted = values(name).get("monitoring", {}).get("dashboards", {}).get("enabled", False)
    found = [(set(one["data"]), one["metadata"]["labels"]["grafana_dashboard"]) for one in manifests(name, "ConfigMap")]
    assert found == [({path.name}, "1") for path in sorted(DASHBOARDS.glob("*.json")) if wanted]


@each_values
def test_the_notes_say_what_to_do_next(name: str) -> None:
    said = notes(name)
    assert ("helm -n office test pasum" in said, "wait-for-schema" in said or "migrate" in said) == (True, True)


def test_helms_own_lint_finds_nothing() -> None:
    report = helm_python.lint(str(CHART), values=values("all-in-one"), kube_version="v1.37.0")
    assert [one for one in report["messages"] or [] if one["severity"] > 1] == []  # an icon is only recommended
