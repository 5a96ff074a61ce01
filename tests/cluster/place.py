"""Where the parts of a cluster run and are reached: folder, processes, programs, the way into the enclosure."""

import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.processes import Process, Processes, Program, inherited
from tests.cluster.failures import StepFailed
from tests.cluster.programs import program

Enter = Callable[[list[str]], list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """`enter` turns a command into one that runs where the cluster is; `kubeconfig` is the administrator's."""

    folder: Path
    processes: Processes
    kubeconfig: Path
    enter: Enter = field(default=lambda argv: argv)

    def start(self, name: str, *arguments: str, binary: str = "") -> Process:
        """Start a program of the cluster; its log is `logs/<name>.log`."""
        argv = self.enter([str(program(binary or name)), *arguments])
        log = self.folder / "logs" / f"{name}.log"
        log.unlink(missing_ok=True)
        return self.processes.start(Program(name=name, argv=argv, log=log, environment=inherited()))

    def run(
        self, *argv: str, given: str | None = None, seconds: float = 120.0, check: bool = True
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end, with `given` as its input; raises `StepFailed` with what it said."""
        environment = {"KUBECONFIG": str(self.kubeconfig), "HOME": str(self.folder)}
        done = _run(self.enter(list(argv)), environment, given, seconds)
        if check and done.returncode:
            raise StepFailed(f"{' '.join(argv[:8])}: {(done.stderr or done.stdout).strip()[-2_000:]}")
        return done

    def command(self, *arguments: str) -> list[str]:
        """The command line of a kubectl that runs beside us."""
        return self.enter([str(program("kubectl")), f"--kubeconfig={self.kubeconfig}", *arguments])

    def kubectl(
        self, *arguments: str, given: str | None = None, seconds: float = 120.0, check: bool = True
    ) -> subprocess.CompletedProcess[str]:
        """Run kubectl as the administrator."""
        return self.run(str(program("kubectl")), *arguments, given=given, seconds=seconds, check=check)


def _run(
    argv: list[str], environment: Mapping[str, str], given: str | None, seconds: float
) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            argv,
            input=given,
            env=inherited(**environment),
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise StepFailed(f"{' '.join(argv[-8:])}: not done within {seconds:g} s") from error
