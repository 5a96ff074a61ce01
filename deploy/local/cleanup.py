"""The cleanup process: when its supervisor has ended in any way, it stops all processes that the supervisor started.

It reads `+ PID SIGNAL` and `- PID` from standard input, which the supervisor holds open; end of file means that the
supervisor has ended or was killed. It runs as a script with the standard library only, so that it starts fast.
"""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterable

GRACE_SECONDS = 10.0


def main(lines: Iterable[str]) -> None:
    """Keep a list of running processes until `lines` end, then stop those that are still on it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    living: dict[int, int] = {}
    for line in lines:
        match line.split():
            case ["+", pid, stop]:
                living[int(pid)] = int(stop)
            case ["-", pid]:
                living.pop(int(pid), None)
    stop_all(living)


def stop_all(living: dict[int, int]) -> None:
    """Send each process its signal (last started first), then kill the process group of each that does not end."""
    for pid, stop in reversed(living.items()):
        for each in (stop, signal.SIGCONT):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, each)
    until = time.monotonic() + GRACE_SECONDS
    while any(map(exists, living)) and time.monotonic() < until:
        time.sleep(0.05)
    for pid in living:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)


def exists(pid: int) -> bool:
    """Whether there is a process with this id."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    main(sys.stdin)
