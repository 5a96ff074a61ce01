"""A panel: the question that it answers, the queries that answer it, and from which value on it is bad."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from grafana_foundation_sdk.builders import common, dashboard, prometheus, stat, timeseries
from grafana_foundation_sdk.models.common import (
    BigValueColorMode,
    BigValueGraphMode,
    GraphTresholdsStyleMode,
    LegendDisplayMode,
    LegendPlacement,
    SortOrder,
    StackingMode,
    TooltipDisplayMode,
    VisibilityMode,
)
from grafana_foundation_sdk.models.dashboard import DashboardLinkType, DataSourceRef, Threshold, ThresholdsMode

SOURCE: Final = DataSourceRef(type_val="prometheus", uid="${datasource}")
SELECTOR: Final = 'namespace=~"$namespace", job=~"$service"'
GRAPH_HEIGHT: Final = 8
STAT_HEIGHT: Final = 4
_REFS: Final = "ABCDEFGH"

Colour: TypeAlias = Literal["green", "orange", "red"]
Step: TypeAlias = tuple[float | None, Colour]
"""From this value on (None: from the lowest) a value has this colour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """PromQL and the name of each series; `@` inside braces stands for the choice of namespace and service."""

    expr: str
    legend: str = ""

    @property
    def promql(self) -> str:
        """The query as Grafana sends it, with its variables."""
        return self.expr.replace("{@", "{" + SELECTOR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One question; `unit` is one of Grafana's, `runbook` a page and section of the repository.

    `steps` begin with the colour of the lowest values. A panel that can be red has a runbook. `empty_is_good` says that
    nothing to show is the good state. `least` and `most` bound the axis. `now` shows the last value instead of a graph.
    """

    title: str
    description: str
    unit: str
    queries: Sequence[Query]
    lao: str = ""
    steps: Sequence[Step] = ()
    runbook: str = ""
    now: bool = False
    stacked: bool = False
    empty_is_good: bool = False
    width: int = 8
    least: float | None = 0
    most: float | None = None
    names: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The description as it is shown, with what an empty panel means."""
        good = " Nothing to show is the good state." if self.empty_is_good else ""
        return self.description + good + (f"\n\n{self.lao}" if self.lao else "")

    @property
    def height(self) -> int:
        """In units of Grafana's grid."""
        return STAT_HEIGHT if self.now else GRAPH_HEIGHT


def built(panel: Panel, number: int) -> stat.Panel | timeseries.Panel:
    """The panel as the SDK has it; `number` is its id in the dashboard."""
    made = _stat() if panel.now else _graph(panel)
    made.id(number).title(panel.title).description(panel.text).unit(panel.unit).datasource(SOURCE)
    made.span(panel.width).height(panel.height)
    if panel.least is not None:
        made.min(panel.least)
    if panel.most is not None:
        made.max(panel.most)
    if panel.empty_is_good:
        made.no_value("none")
    made.thresholds(_thresholds(panel.steps or [(None, "green")]))
    if panel.runbook:
        made.links([_link(panel.runbook)])
    for ref, query in zip(_REFS, panel.queries, strict=False):
        made.with_target(_target(query, ref, now=panel.now))
    return made


def _target(query: Query, ref: str, *, now: bool) -> prometheus.Dataquery:
    made = prometheus.Dataquery().expr(query.promql).ref_id(ref).legend_format(query.legend or "__auto")
    return made.datasource(SOURCE).instant() if now else made.datasource(SOURCE).range()


def _stat() -> stat.Panel:
    return stat.Panel().graph_mode(BigValueGraphMode.NONE).color_mode(BigValueColorMode.BACKGROUND)


def _graph(panel: Panel) -> timeseries.Panel:
    legend = common.VizLegendOptions().display_mode(LegendDisplayMode.TABLE).placement(LegendPlacement.BOTTOM)
    tooltip = common.VizTooltipOptions().mode(TooltipDisplayMode.MULTI).sort(SortOrder.DESCENDING)
    made = (
        timeseries.Panel().legend(legend.show_legend(show_legend=True).calcs(["lastNotNull", "max"])).tooltip(tooltip)
    )
    made.line_width(2).fill_opacity(30 if panel.stacked else 10).show_points(VisibilityMode.NEVER)
    if panel.stacked:
        made.stacking(common.StackingConfig().mode(StackingMode.NORMAL).group("all"))
    if panel.steps:
        made.thresholds_style(common.GraphThresholdsStyleConfig().mode(GraphTresholdsStyleMode.DASHED))
    return made


def _thresholds(steps: Sequence[Step]) -> dashboard.ThresholdsConfig:
    made = [Threshold(value=value, color=colour) for value, colour in steps]
    return dashboard.ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(made)


def _link(runbook: str) -> dashboard.DashboardLink:
    made = dashboard.DashboardLink("What to do").type(DashboardLinkType.LINK)
    return made.url(f"${{runbooks}}/{runbook}").target_blank(target_blank=True)
