"""The source of the project, read and parsed once, and the few questions the rules ask of it."""

import ast
import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("deploy", "pasum", "services", "shared", "tests")


@dataclass(frozen=True)
class Source:
    """One Python file; `path` is relative to the root, with slashes."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The file, parsed."""
        return ast.parse(self.text, filename=self.path)

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """All nodes of the tree."""
        return tuple(ast.walk(self.tree))

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        """All functions and methods, nested ones too."""
        return (node for node in self.nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))

    def calls(self) -> Iterator[tuple[ast.Call, str]]:
        """All calls with what is called, as it is written: `connection.transaction`."""
        return ((node, ast.unparse(node.func)) for node in self.nodes if isinstance(node, ast.Call))

    def imports(self) -> Iterator[tuple[int, str, str]]:
        """Line, module and name (empty for a whole module) of every import."""
        for node in self.nodes:
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name, "") for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from ((node.lineno, node.module or "", alias.name) for alias in node.names)

    def comments(self) -> Iterator[tuple[int, str]]:
        """Line and text of every comment."""
        for token in tokenize.generate_tokens(io.StringIO(self.text).readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string


@cache
def sources() -> tuple[Source, ...]:
    """Every Python file of the project."""
    files = sorted(file for package in PACKAGES for file in (ROOT / package).rglob("*.py"))
    return tuple(Source(file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8")) for file in files)


def own_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from the first statement to the last, without the functions inside: each is seen by itself.

    Signature and docstring are the interface and do not count.
    """
    statements = function.body[1:] if ast.get_docstring(function) else function.body
    inner = sum(_lines(node) for node in statements if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return (statements[-1].end_lineno or 0) - statements[0].lineno + 1 - inner if statements else 0


def _lines(node: ast.stmt) -> int:
    return (node.end_lineno or 0) - node.lineno + 1
