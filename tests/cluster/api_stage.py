"""The first stage: the API server reviews what Helm renders, and its review is reviewed with planted faults."""

from functools import partial
from pathlib import Path
from typing import Any, Final

import yaml

from deploy.local.processes import Processes
from shared.contracts import SERVICE_NAMES
from tests.cluster import crds
from tests.cluster.control_plane import ControlPlane
from tests.cluster.dry_run import NAMESPACES, Review
from tests.cluster.failures import StepFailed
from tests.cluster.helm import VERSIONS, Helm
from tests.cluster.place import Place
from tests.cluster.planted import FAULTS, planted
from tests.cluster.steps import Steps
from tests.deploy.rendering import CHART, EXAMPLE, VALUES

_ROLES: Final = 4

Manifests = list[dict[str, Any]]


def run(steps: Steps, folder: Path) -> None:
    """Run all steps of the stage on an API server of its own, without nodes; needs no root."""
    with Processes(folder) as processes:
        place = Place(folder=folder, processes=processes, kubeconfig=folder / "kubeconfig")
        steps.run("API server", lambda: start(place), needed=True)
        review(steps, place)
        for version in VERSIONS:
            steps.run(f"objects of a release, {version}", partial(_life_of_a_release, place, version))


def start(place: Place) -> dict[str, Any]:
    """Start etcd and the API server."""
    ControlPlane(place).start_api(accounts=False)
    return {"version": server_version(place)}


def server_version(place: Place) -> str:
    """The version of the API server, such as v1.37.2."""
    found: dict[str, Any] = yaml.safe_load(place.kubectl("version", "-o=yaml").stdout)
    return str(found["serverVersion"]["gitVersion"])


def review(steps: Steps, place: Place) -> None:
    """The steps that any cluster can do: nothing is kept but definitions, namespaces and a priority class."""
    reviewer = Review(place=place)
    steps.run("definitions of others' kinds", lambda: {"files": crds.install(place)}, needed=True)
    steps.run("namespaces", reviewer.prepare, needed=True)
    for version in VERSIONS:
        steps.run(f"values files, {version}", partial(_values_files, reviewer, version))
    steps.run("the example of a cluster", partial(_example, reviewer))
    steps.run("planted faults", partial(_planted, reviewer))


def _values_files(reviewer: Review, version: str) -> dict[str, int]:
    helm = Helm(place=reviewer.place, version=version, namespace=NAMESPACES[0])
    rendered = {name: helm.template(file) for name, file in VALUES.items()}
    _no_complaints(reviewer, rendered)
    return {name: len(manifests) for name, manifests in rendered.items()}


def _example(reviewer: Review) -> dict[str, int]:
    files = {name: _load(EXAMPLE / f"{name}.yaml") for name in ("kafka", "postgres")}
    _no_complaints(reviewer, files)
    return {name: len(manifests) for name, manifests in files.items()}


def _planted(reviewer: Review) -> dict[str, int]:
    helm = Helm(place=reviewer.place, version=VERSIONS[0], namespace=NAMESPACES[0])
    manifests = helm.template(VALUES["by-role"])
    for name, (_, _, named) in FAULTS.items():
        said = reviewer.complaints(planted(manifests, name))
        if not any(named in each for each in said):
            raise StepFailed(f"{name}: not found; the API server said {said}")
    return {"found": len(FAULTS)}


def _life_of_a_release(place: Place, version: str) -> dict[str, int]:
    """Install, change the mode, roll back, uninstall; without nodes no pod runs, so nothing is waited for."""
    helm = Helm(place=place, version=version, namespace=NAMESPACES[0])
    values = [str(CHART), f"--values={VALUES['all-in-one']}"]
    helm.run("install", "pasum", *values)
    helm.run("upgrade", "pasum", *values, "--set=mode=by-role")
    helm.run("rollback", "pasum", "1")
    helm.run("upgrade", "pasum", *values, "--set=mode=by-role")
    there = place.kubectl("get", "deployments", f"--namespace={NAMESPACES[0]}", "-o=name").stdout.split()
    helm.run("uninstall", "pasum")
    if len(there) != len(SERVICE_NAMES) * _ROLES:
        raise StepFailed(f"after install, upgrade, rollback and upgrade there are {len(there)} Deployments: {there}")
    return {"deployments by role": len(there)}


def _no_complaints(reviewer: Review, files: dict[str, Manifests]) -> None:
    said = [f"{name}: {each}" for name, manifests in files.items() for each in reviewer.complaints(manifests)]
    if said:
        raise StepFailed("\n".join(said))


def _load(file: Path) -> Manifests:
    return [one for one in yaml.safe_load_all(file.read_text(encoding="utf-8")) if one]
