"""A service's image installs the kernel's libraries and its own extra, nothing else: so it may import nothing else."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from shared.contracts import SERVICE_NAMES, WEB_NAMES
from tests.architecture.guide import advice
from tests.architecture.source import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
OURS = {"services", "shared"}
DISTRIBUTIONS = packages_distributions()

# Comes with what is declared and is part of its interface: starlette with FastAPI, pydantic_core with pydantic, …
WITH_IT = {"starlette": "fastapi", "pydantic_core": "pydantic", "greenlet": "sqlalchemy"}

# What a kernel module needs as soon as it is used: a service that imports the module installs the library.
OPTIONAL = {
    "shared.lao.collation": "icu",
    "shared.lao.words": "icu",
    "shared.adapters.s3_bucket": "obstore",
    "shared.adapters.stores": "obstore",
}


def normal(name: str) -> str:
    """A distribution's name as PEP 503 compares it."""
    return name.lower().replace("_", "-")


def names(requirements: list[str]) -> set[str]:
    """The distributions that requirements name."""
    return {normal(re.split(r"[\[<>=!~; ]", requirement, maxsplit=1)[0]) for requirement in requirements}


def imported(folder: Path) -> set[str]:
    """The top-level modules that the files of `folder` import, anywhere in them."""
    found: set[str] = set()
    for file in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
                found.add(OPTIONAL.get(node.module, node.module.partition(".")[0]))
    return found - OURS - set(sys.stdlib_module_names)


def undeclared(folder: Path, declared: set[str]) -> set[str]:
    """Modules that no declared distribution brings."""
    return {
        module
        for module in imported(folder)
        if WITH_IT.get(module, "") not in declared
        and not declared & {normal(name) for name in DISTRIBUTIONS.get(module, [])}
    }


def test_the_kernel_imports_only_what_every_service_has() -> None:
    """Whatever `shared` imports is a base dependency, but for what is optional."""
    optional = {normal(name) for module in OPTIONAL.values() for name in DISTRIBUTIONS.get(module, [])}
    declared = names(PROJECT["dependencies"]) | optional
    assert undeclared(ROOT / "shared", declared) == set(), advice("declared_imports")


@pytest.mark.parametrize("service", [*SERVICE_NAMES, *WEB_NAMES])
def test_a_service_imports_only_what_its_image_has(service: str) -> None:
    """Base dependencies and the service's own extra."""
    declared = names(PROJECT["dependencies"]) | names(PROJECT["optional-dependencies"].get(service, []))
    assert undeclared(ROOT / "services" / service, declared) == set(), advice("declared_imports")


@pytest.mark.parametrize("service", [*SERVICE_NAMES, *WEB_NAMES])
def test_an_extra_holds_nothing_that_the_service_does_not_use(service: str) -> None:
    """What is declared is imported."""
    modules = imported(ROOT / "services" / service)
    used = {normal(name) for module in modules for name in DISTRIBUTIONS.get(module, [])}
    assert names(PROJECT["optional-dependencies"].get(service, [])) - used == set(), advice("used_extras")
