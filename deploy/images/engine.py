"""Finds a Docker engine, and a client that builds with BuildKit; starts an engine of its own where none runs."""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

from deploy.local.packages import cache_folder

_LAST_WITH_BUILDKIT: Final = 22  # the major version after which a client needs the plugin buildx
_START_SECONDS: Final = 60.0
_POLL_SECONDS: Final = 0.1
_NO_CLIENT: Final = (
    "Images need a docker client that builds with BuildKit, and no `docker` on the PATH does: "
    "install its plugin buildx, or docker.io of Debian 12."
)
_NO_ENGINE: Final = (
    "No Docker engine answers. Start one, or say where it is: DOCKER_HOST=unix:///path/to/docker.sock. "
    "As root, with dockerd installed (Debian: apt-get install docker.io), one is started for this command alone."
)


class NoEngine(RuntimeError):
    """There is no engine, or no client that can build; the message says what to do."""


class EngineRefused(RuntimeError):
    """A command of the engine has failed; the message is what it said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """A running engine: the client's program, its environment, and options of `build` that this engine needs."""

    program: str
    environment: Mapping[str, str] = field(repr=False)
    build_options: Sequence[str] = ()

    def run(self, *arguments: str, input_file: IO[bytes] | None = None) -> str:
        """The output of a command; raises `EngineRefused`."""
        done = subprocess.run(
            [self.program, *arguments],
            env=self.environment,
            stdin=input_file or subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        if done.returncode:
            raise EngineRefused(f"docker {' '.join(arguments)}: {done.stderr.decode(errors='replace').strip()}")
        return done.stdout.decode()

    def show(self, *arguments: str) -> None:
        """Run a command whose progress the caller sees; raises `EngineRefused`."""
        done = subprocess.run([self.program, *arguments], env=self.environment, stdin=subprocess.DEVNULL, check=False)
        if done.returncode:
            raise EngineRefused(f"docker {' '.join(arguments)} ended with exit code {done.returncode}")


@contextmanager
def engine() -> Iterator[Engine]:
    """The engine that answers, else one of our own until the end of the `with` block; raises `NoEngine`."""
    found = Engine(program=_client(), environment={**os.environ, "DOCKER_BUILDKIT": "1"})
    if _answers(found):
        yield found
    elif os.geteuid() == 0 and shutil.which("dockerd") and "DOCKER_HOST" not in os.environ:
        with _own(found) as own:
            yield own
    else:
        raise NoEngine(_NO_ENGINE)


def _client() -> str:
    """The first docker client on the PATH that builds with BuildKit."""
    for folder in os.get_exec_path():
        program = shutil.which("docker", path=folder)
        if program and _has_buildkit(program):
            return program
    raise NoEngine(_NO_CLIENT)


def _has_buildkit(program: str) -> bool:
    buildx = subprocess.run([program, "buildx", "version"], capture_output=True, check=False)
    if buildx.returncode == 0:
        return True
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    version = re.search(r"version (\d+)\.", said)
    return version is not None and int(version[1]) <= _LAST_WITH_BUILDKIT


def _answers(asked: Engine) -> bool:
    try:
        asked.run("info", "--format", "{{.ServerVersion}}")
    except EngineRefused:
        return False
    return True


@contextmanager
def _own(client: Engine) -> Iterator[Engine]:
    """An engine with its images in the cache folder; it changes neither packet filter nor forwarding."""
    folder = cache_folder() / "engine"
    folder.mkdir(parents=True, exist_ok=True)
    socket = f"unix://{folder}/docker.sock"
    own = Engine(
        program=client.program,
        environment={**client.environment, "DOCKER_HOST": socket},
        build_options=["--network", "host"],
    )
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(_dockerd(folder, socket), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        _wait(own, process, folder / "log")
        yield own
    finally:
        process.terminate()
        process.wait()


def _dockerd(folder: Path, socket: str) -> list[str]:
    places = [f"--{option}={folder / name}" for option, name in {"data-root": "data", "exec-root": "exec"}.items()]
    network = ["--bridge=none", "--iptables=false", "--ip6tables=false", "--ip-forward=false"]
    return ["dockerd", f"--host={socket}", f"--pidfile={folder / 'pid'}", *places, *network]


def _wait(own: Engine, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + _START_SECONDS
    while not _answers(own):
        if process.poll() is not None or time.monotonic() > until:
            raise NoEngine(f"dockerd did not start; {log} says why")
        time.sleep(_POLL_SECONDS)
