"""The release under test: its values, and what Helm does with it."""

import json
from dataclasses import dataclass
from typing import Any, Final

from deploy.local.secrets import LOG_ORIGIN
from shared.contracts import SERVICE_NAMES
from tests.cluster.helm import Helm
from tests.cluster.nodes import PODS
from tests.cluster.surroundings import NAMESPACE, RELEASE, Surroundings
from tests.deploy.rendering import CHART

ROLES: Final = ("api", "consumer", "relay", "worker")
_UNLIMITED: Final = 1_000_000_000
_ONE_CLIENT: Final = {"ANONYMOUS_READS_PER_MINUTE": _UNLIMITED, "ANONYMOUS_WRITES_PER_MINUTE": _UNLIMITED}
_SETTINGS: Final[dict[str, dict[str, Any]]] = {
    "registration": {
        "ANSWERS_PER_LINK_PER_MINUTE": _UNLIMITED,
        "ANSWERS_PER_MEETING_PER_MINUTE": _UNLIMITED,
        "DRAFTS_PER_ORGANISER_PER_DAY": _UNLIMITED,
        "UNPROVEN_SEATS_PER_CLIENT": 0,
    },
    "notification": {"RECEIPTS_PER_MINUTE": _UNLIMITED, "QUIET_SECONDS": 2},
}
"""All clients have one address, so the limits for one address are high, as in `pasum run`."""
_TWICE: Final = {
    "api": ("registration", "notification"),
    "consumer": (),
    "relay": ("registration",),
    "worker": (),
}
"""Of which there are two pods: as many as two cores start in time."""
_ANSWERS: Final = ("registration", "api")
"""Whom people wait for."""
_CPU: Final = {True: "300m", False: "20m"}
"""Shares of two busy cores: whoever answers is served before pods that start, and before messages are written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """The chart with values for the surroundings; `storage_class`: the cluster's own if it is empty."""

    helm: Helm
    surroundings: Surroundings
    tag: str
    registry: str = ""
    storage_class: str = ""

    def install(self, tag: str) -> None:
        """Install, or upgrade to the images with this tag; returns when everything is ready."""
        file = self.helm.place.folder / f"values-{tag}.json"
        file.write_text(json.dumps(self.values(tag), indent=1), encoding="utf-8")
        self.helm.run("upgrade", "--install", RELEASE, str(CHART), f"--values={file}", "--wait", "--timeout=10m")

    def test(self) -> str:
        """`helm test`; returns what it prints."""
        return self.helm.run("test", RELEASE, "--logs", "--timeout=5m")

    def rollback(self) -> None:
        """Back to the revision before; returns when everything is ready."""
        self.helm.run("rollback", RELEASE, "--wait", "--timeout=10m")

    def uninstall(self) -> None:
        """Remove it; returns when its pods are gone."""
        self.helm.run("uninstall", RELEASE, "--wait", "--timeout=5m")

    def values(self, tag: str) -> dict[str, Any]:
        """Every role has pods of its own."""
        keys = {
            "registration": {"ticketKey": {"existingSecret": "ticket-key"}, "volume": self._volume()},
            "minutes": {"signing": {"existingSecret": "signing"}},
            "archive": {"logKey": {"existingSecret": "log-key", "origin": LOG_ORIGIN}, "volume": self._volume()},
        }
        return {
            "global": {"imageRegistry": self.registry},
            "mode": "by-role",
            "migrations": {"resources": {"requests": {"cpu": _CPU[False]}}},
            "image": {"tag": tag},
            "kafka": {"bootstrapServers": self.surroundings.kafka, "securityProtocol": "SASL_PLAINTEXT"},
            "oidc": {"issuer": self.surroundings.issuer},
            "sealing": {"existingSecret": "sealing"},
            "mail": {
                "host": f"outside.{NAMESPACE}",
                "port": 2525,
                "security": "none",
                "senderAddress": "no-reply@example.la",
                "senderDomain": "example.la",
            },
            "sms": {"url": f"http://outside.{NAMESPACE}:8001", "existingSecret": "sms"},
            "objects": {"volume": self._volume()},
            "http": {"trustedProxies": [f"{PODS}.0.0/16"]},
            "portal": self._portal(),
            **{service: {**self._service(service), **keys.get(service, {})} for service in SERVICE_NAMES},
        }

    def _service(self, service: str) -> dict[str, Any]:
        return {
            "url": self.surroundings.url(service),
            "database": {"existingSecret": f"database-{service}", "sslMode": "disable"},
            "kafka": {"existingSecret": f"kafka-{service}"},
            "settings": {**_ONE_CLIENT, **_SETTINGS.get(service, {})},
            "roles": {role: _role(service, role) for role in ROLES},
        }

    def _portal(self) -> dict[str, Any]:
        own: dict[str, Any] = {"enabled": True, "url": self.surroundings.url("portal"), "settings": _ONE_CLIENT}
        return {**own, "roles": {"api": _role("portal", "api")}}

    def _volume(self) -> dict[str, Any]:
        return {"storageClassName": self.storage_class, "size": "1Gi"}


def _role(service: str, role: str) -> dict[str, Any]:
    replicas = 2 if service in _TWICE[role] else 1
    return {"replicas": replicas, "resources": {"requests": {"cpu": _CPU[(service, role) == _ANSWERS]}}}
