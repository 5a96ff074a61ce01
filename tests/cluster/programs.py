"""The programs of a cluster: from Go modules and from Debian, once, into the cache."""

import json
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Final

from tests.cluster.failures import CannotStart
from tests.counterparts import CounterpartUnavailable, debian, go

_KUBERNETES: Final = (
    "kube-apiserver",
    "kube-controller-manager",
    "kube-proxy",
    "kube-scheduler",
    "kubectl",
    "kubelet",
)
_DEBIAN: Final = {"etcd": "etcd-server", "containerd": "containerd"}


@cache
def program(name: str) -> Path:
    """The path of a program; raises `CannotStart` where it cannot be had."""
    try:
        if name in _KUBERNETES:
            return go.program("kubernetes", name)
        return debian.program(_DEBIAN[name], name) if name in _DEBIAN else go.program(name)
    except CounterpartUnavailable as error:
        raise CannotStart(f"{name}: {error}") from error


@cache
def module(name: str, version: str) -> Path:
    """The folder with the files of a Go module; raises `CannotStart` where it cannot be had."""
    if (found := shutil.which("go")) is None:
        raise CannotStart(f"{name} comes from Go's module proxy, and Go is not installed")
    argv = [found, "mod", "download", "-json", f"{name}@{version}"]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotStart(f"{name} {version}: {done.stdout}{done.stderr}")
    return Path(json.loads(done.stdout)["Dir"])
