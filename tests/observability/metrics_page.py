"""Writes docs/reference/metrics.md: every metric with its type, its labels and meaning (`--write`, `--check`)."""

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Final

from prometheus_client.metrics import MetricWrapperBase

from shared.generated_page import command_line
from tests.metrics import LISTS, SUFFIXES

PAGE: Final = Path(__file__).parents[2] / "docs" / "reference" / "metrics.md"
_HEAD: Final = """# Metrics

<!-- written by `make format` from the help of the metrics: change it there -->

Every process exposes these at `/metrics` on `<SERVICE>_METRICS_PORT`, as far as it has anything to do with them, and
beside them `process_…` and `python_…` of the Prometheus library. Durations are in seconds. No label holds an
identifier, a name, or anything that a client can choose. A histogram has the series `_bucket`, `_sum` and `_count`.

What happens is counted by the process that commits it, after the commit: add the processes up with `sum`. What a
database holds is said alike by each process that says it: take the `max`. Gauges *counted by one process for all* are
counted every 15 seconds by one process with the role `consumer`
([decision 0037](../decisions/0037-gauges-of-the-database.md)); while PostgreSQL does not answer, they have no value.
"""
_TABLE: Final = "| metric | type | labels | meaning |\n|---|---|---|---|\n"


def page() -> str:
    """The text of the page."""
    parts = [_HEAD]
    for name in LISTS:
        service = name.split(".")[1] if name.startswith("services.") else ""
        parts.append(f"\n## {service.capitalize() or 'Every service'}\n\n{_TABLE}")
        parts += _rows(name)
    return "".join(parts)


def _rows(module: str) -> Iterator[str]:
    for one in vars(import_module(module)).values():
        if isinstance(one, MetricWrapperBase):
            (described,) = one.describe()
            series = described.name + ("_total" if described.type == "counter" else "")
            labels = ", ".join(f"`{label}`" for label in one._labelnames)  # noqa: SLF001 -- it has no public name
            assert described.type in SUFFIXES
            yield f"| `{series}` | {described.type} | {labels} | {described.documentation} |\n"


if __name__ == "__main__":
    sys.exit(command_line(PAGE, page(), repair="make format"))
