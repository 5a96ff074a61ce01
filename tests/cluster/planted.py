"""Faults that are planted into good manifests: the review must find every one, or it is worth nothing."""

from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any, Final

from tests.deploy.rendering import Manifest

Plant = Callable[[Manifest], None]


def _pod(manifest: Manifest) -> dict[str, Any]:
    spec: dict[str, Any] = manifest["spec"]["template"]["spec"]
    return spec


def _misspelt_probe(deployment: Manifest) -> None:
    container = _pod(deployment)["containers"][0]
    container["readinesProbe"] = container.pop("readinessProbe")


def _number_as_text(deployment: Manifest) -> None:
    _pod(deployment)["containers"][0]["ports"][0]["containerPort"] = "metrics"


def _root(deployment: Manifest) -> None:
    _pod(deployment)["securityContext"]["runAsNonRoot"] = False


def _no_seccomp(job: Manifest) -> None:
    del _pod(job)["securityContext"]["seccompProfile"]


def _privileges_in_init(deployment: Manifest) -> None:
    _pod(deployment)["initContainers"][0]["securityContext"]["allowPrivilegeEscalation"] = True


def _other_selector(deployment: Manifest) -> None:
    deployment["spec"]["selector"]["matchLabels"]["pasum/role"] = "other"


def _misspelt_endpoints(monitor: Manifest) -> None:
    monitor["spec"]["endpointss"] = monitor["spec"].pop("endpoints")


def _old_operation(user: Manifest) -> None:
    acl = user["spec"]["authorization"]["acls"][0]
    acl["operation"] = acl.pop("operations")[0]


def _no_port(route: Manifest) -> None:
    del route["spec"]["rules"][0]["backendRefs"][0]["port"]


def _misspelt_trigger(scaled: Manifest) -> None:
    scaled["spec"]["triggers"][0]["metdata"] = scaled["spec"]["triggers"][0].pop("metadata")


def _bad_budget(budget: Manifest) -> None:
    budget["spec"]["minAvailable"] = 1


def _port_without_peer(policy: Manifest) -> None:
    policy["spec"]["policyTypes"] = ["Inbound"]


FAULTS: Final[dict[str, tuple[str, Plant, str]]] = {
    "a probe is misspelt": ("Deployment", _misspelt_probe, "unknown field"),
    "a port is no number": ("Deployment", _number_as_text, "containerPort"),
    "a pod may run as root": ("Deployment", _root, "runAsNonRoot"),
    "a Job has no seccomp profile": ("Job", _no_seccomp, "seccompProfile"),
    "a first container may gain privileges": ("Deployment", _privileges_in_init, "allowPrivilegeEscalation"),
    "a selector does not match its pods": ("Deployment", _other_selector, "selector"),
    "a budget says two things": ("PodDisruptionBudget", _bad_budget, "minAvailable"),
    "a policy has an unknown direction": ("NetworkPolicy", _port_without_peer, "policyTypes"),
    "a ServiceMonitor is misspelt": ("ServiceMonitor", _misspelt_endpoints, "endpoints"),
    "a KafkaUser is written as before Strimzi 1.0": ("KafkaUser", _old_operation, "operation"),
    "an HTTPRoute leads to no port": ("HTTPRoute", _no_port, "port"),
    "a ScaledObject is misspelt": ("ScaledObject", _misspelt_trigger, "metadata"),
}
"""Name → the kind it is planted into, how, and what a complaint must name."""


def planted(manifests: Sequence[Manifest], name: str) -> list[Manifest]:
    """The manifests with one fault in the first of its kind."""
    kind, plant, _ = FAULTS[name]
    copy = deepcopy(list(manifests))
    plant(next(one for one in copy if one["kind"] == kind))
    return copy
