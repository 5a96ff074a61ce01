"""Reads the metrics of the running local system, as Prometheus would.

python -m tests.observability.scrape [stack.json]     prints every series' name and labels, once
"""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import httpx
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families

from deploy.local.system import ROLES
from shared.contracts import SERVICE_NAMES, WEB_NAMES
from tests.metrics import SUFFIXES

ADDRESSES: Final = Path(".local/stack.json")
TIMEOUT_SECONDS: Final = 10.0


def targets(addresses: Path = ADDRESSES) -> Mapping[str, str]:
    """Each process of the running system → the address of its metrics.

    Raises `FileNotFoundError` if no system has written `addresses`: start one with `make run`.
    """
    metrics: Mapping[str, str] = json.loads(addresses.read_text(encoding="utf-8"))["services"]["metrics"]
    return metrics


def service_of(process: str) -> str:
    """The service of a process such as `registration-relay-2`: the label `job` that the chart's monitor gives it."""
    (service,) = (name for name in (*SERVICE_NAMES, *WEB_NAMES) if process == name or process.startswith(f"{name}-"))
    return service


def role_of(process: str) -> str:
    """The role of a process such as `registration-relay-2`: the label `pasum_role`; `all-in-one` if it has all."""
    return next((role for role in ROLES if f"-{role}" in process), "all-in-one")


def scrape(addresses: Iterable[str]) -> Iterator[Metric]:
    """All metrics that these addresses expose now, also those that have no value yet.

    Raises `httpx.HTTPError` if one does not answer.
    """
    for address in addresses:
        answer = httpx.get(address, timeout=TIMEOUT_SECONDS).raise_for_status()
        yield from text_string_to_metric_families(answer.text)


def live_series(addresses: Path = ADDRESSES) -> dict[str, set[str]]:
    """Every series that the running system exposes now → its labels, without those that Prometheus adds.

    A series that has no value yet (a counter of what has not happened) has no labels here.
    """
    found: dict[str, set[str]] = {}
    for metric in scrape(targets(addresses).values()):
        for suffix in SUFFIXES.get(metric.type, {"": ()}):
            found.setdefault(metric.name + suffix, set())
        for sample in metric.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    return found


def prometheus_settings(addresses: Path = ADDRESSES, *, seconds: int = 5) -> Mapping[str, Any]:
    """A `prometheus.yml` that scrapes the running system every `seconds`, with the labels of the chart's monitor."""
    static = [
        {
            "targets": [address.removeprefix("http://").removesuffix("/metrics")],
            "labels": {"job": service_of(name), "pod": name, "pasum_role": role_of(name), "namespace": "local"},
        }
        for name, address in targets(addresses).items()
    ]
    pasum = {"job_name": "pasum", "static_configs": static}
    return {
        "global": {"scrape_interval": f"{seconds}s", "evaluation_interval": f"{seconds}s"},
        "scrape_configs": [pasum],
    }


def main() -> int:
    """Print what is exposed, sorted by name."""
    for name, labels in sorted(live_series(*map(Path, sys.argv[1:])).items()):
        sys.stdout.write(f"{name} {','.join(sorted(labels))}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
