"""What the dashboards and the alerts ask for is there in the running system, with the labels that they ask for."""

import pytest

from deploy.local.system import System
from shared.contracts import WEB_NAMES
from tests.alerts.promql import grouping, selectors
from tests.alerts.rules import records, rules
from tests.observability.dashboards import TARGET, panels
from tests.observability.scrape import live_series, service_of, targets

OF_PROMETHEUS = {"up", "process_start_time_seconds"}
OF_DATABASES = {"pasum_meetings", "pasum_messages_unsent", "pasum_minutes", "pasum_records"}
OF_TARGETS = TARGET | {"pasum_role", "instance"}


def queries() -> list[str]:
    shown = [query for panel in panels() for query in panel.queries().values()]
    return [*shown, *(rule["expr"] for rule in rules())]


@pytest.fixture
def live(system: System) -> dict[str, set[str]]:
    """What is exposed once the databases have been counted for the first time."""
    while True:
        found = live_series(system.stack.address_file)
        if all(found[gauge] for gauge in OF_DATABASES):
            return found


def test_every_series_of_dashboards_and_alerts_is_exposed(live: dict[str, set[str]]) -> None:
    asked = {each.metric for query in queries() for each in selectors(query)}
    recorded = {rule["record"] for rule in records()}
    assert asked - recorded - OF_PROMETHEUS - live.keys() == set()


def test_series_with_values_have_the_labels_that_are_asked_for(live: dict[str, set[str]]) -> None:
    missing = set()
    for query in queries():
        asked = [each for each in selectors(query) if live.get(each.metric)]
        missing |= {(each.metric, label) for each in asked for label in each.labels - OF_TARGETS - live[each.metric]}
        labels = set().union(*(live[each.metric] for each in asked))
        recorded = [each for each in selectors(query) if not live.get(each.metric)]
        missing |= {(query, label) for label in grouping(query) - OF_TARGETS - labels if asked and not recorded}
    assert missing == set()


def test_every_process_is_a_target_with_its_service(system: System) -> None:
    found = targets(system.stack.address_file)
    assert {service_of(name) for name in found} == {*system.apis, *WEB_NAMES}
