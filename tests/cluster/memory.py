"""How much memory each container of the release uses, sampled from the kubelets as long as the tests run."""

import json
import math
import threading
from collections import defaultdict
from typing import Any, Final, Self

from tests.cluster.failures import StepFailed
from tests.cluster.place import Place
from tests.cluster.surroundings import NAMESPACE, RELEASE

_EVERY_SECONDS: Final = 3.0
_MEBIBYTE: Final = 1024 * 1024
_REQUEST: Final = 1.3
"""Requests are the measured p99 times this."""


class MemorySampler:
    """During a `with` block; `figures` has p50, p99 and most MiB (working set) of each Deployment's containers."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._samples: dict[str, list[int]] = defaultdict(list)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def figures(self) -> dict[str, Any]:
        """By Deployment; raises `StepFailed` if the kubelets told nothing."""
        if not self._samples:
            raise StepFailed("no kubelet has told what its pods use")
        return {name: _figures(sorted(samples)) for name, samples in sorted(self._samples.items())}

    def _run(self) -> None:
        while not self._stop.wait(_EVERY_SECONDS):
            try:
                self._sample()
            except (StepFailed, ValueError, KeyError):
                continue  # a node that is busy or away; the next sample tells

    def _sample(self) -> None:
        names = self._place.kubectl("get", "nodes", "-o=name").stdout.split()
        for name in names:
            path = f"/api/v1/nodes/{name.removeprefix('node/')}/proxy/stats/summary"
            for pod in json.loads(self._place.kubectl("get", f"--raw={path}").stdout)["pods"]:
                if pod["podRef"]["namespace"] == NAMESPACE and pod["podRef"]["name"].startswith(f"{RELEASE}-"):
                    self._add(pod)

    def _add(self, pod: dict[str, Any]) -> None:
        deployment = "-".join(pod["podRef"]["name"].split("-")[1:-2])
        for container in pod.get("containers", []):
            used = container.get("memory", {}).get("workingSetBytes", 0)
            if used and deployment.startswith(container["name"]):
                self._samples[deployment].append(used)


def _figures(samples: list[int]) -> dict[str, int]:
    p99 = samples[max(0, math.ceil(len(samples) * 0.99) - 1)] / _MEBIBYTE
    return {
        "p50_mib": round(samples[len(samples) // 2] / _MEBIBYTE),
        "p99_mib": round(p99),
        "most_mib": round(samples[-1] / _MEBIBYTE),
        "request_mib": math.ceil(p99 * _REQUEST),
        "samples": len(samples),
    }
