"""The chart as Helm renders it, in this process: manifests, and the pods that follow from them."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeAlias

import helm_python
import pytest
import yaml

from shared.contracts import SERVICE_NAMES, WEB_NAMES

Manifest: TypeAlias = dict[str, Any]

ROOT: Final = Path(__file__).parents[2]
CHART: Final = ROOT / "deploy" / "helm" / "pasum"
EXAMPLE: Final = ROOT / "deploy" / "helm" / "cluster-example"
VALUES: Final = {file.stem: file for file in sorted((CHART / "ci").glob("*.yaml"))} | {
    "cluster-example": EXAMPLE / "values.yaml"
}
NAMESPACE: Final = "office"

each_values = pytest.mark.parametrize("name", VALUES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pod:
    """What one manifest makes pods of."""

    of: str
    metadata: Manifest
    spec: Manifest

    def containers(self) -> list[Manifest]:
        """All of them, also those that run before the others."""
        return [*self.spec.get("initContainers", []), *self.spec["containers"]]

    @property
    def labels(self) -> Mapping[str, str]:
        """By which it is selected."""
        labels: Mapping[str, str] = self.metadata["labels"]
        return labels


@cache
def _chart() -> helm_python.Chart:
    return helm_python.Chart.load(str(CHART))


def values(name: str) -> Manifest:
    """The values of a file of `ci/`, to be changed at will."""
    loaded: Manifest = yaml.safe_load(VALUES[name].read_text(encoding="utf-8"))
    return loaded


def services(name: str) -> list[str]:
    """The services that a file of `ci/` switches on."""
    given = values(name)
    return [service for service in SERVICE_NAMES if given.get(service, {}).get("enabled", True)]


def applications(name: str) -> list[str]:
    """The services that a file of `ci/` switches on, and the web applications."""
    given = values(name)
    return [*services(name), *(one for one in WEB_NAMES if given.get(one, {}).get("enabled", False))]


def render(given: Manifest, *, release: str = "pasum") -> list[Manifest]:
    """All manifests; raises `HelmValuesError` where the schema refuses the values, `HelmRenderError` where we do."""
    rendered = _chart().render(given, name=release, namespace=NAMESPACE)
    texts = (text for path, text in sorted(rendered.items()) if not path.endswith("NOTES.txt"))
    return [one for text in texts for one in yaml.load_all(text, _NoDuplicates) if one]


def notes(name: str) -> str:
    """What Helm says at the end."""
    return _chart().render(values(name), name="pasum", namespace=NAMESPACE)["pasum/templates/NOTES.txt"]


@cache
def _rendered(name: str) -> list[Manifest]:
    return render(values(name))


def manifests(name: str, *kinds: str) -> list[Manifest]:
    """The manifests of a file of `ci/`, or those of some kinds."""
    return [deepcopy(one) for one in _rendered(name) if not kinds or one["kind"] in kinds]


def pods(name: str, *kinds: str) -> list[Pod]:
    """What makes pods: Deployments, Jobs and the test."""
    return list(pods_of(manifests(name, *(kinds or ("Deployment", "Job", "Pod")))))


def pods_of(found: list[Manifest]) -> Iterator[Pod]:
    """The pods of these manifests."""
    for one in found:
        if one["kind"] in {"Deployment", "Job", "Pod"}:
            pod = one if one["kind"] == "Pod" else one["spec"]["template"]
            yield Pod(of=one["metadata"]["name"], metadata=pod["metadata"], spec=pod["spec"])


def selected(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Whether a Kubernetes label selector takes these labels."""
    wanted = selector.get("matchLabels", {} if "matchExpressions" in selector else selector)
    every = wanted.items() <= labels.items()
    return every and all(labels.get(one["key"]) in one["values"] for one in selector.get("matchExpressions", []))


class _NoDuplicates(yaml.SafeLoader):
    """Refuses a mapping that has a key twice: of two values, Helm 4 applies neither as it stands."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 -- as in PyYAML
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        if len(keys) != len(set(keys)):
            raise yaml.constructor.ConstructorError(None, None, f"a key twice: {keys}", node.start_mark)
        return super().construct_mapping(node, deep)
