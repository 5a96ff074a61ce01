"""Namespaces of their own for the cluster: what runs in them meets nothing of this machine, and ends with them.

Network, mounts and processes are apart: no bridge, packet filter rule, mount or container is left when it ends, and
pods have no way out, as in a data centre without the internet. Needs root.
"""

import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Final

import psutil

from deploy.local.processes import Process, Processes, Program
from tests.cluster import first_process
from tests.cluster.failures import CannotStart

_TOOLS: Final = ("unshare", "nsenter", "mount", "ip", "iptables", "sysctl", "conntrack", "ctr", "runc")
_PLUGINS: Final = Path("/usr/lib/cni")


class Enclosure:
    """Started with `start`; `enter` says how a program is started inside. Its folders are in `folder`."""

    def __init__(self, processes: Processes, folder: Path) -> None:
        self._processes = processes
        self._folder = folder
        self._outer: Process | None = None
        self._inner = 0

    def start(self) -> None:
        """Make the namespaces; raises `CannotStart` where this machine cannot."""
        _check_machine()
        apart = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
        argv = [*apart, sys.executable, "-I", "-S", first_process.__file__, str(self._folder)]
        log = self._folder / "logs" / "enclosure.log"
        # SIGKILL: unshare waits for its child at SIGTERM; with the first process the kernel ends all others inside.
        program = Program(name="enclosure", argv=argv, log=log, stop_signal=signal.SIGKILL)
        self._outer = self._processes.start(program)
        self._outer.wait_until_ready(lambda: log.exists() and log.read_text(encoding="utf-8").startswith("ready"))
        (inner,) = psutil.Process(self._outer.pid).children()
        self._inner = inner.pid

    def stop(self) -> None:
        """End everything inside."""
        if self._outer is not None:
            self._outer.kill()

    def enter(self, argv: list[str]) -> list[str]:
        """The command that runs `argv` inside."""
        return ["nsenter", f"--target={self._inner}", "--net", "--mount", "--pid", "--", *argv]


def _check_machine() -> None:
    if os.geteuid() != 0:
        raise CannotStart("real pods need root: namespaces, cgroups and mounts of their own")
    missing = [tool for tool in _TOOLS if shutil.which(tool) is None]
    if not _PLUGINS.is_dir():
        missing.append(f"{_PLUGINS} (containernetworking-plugins)")
    if missing:
        raise CannotStart(f"programs of the system are missing: {', '.join(missing)}")
