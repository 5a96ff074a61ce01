"""The first process of the enclosure: gives it folders of its own, reaps orphans, and ends all others when it ends.

`python -I -S first_process.py FOLDER`, started by `unshare`; prints a line when the folders are there.
"""

import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

FOLDERS: Final = {"run": "/run", "lib": "/var/lib", "log": "/var/log"}
"""What kubelet, containerd and CNI write to outside of their own folders."""
_NETWORK: Final = ("ip link set lo up", "sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0")


def main() -> None:
    """Mount, set the network up, and wait until stopped."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for name, hidden in FOLDERS.items():
        own = Path(sys.argv[1], name)
        own.mkdir(parents=True, exist_ok=True)
        subprocess.run(["mount", "--bind", str(own), hidden], check=True)  # noqa: S607 -- a program of the system
    for command in _NETWORK:
        subprocess.run(command.split(), check=True)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # orphans are reaped by the kernel
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        signal.pause()


if __name__ == "__main__":
    main()
