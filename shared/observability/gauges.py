"""Gauges that one process counts in the database for all: their values are replaced as a whole, or taken away."""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from prometheus_client import Gauge

GaugeValues: TypeAlias = Mapping[Gauge, Mapping[tuple[str, ...], float]]
"""Each gauge, and its value for each of its label values; a gauge without labels could not be taken away."""


def replace_values(values: GaugeValues) -> None:
    """Let each gauge have these values and no others."""
    for gauge, by_labels in values.items():
        gauge.clear()
        for labels, value in by_labels.items():
            gauge.labels(*labels).set(value)


def take_away(gauges: Iterable[Gauge]) -> None:
    """Let these gauges have no value: this process does not know them."""
    for gauge in gauges:
        gauge.clear()
