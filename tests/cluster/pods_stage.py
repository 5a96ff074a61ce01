"""The second stage: the chart with real pods, from installation to a rolling upgrade under load, and its removal."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from shared.contracts import SERVICE_NAMES, WEB_NAMES
from tests.cluster import images
from tests.cluster.client import InsideClient, Load
from tests.cluster.cluster import cluster
from tests.cluster.failures import StepFailed
from tests.cluster.helm import VERSIONS, Helm
from tests.cluster.memory import MemorySampler
from tests.cluster.place import Place
from tests.cluster.release import ROLES, Release
from tests.cluster.steps import Steps
from tests.cluster.surroundings import NAMESPACE, RELEASE, Surroundings
from tests.cluster.volumes import Volumes
from tests.cluster.waiting import until

INSTALLED_SECONDS: Final = 90.0
SLOWEST_MS: Final = 1_000.0
_PROCESSES: Final = dict.fromkeys(SERVICE_NAMES, ROLES) | dict.fromkeys(WEB_NAMES, ("api",))
_LEFT_BY_HELM: Final = {f"pod/{RELEASE}-test"}
"""The finished pod of `helm test`: it is a hook, and hooks are not a part of the release."""
_OURS: Final = f"app.kubernetes.io/instance={RELEASE}"


def run(steps: Steps, folder: Path, *, tag: str, registry: str) -> None:
    """Run all steps of the stage, with the images of this tag (and registry, where the cluster is not ours)."""
    with cluster(steps, folder, tag=tag) as place:
        volumes = Volumes(place)
        surroundings = Surroundings(place=place, images=images.names(tag=tag, registry=registry))
        steps.run("Kafka, PostgreSQL, systems outside", surroundings.create, needed=True)
        steps.run("volumes", volumes.create, needed=True)
        helm = Helm(place=place, version=VERSIONS[-1], namespace=NAMESPACE)
        release = Release(
            helm=helm, surroundings=surroundings, storage_class=volumes.storage_class, tag=tag, registry=registry
        )
        client = InsideClient(place=place, surroundings=surroundings)
        with MemorySampler(place) as memory:
            Play(steps=steps, place=place, release=release, client=client).all()
        steps.run("memory of the pods", memory.figures)


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """The steps that need the release."""

    steps: Steps
    place: Place
    release: Release
    client: InsideClient

    def all(self) -> None:
        """Run them in order."""
        begun = time.time()
        self.steps.run("installation", self._install, needed=True)
        self.steps.run("first registration confirmed in 90 s", lambda: self._confirm(begun))
        self.steps.run("helm test", self._test)
        self.steps.run("the demonstration's meetings", self._demonstrate)
        self.steps.run("a pod of each role killed under load", lambda: self._under_load("killed", self._kill))
        self.steps.run("a node drained under load", lambda: self._under_load("drained", self._drain))
        self.steps.run("rolling upgrade under load", lambda: self._in_time("upgraded", self._upgrade))
        self.steps.run("rollback under load", lambda: self._in_time("rolled-back", self.release.rollback))
        self.steps.run("uninstallation", self._uninstall)

    def _install(self) -> dict[str, float]:
        begun = time.monotonic()
        self.client.create()
        self.release.install(self.release.tag)
        ready = time.monotonic() - begun
        self.client.wait()
        return {"ready_seconds": round(ready, 1)}

    def _confirm(self, begun: float) -> dict[str, float]:
        """`begun`: when the installation began, in seconds since 1970."""
        confirmed = float(self.client.run("confirm").split()[-1]) - begun
        if confirmed > INSTALLED_SECONDS:
            raise StepFailed(f"the first registration was confirmed {confirmed:.1f} s after the installation began")
        return {"seconds_since_installation_began": round(confirmed, 1)}

    def _test(self) -> dict[str, int]:
        answers = [line for line in self.release.test().splitlines() if line.endswith(" 200")]
        return {"answers": len(answers)}

    def _demonstrate(self) -> dict[str, Any]:
        report = self.client.last_line("demonstrate")
        return {
            "seconds": report["seconds"],
            "answered": report["answered"],
            "checked_in": report["checked_in"],
            "minutes": report["minutes"]["state"],
            "sealed": report["archive"]["package"][:12],
            "counts_that_agree": len(report["checks"]),
        }

    def _under_load(self, name: str, change: Callable[[], object]) -> dict[str, Any]:
        load = Load(self.client, name)
        begun = time.monotonic()
        with load:
            changed = change()
            seconds = time.monotonic() - begun
        more = changed if isinstance(changed, dict) else {}
        return {"change_seconds": round(seconds, 1), **more, **load.check()}

    def _in_time(self, name: str, change: Callable[[], object]) -> dict[str, Any]:
        figures = self._under_load(name, change)
        if figures["p99_ms"] > SLOWEST_MS:
            raise StepFailed(f"p99 is {figures['p99_ms']} ms; {json.dumps(figures)}")
        return figures

    def _kill(self) -> dict[str, int]:
        """Of one service after the other a pod of each role, at once and without notice, until all are replaced."""
        killed = 0
        for service, roles in _PROCESSES.items():
            pods = [self._pods(f"app.kubernetes.io/component={service},pasum/role={role}")[0] for role in roles]
            self._kubectl("delete", *pods, "--grace-period=0", "--force")
            self._settled()
            killed += len(pods)
        return {"killed": killed}

    def _drain(self) -> dict[str, Any]:
        """Everything of the release leaves the node that has most of it, one pod of a kind at a time."""
        nodes = self._kubectl("get", "pods", f"--selector={_OURS}", "-o=jsonpath={.items[*].spec.nodeName}").split()
        node = max(set(nodes), key=nodes.count)
        selector = f"--pod-selector={_OURS},pasum/role"
        self.place.kubectl("drain", node, selector, "--delete-emptydir-data", "--timeout=280s", seconds=300)
        try:
            self._settled()
            left = [
                each
                for each in self._kubectl(
                    "get", "pods", f"--selector={_OURS},pasum/role", "-o=jsonpath={.items[*].spec.nodeName}"
                ).split()
                if each == node
            ]
            if left:
                raise StepFailed(f"{len(left)} pods are still on {node}")
        finally:
            self.place.kubectl("uncordon", node)
        return {"node": node, "moved": nodes.count(node)}

    def _upgrade(self) -> None:
        self.release.install(images.NEXT)

    def _uninstall(self) -> dict[str, Any]:
        self.release.uninstall()
        until(lambda: not self._pods(f"{_OURS},pasum/role"), what="the pods of the release are gone")
        left = self._kubectl(
            "get", "all,configmaps,secrets,networkpolicies,pdb,sa", f"--selector={_OURS}", "-o=name"
        ).split()
        if set(left) - _LEFT_BY_HELM:
            raise StepFailed(f"left: {left}")
        kept = self._kubectl("get", "pvc", "-o=name").split()
        return {"kept": [each.partition("/")[2] for each in kept]}

    def _settled(self) -> None:
        for service, roles in _PROCESSES.items():
            for role in roles:
                self._kubectl("rollout", "status", f"deployment/{RELEASE}-{service}-{role}", "--timeout=120s")

    def _pods(self, selector: str) -> list[str]:
        return self._kubectl("get", "pods", f"--selector={selector}", "-o=name").split()

    def _kubectl(self, *arguments: str) -> str:
        return self.place.kubectl(f"--namespace={NAMESPACE}", *arguments, seconds=150).stdout
