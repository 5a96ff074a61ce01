"""The rules with shorter times, so that a drill takes seconds: the expressions stay the same."""

import re
from typing import Any, Final

import yaml

from tests.alerts.rules import FILES

FACTOR: Final = 30
"""Every duration is divided by this."""
LEAST_WINDOW: Final = 10
"""Seconds; Prometheus scrapes every second, and a rate needs some samples."""
THRESHOLDS: Final = (3, 20)
"""Seconds between which every limit of an age must be."""

_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_WINDOW: Final = re.compile(r"\[(\d+)([smhd])\]")
_AGE: Final = re.compile(r"(_seconds(?:\{[^}]*\})?\)|heartbeat\)) > (\d+)")


def shortened() -> dict[str, Any]:
    """One file of rules for Prometheus, with all rules of deploy/prometheus."""
    groups = [group for file in FILES for group in yaml.safe_load(file.read_text(encoding="utf-8"))["groups"]]
    for group in groups:
        for rule in group["rules"]:
            rule["expr"] = _AGE.sub(_age, _WINDOW.sub(_window, rule["expr"]))
            if "for" in rule:
                rule["for"] = f"{_seconds(rule['for']) // FACTOR}s"
    return {"groups": groups}


def _window(found: re.Match[str]) -> str:
    return f"[{max(LEAST_WINDOW, _seconds(found[1] + found[2]) // FACTOR)}s]"


def _age(found: re.Match[str]) -> str:
    least, most = THRESHOLDS
    return f"{found[1]} > {min(most, max(least, int(found[2]) // FACTOR))}"


def _seconds(duration: str) -> int:
    return int(duration[:-1]) * _UNITS[duration[-1]]
