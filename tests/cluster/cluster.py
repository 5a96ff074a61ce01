"""The cluster on which pods run: one of our own in an enclosure, or the one that KUBECONFIG names."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from deploy.local.processes import Processes
from tests.cluster import images
from tests.cluster.control_plane import ControlPlane
from tests.cluster.enclosure import Enclosure
from tests.cluster.nodes import Nodes
from tests.cluster.place import Place
from tests.cluster.steps import Steps

GIVEN = "KUBECONFIG"


@contextmanager
def cluster(steps: Steps, folder: Path, *, tag: str) -> Iterator[Place]:
    """A cluster with the images; its steps are among `steps`, and if one fails the others are not run."""
    with Processes(folder) as processes:
        if given := os.environ.get(GIVEN):
            place = Place(folder=folder, processes=processes, kubeconfig=Path(given).absolute())
            steps.run("the cluster of KUBECONFIG", lambda: _nodes(place), needed=True)
            yield place
            return
        with _own(steps, folder, tag, processes) as place:
            yield place


@contextmanager
def _own(steps: Steps, folder: Path, tag: str, processes: Processes) -> Iterator[Place]:
    enclosure = Enclosure(processes, folder)
    place = Place(folder=folder, processes=processes, kubeconfig=folder / "kubeconfig", enter=enclosure.enter)
    plane = ControlPlane(place)
    nodes = Nodes(plane)
    try:
        steps.run("images", lambda: images.build(folder, tag), needed=True)
        steps.run("namespaces of its own", enclosure.start, needed=True)
        steps.run("control plane", lambda: _start_plane(plane), needed=True)
        steps.run("images on the nodes", lambda: _start_runtime(nodes, folder, tag), needed=True)
        steps.run("nodes", lambda: _join(nodes, place), needed=True)
        yield place
    finally:
        enclosure.stop()
        nodes.remove_cgroups()


def _start_plane(plane: ControlPlane) -> None:
    plane.start_api(accounts=True)
    plane.start_controllers()


def _start_runtime(nodes: Nodes, folder: Path, tag: str) -> None:
    nodes.start()
    images.distribute(nodes, folder, tag)


def _join(nodes: Nodes, place: Place) -> dict[str, Any]:
    nodes.join()
    return _nodes(place)


def _nodes(place: Place) -> dict[str, Any]:
    listed: list[dict[str, Any]] = json.loads(place.kubectl("get", "nodes", "-o=json").stdout)["items"]
    versions = {node["metadata"]["name"]: node["status"]["nodeInfo"] for node in listed}
    return {name: f"{one['kubeletVersion']} {one['containerRuntimeVersion']}" for name, one in versions.items()}
