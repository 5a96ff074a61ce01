"""The chart installs the rules that are tested here, with links to the published runbooks, for the labels it gives."""

from copy import deepcopy
from typing import Any, Final

from shared.contracts import SERVICE_NAMES, WEB_NAMES
from tests.alerts.rules import rules
from tests.deploy.rendering import manifests

VALUES: Final = "by-role"
DOCUMENTS: Final = "https://docs.example.gov.la/pasum"


def installed() -> list[dict[str, Any]]:
    """The rules of the chart's PrometheusRule."""
    (manifest,) = manifests(VALUES, "PrometheusRule")
    return [rule for group in manifest["spec"]["groups"] for rule in group["rules"]]


def test_the_chart_installs_all_rules_as_they_are() -> None:
    found = deepcopy(installed())
    for rule in found:
        rule.get("annotations", {}).pop("runbook_url", None)
    assert found == rules()


def test_each_alert_links_to_its_published_runbook() -> None:
    links = {
        rule["annotations"]["runbook_url"]: f"{DOCUMENTS}/{rule['annotations']['runbook']}"
        for rule in installed()
        if "alert" in rule
    }
    assert [link for link, wanted in links.items() if link != wanted] == []


def test_targets_get_the_labels_that_the_rules_ask_for() -> None:
    """The job is the service; the role becomes `pasum_role`, as Prometheus spells `pasum/role`."""
    (monitor,) = manifests(VALUES, "ServiceMonitor")
    assert (monitor["spec"]["jobLabel"], monitor["spec"]["podTargetLabels"]) == (
        "app.kubernetes.io/component",
        ["pasum/role"],
    )
    services = [one for one in manifests(VALUES, "Service") if one["metadata"]["labels"].get("pasum/port")]
    jobs = {one["metadata"]["labels"]["app.kubernetes.io/component"] for one in services}
    assert jobs == {*SERVICE_NAMES, *WEB_NAMES}
