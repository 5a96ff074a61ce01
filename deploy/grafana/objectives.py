"""Dashboard 5: are the objectives kept? Error budgets, burn rates, and the share of bad events of each objective."""

from collections.abc import Mapping
from typing import Final

from deploy.grafana.layout import Dashboard, Row
from deploy.grafana.panel import Panel, Query

OBJECTIVES: Final[Mapping[str, tuple[str, str]]] = {
    "http-availability": ("failed requests", "docs/runbooks/slo.md#requests-fail"),
    "http-latency": ("slow answers", "docs/runbooks/slo.md#answers-are-slow"),
    "facts-consumed": ("late facts", "docs/runbooks/slo.md#facts-arrive-late"),
    "messages-handed-over": ("late messages", "docs/runbooks/slo.md#messages-are-late"),
}
"""Each objective: what its bad events are called, and what to do about them."""


def _budget(slo: str) -> Panel:
    bad, runbook = OBJECTIVES[slo]
    return Panel(
        title=f"How much budget is left for {bad}?",
        description=f"Of {slo}: the share of the bad events that the objective allows in 30 days and that has not "
        "happened yet, in the service where it is least. Below zero the objective is broken.",
        unit="percentunit",
        queries=[Query(expr=f'min(pasum:slo_error_budget_remaining:ratio{{@, slo="{slo}"}})')],
        steps=[(None, "red"), (0, "orange"), (0.25, "green")],
        runbook=runbook,
        least=None,
        most=1,
        now=True,
        width=6,
    )


def _burn(slo: str) -> Panel:
    bad, runbook = OBJECTIVES[slo]
    return Panel(
        title=f"How fast is the budget for {bad} used?",
        description=f"Of {slo}, by window, in the service where it is fastest: at 1 the budget lasts for exactly 30 "
        "days, at 14.4 an hour uses 2 % of it and somebody is woken.",
        unit="none",
        queries=[
            Query(
                expr=f'max by (window) (pasum:slo_burn_rate:ratio{{@, slo="{slo}", window=~"5m|1h|6h|3d"}})',
                legend="{{window}}",
            )
        ],
        steps=[(None, "green"), (1, "orange"), (14.4, "red")],
        runbook=runbook,
        width=12,
    )


def _events(slo: str) -> Panel:
    bad, runbook = OBJECTIVES[slo]
    return Panel(
        title=f"How many {bad} are there?",
        description=f"Of {slo}: all events and bad ones per second, over 5 minutes, all services together.",
        unit="eps",
        queries=[
            Query(expr=f'sum(pasum:slo_events:rate5m{{@, slo="{slo}"}})', legend="all"),
            Query(expr=f'sum(pasum:slo_bad_events:rate5m{{@, slo="{slo}"}})', legend="bad"),
        ],
        runbook=runbook,
        width=12,
    )


SLO: Final = Dashboard(
    name="slo",
    title="Pasum 5: Are the objectives kept?",
    description="Error budgets and burn rates of the service level objectives in deploy/prometheus/slo.yaml.",
    rows=[
        Row(title="Error budgets of 30 days", panels=[_budget(slo) for slo in OBJECTIVES]),
        *(Row(title=slo, panels=[_burn(slo), _events(slo)]) for slo in OBJECTIVES),
    ],
)
