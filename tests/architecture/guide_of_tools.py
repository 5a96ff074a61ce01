"""The rules that tools and tests check, in words: each setting of a tool is read from where it is enforced."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.architecture.source import ROOT
from tests.howto.blocks import MOST_FILES

TOOLS: Mapping[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
_RUFF = TOOLS["ruff"]
_PYLINT = _RUFF["lint"]["pylint"]
_COMPLEXITY = _RUFF["lint"]["mccabe"]["max-complexity"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What is asked, in one sentence or two, and what to do about a finding."""

    asks: str
    repair: str


RUFF: Mapping[str, Rule] = {
    "line length": Rule(
        asks=f"A line has at most {_RUFF['line-length']} characters.",
        repair="`make format`; a long text is written as several literals in brackets",
    ),
    "complexity": Rule(
        asks=f"A function has a cyclomatic complexity of at most {_COMPLEXITY}, {_PYLINT['max-returns']} returns,"
        f" {_PYLINT['max-branches']} branches and {_PYLINT['max-statements']} statements.",
        repair="As for short functions: one function for each case, a table from case to function, or a separate guard",
    ),
    "arguments": Rule(
        asks=f"A function has at most {_PYLINT['max-args']} arguments, of which at most"
        f" {_PYLINT['max-positional-args']} may be given by position. Fixtures of tests and dependencies of routes do"
        " not count.",
        repair="Put arguments that always go together into a frozen dataclass; write `*` before the third argument, so"
        " that the others are keyword-only",
    ),
    "everything else of ruff": Rule(
        asks="All rules of ruff, except those that pyproject.toml ignores with a reason.",
        repair="`make format` repairs most; `.venv/bin/ruff rule <code>` explains the others",
    ),
}
"""Checked by ruff (`make check-lint`)."""

IMPORTS: Mapping[str, Rule] = {
    "layers": Rule(
        asks="`pasum` imports `deploy`, `deploy` and `services` import `shared`; never the other way.",
        repair="Move the code that both need to `shared/`",
    ),
    "processes": Rule(
        asks="`pasum` and `deploy` know the services as processes only.",
        repair="Call the service over HTTP or Kafka, or start it by the name of its module",
    ),
    "services": Rule(
        asks="Services do not import each other; they communicate through Kafka.",
        repair="Publish a fact and let the other service subscribe to it; code that several need goes to `shared/`",
    ),
    "service_layers": Rule(
        asks="The modules of a service are in layers and import only downwards; a file without a layer fails too.",
        repair="Move the function to the layer that may import what it needs (docs/architecture/README.md), or the new"
        " file into a package of a layer",
    ),
    "web_layers": Rule(
        asks="The modules of a web application are in layers and import only downwards: pages stand on `web/`.",
        repair="Move what several areas share into `web/`; what one area alone uses stays in its folder of `pages/`",
    ),
    "web_areas": Rule(
        asks="No area (`pages/<area>/`) imports another.",
        repair="Move what both areas need into `web/`, or let the pages link to each other",
    ),
    "web_keeps_nothing": Rule(
        asks="A web application imports no database, messaging or execution of commands.",
        repair="Ask the service over HTTP; a rule or a stored value belongs to the service that owns it",
    ),
    "kernel": Rule(
        asks="The modules of `shared/` are in layers and import only downwards.",
        repair="Move the function to the layer that may import what it needs; give a new module its layer in"
        " pyproject.toml",
    ),
    "adapters": Rule(
        asks="Of a service, only `settings.py`, `main.py` and `adapters/` import `shared/adapters`.",
        repair="Depend on the port (`shared/objects.py`), and let `main.py` choose the implementation",
    ),
    "messaging": Rule(
        asks="`shared/messaging/relay` and `consumer` do not import each other.",
        repair="Move the code that both need one level up, into `shared/messaging/`, and give a new module its layer in"
        " pyproject.toml",
    ),
    "http": Rule(
        asks="`shared/http` has only HTTP conventions: it imports no messaging and no command execution.",
        repair="Routes about messaging belong to `shared/operations/api`, routes of commands to a service's `api/`",
    ),
    "pure": Rule(
        asks="`domain/` and `policy.py` import no database, web, broker, clock, random, environment or log module.",
        repair="Take the value as an argument, or answer with a command or a job that others carry out",
    ),
    "rows": Rule(
        asks="SQLModel is imported only by `tables.py` (schema) and `views.py` (queries).",
        repair="Write SQL over asyncpg in `store/`; a query of a route belongs to `views.py`",
    ),
    "bus": Rule(
        asks="Only `shared/` imports a Kafka library.",
        repair="Subscribe in `subscribers.py`, publish by returning facts",
    ),
}
"""Checked by import-linter (`make check-imports`); the names are the ids of the contracts in pyproject.toml."""

TYPES: Mapping[str, Rule] = {
    "types": Rule(
        asks="`mypy --strict` finds nothing.",
        repair="Narrow the type where the value comes in (pydantic, `match`, `isinstance`) rather than with `cast` or"
        " `Any`",
    ),
}
"""Checked by mypy (`make check-types`)."""

FORMAT: Mapping[str, Rule] = {
    "format": Rule(asks="Python is formatted by `ruff format`.", repair="`make format`"),
}
"""Checked by ruff (`make check-format`)."""

TESTS: Mapping[str, Rule] = {
    "facts_told": Rule(
        asks="Each fact that notification hears has a row in `TOLD` of services/notification/domain/who_is_told.py: for"
        " each audience a message, or the reason why there is none.",
        repair="Add the row: `_everybody` for a change that concerns all, `_row(reason)` where nobody is told"
        " (docs/howto/write-a-feature.md)",
    ),
    "routes_have_rights": Rule(
        asks="Each route has a row in tests/rights/tables.py, and the running service admits exactly these callers.",
        repair="Add the row, and to `BODIES` of the service's tests a request that the route accepts; `make format`"
        " writes the page of rights",
    ),
    "golden_events": Rule(
        asks="Each type has a golden event, and every golden event a type.",
        repair="When the contract is final: `.venv/bin/python -m tests.contracts.golden`. A type that was ever"
        " published stays in the catalogue, so that it can be read",
    ),
    "feature_files": Rule(
        asks=f"The feature of docs/howto/write-a-feature.md changes at most {MOST_FILES} files by hand.",
        repair="Give the code a table or a default, instead of one more file that each feature must change",
    ),
}
"""Checked by the tests of the service or page (`make test`)."""
