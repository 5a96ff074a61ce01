"""Containers of our images, as Kubernetes' standard `restricted` runs them: no rights, a read-only root file system."""

import pickle
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Final

from deploy.images.engine import Engine
from deploy.local.ports import LOOPBACK, free_ports
from deploy.local.system import System
from tests.images import in_the_image
from tests.minutes.meeting_of_2022 import minutes_document

RESTRICTED: Final = ("--read-only", "--tmpfs=/tmp", "--cap-drop=ALL", "--security-opt=no-new-privileges")
READY_SECONDS: Final = 300.0
_POLL_SECONDS: Final = 0.02
_RENDER: Final = (
    "import pickle, sys; from services.minutes.adapters.typst_renderer import render; "
    "sys.stdout.buffer.write(render(pickle.load(sys.stdin.buffer)))"
)


class NotReady(RuntimeError):
    """A container did not become ready; the message has the end of its log."""


def everything_loads(on: Engine, image: str, packages: list[str]) -> None:
    """Import all modules of `packages` and load all native libraries in the image, without a network."""
    script = Path(in_the_image.__file__)
    options = ["--rm", *RESTRICTED, "--network=none", f"--volume={script}:/{script.name}:ro", "--entrypoint=python"]
    on.run("run", *options, image, f"/{script.name}", *packages)


def minutes_in_pdf(on: Engine, image: str) -> bytes:
    """The minutes of a meeting in Lao, typeset in the image, without a network."""
    options = ["--rm", "--interactive", *RESTRICTED, "--network=none", "--entrypoint=python"]
    done = subprocess.run(
        [on.program, "run", *options, image, "-c", _RENDER],
        env=on.environment,
        input=pickle.dumps(minutes_document()),
        capture_output=True,
        check=True,
    )
    return done.stdout


def seconds_until_ready(on: Engine, image: str, system: System, service: str) -> float:
    """From `docker run` to the first 200 of /readyz, beside a Kafka and a PostgreSQL that run."""
    port, metrics = free_ports(2)
    prefix = service.upper()
    ports = {f"{prefix}_HTTP_PORT": str(port), f"{prefix}_METRICS_PORT": str(metrics)}
    begun = time.monotonic()
    with _running(on, image, {**system.environment(service, smtp_port=port), **ports}, system.folder) as container:
        while not _ready(f"http://{LOOPBACK}:{metrics}/readyz"):
            if time.monotonic() > begun + READY_SECONDS:
                raise NotReady(f"{image}: {on.run('logs', '--tail=20', container)}")
            time.sleep(_POLL_SECONDS)
        return time.monotonic() - begun


@contextmanager
def _running(on: Engine, image: str, environment: Mapping[str, str], folder: Path) -> Iterator[str]:
    settings = [word for name, value in environment.items() for word in ("--env", f"{name}={value}")]
    options = ["--detach", *RESTRICTED, "--network=host", f"--volume={folder}:{folder}", *settings]
    container = on.run("run", *options, image).strip()
    try:
        yield container
    finally:
        on.run("stop", "--time=30", container)  # killed, it would stay in its Kafka group, and the next one wait for it
        on.run("rm", "--force", container)


def _ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:  # noqa: S310 -- our own container
            return bool(answer.status == HTTPStatus.OK)
    except (OSError, urllib.error.HTTPError):
        return False
