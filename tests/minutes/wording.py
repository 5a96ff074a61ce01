"""Every Lao text that minutes and news print by themselves, read out of the source; `{}` is what is filled in."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from services import minutes

ROOT = Path(minutes.__file__).parent
LAO = re.compile("[\u0e80-\u0eff]")
NOT_PRINTED = {
    "refusals.py": "answers to a client",
    "main.py": "the name of the API",
    "news.py": "the title of the feed",
    "pdf_verdict.py": "what a verifier says",
    "text_layer.py": "a letter that is looked for",
}
"""Modules whose Lao stands in no document, and what it is."""
NOT_PRINTED_FOLDERS = {"migrations", "glossary"}
"""A glossary has examples of what people write, for the readers of the OpenAPI document."""


def wordings() -> set[str]:
    """The texts of the whole service but for those of the modules above, and for single letters."""
    modules = [
        path
        for path in ROOT.rglob("*.py")
        if path.name not in NOT_PRINTED and path.stem not in NOT_PRINTED_FOLDERS
        if NOT_PRINTED_FOLDERS.isdisjoint(path.parts)
    ]
    return {text for path in modules for text in _texts(ast.parse(path.read_text(encoding="utf-8")))}


def _texts(tree: ast.Module) -> Iterator[str]:
    skipped = {id(part) for node in ast.walk(tree) for part in _not_printed(node)}
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.JoinedStr):
            skipped |= {id(part) for part in node.values}
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        else:
            continue
        if len(LAO.findall(text)) > 1 and "[" not in text:  # a letter, or a pattern to search with, is no text
            yield text


def _not_printed(node: ast.AST) -> Iterator[ast.AST]:
    """Docstrings, the Lao of a refusal, the arguments of a description."""
    match node:
        case ast.Expr(value=ast.Constant()):
            yield node.value
        case ast.AnnAssign(target=ast.Name(id="lao")) if node.value:
            yield node.value
        case ast.keyword(arg="description"):
            yield from ast.walk(node)
        case _:
            return
