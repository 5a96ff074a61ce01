"""What the chart expects to be there, in pods: Kafka, PostgreSQL, the systems outside; and a client inside the cluster.

Everything is in the release's namespace, where pods must keep to the Pod Security Standard `restricted`.
"""

import json
import secrets
from base64 import b64encode
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from string import Template
from typing import Any, Final

from deploy.local import issuer
from deploy.local.passwords import Passwords
from deploy.local.secrets import Secrets, ensure_secrets
from shared.contracts import SERVICE_NAMES
from tests.cluster.place import Place

NAMESPACE: Final = "office"
RELEASE: Final = "pasum"
_CPU_OF_POSTGRES: Final = {True: "300m", False: "80m"}
"""Shares of busy cores: the database that people wait for has as much as the API that asks it."""
_HERE: Final = Path(__file__).parent
_PROFILE: Final = "runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}"
_SECURITY: Final = {
    "nobody": f"{{{_PROFILE}, runAsUser: 65534, fsGroup: 65534}}",
    "pasum": f"{{{_PROFILE}, runAsUser: 10001, fsGroup: 10001}}",
    "restricted": "{allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Images:
    """The names of the images that are not the chart's own."""

    kafka: str
    postgres: str
    pasum: str


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """Applied by `create`; passwords and keys are made once and kept in the place's folder."""

    place: Place
    images: Images
    _superuser: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    @cached_property
    def keys(self) -> Secrets:
        """Keys and certificates of the services."""
        return ensure_secrets(self.place.folder / "secrets")

    @cached_property
    def passwords(self) -> dict[str, str]:
        """Each service's, in Kafka and in PostgreSQL."""
        kept = Passwords(self.place.folder / "passwords.json")
        return {service: kept.of(service) for service in SERVICE_NAMES}

    def url(self, service: str) -> str:
        """Where a service is reached in the cluster."""
        return f"http://{RELEASE}-{service}.{NAMESPACE}"

    @property
    def issuer(self) -> str:
        """The `iss` of tokens."""
        return f"http://outside.{NAMESPACE}:8000"

    @property
    def kafka(self) -> str:
        """Where the services reach Kafka."""
        return f"kafka.{NAMESPACE}:9092"

    def dsn(self, service: str) -> str:
        """A service's database."""
        return f"postgresql://{service}:{self.passwords[service]}@{self._postgres(service)}/{service}"

    def create(self) -> None:
        """Make namespace, secrets and pods; returns when Kafka and PostgreSQL are ready and have what they need."""
        self.apply(self._namespace(), *self._secrets(), self._scripts())
        self._kubectl("apply", "--filename=-", given=self._manifest("surroundings"))
        for service in SERVICE_NAMES:
            one = self._manifest("postgres", service=service, cpu=_CPU_OF_POSTGRES[service == "registration"])
            self._kubectl("apply", "--filename=-", given=one)
        names = ("kafka", "outside", *(f"postgres-{service}" for service in SERVICE_NAMES))
        self._kubectl("wait", "--for=condition=Ready", "--timeout=180s", *(f"pod/{name}" for name in names))
        self.start_client("prepare", command=["python", "/scripts/prepare.py"], archive="emptyDir: {}")
        done = "--for=jsonpath={.status.phase}=Succeeded"
        self._kubectl("wait", done, "--timeout=120s", "pod/prepare")

    def start_client(self, name: str, *, command: list[str], archive: str) -> None:
        """Make a client's pod; returns at once."""
        text = self._manifest("client", name=name, command=json.dumps(command), archive=archive)
        self._kubectl("apply", "--filename=-", given=text)

    def apply(self, *manifests: dict[str, Any]) -> None:
        """Create or change these."""
        text = json.dumps({"apiVersion": "v1", "kind": "List", "items": list(manifests)})
        self.place.kubectl("apply", "--server-side", "--filename=-", given=text)

    def _kubectl(self, *arguments: str, given: str | None = None) -> str:
        return self.place.kubectl(f"--namespace={NAMESPACE}", *arguments, given=given, seconds=240).stdout

    def _manifest(self, file: str, **more: str) -> str:
        template = Template((_HERE / "manifests" / f"{file}.yaml").read_text(encoding="utf-8"))
        images = {f"{each}_image": getattr(self.images, each) for each in ("kafka", "postgres", "pasum")}
        receipts = f"{self.url('notification')}/v1/receipts/sms"
        where = {"namespace": NAMESPACE, "issuer": self.issuer, "receipts": receipts}
        return template.substitute({**_SECURITY, **images, **where, **more})

    def _namespace(self) -> dict[str, Any]:
        labels = {"pod-security.kubernetes.io/enforce": "restricted"}
        return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE, "labels": labels}}

    def _scripts(self) -> dict[str, Any]:
        files = {file.name: file.read_text(encoding="utf-8") for file in (_HERE / "in_pod").glob("*.py")}
        return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": _named("scripts"), "data": files}

    def _secrets(self) -> list[dict[str, Any]]:
        keys, pki = self.keys, self.keys.pki
        signing = issuer.ensure_key(self.place.folder / "issuer")
        plain: dict[str, dict[str, str | Path]] = {
            "superuser": {"password": self._superuser},
            "issuer": {signing.name: signing},
            "sms": {"secret": keys.sms_secret},
            "sealing": {"keys": keys.sealing_key},
            "ticket-key": {"ticket.pem": keys.ticket_key},
            "log-key": {"log.pem": keys.log_key},
            "signing": {
                "recorder.p12": pki.keys["recorder"],
                "chair.p12": pki.keys["chair"],
                "root.pem": pki.root,
            },
            "settings": {"settings.json": json.dumps(self._settings())},
        }
        for service, password in self.passwords.items():
            plain[f"kafka-{service}"] = {"password": password}
            plain[f"database-{service}"] = {"uri": self.dsn(service)}
        return [_secret(name, entries) for name, entries in plain.items()]

    def _settings(self) -> dict[str, Any]:
        """What the scripts in pods are told, in the form of `pasum run`'s file of addresses."""
        outside = f"http://outside.{NAMESPACE}"
        others = {"issuer": self.issuer, "sms": f"{outside}:8001", "mailbox": f"{outside}:8002"}
        return {
            "folder": "/world",
            "kafka": {"bootstrap_servers": f"kafka.{NAMESPACE}:9094", "security_protocol": "PLAINTEXT"},
            "databases": {service: self.dsn(service) for service in SERVICE_NAMES},
            "superusers": {service: self._superuser_dsn(service) for service in SERVICE_NAMES},
            "passwords": self.passwords,
            "services": {
                **{service: self.url(service) for service in SERVICE_NAMES},
                **others,
                "issuer_folder": "/issuer",
            },
        }

    def _postgres(self, service: str) -> str:
        return f"postgres-{service}.{NAMESPACE}:5432"

    def _superuser_dsn(self, service: str) -> str:
        return f"postgresql://postgres:{self._superuser}@{self._postgres(service)}/postgres"


def _named(name: str) -> dict[str, str]:
    return {"name": name, "namespace": NAMESPACE}


def _secret(name: str, entries: dict[str, str | Path]) -> dict[str, Any]:
    data = {
        key: b64encode(value.read_bytes() if isinstance(value, Path) else value.encode()).decode()
        for key, value in entries.items()
    }
    return {"apiVersion": "v1", "kind": "Secret", "metadata": _named(name), "data": data}
