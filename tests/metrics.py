"""Every list of metrics: the kernel's, and of each service that has metrics of its own."""

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec

from prometheus_client import GC_COLLECTOR, PLATFORM_COLLECTOR, PROCESS_COLLECTOR
from prometheus_client.metrics import MetricWrapperBase

from shared.contracts import SERVICE_NAMES

OWN = [name for name in SERVICE_NAMES if find_spec(f"services.{name}.observability")]
LISTS = ["shared.observability.metrics", *(f"services.{name}.observability" for name in OWN)]

SUFFIXES: Mapping[str, Mapping[str, Sequence[str]]] = {
    "counter": {"_total": ()},
    "gauge": {"": ()},
    "histogram": {"_bucket": ("le",), "_sum": (), "_count": ()},
}
"""Type of a metric → the endings of its series, and the labels that each ending adds."""


def all_metrics() -> Iterator[MetricWrapperBase]:
    """The metrics that any process of ours can expose."""
    for name in LISTS:
        yield from (one for one in vars(import_module(name)).values() if isinstance(one, MetricWrapperBase))


def exposed_series() -> dict[str, set[str]]:
    """Every series that a process of ours can expose, with its labels; also those of the Prometheus library itself."""
    found: dict[str, set[str]] = {}
    for one in all_metrics():
        (described,) = one.describe()
        for suffix, more in SUFFIXES[described.type].items():
            found[described.name + suffix] = {*one._labelnames, *more}  # noqa: SLF001 -- it has no public name
    for collector in (GC_COLLECTOR, PLATFORM_COLLECTOR, PROCESS_COLLECTOR):
        for family in collector.collect():
            for sample in family.samples:
                found.setdefault(sample.name, set()).update(sample.labels)
    return found
