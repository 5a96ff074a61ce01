"""The cleanup process of a supervisor: when the supervisor has ended, in whatever way, it stops all that was started.

It reads `+ PID SIGNAL` and `- PID` from standard input, which the supervisor holds open; end of file means that the
supervisor ended or was killed. Run as a script, standard library only: it must be up in a moment and cost little.
"""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterable

GRACE_SECONDS = 10.0


def main(lines: Iterable[str]) -> None:
    """Keep the list of living processes until `lines` end, then stop what is left on it."""
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
    """Ask each (last started first) with its own signal, then kill the process group of each that stays."""
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
