"""Each panel asks a question, with a unit, a description and a runbook, of series and labels that exist."""

import re
from typing import Any, Final

import pytest

from deploy.grafana import generate
from tests.alerts.promql import grouping, selectors
from tests.observability.dashboards import ROOT, TARGET, ShownPanel, dashboards, known_series, panels

UNITS: Final = {"none", "s", "bytes", "percentunit", "reqps", "eps", "ops", "cpm"}
LAO: Final = re.compile("[\u0e80-\u0eff]")
VARIABLES: Final = ["datasource", "namespace", "service", "runbooks"]

each_panel = pytest.mark.parametrize("panel", list(panels()), ids=lambda panel: f"{panel.dashboard}: {panel.title}")
each_dashboard = pytest.mark.parametrize("content", dashboards().values(), ids=dashboards())


def anchors(page: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_files_are_what_the_builders_write() -> None:
    assert {path.name: path.read_text(encoding="utf-8") for path in generate.FOLDER.glob("*.json")} == {
        path.name: text for path, text in generate.written().items()
    }


@each_panel
def test_a_panel_asks_for_series_that_exist(panel: ShownPanel) -> None:
    asked = {each.metric for expression in panel.queries().values() for each in selectors(expression)}
    assert (len(asked) > 0, asked - known_series().keys()) == (True, set())


@each_panel
def test_a_panel_asks_for_labels_that_its_series_have(panel: ShownPanel) -> None:
    known = known_series()
    for legend, expression in panel.queries().items():
        found = selectors(expression)
        asked = {(each.metric, label) for each in found for label in each.labels - TARGET}
        assert {(metric, label) for metric, label in asked if label not in known[metric]} == set()
        kept = grouping(expression)
        assert kept - TARGET - set().union(*(known[each.metric] for each in found)) == set()
        assert set(re.findall(r"{{(\w+)}}", legend)) <= kept


@each_panel
def test_a_panel_shows_what_was_chosen(panel: ShownPanel) -> None:
    chosen = {each.labels >= {"namespace", "job"} for query in panel.queries().values() for each in selectors(query)}
    assert chosen == {True}


@each_panel
def test_a_panel_asks_a_question_with_a_unit_and_explains_itself(panel: ShownPanel) -> None:
    assert (panel.title[-1], panel.unit in UNITS, panel.json["description"][-1] in ".?") == ("?", True, True)


@each_panel
def test_the_office_reads_lao(panel: ShownPanel) -> None:
    assert bool(LAO.search(panel.json["description"])) == (panel.dashboard == "office")


@each_panel
def test_a_panel_that_can_be_red_says_what_to_do(panel: ShownPanel) -> None:
    can_be_red = "red" in {colour for _, colour in panel.steps}
    assert len(panel.runbooks) >= can_be_red
    for runbook in panel.runbooks:
        page, _, anchor = runbook.partition("#")
        assert anchor in anchors(page)


@each_panel
def test_colours_begin_with_the_lowest_value_and_rise(panel: ShownPanel) -> None:
    values = [value for value, _ in panel.steps]
    assert (values[0], values[1:]) == (None, sorted(value for value in values[1:] if value is not None))


@each_panel
def test_each_query_of_a_panel_has_a_name_of_its_own(panel: ShownPanel) -> None:
    targets = panel.json["targets"]
    assert (
        len({target["refId"] for target in targets})
        == len({target["legendFormat"] for target in targets})
        == len(targets)
    )


@each_dashboard
def test_panels_of_a_dashboard_have_numbers_and_titles_of_their_own(content: dict[str, Any]) -> None:
    shown = content["panels"]
    assert len({one["id"] for one in shown}) == len({one["title"] for one in shown}) == len(shown)


@each_dashboard
def test_panels_fill_their_rows_and_do_not_cover_each_other(content: dict[str, Any]) -> None:
    taken: list[tuple[int, int]] = []
    for place in (one["gridPos"] for one in content["panels"]):
        taken += [
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        ]
    lines = {y for _, y in taken}
    assert (len(set(taken)), max(x for x, _ in taken)) == (len(taken), 23)
    assert len(taken) == 24 * len(lines)


@each_dashboard
def test_an_operator_chooses_source_namespace_and_service(content: dict[str, Any]) -> None:
    assert [one["name"] for one in content["templating"]["list"]] == VARIABLES


def test_dashboards_have_names_and_titles_of_their_own() -> None:
    found = [(content["uid"], content["title"]) for content in dashboards().values()]
    assert len(dict(found)) == len({title for _, title in found}) == len(generate.DASHBOARDS)
