"""Every list of metrics: the kernel's, and of each service that has metrics of its own."""

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec

from prometheus_client.metrics import MetricWrapperBase

from shared.contracts import SERVICE_NAMES

OWN = [name for name in SERVICE_NAMES if find_spec(f"services.{name}.observability")]
LISTS = ["shared.observability.metrics", *(f"services.{name}.observability" for name in OWN)]


def all_metrics() -> Iterator[MetricWrapperBase]:
    """The metrics that any process of ours can expose."""
    for name in LISTS:
        yield from (one for one in vars(import_module(name)).values() if isinstance(one, MetricWrapperBase))
