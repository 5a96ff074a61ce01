"""Every metric that a rule or a dashboard names is exposed by the running system."""

from typing import Final

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from deploy.local.system import System
from tests.alerts.promql import selectors
from tests.alerts.rules import records, rules
from tests.observability.dashboards import panels
from tests.observability.scrape import targets

SUFFIXES: Final = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}
OF_PROMETHEUS: Final = {"up"}
"""What Prometheus itself adds to what it scrapes."""


@pytest.fixture(scope="module")
def live(system: System) -> set[str]:
    """The names of all series that the running system exposes, also of those that have no value yet."""
    found = set(OF_PROMETHEUS)
    for address in targets(system.stack.address_file).values():
        for family in text_string_to_metric_families(httpx.get(address).raise_for_status().text):
            found |= {family.name + suffix for suffix in SUFFIXES.get(family.type, ("",))}
    return found


def test_every_metric_of_the_rules_is_live(live: set[str]) -> None:
    recorded = {rule["record"] for rule in records()}
    named = {each.metric for rule in rules() for each in selectors(rule["expr"])}
    assert named - recorded - live == set()


def test_every_metric_of_the_dashboards_is_live(live: set[str]) -> None:
    recorded = {rule["record"] for rule in records()}
    asked = [(panel.title, query) for panel in panels() for query in panel.queries().values()]
    named = {(title, each.metric) for title, query in asked for each in selectors(query)}
    assert {(title, metric) for title, metric in named if metric not in live | recorded} == set()
