"""Starts and stops the child processes of the stack, and ensures that none is left running."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import IO, Self

import psutil

from deploy.local import cleanup
from deploy.local.passwords import write_private

READY_SECONDS = 180.0  # long, for busy machines; a process that ends is noticed at once
GRACE_SECONDS = 20.0
_POLL_SECONDS = 0.03
_TAIL_LINES = 25
_SAME_START_SECONDS = 2.0  # psutil derives the start from the boot time, which follows the clock


class DidNotStart(RuntimeError):
    """A process has ended before it was ready, or was not ready in time; the message has the end of its log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A program to run. `environment` is its whole environment; None means that it inherits ours.

    All programs of one `cluster` are stopped at the same time, because the last one alone would wait for the others.
    """

    name: str
    argv: Sequence[str]
    log: Path
    environment: Mapping[str, str] | None = field(default=None, repr=False)
    folder: Path | None = None
    user: int | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    cluster: str | None = None


class Process:
    """One running program; signals are sent only to its pid."""

    def __init__(self, program: Program, popen: subprocess.Popen[bytes], on_end: Callable[[], None]) -> None:
        self.program = program
        self.stopped_by_us = False
        self._popen = popen
        self._on_end = on_end

    @property
    def pid(self) -> int:
        """The process id."""
        return self._popen.pid

    @property
    def exit_code(self) -> int | None:
        """The exit code (negative: ended by that signal); None while it runs."""
        code = self._popen.poll()
        if code is not None:
            self._on_end()
        return code

    @property
    def running(self) -> bool:
        """Whether the process exists; a paused process does."""
        return self.exit_code is None

    def wait_until_ready(self, probe: Callable[[], bool], *, seconds: float = READY_SECONDS) -> None:
        """Call `probe` until it returns true; raises `DidNotStart` if the process ends or is not ready in `seconds`."""
        until = time.monotonic() + seconds
        while not probe():
            if not self.running:
                raise DidNotStart(self._report(f"ended with exit code {self.exit_code}"))
            if time.monotonic() > until:
                raise DidNotStart(self._report(f"was not ready within {seconds:g} s"))
            time.sleep(_POLL_SECONDS)

    def ask_to_stop(self) -> None:
        """Send the signal to stop; returns at once."""
        self.stopped_by_us = True
        self.signal(self.program.stop_signal)
        self.signal(signal.SIGCONT)

    def stop(self, *, seconds: float = GRACE_SECONDS) -> None:
        """Send the signal to stop and wait; after `seconds` kill the process and all its children."""
        if not self.running:
            self.stopped_by_us = True
            return
        self.ask_to_stop()
        try:
            self._popen.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
        self._on_end()

    def kill(self) -> None:
        """Kill the process and its descendants (SIGKILL), like a crash; returns when all have ended."""
        self.stopped_by_us = True
        family = []
        with contextlib.suppress(psutil.NoSuchProcess):
            family = psutil.Process(self.pid).children(recursive=True)
        self.signal(signal.SIGKILL)
        self._popen.wait()
        end_all(family, seconds=0)
        self._on_end()

    def pause(self) -> None:
        """Pause the process (SIGSTOP): it keeps its connections but does not answer, like a machine that hangs."""
        self.signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Continue after `pause` (SIGCONT)."""
        self.signal(signal.SIGCONT)

    def signal(self, which: signal.Signals) -> None:
        """Send a signal to the process only; does nothing if it has ended."""
        self._popen.send_signal(which)

    def _report(self, what: str) -> str:
        return f"{self.program.name} {what}; the end of {self.program.log}:\n{tail(self.program.log)}"


class Processes:
    """Starts programs in their own sessions (so that Ctrl-C reaches only us) and stops them, last started first.

    If we are killed, a cleanup process stops them; if that is killed too, `stop_leftovers` can do it later, from the
    files in `folder/pids`. Safe to use from several threads.
    """

    def __init__(self, folder: Path) -> None:
        self._pids = folder / "pids"
        self._lock = threading.RLock()
        self._started: list[Process] = []
        self._living: dict[int, signal.Signals] = {}
        self._cleanup: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self, program: Program) -> Process:
        """Start `program`, with its output appended to its log; returns at once."""
        program.log.parent.mkdir(parents=True, exist_ok=True)
        note = self._pids / f"{program.name}.json"
        with self._lock, program.log.open("ab") as log:
            popen = _spawn(program, log)
            self._clean_up(popen.pid, program.stop_signal)
            with contextlib.suppress(psutil.NoSuchProcess):
                write_private(note, _identity(psutil.Process(popen.pid)))
            process = Process(program, popen, lambda: self._forget(popen.pid, note))
            self._started.append(process)
        return process

    def crashed(self) -> list[Process]:
        """The processes that have ended without being stopped here."""
        with self._lock:
            return [each for each in self._started if not each.stopped_by_us and not each.running]

    def stop(self) -> None:
        """Stop all that still run, last started first, and the cleanup process."""
        with self._lock:
            while self._started:
                last = self._started.pop()
                for each in self._started:
                    if last.program.cluster is not None and each.program.cluster == last.program.cluster:
                        each.ask_to_stop()
                last.stop()
            self._end_cleanup()

    def _clean_up(self, pid: int, stop: signal.Signals) -> None:
        self._living[pid] = stop
        self._tell_cleanup(f"+ {pid} {stop.value}\n")

    def _forget(self, pid: int, note: Path) -> None:
        with self._lock:
            if self._living.pop(pid, None) is None:
                return
            self._tell_cleanup(f"- {pid}\n")
            if note.exists() and json.loads(note.read_text(encoding="utf-8"))["pid"] == pid:
                note.unlink()

    def _end_cleanup(self) -> None:
        if self._cleanup is not None:
            self._cleanup.communicate()
            self._cleanup = None

    def _tell_cleanup(self, line: str) -> None:
        """A cleanup process that is new, or had to be replaced, gets the list of all that run."""
        if self._cleanup is None or self._cleanup.poll() is not None:
            self._end_cleanup()
            argv = [sys.executable, "-I", "-S", cleanup.__file__]
            self._cleanup = subprocess.Popen(argv, stdin=subprocess.PIPE, text=True, start_new_session=True)
            line = "".join(f"+ {pid} {stop.value}\n" for pid, stop in self._living.items())
        if self._cleanup.stdin is not None:
            self._cleanup.stdin.write(line)
            self._cleanup.stdin.flush()


def http_ready(url: str, *, seconds: float = 1.0) -> Callable[[], bool]:
    """A probe that returns whether GET `url` (a `/readyz`) answers with status 200."""

    def probe() -> bool:
        try:
            with urllib.request.urlopen(url, timeout=seconds) as answer:  # noqa: S310 -- our own address
                return bool(answer.status == HTTPStatus.OK)
        except (urllib.error.URLError, OSError):
            return False

    return probe


def stop_leftovers(folder: Path) -> None:
    """End processes that an earlier supervisor of `folder` has left: only if pid, start time and command line match."""
    leftovers = []
    for note in sorted((folder / "pids").glob("*.json")):
        identity = json.loads(note.read_text(encoding="utf-8"))
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(identity["pid"])
            if _is_same(_identity(process), identity):
                leftovers += [*process.children(recursive=True), process]
        note.unlink()
    end_all(leftovers, seconds=GRACE_SECONDS)


def end_all(processes: Sequence[psutil.Process], *, seconds: float) -> None:
    """Send SIGTERM, wait up to `seconds`, then send SIGKILL; returns when all have ended."""
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.terminate()
            process.resume()
    _, staying = psutil.wait_procs(processes, timeout=seconds)
    for process in staying:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(staying, timeout=GRACE_SECONDS)


def tail(log: Path, *, lines: int = _TAIL_LINES) -> str:
    """The last lines of a log; empty if there is none."""
    try:
        return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
    except FileNotFoundError:
        return ""


def _spawn(program: Program, log: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        list(program.argv),
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        env=None if program.environment is None else dict(program.environment),
        cwd=program.folder,
        start_new_session=True,
        user=program.user,
        group=program.user,
        extra_groups=None if program.user is None else [],
    )


def _identity(process: psutil.Process) -> dict[str, object]:
    return {"pid": process.pid, "started": process.create_time(), "argv": process.cmdline()}


def _is_same(found: Mapping[str, object], noted: Mapping[str, object]) -> bool:
    moved = abs(float(str(found["started"])) - float(str(noted["started"])))
    return found["argv"] == noted["argv"] and moved < _SAME_START_SECONDS


def inherited(**extra: str) -> dict[str, str]:
    """Our own environment with `extra` added, for `Program.environment`."""
    return {**os.environ, **extra}
