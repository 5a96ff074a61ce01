"""Values as Grafana writes them: with the unit of their panel, and as few digits as tell them apart."""

import math
from collections.abc import Sequence
from typing import Final

_SECONDS: Final = ((86_400.0, "d"), (3600.0, "h"), (60.0, "min"), (1.0, "s"), (1e-3, "ms"), (1e-6, "µs"))
_BYTES: Final = ((1024.0**3, "GiB"), (1024.0**2, "MiB"), (1024.0, "KiB"), (1.0, "B"))
_NUMBERS: Final = ((1e6, "M"), (1e3, "k"), (1.0, ""))
_RATES: Final = {"reqps": " req/s", "eps": " /s", "ops": " /s", "cpm": " /min", "none": ""}


def written(value: float, unit: str) -> str:
    """The value with its unit; an empty string for no value."""
    if math.isnan(value):
        return ""
    if unit == "s":
        return _scaled(value, _SECONDS, " ")
    if unit == "bytes":
        return _scaled(value, _BYTES, " ")
    if unit == "percentunit":
        return f"{_digits(100 * value)} %"
    return f"{_scaled(value, _NUMBERS, ' ')}{_RATES[unit]}"


def _scaled(value: float, scales: Sequence[tuple[float, str]], space: str) -> str:
    factor, name = next((one for one in scales if abs(value) >= one[0]), scales[-1])
    if value == 0:
        factor, name = next((one for one in scales if one[0] == 1.0), scales[-1])
    return f"{_digits(value / factor)}{space if name else ''}{name}"


def _digits(value: float) -> str:
    rounded = round(value, 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2)
    return f"{rounded:.10g}"
