"""Every service has the same modules; the lowest modules are light; no file names a registry or a machine."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.contracts import SERVICE_NAMES, WEB_NAMES
from tests.architecture.guide import advice
from tests.architecture.source import ROOT, Source, sources

MODULES = {
    *("domain", "policy"),
    *("tables", "store", "views"),
    *("api", "subscribers", "effects"),
    *("ports", "adapters"),
    *("settings", "main"),
}
WEB_MODULES = {"main", "settings", "pages", "web"}
HOSTS = ("pypi.org", "pythonhosted.org", "maven.org", "maven.apache.org", "npmjs.org", "npmjs.com", "deb.debian.org")
ELSEWHERE = re.compile("|".join([*(rf"\b{re.escape(host)}\b" for host in HOSTS), r"(?<![\w./])/(work|root|home/\w+)/"]))
OWN = "tests/architecture/"  # names what it forbids


def texts() -> Iterator[tuple[str, str]]:
    """Path and text of every text file of the tree; the lock names the registries it was resolved with."""
    hidden = re.compile(r"(^|/)(\.(?!ci/|pre-commit|github/)[^/]+|__pycache__|[^/]+\.egg-info|uv\.lock)(/|$)")
    for file in sorted(ROOT.rglob("*")):
        path = file.relative_to(ROOT).as_posix()
        if not hidden.search(path) and not path.startswith(OWN) and file.is_file():
            try:
                yield path, file.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue


@pytest.mark.parametrize("service", SERVICE_NAMES)
def test_every_service_has_the_same_modules(service: str) -> None:
    folder = ROOT / "services" / service
    assert MODULES - modules(folder) == set(), advice("same_modules")
    assert list((folder / "migrations" / "versions").glob("*.py")) != [], advice("same_modules")


@pytest.mark.parametrize("application", WEB_NAMES)
def test_every_web_application_has_the_same_modules(application: str) -> None:
    assert modules(ROOT / "services" / application) - {"__init__"} == WEB_MODULES, advice("same_modules")


def modules(folder: Path) -> set[str]:
    """The modules and packages of a folder."""
    return {file.stem for file in folder.glob("*.py")} | {file.parent.name for file in folder.glob("*/__init__.py")}


def test_the_lowest_layer_needs_the_standard_library_only() -> None:
    lowest = [source for source in sources() if source.path.startswith(("shared/kernel.py", "shared/lao/"))]
    loaded = {name for source in lowest for name in loaded_at_once(source) if not name.startswith("shared.lao.")}
    foreign = {name for name in loaded if name.partition(".")[0] not in sys.stdlib_module_names}
    assert foreign == set(), advice("standard_library_only")


def loaded_at_once(source: Source) -> Iterator[str]:
    """The modules that are imported with the file, outside of its functions."""
    for node in source.tree.body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_the_tree_names_no_registry_and_no_place_on_a_machine() -> None:
    found = ((path, match[0]) for path, text in texts() for match in ELSEWHERE.finditer(text))
    assert list(found) == [], advice("no_places")


@pytest.mark.parametrize(
    "text", [f"https://{HOSTS[0]}/simple", str(Path("/home") / "me" / "pasum"), str(Path("/root") / "x")]
)
def test_a_registry_or_a_place_would_be_seen(text: str) -> None:
    assert ELSEWHERE.search(text)
