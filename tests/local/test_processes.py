"""Whatever is started is stopped, and nothing else."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import psutil
import pytest

from deploy.local.ports import free_port
from deploy.local.processes import DidNotStart, Processes, Program, http_ready, stop_leftovers

SLEEP = "import time; print('awake', flush=True); time.sleep(600)"
DEAF = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEP}"
PARENT = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {SLEEP!r}]); {SLEEP}"
SUPERVISOR = """
import sys, time
from pathlib import Path
from deploy.local.processes import Processes
from tests.local.test_processes import SLEEP, PARENT, program
folder = Path(sys.argv[1])
processes = Processes(folder)
started = [processes.start(program(folder, name, code)) for name, code in (("a", SLEEP), ("b", PARENT))]
for each in started:
    each.wait_until_ready(lambda: "awake" in each.program.log.read_text())
print(*(each.pid for each in started), flush=True)
time.sleep(600)
"""


def program(folder: Path, name: str, code: str) -> Program:
    """A Python program that writes to `folder/name.log`."""
    return Program(name=name, argv=[sys.executable, "-c", code], log=folder / f"{name}.log")


def awake(folder: Path, name: str) -> bool:
    """Whether it has come so far that signals find it as it wants to be."""
    return "awake" in (folder / f"{name}.log").read_text(encoding="utf-8")


def runs(pid: int) -> bool:
    """Whether it does anything any more; what nobody has waited for yet does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_until_gone(*pids: int) -> None:
    """Return when none of them runs; the test's own time-out ends the wait."""
    while any(map(runs, pids)):
        time.sleep(0.05)


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    """A supervisor of the test's own."""
    with Processes(tmp_path) as started:
        yield started


@pytest.fixture
def stranger() -> Iterator[subprocess.Popen[bytes]]:
    """A process nobody here is in charge of."""
    with subprocess.Popen([sys.executable, "-c", SLEEP], stdout=subprocess.DEVNULL) as process:
        yield process
        process.kill()


def test_a_child_has_a_session_of_its_own_so_that_ctrl_c_does_not_reach_it(
    processes: Processes, tmp_path: Path
) -> None:
    child = processes.start(program(tmp_path, "a", SLEEP))
    assert os.getsid(child.pid) == child.pid


def test_stopping_asks_first_and_leaves_no_trace(processes: Processes, tmp_path: Path) -> None:
    child = processes.start(program(tmp_path, "a", SLEEP))
    child.stop()
    assert child.exit_code == -signal.SIGTERM
    assert list((tmp_path / "pids").iterdir()) == []


def test_who_does_not_listen_is_killed(processes: Processes, tmp_path: Path) -> None:
    child = processes.start(program(tmp_path, "a", DEAF))
    child.wait_until_ready(lambda: awake(tmp_path, "a"))
    child.stop(seconds=0.1)
    assert child.exit_code == -signal.SIGKILL


def test_a_paused_process_can_be_stopped(processes: Processes, tmp_path: Path) -> None:
    child = processes.start(program(tmp_path, "a", SLEEP))
    child.pause()
    child.stop()
    assert child.exit_code == -signal.SIGTERM


def test_killing_takes_the_grandchildren_too(processes: Processes, tmp_path: Path) -> None:
    child = processes.start(program(tmp_path, "a", PARENT))
    child.wait_until_ready(lambda: awake(tmp_path, "a"))
    (grandchild,) = psutil.Process(child.pid).children()
    child.kill()
    assert not runs(grandchild.pid)


def test_a_program_that_fails_shows_the_end_of_its_log(processes: Processes, tmp_path: Path) -> None:
    child = processes.start(program(tmp_path, "a", "raise SystemExit('no such meeting')"))
    with pytest.raises(DidNotStart, match=r"a ended with exit code 1; the end of .*a\.log:\nno such meeting"):
        child.wait_until_ready(lambda: False)


def test_what_ended_by_itself_has_crashed_and_what_was_stopped_has_not(processes: Processes, tmp_path: Path) -> None:
    crashing = processes.start(program(tmp_path, "a", "raise SystemExit(3)"))
    stopped = processes.start(program(tmp_path, "b", SLEEP))
    wait_until_gone(crashing.pid)
    stopped.stop()
    assert processes.crashed() == [crashing]


def test_a_killed_supervisor_leaves_nothing_running(tmp_path: Path) -> None:
    argv = [sys.executable, "-c", SUPERVISOR, str(tmp_path)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as supervisor:
        assert supervisor.stdout is not None
        pids = [int(each) for each in supervisor.stdout.readline().split()]
        pids += [each.pid for pid in pids for each in psutil.Process(pid).children()]
        supervisor.kill()
    wait_until_gone(*pids)
    assert len(pids) == 3


def test_a_killed_guard_is_replaced(tmp_path: Path) -> None:
    with Processes(tmp_path) as processes:
        others = set(psutil.Process().children())
        first = processes.start(program(tmp_path, "a", SLEEP))
        (cleanup,) = set(psutil.Process().children()) - others - {psutil.Process(first.pid)}
        cleanup.kill()
        wait_until_gone(cleanup.pid)
        second = processes.start(program(tmp_path, "b", SLEEP))
    assert (first.exit_code, second.exit_code) == (-signal.SIGTERM, -signal.SIGTERM)


def test_leftovers_are_stopped(tmp_path: Path, stranger: subprocess.Popen[bytes]) -> None:
    note(tmp_path, stranger.pid, moved=0.0)
    stop_leftovers(tmp_path)
    assert not runs(stranger.pid)


def test_a_process_that_only_has_the_pid_of_a_leftover_is_left_alone(
    tmp_path: Path, stranger: subprocess.Popen[bytes]
) -> None:
    note(tmp_path, stranger.pid, moved=-60.0)
    stop_leftovers(tmp_path)
    assert (stranger.poll(), list((tmp_path / "pids").iterdir())) == (None, [])


def note(folder: Path, pid: int, *, moved: float) -> None:
    """What a supervisor writes down; `moved` is how much later (s) the process is said to have started."""
    process = psutil.Process(pid)
    identity = {"pid": pid, "started": process.create_time() + moved, "argv": process.cmdline()}
    (folder / "pids").mkdir()
    (folder / "pids" / "a.json").write_text(json.dumps(identity), encoding="utf-8")


@pytest.mark.parametrize(("status", "ready"), [(200, True), (503, False)])
def test_a_service_is_ready_when_it_says_so(status: int, *, ready: bool) -> None:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the name is the base class's
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever).start()
        answered = http_ready(f"http://127.0.0.1:{server.server_port}/readyz")()
        server.shutdown()
    assert answered is ready


def test_a_service_that_does_not_listen_is_not_ready() -> None:
    assert http_ready(f"http://127.0.0.1:{free_port()}/readyz")() is False
