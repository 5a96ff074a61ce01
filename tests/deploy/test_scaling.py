"""Replicas, autoscaling and disruption budgets do not work against each other."""

import pytest
from helm_python import HelmRenderError

from deploy.local.topics import load
from services.archive.subscribers import GROUP as ARCHIVE
from services.minutes.subscribers import GROUP as MINUTES
from services.notification.subscribers import GROUP as NOTIFICATION
from services.registration.subscribers import GROUP as REGISTRATION
from tests.deploy.rendering import Manifest, each_values, manifests, pods, render, values

GROUPS = {"registration": REGISTRATION, "notification": NOTIFICATION, "minutes": MINUTES, "archive": ARCHIVE}
SCALERS = ("HorizontalPodAutoscaler", "ScaledObject")


@each_values
def test_what_is_scaled_by_itself_has_no_number_of_replicas(name: str) -> None:
    scaled = {one["spec"]["scaleTargetRef"]["name"] for one in manifests(name, *SCALERS)}
    without = {one["metadata"]["name"] for one in manifests(name, "Deployment") if "replicas" not in one["spec"]}
    assert without == scaled


@each_values
def test_a_budget_lets_a_node_be_drained_and_a_single_pod_has_none(name: str) -> None:
    least = {one["metadata"]["name"]: one["spec"].get("replicas", 0) for one in manifests(name, "Deployment")}
    for one in manifests(name, *SCALERS):
        spec = one["spec"]
        least[one["metadata"]["name"]] = spec.get("minReplicas") or spec["minReplicaCount"]
    budgets = {one["metadata"]["name"]: one["spec"] for one in manifests(name, "PodDisruptionBudget")}
    assert budgets.keys() == {key for key, replicas in least.items() if replicas > 1}
    for spec in budgets.values():
        assert (spec["maxUnavailable"], spec["unhealthyPodEvictionPolicy"]) == (1, "AlwaysAllow")


@each_values
def test_a_budget_counts_the_pods_of_its_deployment(name: str) -> None:
    selectors = {one["metadata"]["name"]: one["spec"]["selector"] for one in manifests(name, "Deployment")}
    for one in manifests(name, "PodDisruptionBudget"):
        assert one["spec"]["selector"] == selectors[one["metadata"]["name"]]


@each_values
def test_lag_is_asked_for_every_topic_of_the_group(name: str) -> None:
    declared = load().topics
    for one in manifests(name, "ScaledObject"):
        service = one["metadata"]["labels"]["app.kubernetes.io/component"]
        asked = {trigger["metadata"]["topic"] for trigger in one["spec"]["triggers"]}
        assert asked == {topic for topic, each in declared.items() if service in each.reads}
        assert {trigger["metadata"]["consumerGroup"] for trigger in one["spec"]["triggers"]} == {GROUPS[service]}
        assert one["spec"]["maxReplicaCount"] <= min(declared[topic].partitions for topic in asked)


@each_values
def test_keda_logs_in_as_the_service_does(name: str) -> None:
    asked = {one["metadata"]["name"]: one["spec"] for one in manifests(name, "TriggerAuthentication")}
    for one in manifests(name, "ScaledObject"):
        (reference,) = {trigger["authenticationRef"]["name"] for trigger in one["spec"]["triggers"]}
        (pod,) = (pod for pod in pods(name, "Deployment") if pod.of == one["spec"]["scaleTargetRef"]["name"])
        (container,) = pod.spec["containers"]
        (user,) = asked[reference]["env"]
        assert (user["containerName"], user["name"]) == (container["name"], "KAFKA_USERNAME")
        (password,) = (
            entry["valueFrom"]["secretKeyRef"] for entry in container["env"] if entry["name"] == "KAFKA_PASSWORD"
        )
        secrets = {one["parameter"]: one for one in asked[reference]["secretTargetRef"]}
        assert (secrets["password"]["name"], secrets["password"]["key"]) == (password["name"], password["key"])


@pytest.mark.parametrize(
    ("scaling", "message"),
    [
        ({"replicas": 7}, "minutes.roles.consumer.replicas: 7, but a topic has 6 partitions"),
        ({"autoscaling": {"kind": "lag", "maxReplicas": 7}}, "minutes.roles.consumer.autoscaling.maxReplicas: 7, but"),
        (
            {"autoscaling": {"kind": "cpu", "minReplicas": 5, "maxReplicas": 4}},
            "consumer.autoscaling.minReplicas: more",
        ),
    ],
)
def test_more_consumers_than_partitions_are_refused(scaling: dict[str, object], message: str) -> None:
    given = values("by-role")
    given["minutes"]["roles"] = {"consumer": scaling}
    with pytest.raises(HelmRenderError, match=message):
        render(given)


def test_more_processes_with_all_roles_than_partitions_are_refused() -> None:
    given = values("all-in-one")
    given["minutes"]["roles"] = {"allInOne": {"replicas": 7}}
    with pytest.raises(HelmRenderError, match=r"minutes\.roles\.allInOne\.replicas: 7, but a topic has 6 partitions"):
        render(given)


@each_values
def test_during_an_upgrade_there_are_never_fewer_pods_than_before(name: str) -> None:
    updates = [one["spec"]["strategy"]["rollingUpdate"] for one in manifests(name, "Deployment")]
    assert updates == [{"maxSurge": 1, "maxUnavailable": 0}] * len(updates)


@each_values
def test_while_kafka_does_not_answer_keda_takes_no_pod_away(name: str) -> None:
    for one in manifests(name, "ScaledObject"):
        least = one["spec"]["minReplicaCount"]
        fallback = {"failureThreshold": 3, "replicas": least, "behavior": "currentReplicasIfHigher"}
        assert (least >= 1, one["spec"]["fallback"]) == (True, fallback)


@pytest.mark.parametrize(
    ("kafka", "custom", "ca"),
    [
        ({"ca": {"existingSecret": "kafka-ca"}}, {"existingSecret": "office"}, ("secretTargetRef", "kafka-ca")),
        ({"ca": {"existingSecret": ""}}, {"existingSecret": "office"}, ("secretTargetRef", "office")),
        ({"ca": {"existingSecret": ""}}, {"existingConfigMap": "office"}, ("configMapTargetRef", "office")),
    ],
)
def test_keda_trusts_whom_the_service_trusts(kafka: Manifest, custom: Manifest, ca: tuple[str, str]) -> None:
    given = values("by-role")
    given |= {"kafka": given["kafka"] | kafka, "customCA": custom}
    for one in render(given):
        if one["kind"] == "TriggerAuthentication":
            found = [
                (kind, each) for kind in ("secretTargetRef", "configMapTargetRef") for each in one["spec"].get(kind, [])
            ]
            assert [(kind, each["name"]) for kind, each in found if each["parameter"] == "ca"] == [ca]
