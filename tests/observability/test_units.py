"""Values are written with the unit of their panel, and with as few digits as tell them apart."""

import math

import pytest

from tests.observability.units import written


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (0.0, "s", "0 s"),
        (0.00425, "s", "4.25 ms"),
        (12.34, "s", "12.3 s"),
        (600.0, "s", "10 min"),
        (7 * 86_400.0, "s", "7 d"),
        (0.0, "bytes", "0 B"),
        (150.0 * 1024**2, "bytes", "150 MiB"),
        (0.001, "percentunit", "0.1 %"),
        (1.0, "percentunit", "100 %"),
        (0.25, "reqps", "0.25 req/s"),
        (12_345.0, "eps", "12.3 k /s"),
        (60.0, "cpm", "60 /min"),
        (100_000.0, "none", "100 k"),
        (-0.5, "none", "-0.5"),
        (math.nan, "s", ""),
    ],
)
def test_a_value_is_shown(value: float, unit: str, shown: str) -> None:
    assert written(value, unit) == shown
