"""The dashboards as Grafana reads them: their panels, the queries with every variable filled in, the known series."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from deploy.grafana.generate import FOLDER
from tests.alerts.rules import records
from tests.metrics import exposed_series

ROOT: Final = Path(__file__).parents[2]
TARGET: Final = frozenset({"namespace", "job", "pod"})
"""Labels that Prometheus adds to everything that it scrapes (`deploy/helm/pasum/templates/monitoring.yaml`)."""


@dataclass(frozen=True, slots=True)
class ShownPanel:
    """One panel of a dashboard file: its JSON, and the name of the dashboard."""

    dashboard: str
    json: Mapping[str, Any]

    @property
    def number(self) -> int:
        """Its id, unique in its dashboard."""
        return int(self.json["id"])

    @property
    def title(self) -> str:
        """The question that it answers."""
        return str(self.json["title"])

    @property
    def graph(self) -> bool:
        """Whether it shows a time series, not the last value alone."""
        return bool(self.json["type"] == "timeseries")

    @property
    def unit(self) -> str:
        """One of Grafana's units."""
        return str(self.json["fieldConfig"]["defaults"]["unit"])

    @property
    def may_be_empty(self) -> bool:
        """Whether nothing to show is its good state, as its description says."""
        return "Nothing to show is the good state." in self.json["description"]

    @property
    def steps(self) -> list[tuple[float | None, str]]:
        """From which value on it has which colour."""
        steps = self.json["fieldConfig"]["defaults"]["thresholds"]["steps"]
        return [(step["value"], step["color"]) for step in steps]

    @property
    def runbooks(self) -> list[str]:
        """The sections of runbooks to which it links, from the root of the repository."""
        return [link["url"].removeprefix("${runbooks}/") for link in self.json.get("links", ())]

    def queries(self, *, window: str = "1m", namespace: str = ".*", service: str = ".*") -> dict[str, str]:
        """The name of each series (Grafana's legend format) → its PromQL, with these values of the variables."""
        values = {"$__rate_interval": window, "$namespace": namespace, "$service": service}
        found = {}
        for target in self.json["targets"]:
            expression = target["expr"]
            for variable, value in values.items():
                expression = expression.replace(variable, value)
            found[target["legendFormat"]] = expression
        return found


@cache
def dashboards() -> dict[str, Mapping[str, Any]]:
    """The name of each dashboard file → its JSON."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}


def panels(name: str | None = None) -> Iterator[ShownPanel]:
    """All panels without the headings of rows; of one dashboard, or of all."""
    for dashboard, content in dashboards().items():
        if name in (None, dashboard):
            yield from (ShownPanel(dashboard, one) for one in content["panels"] if one["type"] != "row")


def known_series() -> dict[str, set[str]]:
    """Every series that a panel may ask for → its labels: exposed, recorded by a rule, or made by Prometheus itself."""
    found = exposed_series() | {"up": set[str]()}
    for rule in records():
        found.setdefault(rule["record"], set()).update(rule["labels"])
    return found
