"""What a PromQL expression asks for: its series with their label matchers, and the labels that its result has."""

from dataclasses import dataclass

import promql_parser


@dataclass(frozen=True, slots=True)
class Selector:
    """One series selector: the metric's name, and the names of the labels it is matched by."""

    metric: str
    labels: frozenset[str]


def selectors(expression: str) -> list[Selector]:
    """Every series selector of an expression; raises `ValueError` where it is not PromQL."""
    found: list[Selector] = []

    def look(node: promql_parser.Expr) -> None:
        if isinstance(node, promql_parser.VectorSelector):
            matched = frozenset(each.name for each in node.matchers.matchers)
            found.append(Selector(node.name or "", matched))

    promql_parser.walk(promql_parser.parse(expression), look)
    return found


def grouping(expression: str) -> set[str]:
    """The labels that any aggregation of an expression keeps by name."""
    found: set[str] = set()

    def look(node: promql_parser.Expr) -> None:
        kept = promql_parser.AggModifierType.By
        if isinstance(node, promql_parser.AggregateExpr) and node.modifier and node.modifier.type == kept:
            found.update(node.modifier.labels)

    promql_parser.walk(promql_parser.parse(expression), look)
    return found
