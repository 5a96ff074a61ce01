"""Documents are wrapped, name what exists, and CONTRIBUTING.md holds the rules as the checks have them."""

import re

import pytest

from tests.architecture import contributing, diagrams
from tests.architecture.documents import documents, long_lines, metaphors
from tests.architecture.guide import GUIDE, PAGE, advice
from tests.architecture.references import PARTS, broken, missing_parts, runbooks

DOCUMENTS = documents()
LONG = "word " * 24 + "words"


@pytest.mark.parametrize("path", sorted(DOCUMENTS))
def test_a_document_is_wrapped(path: str) -> None:
    findings = [f"{path}:{line}: {finding}" for line, finding in long_lines(DOCUMENTS[path])]
    assert not findings, "\n".join(("", *findings, advice("wrapped_documents")))


def test_a_long_line_is_seen_and_told_what_to_do() -> None:
    ((line, finding),) = long_lines(f"# Title\n\n{LONG}\n")
    assert (line, finding) == (3, "125 characters, at most 120")
    assert advice("wrapped_documents", finding).startswith(f"{finding}: {GUIDE['wrapped_documents'].repair}")


@pytest.mark.parametrize(
    "text", [LONG[:120], f"| {LONG} |", f"```\n{LONG}\n```", f"    {LONG}", f"* [a](https://example.la/{'x' * 120})"]
)
def test_what_cannot_be_broken_may_be_long(text: str) -> None:
    assert list(long_lines(text)) == []


@pytest.mark.parametrize("path", [path for path in sorted(DOCUMENTS) if not path.startswith("docs/reports/")])
def test_a_document_uses_plain_words(path: str) -> None:
    findings = [f"{path}: {finding}" for finding in metaphors(DOCUMENTS[path])]
    assert not findings, "\n".join(("", *findings, advice("plain_words")))


def test_a_metaphor_is_seen_outside_of_code_and_the_plain_word_is_told() -> None:
    assert list(metaphors("Two Doors of `the door`.")) == ["Doors: say route, subscriber, effect"]


def test_contributing_holds_the_rules_as_the_checks_have_them() -> None:
    page = contributing.FILE.read_text(encoding="utf-8")
    assert page == contributing.written(page), advice("rules_in_contributing")


def test_the_messages_point_to_a_heading_that_exists() -> None:
    file, _, anchor = PAGE.partition("#")
    headings = [line[3:].lower().replace(" ", "-") for line in DOCUMENTS[file].splitlines() if line.startswith("## ")]
    assert anchor in headings


def test_a_page_without_a_place_for_the_table_is_refused() -> None:
    with pytest.raises(ValueError, match="the lines between which its table stands"):
        contributing.written("# Contributing\n")


@pytest.mark.parametrize("path", sorted(DOCUMENTS))
def test_what_a_document_names_exists(path: str) -> None:
    findings = sorted({f"{path}: {finding}" for finding in broken(path, DOCUMENTS[path])})
    assert not findings, "\n".join(("", *findings, advice("existing_references")))


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("[a](nowhere.md)", "nowhere.md"),
        ("[a](README.md#nothing)", "README.md#nothing"),
        ("`nowhere.py`", "nowhere.py"),
        ("`tests/nowhere/`", "tests/nowhere/"),
        ("`deploy/nowhere.yaml`", "deploy/nowhere.yaml"),
        ("`make nothing`", "make nothing"),
        ("```\npython -m services.nothing\n```", "python -m services.nothing"),
        ("`pasum dead-letters nothing`", "pasum dead-letters nothing"),
    ],
)
def test_what_does_not_exist_is_seen(text: str, finding: str) -> None:
    assert list(broken("page.md", text)) == [finding]


@pytest.mark.parametrize("path", runbooks(), ids=str)
def test_every_section_of_a_runbook_has_its_four_parts(path: str) -> None:
    assert list(missing_parts(DOCUMENTS[str(path)])) == [], advice("runbook_parts", ", ".join(PARTS))


def test_a_section_without_a_part_is_seen() -> None:
    assert list(missing_parts("# Title\n\n## One\n\n**What you notice.** It stops.\n")) == ["One"]


def test_the_diagrams_are_what_the_imports_say() -> None:
    page = diagrams.FILE.read_text(encoding="utf-8")
    assert page == diagrams.written(page), advice("diagrams")


def test_an_import_that_follows_from_others_is_not_drawn() -> None:
    graph = {"a": frozenset({"b", "c"}), "b": frozenset({"c"}), "c": frozenset[str](), "d": frozenset[str]()}
    assert diagrams.drawn(graph) == "```mermaid\nflowchart TD\n    a --> b\n    b --> c\n    d\n```\n"


def test_a_page_without_a_place_for_a_diagram_is_refused() -> None:
    with pytest.raises(ValueError, match="the lines between which its diagrams stand"):
        diagrams.written("# Architecture\n")


def test_every_package_of_the_kernel_is_described() -> None:
    section = DOCUMENTS["docs/architecture/README.md"].partition("## The kernel")[2].partition("<!--")[0]
    described = set(re.findall(r"`(\w+)`", section))
    assert diagrams.imports(diagrams.CONTAINERS["kernel"]).keys() - described == set(), advice("diagrams")
