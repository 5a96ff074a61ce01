"""A registration is traced into Jaeger: `python -m tests.tracing.run`; exit code 0 if the trace is whole.

Jaeger is built from its Go module (`tests/counterparts/jaeger`). Report: `.local/tracing/trace.json`, as Jaeger's API
gives the trace.
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx
from rich.console import Console
from rich.table import Table

from deploy.local import postgres
from deploy.local.ports import LOOPBACK, free_ports
from deploy.local.processes import Processes, Program, http_ready
from deploy.local.system import System
from pasum.api import addresses
from tests.chaos.history import Journal
from tests.chaos.scenario import run_scenario
from tests.counterparts import CounterpartUnavailable, go

RESULT: Final = Path(".local/tracing/trace.json")
WANTED: Final = (
    ("registration", "POST /v1/meetings/{meeting_id}/registrations"),
    ("notification", "job send-sms"),
    ("notification", "hand over sms"),
)
ALLOWED_TAGS: Final = frozenset({"http.response.status_code", "internal.span.format", "otel.scope.name", "span.kind"})
_PATIENCE_SECONDS: Final = 90.0


def main() -> int:
    """Run everything in a folder of its own."""
    console = Console(width=None if sys.stdout.isatty() else 120)
    try:
        jaeger = go.program("jaeger")
    except CounterpartUnavailable as error:
        console.print(f"✘ no Jaeger, so nothing was shown: {error}", style="red", markup=False)
        return 1
    place = Path(tempfile.mkdtemp(prefix="pasum-tracing-"))
    place.chmod(0o711)
    try:
        with _running(jaeger, place) as (collector, api):
            os.environ |= {"OTEL_EXPORTER_OTLP_ENDPOINT": collector, "OTEL_BSP_SCHEDULE_DELAY": "200"}
            _play(place / "system")
            trace = _trace(api)
    finally:
        postgres.remove(place / "system" / "postgres")
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(trace, indent=2) + "\n", encoding="utf-8")
    _show(trace, console)
    strangers = {tag["key"] for span in trace["spans"] for tag in span["tags"]} - ALLOWED_TAGS
    console.print(f"attributes that are not allowed: {sorted(strangers) or 'none'}", markup=False)
    return 1 if strangers else 0


@contextmanager
def _running(jaeger: Path, place: Path) -> Iterator[tuple[str, str]]:
    """Jaeger with its traces in memory; the addresses of its OTLP receiver and of its API."""
    names = ("otlp-http", "otlp-grpc", "query-http", "query-grpc", "admin", "grpc", "http")
    ports = dict(zip(names, (f"{LOOPBACK}:{port}" for port in free_ports(len(names))), strict=True))
    options = {
        "collector.otlp.http.host-port": ports["otlp-http"],
        "collector.otlp.grpc.host-port": ports["otlp-grpc"],
        "collector.grpc-server.host-port": ports["grpc"],
        "collector.http-server.host-port": ports["http"],
        "query.http-server.host-port": ports["query-http"],
        "query.grpc-server.host-port": ports["query-grpc"],
        "admin.http.host-port": ports["admin"],
    }
    argv = [str(jaeger), *(f"--{name}={value}" for name, value in options.items())]
    with Processes(place / "jaeger") as processes:
        process = processes.start(Program(name="jaeger", argv=argv, log=place / "jaeger.log"))
        process.wait_until_ready(http_ready(f"http://{ports['admin']}/"))
        yield f"http://{ports['otlp-http']}", f"http://{ports['query-http']}"


def _play(folder: Path) -> None:
    with System(folder, fresh=True) as system, Journal(folder / "history.jsonl") as journal:
        system.start()
        run_scenario(addresses(system.stack.address_file), journal)


def _trace(api: str) -> dict[str, Any]:
    """The first trace with all wanted spans; raises `TimeoutError` if Jaeger never has one."""
    question = {"service": WANTED[-1][0], "operation": WANTED[-1][1], "lookback": "1h", "limit": "20"}
    until = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < until:
        found: list[dict[str, Any]] = httpx.get(f"{api}/api/traces", params=question, trust_env=False).json()["data"]
        for trace in found:
            if set(WANTED) <= set(_path(trace)):
                return trace
        time.sleep(0.5)
    raise TimeoutError("Jaeger has no trace from a registration to its SMS")


def _path(trace: Mapping[str, Any]) -> list[tuple[str, str]]:
    services = {name: process["serviceName"] for name, process in trace["processes"].items()}
    return [(services[span["processID"]], span["operationName"]) for span in trace["spans"]]


def _show(trace: Mapping[str, Any], console: Console) -> None:
    table = Table("from the start", "took", "service", "span", title=f"Trace {trace['traceID']}")
    spans = sorted(trace["spans"], key=lambda span: span["startTime"])
    for span in spans:
        service = trace["processes"][span["processID"]]["serviceName"]
        begun = (span["startTime"] - spans[0]["startTime"]) / 1000
        table.add_row(f"{begun:.1f} ms", f"{span['duration'] / 1000:.1f} ms", service, span["operationName"])
    console.print(table)


if __name__ == "__main__":
    sys.exit(main())
