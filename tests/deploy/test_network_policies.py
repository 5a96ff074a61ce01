"""With policies, nothing is allowed to any pod but what it needs; each rule names both peers and ports."""

import pytest

from tests.deploy.rendering import Manifest, Pod, manifests, pods, selected

LIMITED = ("by-role", "helm-hook", "s3", "cluster-example")
each_limited = pytest.mark.parametrize("name", LIMITED)
NAMES = {  # of by-role
    5432: "postgres",
    6432: "postgres",
    9093: "kafka",
    443: "oidc or sms",
    465: "mail",
    4318: "tracing",
    53: "dns",
}


def rules(policy: Manifest) -> list[Manifest]:
    return [*policy["spec"].get("ingress", []), *policy["spec"].get("egress", [])]


def of(pod: Pod, name: str) -> list[Manifest]:
    """The policies that select a pod."""
    found = manifests(name, "NetworkPolicy")
    return [one for one in found if selected(one["spec"]["podSelector"], pod.labels)]


@each_limited
def test_every_pod_is_limited_both_ways(name: str) -> None:
    for pod in pods(name):
        limited = {kind for one in of(pod, name) for kind in one["spec"]["policyTypes"]}
        assert limited == {"Ingress", "Egress"}


@each_limited
def test_what_no_policy_allows_is_forbidden_to_every_pod_both_ways(name: str) -> None:
    (policy,) = (one for one in manifests(name, "NetworkPolicy") if one["metadata"]["name"] == "pasum-default-deny")
    assert [pod.of for pod in pods(name) if not selected(policy["spec"]["podSelector"], pod.labels)] == []
    assert (policy["spec"]["policyTypes"], rules(policy)) == (["Ingress", "Egress"], [])


@each_limited
def test_every_rule_names_peers_and_ports(name: str) -> None:
    for one in manifests(name, "NetworkPolicy"):
        for rule in rules(one):
            peers: list[Manifest] = rule.get("from") or rule.get("to") or []
            assert (bool(peers), all(peers), bool(rule.get("ports"))) == (True, True, True)


@each_limited
def test_every_pod_can_resolve_names_over_udp_and_tcp(name: str) -> None:
    for pod in pods(name):
        ports = [port for one in of(pod, name) for rule in one["spec"].get("egress", []) for port in rule["ports"]]
        assert {port["protocol"] for port in ports if port["port"] == 53} == {"UDP", "TCP"}


def outward(pod: Pod) -> set[str]:
    ports = [port for one in of(pod, "by-role") for rule in one["spec"].get("egress", []) for port in rule["ports"]]
    return {NAMES.get(port["port"], str(port["port"])) for port in ports}


@pytest.mark.parametrize(
    ("deployment", "reached"),
    [
        ("pasum-registration-api", {"dns", "postgres", "oidc or sms", "tracing"}),
        ("pasum-registration-consumer", {"dns", "postgres", "kafka", "tracing"}),
        ("pasum-registration-relay", {"dns", "postgres", "kafka", "tracing"}),
        ("pasum-registration-worker", {"dns", "postgres", "tracing"}),
        ("pasum-notification-worker", {"dns", "postgres", "mail", "oidc or sms", "tracing"}),
        ("pasum-portal-api", {"dns", "http", "oidc or sms", "tracing"}),
        ("pasum-test", {"dns", "http"}),
    ],
)
def test_a_process_reaches_what_it_needs_and_no_more(deployment: str, reached: set[str]) -> None:
    (pod,) = (pod for pod in pods("by-role") if pod.of == deployment)
    assert outward(pod) == reached


def test_registration_is_asked_by_clients_the_test_and_the_portal() -> None:
    (pod,) = (pod for pod in pods("by-role") if pod.of == "pasum-registration-api")
    peers = [
        peer["podSelector"]["matchLabels"]["app.kubernetes.io/component"]
        for one in of(pod, "by-role")
        for rule in one["spec"].get("ingress", [])
        for peer in rule["from"]
        if "podSelector" in peer
    ]
    assert peers == ["test", "portal"]


def test_a_migration_reaches_postgresql_only() -> None:
    assert {frozenset(outward(pod)) for pod in pods("by-role", "Job")} == {frozenset({"dns", "postgres"})}


def test_the_policy_of_a_hook_is_there_before_the_hook() -> None:
    (policy,) = (one for one in manifests("helm-hook", "NetworkPolicy") if one["metadata"]["name"] == "pasum-migration")
    (job, *_) = manifests("helm-hook", "Job")
    weights = [int(one["metadata"]["annotations"]["helm.sh/hook-weight"]) for one in (policy, job)]
    assert weights == sorted(weights)
    assert policy["metadata"]["annotations"]["helm.sh/hook"] == job["metadata"]["annotations"]["helm.sh/hook"]


def test_metrics_are_open_to_monitoring_only() -> None:
    for one in manifests("by-role", "NetworkPolicy"):
        for rule in one["spec"].get("ingress", []):
            if {"protocol": "TCP", "port": "management"} in rule["ports"]:
                namespaces = [
                    peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"] for peer in rule["from"]
                ]
                assert namespaces == ["monitoring"]
