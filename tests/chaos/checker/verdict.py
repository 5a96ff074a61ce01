"""The verdict on a history: every rule with what it has found, and the figures; as a table or as JSON."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from tests.chaos.checker.figures import Figures, figures_of
from tests.chaos.checker.finding import Finding
from tests.chaos.checker.history_index import HistoryIndex
from tests.chaos.checker.rules import RULES

SHOWN: Final = 20
"""Findings of one rule that are shown; all are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """All findings and the figures; a history without findings is true."""

    findings: Sequence[Finding]
    figures: Figures

    @property
    def true(self) -> bool:
        """Nothing is wrong."""
        return not self.findings

    def as_json(self) -> dict[str, Any]:
        """Plain values, for `json.dumps`: the figures, how often each rule is broken, first findings."""
        found = {rule.name: [asdict(each) for each in self.findings if each.rule == rule.name] for rule in RULES}
        return {
            **asdict(self.figures),
            "true": self.true,
            "broken": {name: len(each) for name, each in found.items() if each},
            "findings": [each for some in found.values() for each in some[:SHOWN]],
        }

    def show(self, console: Console) -> None:
        """Print the table of rules, each finding with its lines, and the figures."""
        console.print(self._rules())
        for rule in RULES:
            found = [finding for finding in self.findings if finding.rule == rule.name]
            if found:
                console.print(f"\n{rule.name}: {rule.sentence}", style="red", markup=False, highlight=False)
            for finding in found[:SHOWN]:
                console.print(_line(finding), markup=False, highlight=False)
            if len(found) > SHOWN:
                console.print(f"  … and {len(found) - SHOWN} more", highlight=False)
        console.print(self._figures())

    def _rules(self) -> Table:
        found = Counter(finding.rule for finding in self.findings)
        table = Table("rule", "harm", "found", title="Verdict")
        for rule in RULES:
            mark = f"[red]{found[rule.name]}[/red]" if found[rule.name] else "[green]0[/green]"
            table.add_row(rule.name, rule.harm, mark)
        return table

    def _figures(self) -> Table:
        table = Table("figure", "value", title="Figures")
        for name, value in asdict(self.figures).items():
            if name != "recovery_s":
                table.add_row(name, str(value))
        for kind, recovery in self.figures.recovery_s.items():
            median, longest = recovery.median_s, recovery.longest_s
            value = f"{recovery.recovered} of {recovery.faults}; median {median} s, longest {longest} s"
            table.add_row(f"recovery: {kind}", value)
        return table


def _line(finding: Finding) -> str:
    lines = ", ".join(map(str, finding.lines[:SHOWN]))
    return f"  {finding.about}: {finding.what}" + (f" (lines {lines})" if lines else "")


def judge(history: HistoryIndex) -> Verdict:
    """Try every rule on a history."""
    findings = [finding for rule in RULES for finding in rule.broken_in(history)]
    return Verdict(findings=findings, figures=figures_of(history, findings))
