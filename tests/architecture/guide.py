"""Every rule and limit in words: what it asks, what to do when it is broken, and who checks it.

The messages of the checks end with what stands here, and CONTRIBUTING.md holds it all as one table (`contributing.py`).
Limits are read from where they are enforced, so that no text can name another number.
"""

from collections.abc import Mapping

from tests.architecture.documents import WIDTH
from tests.architecture.guide_of_tools import FORMAT, IMPORTS, RUFF, TESTS, TOOLS, TYPES, Rule
from tests.architecture.rules import LONGEST_FILE, LONGEST_FUNCTION, LONGEST_TEST, USUAL_FILE, USUAL_FUNCTION

PAGE = "CONTRIBUTING.md#rules-and-limits"


def advice(name: str, finding: str = "") -> str:
    """The end of a failure's message: the finding, what to do about it, and where the rule stands."""
    return f"{finding + ': ' if finding else ''}{GUIDE[name].repair} (rule `{name}`, {PAGE})"


OURS: Mapping[str, Rule] = {
    "short_files": Rule(
        asks=f"A file has at most {LONGEST_FILE} lines; a migration as many as its schema needs.",
        repair="Move one part (one resource, one kind of command, one table of handlers) to a file of its own, or make"
        " the module a package of the same name",
    ),
    "short_functions": Rule(
        asks=f"A function has at most {LONGEST_FUNCTION} lines, in tests {LONGEST_TEST}; signature, docstring and inner"
        " functions are not counted.",
        repair="Move a step to a function with a name of its own; replace many cases by a table of handlers or by a"
        " `match` whose cases call functions",
    ),
    "file_budget": Rule(
        asks=f"Nine of ten files of the production code have at most {USUAL_FILE} lines.",
        repair="Split one of the longest files, which the message names: one resource, one kind of command or one"
        " table of handlers can be a file of its own",
    ),
    "function_budget": Rule(
        asks=f"Nine of ten functions of the production code have at most {USUAL_FUNCTION} lines.",
        repair="Give the steps of the functions that the message names a name and a function of their own",
    ),
    "one_transaction": Rule(
        asks="Only `shared/database.py` begins and ends transactions (Alembic's: `shared/migrations/env.py`).",
        repair="Take the connection as an argument, or write `async with database.transaction() as connection:` in the"
        " route, subscriber or effect; a file that needs a savepoint is named in `SAVEPOINTS` of"
        " tests/architecture/rules.py",
    ),
    "migrations_extend": Rule(
        asks="A migration takes nothing away that the version before uses: no column, table or name; a new column may"
        " be empty or has a `server_default`. So an upgrade needs no pause, and a rollback leaves the schema alone.",
        repair="Extend in this version, and take away in a later one, when no process uses it any more",
    ),
    "pure_modules": Rule(
        asks="`domain/` and `policy.py` have no async code and read no clock, random numbers, environment or files.",
        repair="Take the value as an argument: time and identifiers come inside the command; the calling route,"
        " subscriber, effect or adapter reads clock, files and random numbers",
    ),
    "one_metric_catalogue": Rule(
        asks="Metrics are made in `shared/observability/metrics.py`, those of one service in its `observability.py`.",
        repair="Declare the metric there, with its unit in the name, and import it",
    ),
    "one_log_vocabulary": Rule(
        asks="A log line uses an event of the list `shared/observability/events.py`, or of the service's own in its"
        " `observability.py`, through `log` of `shared.observability.logging`; nobody else uses logging or structlog.",
        repair="Add the event to the list and write `log.info(Log.THE_EVENT, field=value)`; the fields come from the"
        " list too, so that no personal data can be logged",
    ),
    "built_facts": Rule(
        asks="Models are made by their constructors, never by `model_construct` or `model_copy`.",
        repair="Call the class with all its members: only the constructor checks the contract, and a fact that breaks"
        " it would stop its readers",
    ),
    "named_columns": Rule(
        asks="A statement names the columns that it reads: no `SELECT *` from a table.",
        repair="Write `names_of(MeetingRow)` (shared/columns.py), or the columns that are needed: when a newer version"
        " adds a column, PostgreSQL refuses a prepared statement with `*`",
    ),
    "reasoned_suppressions": Rule(
        asks="A comment that turns a check off (`noqa`, `type: ignore`, `pragma` …) gives the reason.",
        repair="Correct what the check found; if the check is wrong here, add ` -- <reason>` after the code in the"
        " comment",
    ),
    "same_modules": Rule(
        asks="Every service has the same modules; every web application has `pages/` and `web/` instead of them.",
        repair="Add the missing module (an empty one says in its docstring why), as docs/architecture/README.md lists"
        " them, and to a service at least one migration",
    ),
    "known_services": Rule(
        asks="The folders of `services/`, the extras and the import rule `service_layers` of pyproject.toml, and the"
        " table of rights name the services of the one list, `SERVICES` of shared/contracts/services.py; those of web"
        " applications (`web_layers`) name `WEB_NAMES`.",
        repair="Add the service to the list, and to each of the places that the message names, as"
        " docs/howto/add-a-service.md says",
    ),
    "standard_library_only": Rule(
        asks="`shared/kernel.py` and `shared/lao/` are imported with the standard library alone.",
        repair="Put code that needs a library into a module above them; where only some services have it, import it"
        " inside the function that needs it and name both in `OPTIONAL` of tests/architecture/test_extras.py",
    ),
    "no_places": Rule(
        asks="No file names a package registry or a folder of one machine.",
        repair="Use a path relative to the checkout, or a setting; only package tools know the address of a registry",
    ),
    "declared_imports": Rule(
        asks="`shared/` imports what every service installs; a service that and its own extra.",
        repair="Add the distribution to `dependencies` (for `shared/`) or to the service's extra in pyproject.toml,"
        " then `uv lock`; or do without the import",
    ),
    "used_extras": Rule(
        asks="An extra holds nothing that its service does not import.",
        repair="Take the distribution out of the extra in pyproject.toml, then `uv lock`",
    ),
    "past_tense": Rule(
        asks="The name of an event says what has happened: `MeetingSuspended`.",
        repair="Name the class with a past participle; one that does not end in -ed goes into `HAPPENED` of"
        " tests/architecture/test_language.py",
    ),
    "one_name": Rule(
        asks="Class, wire type and topic of an event agree: `MeetingOpened` of registration is"
        " `registration.meeting-opened.v1`.",
        repair="Keep the contract in `shared/contracts/<service>` and let its topic belong to this service",
    ),
    "documented_events": Rule(
        asks="Every event has a docstring of its own.",
        repair="Say in one sentence what has happened; explain each member whose name is not clear",
    ),
    "open_facts": Rule(
        asks="All members of a contract are in the event: none is excluded.",
        repair="Put private data into the state: `keep_private` of the aggregate takes it out of the"
        " command, and `save` writes it",
    ),
    "topics_of_services": Rule(
        asks="Topics are owned and read by services, and no service reads its own.",
        repair="Correct `owner` or `readers` of the topic in `shared/contracts/<service>`",
    ),
    "generated_files": Rule(
        asks="What is generated from the contracts (`shared/contracts/schemas/`, `deploy/topics.yaml`) is as committed;"
        " schemas are only extended. `make check-generated` also asks for `docs/architecture/who-is-told.md`.",
        repair="`make format` writes it. A change that breaks readers needs a new version of the type; a schema that"
        " was never committed may be deleted and written anew",
    ),
    "service_docstring": Rule(
        asks="The docstring of a service says what it `Owns`, `Publishes` and `Consumes`, as catalogue and subscribers"
        " have it.",
        repair="Correct the docstring of `services/<service>/__init__.py`, the `readers` of the topic, or `TOPICS` of"
        " subscribers.py",
    ),
    "wrapped_documents": Rule(
        asks=f"Lines of documents have at most {WIDTH} characters; tables, code, and links that cannot be broken may be"
        " longer.",
        repair="Wrap the paragraph again at this width",
    ),
    "plain_words": Rule(
        asks="Documents use the words of the field, not the metaphors in `PLAIN` of tests/architecture/documents.py.",
        repair="Write the word that the message names",
    ),
    "existing_references": Rule(
        asks="Links, files, `make` targets, modules and `pasum` commands that a document names exist.",
        repair="Write the present name; a page about the past or the future is named in `NOT_NOW` of"
        " tests/architecture/references.py",
    ),
    "runbook_parts": Rule(
        asks="Every section of a runbook says what you notice, how to see it, what to do, and how to know it is over.",
        repair="Begin a paragraph with each of the bold sentences of the other sections, in their order",
    ),
    "decision_records": Rule(
        asks="A decision record has a number, title, date, status and a paragraph **Revisit**, and a row in"
        " `docs/decisions/README.md`.",
        repair="Give the record the form of the others, and write the row that is shown into the list",
    ),
    "diagrams": Rule(
        asks="docs/architecture/README.md describes every package of the kernel, and its diagrams are what the imports"
        " say.",
        repair="`make format` writes the diagrams; a new package gets a row of the table above its diagram",
    ),
    "rules_in_contributing": Rule(
        asks="The table in CONTRIBUTING.md is the same as the rules of the checks.",
        repair="`make format` writes it",
    ),
}
"""Checked by tests/architecture (`make check-architecture`)."""

PARTS: Mapping[str, Mapping[str, Rule]] = {
    "check-architecture": OURS,
    "check-lint": RUFF,
    "check-imports": IMPORTS,
    "check-types": TYPES,
    "check-format": FORMAT,
    "test": TESTS,
}
"""The rules by the target that checks them."""

GUIDE: Mapping[str, Rule] = {name: rule for rules in PARTS.values() for name, rule in rules.items()}

_SIGNS: Mapping[str, tuple[str, ...]] = {
    "line length": ("E501",),
    "complexity": ("C901", "PLR0911", "PLR0912", "PLR0915"),
    "arguments": ("PLR0913", "PLR0917"),
    **{contract["id"]: (f"{contract['name']} BROKEN",) for contract in TOOLS["importlinter"]["contracts"]},
}
"""How the output of a tool that only says a number or a name shows that a rule of ours is broken."""


def explain(output: str) -> list[str]:
    """What to do about the findings in the output of ruff or import-linter."""
    said = " ".join(output.split())  # import-linter breaks long names
    return [advice(name) for name, signs in _SIGNS.items() if any(sign in said for sign in signs)]
