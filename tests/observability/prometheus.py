"""A real Prometheus on this machine that scrapes the running local system and evaluates the rules of the repository."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, TypeAlias

import httpx
import yaml

from deploy.local.ports import LOOPBACK, free_ports
from deploy.local.processes import Process, Processes, Program, http_ready, inherited
from tests.alerts.rules import FILES
from tests.counterparts import debian
from tests.observability.scrape import prometheus_settings

TIMEOUT_SECONDS: Final = 30.0

Points: TypeAlias = list[tuple[float, float]]
"""Unix seconds and value of each point, in their order."""


class Prometheus:
    """One server, started by `start` and stopped with the `processes` that it was started among."""

    def __init__(self, folder: Path, addresses: Path, *, seconds: int) -> None:
        self._folder = folder
        self._settings = {
            **prometheus_settings(addresses, seconds=seconds),
            "rule_files": [str(file) for file in FILES],
        }
        (self._port,) = free_ports(1)
        self.url = f"http://{LOOPBACK}:{self._port}"

    def start(self, processes: Processes) -> Process:
        """Return when it answers; raises `CounterpartUnavailable` where Prometheus cannot be had."""
        program = debian.program("prometheus", "prometheus")
        self._folder.mkdir(parents=True, exist_ok=True)
        settings = self._folder / "prometheus.yml"
        settings.write_text(yaml.safe_dump(self._settings), encoding="utf-8")
        argv = [str(program), f"--config.file={settings}", f"--storage.tsdb.path={self._folder / 'data'}"]
        argv += [f"--web.listen-address={LOOPBACK}:{self._port}", "--log.level=warn"]
        log = self._folder / "prometheus.log"
        started = processes.start(Program(name="prometheus", argv=argv, log=log, environment=inherited()))
        started.wait_until_ready(http_ready(f"{self.url}/-/ready"))
        return started

    def query_range(
        self, expression: str, *, begin: float, end: float, step: int
    ) -> list[tuple[Mapping[str, str], Points]]:
        """The labels and the points of each series that answers between two moments in Unix seconds."""
        asked: dict[str, Any] = {"query": expression, "start": begin, "end": end, "step": step}
        answer = httpx.get(f"{self.url}/api/v1/query_range", params=asked, timeout=TIMEOUT_SECONDS)
        found = answer.raise_for_status().json()["data"]["result"]
        return [(one["metric"], [(at, float(value)) for at, value in one["values"]]) for one in found]
