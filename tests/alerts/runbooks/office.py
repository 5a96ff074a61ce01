"""A whole local office with a real Prometheus that carries out the shortened rules, for the drills of the runbooks."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, Self

import httpx
import yaml

from deploy.local.ports import LOOPBACK, free_port
from deploy.local.processes import Program, http_ready
from deploy.local.system import System
from pasum.api import Client
from tests.alerts.runbooks.kubectl import Served, StandIn
from tests.alerts.runbooks.shortened import shortened
from tests.counterparts import debian
from tests.observability.scrape import prometheus_settings
from tests.performance.http_registrations import open_meetings, organiser, somebody

SCRAPE_SECONDS: Final = 1
SCRIPT_SECONDS: Final = 180.0
_LOOK_SECONDS: Final = 0.3

Labels = Mapping[str, str]


class Script(RuntimeError):
    """A command of a runbook has failed; the message has its output."""


class Office:
    """The services, each role in a process of its own, Prometheus, and `kubectl` for them, in a folder.

    `noted` is what a drill has to remember until it is over.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.system = System(folder / "run", fresh=True, apart=True, address_file=folder / ".local" / "stack.json")
        self.kubectl = StandIn(self.system)
        self._address = f"http://{LOOPBACK}:{free_port()}"
        self.noted: dict[str, str] = {}
        self._meeting = ""
        self._link = ""

    def __enter__(self) -> Self:
        self.system.start(_say)
        try:
            self._served = Served(self.kubectl, self.folder / "bin")
            self._start_prometheus()
        except BaseException:
            self.system.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._served.close()
        self.system.stop()

    def firing(self, alert: str) -> list[Labels]:
        """The labels of an alert that fires now, once for each series it fires for."""
        found = httpx.get(f"{self._address}/api/v1/alerts").raise_for_status().json()["data"]["alerts"]
        return [each["labels"] for each in found if each["labels"]["alertname"] == alert and each["state"] == "firing"]

    def value(self, query: str) -> float | None:
        """The first value of a query, None without any."""
        answer = httpx.get(f"{self._address}/api/v1/query", params={"query": query}).raise_for_status().json()
        result = answer["data"]["result"]
        return float(result[0]["value"][1]) if result else None

    def wait(self, what: str, until: Callable[[], Any], *, seconds: float) -> float:
        """Wait until `until` returns something true; the seconds it took. Raises `TimeoutError`."""
        begun = time.monotonic()
        while not until():
            if time.monotonic() - begun > seconds:
                message = f"{what}: not within {seconds:g} s"
                raise TimeoutError(message)
            time.sleep(_LOOK_SECONDS)
        return time.monotonic() - begun

    def pass_by(self, seconds: float) -> None:
        """Let so much time pass: the fault is that something takes this long."""
        time.sleep(seconds)

    def shell(self, script: str, variables: Labels) -> str:
        """Carry out a script of a runbook as an operator would; returns its output, raises `Script` where it fails."""
        path = os.pathsep.join([str(self.folder / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]])
        done = subprocess.run(
            ["/bin/bash", "-eu", "-o", "pipefail", "-c", script],
            cwd=self.folder,
            env={**os.environ, **variables, "PATH": path, "COLUMNS": "200"},
            capture_output=True,
            text=True,
            timeout=SCRIPT_SECONDS,
            check=False,
        )
        if done.returncode:
            raise Script(f"{script}\n{done.stdout}{done.stderr}")
        return done.stdout

    def post(self, path: str, body: Any = None, *, service: str = "registration", token: str | None = None) -> int:
        """POST as the organiser (or with `token`); the status of the answer, 0 without one."""
        headers = {"Authorization": f"Bearer {token or organiser(self.system)}"}
        try:
            return httpx.post(f"{self.system.urls[service]}{path}", json=body, headers=headers, timeout=10).status_code
        except httpx.TransportError:
            return 0

    @property
    def meeting(self) -> str:
        """A meeting that takes registrations."""
        if not self._meeting:
            (self._meeting,) = open_meetings(self.system, count=1)
        return self._meeting

    @property
    def link(self) -> str:
        """The token of the link by which people of a body register in the meeting."""
        if not self._link:
            body = {"organisation": "MOF", "seats": 1_000, "contact": somebody()["person"]}
            with Client(self.system.urls["registration"], organiser(self.system)) as client:
                self._link = client.post(f"/v1/meetings/{self.meeting}/invitations", body)["token"]
        return self._link

    def register(self, number: int = 1) -> list[int]:
        """Register new persons; the statuses of the answers."""
        return [self.answer(somebody()) for _ in range(number)]

    def answer(self, body: dict[str, Any]) -> int:
        """Register one person of the body by its link; the status of the answer."""
        return self.post(f"/v1/meetings/{self.meeting}/registrations", {**body, "invitation": self.link})

    def _start_prometheus(self) -> None:
        folder = self.folder / "prometheus"
        folder.mkdir(parents=True, exist_ok=True)
        settings = prometheus_settings(self.system.stack.address_file, seconds=SCRAPE_SECONDS)
        files = {"rules.yml": shortened(), "prometheus.yml": {**settings, "rule_files": ["rules.yml"]}}
        for name, content in files.items():
            (folder / name).write_text(yaml.safe_dump(content), encoding="utf-8")
        argv = [
            str(debian.program("prometheus", "prometheus")),
            f"--config.file={folder}/prometheus.yml",
            f"--storage.tsdb.path={folder}/data",
            f"--web.listen-address={self._address.removeprefix('http://')}",
        ]
        program = Program(name="prometheus", argv=argv, log=folder / "log")
        self.system.stack.processes.start(program).wait_until_ready(http_ready(f"{self._address}/-/ready"))


def _say(what: str) -> None:
    sys.stdout.write(f"  starting {what}\n")
