"""The alerting rules speak of metrics and labels that we have, and lead to a page that says what to do."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.metrics import all_metrics

ROOT = Path(__file__).parents[2]
FILE = ROOT / "deploy" / "prometheus" / "alerts.yaml"
RULES: list[dict[str, Any]] = [
    rule for group in yaml.safe_load(FILE.read_text(encoding="utf-8"))["groups"] for rule in group["rules"]
]
SUFFIXES = {"counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_sum", "_count")}
GIVEN = {"job", "instance"}  # Prometheus adds them to everything it scrapes

each_rule = pytest.mark.parametrize("rule", RULES, ids=[rule["alert"] for rule in RULES])


def exposed() -> dict[str, set[str]]:
    """Every series a process of ours can expose, with its labels."""
    found: dict[str, set[str]] = {}
    for one in all_metrics():
        (described,) = one.describe()
        for suffix in SUFFIXES[described.type]:
            found[described.name + suffix] = set(one._labelnames)  # noqa: SLF001 -- it has no public name
    return found


def anchors(page: str) -> set[str]:
    """The headings of a page as GitHub links to them."""
    headings = re.findall(r"^#+ (.+)$", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@each_rule
def test_a_rule_is_about_metrics_that_exist(rule: dict[str, Any]) -> None:
    names = set(re.findall(r"\bpasum_\w+", rule["expr"]))
    assert (len(names) > 0, names - exposed().keys()) == (True, set())


@each_rule
def test_a_rule_asks_for_labels_that_its_metric_has(rule: dict[str, Any]) -> None:
    (name,) = re.findall(r"\bpasum_\w+", rule["expr"])
    grouped = re.findall(r"\bby \(([^)]*)\)", rule["expr"])
    matched = re.findall(r"(\w+)\s*(?:=~|!~|!=|=)\s*\"", rule["expr"])
    told = re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"])
    asked = {label.strip() for labels in grouped for label in labels.split(",")} | {*matched, *told}
    assert asked - exposed()[name] - GIVEN == set()
    assert set(told) <= {label.strip() for labels in grouped for label in labels.split(",")}


@each_rule
def test_a_rule_leads_to_what_is_to_be_done(rule: dict[str, Any]) -> None:
    page, _, anchor = rule["annotations"]["runbook"].partition("#")
    assert anchor in anchors(page)
    assert rule["labels"]["severity"] in {"page", "ticket"}


def test_rules_have_names_of_their_own() -> None:
    names = [rule["alert"] for rule in RULES]
    assert sorted(set(names)) == sorted(names)


@each_rule
def test_the_list_of_runbooks_names_a_rule_with_its_section(rule: dict[str, Any]) -> None:
    page, _, anchor = rule["annotations"]["runbook"].partition("#")
    index = (ROOT / "docs" / "runbooks" / "README.md").read_text(encoding="utf-8")
    (row,) = (line for line in index.splitlines() if f"`{rule['alert']}`" in line)
    assert (f"({Path(page).name}#{anchor})" in row, f"| {rule['labels']['severity']} |" in row) == (True, True)
