"""Each alert fires, does not fire and ends as its file in units/ says; promtool carries them out."""

import subprocess
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from tests.alerts.rules import alerts
from tests.counterparts import debian, needed

FOLDER: Final = Path(__file__).parent / "units"
ALERTS: Final = [rule["alert"] for rule in alerts()]

each_alert = pytest.mark.parametrize("alert", ALERTS)


def moments(alert: str) -> list[dict[str, Any]]:
    """The moments at which the file of an alert looks at it."""
    file = yaml.safe_load((FOLDER / f"{alert}.yaml").read_text(encoding="utf-8"))
    return [moment for test in file["tests"] for moment in test["alert_rule_test"] if moment["alertname"] == alert]


def test_each_alert_has_a_file() -> None:
    assert sorted(file.stem for file in FOLDER.glob("*.yaml")) == sorted(ALERTS)


@each_alert
def test_an_alert_is_shown_before_while_and_after_it_fires(alert: str) -> None:
    firing = [bool(moment["exp_alerts"]) for moment in moments(alert)]
    assert (firing[0], any(firing), firing[-1]) == (False, True, False)


@each_alert
def test_an_alert_fires_and_ends_as_described(alert: str) -> None:
    promtool = needed(debian.program, "prometheus", "promtool")
    command = [str(promtool), "test", "rules", f"{alert}.yaml"]
    done = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
