"""The rules speak of metrics and labels that exist, Prometheus accepts them, and each alert leads to a runbook."""

import re
import subprocess
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from tests.alerts.promql import grouping, selectors
from tests.alerts.rules import FILES, ROOT, Rule, alerts, records, rules
from tests.counterparts import debian, needed
from tests.metrics import all_metrics

SUFFIXES: Final = {"counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_sum", "_count")}
TARGET: Final = frozenset({"namespace", "job", "pasum_role", "instance", "pod"})
"""Labels that Prometheus adds to everything it scrapes: `deploy/helm/pasum/templates/monitoring.yaml`."""
OF_EVERY_TARGET: Final = {"up": frozenset[str](), "process_start_time_seconds": frozenset[str]()}

each_rule = pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.get("alert") or rule["record"])
each_alert = pytest.mark.parametrize("rule", alerts(), ids=lambda rule: rule["alert"])


@cache
def exposed() -> dict[str, frozenset[str]]:
    """Every series that a process exposes or a rule records, with its labels."""
    found: dict[str, frozenset[str]] = dict(OF_EVERY_TARGET)
    for one in all_metrics():
        (described,) = one.describe()
        for suffix in SUFFIXES[described.type]:
            more = {"le"} if suffix == "_bucket" else set()
            found[described.name + suffix] = frozenset(one._labelnames) | more  # noqa: SLF001 -- it has no public name
    for rule in records():
        found[rule["record"]] = found.get(rule["record"], frozenset()) | frozenset(rule["labels"])
    return found


def anchors(page: str) -> set[str]:
    """The headings of a page as GitHub links to them."""
    headings = re.findall(r"^#+ (.+)$", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.fixture(scope="module")
def promtool() -> Path:
    """The checker of Prometheus."""
    return needed(debian.program, "prometheus", "promtool")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_prometheus_accepts_the_rules(promtool: Path, file: Path) -> None:
    done = subprocess.run([promtool, "check", "rules", file], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@each_rule
def test_a_rule_is_about_series_that_exist(rule: Rule) -> None:
    names = {each.metric for each in selectors(rule["expr"])}
    assert names - exposed().keys() == set()


@each_rule
def test_a_rule_asks_for_labels_that_its_series_have(rule: Rule) -> None:
    known = exposed()
    asked = {(each.metric, label) for each in selectors(rule["expr"]) for label in each.labels - TARGET}
    assert {(metric, label) for metric, label in asked if label not in known[metric]} == set()
    every = {label for each in selectors(rule["expr"]) for label in known[each.metric]}
    assert grouping(rule["expr"]) - every - TARGET == set()


@each_alert
def test_an_alert_tells_only_labels_that_it_has(rule: Rule) -> None:
    told = set(re.findall(r"\$labels\.(\w+)", "".join(rule["annotations"].values())))
    inputs = {each.metric for each in selectors(rule["expr"])}
    recorded = [grouping(each["expr"]) | set(each["labels"]) for each in records() if each["record"] in inputs]
    assert told <= grouping(rule["expr"]).union(*recorded)


@each_alert
def test_an_alert_says_what_is_wrong_and_leads_to_what_is_to_be_done(rule: Rule) -> None:
    page, _, anchor = rule["annotations"]["runbook"].partition("#")
    assert anchor in anchors(page)
    assert set(rule["annotations"]) == {"summary", "description", "runbook"}
    assert rule["labels"]["severity"] in {"page", "ticket"}


def test_alerts_have_names_of_their_own() -> None:
    names = [rule["alert"] for rule in alerts()]
    assert sorted(set(names)) == sorted(names)


@each_alert
def test_the_list_of_runbooks_names_an_alert_with_its_section(rule: Rule) -> None:
    page, _, anchor = rule["annotations"]["runbook"].partition("#")
    index = (ROOT / "docs" / "runbooks" / "README.md").read_text(encoding="utf-8")
    (row,) = (line for line in index.splitlines() if f"`{rule['alert']}`" in line)
    assert (f"({Path(page).name}#{anchor})" in row, f"| {rule['labels']['severity']} |" in row) == (True, True)
