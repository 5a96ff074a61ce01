"""Counts what has happened in the training: in registration's API, in Kafka, and in the papers that were written."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pasum.api import Client
from pasum.demo.notified import Checks
from pasum.demo.training import BODIES, LIST, Training

_SEATS: Final = ("confirmed", "waitlisted", "withdrawn", "rejected", "represented", "promoted")
_BEGINNINGS: Final = (b"%PDF-", b"BEGIN")


def count_trained(training: Training, organiser: Client, facts: Mapping[str, int]) -> tuple[dict[str, Any], Checks]:
    """The figures of the training; `facts` are those about it in Kafka, by type. With pairs that must be equal."""
    figures = organiser.get(f"/v1/meetings/{training.meeting}/statistics")
    agenda = organiser.get(f"/v1/meetings/{training.meeting}/agenda")["items"]
    report = {
        **training.told,
        "answers": {name: figures[name] for name in _SEATS},
        "seats by body": _seats(figures["breakdown"]["organisation"]),
        "seats by gender": _seats(figures["breakdown"]["gender"]),
        "let in although withdrawn": sum(figures["would_have_been_refused"].values()),
        "agenda": ", ".join(item["number"] for item in agenda),
    }
    return report, _checks(report, figures, facts)


def _checks(report: Mapping[str, Any], figures: Mapping[str, Any], facts: Mapping[str, int]) -> Checks:
    by_body, by_gender = (sum(report[name].values()) for name in ("seats by body", "seats by gender"))
    asked = report["bodies invited at once"] + len(report["bodies not invited"])
    papers = [Path(file).read_bytes().startswith(_BEGINNINGS) for file in report["papers"].values()]
    pairs = {
        "seats by body / by gender": (by_body, by_gender),
        "seats by body / confirmed": (by_body, figures["confirmed"]),
        "bodies invited and not / asked for": (asked, len(BODIES)),
        "bodies invited / facts on the bus": (report["bodies invited at once"], facts.get("organisation-invited", 0)),
        "rows of the list with a verdict / sent": (sum(report["list"].values()), len(LIST)),
        "rejected / facts on the bus": (figures["rejected"], facts.get("participation-rejected", 0)),
        "promoted / facts on the bus": (figures["promoted"], facts.get("participant-promoted", 0)),
        "let in offline / facts on the bus": (report["let in offline"], facts.get("participant-checked-in", 0)),
        "papers that can be opened / written": (sum(papers), len(papers)),
    }
    return {f"training: {name}": pair for name, pair in pairs.items()}


def _seats(states: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    return {name: counts["confirmed"] for name, counts in states.items() if counts.get("confirmed")}
