"""Helm 3 and 4 as programs, on a cluster's kubeconfig."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from tests.cluster.place import Place
from tests.cluster.programs import program
from tests.deploy.rendering import CHART

VERSIONS: Final = ("helm3", "helm4")
_KUBERNETES: Final = "1.37"  # a Helm that was built from source assumes an old one


@dataclass(frozen=True, slots=True, kw_only=True)
class Helm:
    """One version of Helm, and the namespace of its releases."""

    place: Place
    version: str
    namespace: str

    def template(self, values: Path) -> list[dict[str, Any]]:
        """The manifests, with those of hooks and tests."""
        text = self.run("template", "pasum", str(CHART), f"--values={values}", f"--kube-version={_KUBERNETES}")
        return [one for one in yaml.safe_load_all(text) if one]

    def run(self, *arguments: str, seconds: float = 600.0) -> str:
        """Run a command of Helm; returns its output, raises `StepFailed`."""
        argv = [str(program(self.version)), f"--namespace={self.namespace}", *arguments]
        return self.place.run(*argv, seconds=seconds).stdout
