"""kube-score reads the rendered chart: `make chart-peers`, not `make test`. It is built from source, once."""

import json
import subprocess
from typing import Any, Final

import yaml

from tests.counterparts import go
from tests.deploy.rendering import each_values, manifests

ACCEPTED: Final = {
    "container-image-pull-policy": "images are named by version or digest: the node may have them already",
    "container-resources": "a limit of processor time makes answers slow while processors are idle",
    "container-ephemeral-storage-request-and-limit": "the root is read-only, and /tmp has a limit of its own",
    "deployment-has-host-podantiaffinity": "topologySpreadConstraints spread the pods over nodes and zones",
    "deployment-replicas": "all-in-one and the relay's pairs are chosen by the values",
    "deployment-has-poddisruptionbudget": "a role with one replica has none: it would forbid every drain",
    "pod-networkpolicy": "these values switch the policies off",
}
"""Checks that we do not follow, and why. kube-score 1.20 names them in its list of checks."""
_GOOD: Final = 10


def found(name: str) -> dict[str, list[str]]:
    """The checks that are not all good, with the objects."""
    command = [str(go.program("kube-score")), "score", "--output-format=json", "-"]
    text = yaml.safe_dump_all(manifests(name))
    printed = subprocess.run(command, input=text, capture_output=True, text=True, check=False).stdout
    said: list[dict[str, Any]] = json.loads(printed)
    bad: dict[str, list[str]] = {}
    for one in said:
        for check in one["checks"]:
            if not check["skipped"] and check["grade"] < _GOOD:
                bad.setdefault(check["check"]["id"], []).append(one["object_name"])
    return bad


@each_values
def test_it_finds_nothing_that_was_not_decided(name: str) -> None:
    bad = found(name)
    assert {check: objects for check, objects in bad.items() if check not in ACCEPTED} == {}


def test_with_network_policies_every_pod_has_one() -> None:
    assert "pod-networkpolicy" not in found("by-role")
