"""A dashboard: rows of panels, the variables with which an operator chooses what they show, and its JSON."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from grafana_foundation_sdk.builders import dashboard
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import (
    DashboardCursorSync,
    DashboardLinkType,
    VariableModel,
    VariableOption,
    VariableRefresh,
    VariableSort,
)

from deploy.grafana.panel import SOURCE, Panel, built

TAG: Final = "pasum"
RUNBOOKS: Final = "https://pasum.example.gov.la"
"""Where the documentation is published; an operator changes it in the dashboard, the chart by its own value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Panels under one heading, from left to right and from top to bottom."""

    title: str
    panels: Sequence[Panel]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """One page for one kind of question; `name` is its file and its uid."""

    name: str
    title: str
    description: str
    rows: Sequence[Row]

    @property
    def panels(self) -> Iterator[Panel]:
        """All panels in their order."""
        return (panel for row in self.rows for panel in row.panels)

    def json(self) -> str:
        """The file that Grafana reads."""
        made = dashboard.Dashboard(self.title).uid(f"pasum-{self.name}").description(self.description).tags([TAG])
        made.readonly().refresh("30s").time("now-1h", "now").timezone("browser")
        made.tooltip(DashboardCursorSync.CROSSHAIR).variables(_variables()).link(_others())
        number = 0
        for row in self.rows:
            made.with_row(dashboard.Row(row.title).id(number := number + 1))
            for panel in row.panels:
                made.with_panel(built(panel, number := number + 1))
        return json.dumps(made.build(), cls=JSONEncoder, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def _variables() -> list[Builder[VariableModel]]:
    source = dashboard.DatasourceVariable("datasource").label("Data source").type("prometheus")
    namespace = _choice("namespace", "Namespace", "label_values(pasum_loop_heartbeat, namespace)")
    service = _choice("service", "Service", 'label_values(pasum_loop_heartbeat{namespace=~"$namespace"}, job)')
    option = VariableOption(text=RUNBOOKS, value=RUNBOOKS, selected=True)
    runbooks = dashboard.TextBoxVariable("runbooks").label("Runbooks at").default_value(RUNBOOKS).current(option)
    return [source, namespace, service, runbooks]


def _choice(name: str, label: str, query: str) -> dashboard.QueryVariable:
    made = (
        dashboard.QueryVariable(name)
        .label(label)
        .query(query)
        .datasource(SOURCE)
        .multi(multi=True)
        .include_all(include_all=True)
    )
    everything = VariableOption(text=["All"], value=["$__all"], selected=True)
    made.all_value(".*").current(everything).refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
    return made.sort(VariableSort.ALPHABETICAL_ASC)


def _others() -> dashboard.DashboardLink:
    made = dashboard.DashboardLink("Pasum").type(DashboardLinkType.DASHBOARDS).tags([TAG])
    return made.as_dropdown(as_dropdown=True).include_vars(include_vars=True).keep_time(keep_time=True)
