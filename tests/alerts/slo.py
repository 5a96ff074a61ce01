"""Writes the recording rules and burn-rate alerts of the service level objectives from deploy/prometheus/slo.yaml.

The method is that of the Google SRE workbook, chapter 5 ("multiwindow, multi-burn-rate alerts"): an alert needs a high
burn rate over a long window, so that it is worth a call, and over a short one, so that it ends soon after the trouble.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import BaseModel, ConfigDict

FOLDER: Final = Path(__file__).parents[2] / "deploy" / "prometheus"
SOURCE: Final = FOLDER / "slo.yaml"
HEADER: Final = "# Generated from slo.yaml by `make format`; do not edit.\n"

WINDOWS: Final = ("5m", "30m", "1h", "2h", "6h", "1d", "3d", "30d")
SECONDS: Final = {"1h": 3600, "6h": 21600, "1d": 86400, "3d": 259200}
BURN_RATES: Final = {
    "page": (("1h", "5m", "14.4"), ("6h", "30m", "6")),
    "ticket": (("1d", "2h", "3"), ("3d", "6h", "1")),
}
"""Of each severity: long window, short window, and how many times too fast the budget is used up."""
_ENDINGS: Final = {"page": "BurnsFast", "ticket": "BurnsSlowly"}
_NONE: Final = "0 *"


class Objective(BaseModel):
    """One objective as slo.yaml describes it; `objective` in percent."""

    model_config = ConfigDict(extra="forbid")

    name: str
    alert: str
    objective: float
    at_least: int
    severities: list[str]
    events: str
    good: str
    summary: str
    description: str
    runbook: str


def objectives() -> list[Objective]:
    """All objectives, in the order of the file."""
    return [Objective(**one) for one in yaml.safe_load(SOURCE.read_text(encoding="utf-8"))["objectives"]]


def written() -> str:
    """The file slo-rules.yaml."""
    groups = [{"name": f"pasum-slo-{one.name}", "rules": [*_records(one), *_alerts(one)]} for one in objectives()]
    return HEADER + yaml.dump({"groups": groups}, Dumper=_Plain, sort_keys=False, width=100_000, allow_unicode=True)


class _Plain(yaml.SafeDumper):
    """YAML without anchors."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 -- as in PyYAML
        return True


def _records(one: Objective) -> Iterator[Mapping[str, Any]]:
    slo = {"slo": one.name}
    yield {"record": "pasum:slo_events:rate5m", "expr": one.events, "labels": slo}
    # Where no event is good, the series of good events may not exist.
    yield {"record": "pasum:slo_bad_events:rate5m", "expr": _bad(one), "labels": slo}
    yield {"record": "pasum:slo_objective:ratio", "expr": f"vector({_exact(one.objective / 100)})", "labels": slo}
    for window in WINDOWS:
        both = slo | {"window": window}
        bad, events = (f'avg_over_time({name}{{slo="{one.name}"}}[{window}])' for name in _RATES)
        yield {"record": "pasum:slo_errors:ratio", "expr": f"{bad} / ({events} > 0)", "labels": both}
        chosen = f'pasum:slo_errors:ratio{{slo="{one.name}", window="{window}"}}'
        yield {"record": "pasum:slo_burn_rate:ratio", "expr": f"{chosen} / {_budget(one)}", "labels": both}
    rest = f'1 - pasum:slo_burn_rate:ratio{{slo="{one.name}", window="30d"}}'
    yield {"record": "pasum:slo_error_budget_remaining:ratio", "expr": rest, "labels": slo}


_RATES: Final = ("pasum:slo_bad_events:rate5m", "pasum:slo_events:rate5m")


def _bad(one: Objective) -> str:
    return f"{one.events} - ({one.good} or {_NONE} {one.events})"


def _alerts(one: Objective) -> Iterator[Mapping[str, Any]]:
    for severity in one.severities:
        yield {
            "alert": one.alert + _ENDINGS[severity],
            "expr": f"max without (window) ({' or '.join(_burning(one, *row) for row in BURN_RATES[severity])})",
            "for": "2m" if severity == "page" else "15m",
            "labels": {"severity": severity, "shows": "consequence", "slo": one.name},
            "annotations": {"summary": one.summary, "description": one.description, "runbook": one.runbook},
        }


def _burning(one: Objective, long: str, short: str, rate: str) -> str:
    """Above the rate over both windows, and with enough bad events; its value is the share of bad events."""
    limit = f"{rate} * {_budget(one)}"
    over = [f'pasum:slo_errors:ratio{{slo="{one.name}", window="{each}"}} > {limit}' for each in (long, short)]
    bad = f'avg_over_time(pasum:slo_bad_events:rate5m{{slo="{one.name}"}}[{long}]) * {SECONDS[long]} >= {one.at_least}'
    return f"({over[0]} and ignoring (window) {over[1]} and ignoring (window) {bad})"


def _budget(one: Objective) -> str:
    return _exact(1 - one.objective / 100)


def _exact(ratio: float) -> str:
    return f"{ratio:.6f}".rstrip("0")
