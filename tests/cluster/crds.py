"""The kinds that are not Kubernetes' own and that the chart or the example of a cluster uses."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.cluster.place import Place
from tests.cluster.programs import module

_MODULES: Final = (
    ("github.com/kedacore/keda/v2", "v2.21.0", "config/crd/bases", ("keda.sh_",)),
    (
        "github.com/prometheus-operator/prometheus-operator",
        "v0.85.0",
        "example/prometheus-operator-crd",
        ("monitoring.coreos.com_servicemonitors", "monitoring.coreos.com_prometheusrules"),
    ),
    ("sigs.k8s.io/gateway-api", "v1.6.3", "config/crd/standard", ("gateway.networking.k8s.io_",)),
    (
        "github.com/cloudnative-pg/cloudnative-pg",
        "v1.27.0",
        "config/crd/bases",
        ("postgresql.cnpg.io_clusters", "postgresql.cnpg.io_databases", "postgresql.cnpg.io_poolers"),
    ),
)
_OWN: Final = Path(__file__).parent / "crds"
"""Strimzi publishes no CRDs as a package: these have the members that we use, and refuse all others."""


def files() -> Iterator[Path]:
    """The files with the definitions."""
    for name, version, folder, beginnings in _MODULES:
        for file in sorted((module(name, version) / folder).glob("*.yaml")):
            if file.name.startswith(beginnings):
                yield file
    yield from sorted(_OWN.glob("*.yaml"))


def install(place: Place) -> int:
    """Apply them all and wait until the API server serves them; returns their number."""
    all_ = list(files())
    place.kubectl("apply", "--server-side", *(f"--filename={file}" for file in all_))
    place.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=60s")
    return len(all_)
