"""The values about the release itself: its pods, and what the cluster does with them."""

from typing import Any, Final

from shared.contracts import SERVICE_NAMES, WEB_NAMES
from tests.deploy.values_schema_parts import Schema, choice, flag, free, labels, listed, number, part, required_if, text

_MODES: Final = ("job", "helmHook", "argocd", "none")
_REACHED: Final = ("dns", "kafka", "postgres", "oidc", "mail", "sms", "objects", "tracing")


def common() -> dict[str, Schema]:
    """Images, pods and what all processes are told alike."""
    return {
        "global": {
            **free("also of the charts around this one"),
            "properties": {
                "imageRegistry": text("put before the name of every image, e.g. registry.example.gov.la:5000"),
                "imagePullSecrets": listed("of every pod, with Jobs and tests: names, or objects with a name", {}),
            },
        },
        "enabled": flag("for a chart that has this one as a part"),
        "mode": choice(
            "one Deployment per service, or one per service and role (api, consumer, relay, worker)",
            *("all-in-one", "by-role"),
        ),
        "commonLabels": labels("of everything that the chart makes, also of pods"),
        "image": part(
            "the images of all services",
            repository=text("the part of the name before /<service>", least=1),
            tag=text("the chart's appVersion without it"),
            pullPolicy=choice("of Kubernetes", "IfNotPresent", "Always", "Never"),
        ),
        "pods": _pods(),
        "serviceAccount": part(
            "of all pods; no token of it is mounted",
            create=flag("whether the chart makes it"),
            name=text("the release's name without it"),
            annotations=free("of the account"),
        ),
        **_running(),
    }


def _pods() -> Schema:
    return part(
        "every pod of the release",
        uid=number("user and group", 1, 2**31 - 1),
        labels=labels("more labels"),
        annotations=free("annotations"),
        extraEnv=listed("environment variables as in a container, e.g. OTEL_RESOURCE_ATTRIBUTES", {"type": "object"}),
        nodeSelector=free("as in a pod"),
        tolerations=listed("as in a pod", {"type": "object"}),
        affinity=free("as in a pod"),
        priorityClassName=text("as in a pod"),
        spreadWhenUnsatisfiable=choice("over zones and nodes", "ScheduleAnyway", "DoNotSchedule"),
    )


def _running() -> dict[str, Schema]:
    return {
        "listenAddress": choice("what the servers of a pod listen on; :: in a cluster of IPv6 only", "0.0.0.0", "::"),  # noqa: S104 -- of a pod
        "drainSeconds": number("how long a graceful stop may take", 1, 600),
        "preStopSeconds": number("how long the API goes on serving after a pod is taken out of its Service", 0, 120),
        "customCA": part(
            "a bundle of CA certificates instead of the image's own, in every pod",
            existingConfigMap=text("that holds it"),
            existingSecret=text("that holds it, instead"),
            key=text("in it", least=1),
        ),
        "migrations": part(
            "the Jobs that migrate the databases",
            mode=choice("a plain Job with a name of its own, hooks of Helm or Argo CD, or nothing", *_MODES),
            backoffLimit=number("how often a Job is tried again", 0, 100),
            resources=free("of the Jobs and of wait-for-schema"),
        ),
    }


def cluster() -> dict[str, Schema]:
    """The ways in, network policies and monitoring."""
    return {
        "routes": _routes(),
        "networkPolicy": _network_policy(),
        "monitoring": part(
            "",
            serviceMonitor=part(
                "of the Prometheus operator",
                enabled=flag("whether it is rendered"),
                labels=free("by which Prometheus finds it"),
                interval={**text("between two scrapes"), "pattern": "^[0-9]+(ms|s|m)$"},
            ),
            prometheusRule=part(
                "the alerts of deploy/prometheus/alerts.yaml",
                enabled=flag("whether it is rendered"),
                labels=free("by which Prometheus finds it"),
                runbookBaseUrl=text("where docs/ is published; makes `runbook_url` of each alert"),
            ),
            dashboards=part(
                "ConfigMaps with the dashboards, for the side-car of Grafana",
                enabled=flag("whether they are rendered"),
                labels=free("by which Grafana finds them"),
                annotations=free("of each, e.g. its folder"),
            ),
        ),
    }


def _routes() -> Schema:
    names = choice("", *SERVICE_NAMES, *WEB_NAMES)
    routes = part(
        "the way in; the host of each service is that of its url",
        kind=choice("none, Gateway API or Ingress", "none", "httpRoute", "ingress"),
        services={**listed("those that are reached from outside", names), "uniqueItems": True},
        annotations=free("of each"),
        httpRoute=part("", parentRefs=listed("Gateways, whose listeners end TLS", {"type": "object"})),
        ingress=part(
            "",
            className=text("the controller's"),
            tlsSecret={**text("certificate and key of all hosts; the controller's own without it")},
        ),
    )
    needs = {"properties": {"httpRoute": {"properties": {"parentRefs": {"minItems": 1}}}}}
    return {**routes, "allOf": [required_if("kind", "httpRoute", needs)]}


def _network_policy() -> Schema:
    peer = {"type": "object", "minProperties": 1}
    ports = listed("TCP", number("", 1, 65535))
    who = {name: part("", peers=listed("", peer), ports=ports) for name in _REACHED}
    asked = {name: part("", peers=listed("", peer)) for name in ("clients", "monitoring")}
    who["dns"]["description"] = "peers are as in a NetworkPolicy; UDP and TCP"
    asked["clients"]["description"], asked["monitoring"]["description"] = "who may ask the APIs", "who may ask metrics"
    policy = part("an allow-list for all pods", enabled=flag("whether it is rendered"), **who, **asked)
    needed = [name for name in (*who, *asked) if name not in {"objects", "tracing"}]
    needs: dict[str, Any] = {"properties": {name: {"properties": {"peers": {"minItems": 1}}} for name in needed}}
    return {**policy, "allOf": [required_if("enabled", value=True, then=needs)]}


def traced_within_policy() -> Schema:
    """Where traces go must be said to the network policies: no peers would mean any address."""
    used = {"tracing": {"properties": {"endpoint": {"minLength": 1}}, "required": ["endpoint"]}}
    limited = {"networkPolicy": {"properties": {"enabled": {"const": True}}, "required": ["enabled"]}}
    peers = {"networkPolicy": {"properties": {"tracing": {"properties": {"peers": {"minItems": 1}}}}}}
    return {"if": {"properties": {**used, **limited}}, "then": {"properties": peers}}
