"""The production code as a whole stays small: nine of ten files and functions are much shorter than the limit."""

from collections.abc import Iterator, Mapping
from operator import itemgetter

from tests.architecture.guide import advice
from tests.architecture.rules import MIGRATION, USUAL_FILE, USUAL_FUNCTION
from tests.architecture.source import Source, own_lines, sources

NAMED = 5  # of the longest


def production() -> Iterator[Source]:
    """Every file except tests and migrations."""
    return (source for source in sources() if not source.path.startswith("tests/") and not MIGRATION.match(source.path))


def over_budget(lines: Mapping[str, int], usual: int) -> str:
    """Return a finding that names the longest; empty where nine of ten have at most `usual` lines."""
    longer = sorted(((name, count) for name, count in lines.items() if count > usual), key=itemgetter(1), reverse=True)
    too_many = len(longer) - len(lines) // 10
    if too_many <= 0:
        return ""
    longest = ", ".join(f"{name} ({count})" for name, count in longer[:NAMED])
    return f"{len(longer)} of {len(lines)} have more than {usual} lines, {too_many} too many; the longest: {longest}"


def test_nine_of_ten_files_are_short() -> None:
    files = {source.path: source.text.count("\n") for source in production()}
    finding = over_budget(files, USUAL_FILE)
    assert not finding, advice("file_budget", finding)


def test_nine_of_ten_functions_are_short() -> None:
    functions = {
        f"{source.path}:{function.lineno} {function.name}": own_lines(function)
        for source in production()
        for function in source.functions()
    }
    finding = over_budget(functions, USUAL_FUNCTION)
    assert not finding, advice("function_budget", finding)


def test_the_finding_counts_and_names_what_is_too_long() -> None:
    lines = {"a": 5, "b": 21, "c": 30, **{str(number): 1 for number in range(8)}}
    assert over_budget(lines, 20) == "2 of 11 have more than 20 lines, 1 too many; the longest: c (30), b (21)"
    assert over_budget({**lines, "b": 20}, 20) == ""
