"""The rules of deploy/prometheus as data: what all tests of alerts read."""

from pathlib import Path
from typing import Any, Final, TypeAlias

import yaml

Rule: TypeAlias = dict[str, Any]

ROOT: Final = Path(__file__).parents[2]
FOLDER: Final = ROOT / "deploy" / "prometheus"
FILES: Final = (FOLDER / "alerts.yaml", FOLDER / "slo-rules.yaml")


def rules() -> list[Rule]:
    """All rules, in the order of the files."""
    groups = [group for file in FILES for group in yaml.safe_load(file.read_text(encoding="utf-8"))["groups"]]
    return [rule for group in groups for rule in group["rules"]]


def alerts() -> list[Rule]:
    """All alerting rules."""
    return [rule for rule in rules() if "alert" in rule]


def records() -> list[Rule]:
    """All recording rules."""
    return [rule for rule in rules() if "record" in rule]
