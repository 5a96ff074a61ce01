"""What the API server says to manifests, without keeping them: unknown members, wrong types, rules, pod security."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from tests.cluster.place import Place
from tests.deploy.rendering import Manifest, pods_of

NAMESPACES: Final = ("office", "kafka")
"""The release's, where pods must keep to the Pod Security Standard `restricted`, and that of Strimzi's Kafka."""
_COMPLAINT: Final = re.compile(r"^(?:Warning|Error|error|The |strict)|is invalid|forbidden|unknown field|not declared")


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """Asks an API server; `complaints` are its words, none if it takes everything."""

    place: Place

    def prepare(self) -> None:
        """Make the namespaces and what the values files name."""
        office, kafka = NAMESPACES
        level = "pod-security.kubernetes.io"
        labels = {f"{level}/{mode}": "restricted" for mode in ("enforce", "warn")} | {
            f"{level}/enforce-version": "v1.37"
        }
        self._apply(
            [
                {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": office, "labels": labels}},
                {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": kafka}},
                {
                    "apiVersion": "scheduling.k8s.io/v1",
                    "kind": "PriorityClass",
                    "metadata": {"name": "office"},
                    "value": 1000,
                },
            ]
        )

    def complaints(self, manifests: Sequence[Manifest]) -> list[str]:
        """About the manifests, and about each of their pod templates as a pod: only then does pod security refuse."""
        return [*self._dry(manifests), *self._dry([_bare(pod, of) for of, pod in _templates(manifests)])]

    def _dry(self, manifests: Sequence[Manifest]) -> list[str]:
        if not manifests:
            return []
        argv = ("apply", "--dry-run=server", "--validate=strict", "--filename=-")
        done = self.place.kubectl(*argv, given=_listed(manifests), check=False)
        said = [line.strip() for line in done.stderr.splitlines() if _COMPLAINT.search(line)]
        return said or ([done.stderr.strip() or "refused without a word"] if done.returncode else [])

    def _apply(self, manifests: Sequence[Manifest]) -> None:
        self.place.kubectl("apply", "--server-side", "--filename=-", given=_listed(manifests))


def _listed(manifests: Sequence[Manifest]) -> str:
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": list(manifests)})


def _templates(manifests: Sequence[Manifest]) -> list[tuple[str, Manifest]]:
    return [(pod.of, {"metadata": pod.metadata, "spec": pod.spec}) for pod in pods_of(list(manifests))]


def _bare(template: Manifest, of: str) -> Manifest:
    """A pod as its controller would make it; without its account, which a controller would wait for."""
    spec: dict[str, Any] = {**template["spec"], "restartPolicy": template["spec"].get("restartPolicy", "Always")}
    spec.pop("serviceAccountName", None)
    metadata = {key: value for key, value in template["metadata"].items() if key in {"labels", "annotations"}}
    metadata |= {"name": f"{of}-bare"[-60:].strip("-"), "namespace": NAMESPACES[0]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}
