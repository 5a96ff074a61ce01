"""The rules that linters cannot know, each a function from a source file to what breaks it: `(line, finding)`.

What each asks in words and what to do about a finding stands in `guide.py`.
"""

import ast
import re
from collections.abc import Callable, Iterator
from typing import TypeAlias

from tests.architecture.source import Source, own_lines

Finding: TypeAlias = tuple[int, str]
Check: TypeAlias = Callable[[Source], Iterator[Finding]]

LONGEST_FILE = 300
LONGEST_FUNCTION = 30
LONGEST_TEST = 40
USUAL_FILE, USUAL_FUNCTION = 200, 20  # nine of ten

TRANSACTIONS = {"shared/database.py", "shared/migrations/env.py"}
SAVEPOINTS = {  # inside the one transaction: what is undone is one event, row or list, never what says so
    "services/registration/api/invitations/invitation_group.py",
    "services/registration/flows/imports.py",
    "shared/messaging/consumer/batch.py",
    "shared/operations/redrive.py",
}
MIGRATION = re.compile(r"^(services/\w+|shared)/migrations/versions/")
_PURE = re.compile(r"^services/\w+/(domain/.*|policy|policy/.*)\.py$")
_IMPURE = {
    *("now", "utcnow", "today", "monotonic", "sleep"),
    *("uuid1", "uuid4", "new_id", "urandom", "random", "choice", "shuffle", "token_hex", "token_urlsafe"),
    *("print", "input", "open", "get_data", "read_text", "read_bytes", "write_text", "write_bytes", "getenv"),
}
_BEGINS = re.compile(r"\.(transaction|begin|begin_nested|commit|rollback)$|\bsavepoint$")
_HOUSE_TRANSACTION = re.compile(r"database(\(.*\))?\.transaction$")  # of our Database, never of a raw connection
_OFFSETS = re.compile(r"consumer\.commit$")
_SQL = re.compile(r"\s*(BEGIN|START TRANSACTION|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)\b[\w ]*;?\s*")
_ALL_COLUMNS = re.compile(
    r"SELECT (DISTINCT |\$1, )?(\w+\.)?\*(?!((?!FROM).)*FROM (unnest|jsonb_to_recordset)\()", re.DOTALL
)
_METRIC_LISTS = re.compile(r"shared/observability/metrics\.py|services/\w+/observability\.py")
_METRICS = {"Counter", "Gauge", "Histogram", "Summary", "Info", "Enum"}
_SUPPRESSION = re.compile(r"#\s*(noqa|type:\s*ignore|mypy:|ruff:|pragma:|pylint:)")
_REASON = re.compile(r" -- \S")


def short_files(source: Source) -> Iterator[Finding]:
    """A file is read at one sitting; a migration is as long as the schema."""
    lines = source.text.count("\n")
    if lines > LONGEST_FILE and not MIGRATION.match(source.path):
        yield lines, f"{lines} lines, at most {LONGEST_FILE}"


def short_functions(source: Source) -> Iterator[Finding]:
    """A function is seen at one glance."""
    longest = LONGEST_TEST if source.path.startswith("tests/") else LONGEST_FUNCTION
    for function in () if MIGRATION.match(source.path) else source.functions():
        if own_lines(function) > longest:
            yield function.lineno, f"{function.name} has {own_lines(function)} lines, at most {longest}"


def one_transaction(source: Source) -> Iterator[Finding]:
    """Only `shared/database.py` begins, commits and rolls back; Alembic's own are in `shared/migrations/env.py`."""
    if source.path.startswith("tests/") or source.path in TRANSACTIONS:
        return
    for call, name in source.calls():
        mine = _HOUSE_TRANSACTION.search(name) or _OFFSETS.search(name)
        savepoint = source.path in SAVEPOINTS and name == "savepoint"
        if _BEGINS.search(name) and not mine and not savepoint:
            yield call.lineno, f"{name}()"
    for node in source.nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _SQL.fullmatch(node.value):
            yield node.lineno, repr(node.value.strip())


def pure_modules(source: Source) -> Iterator[Finding]:
    """Domain and policy wait for nothing, and ask neither the clock nor chance nor the disk."""
    if not _PURE.match(source.path):
        return
    for node in source.nodes:
        if isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith):
            yield node.lineno, "async code"
    for call, name in source.calls():
        if name.rpartition(".")[2] in _IMPURE:
            yield call.lineno, f"{name}()"


def one_metric_catalogue(source: Source) -> Iterator[Finding]:
    """Metrics are made in `shared/observability/metrics.py`, those of one service in its `observability.py`."""
    if _METRIC_LISTS.fullmatch(source.path) or source.path.startswith("tests/"):
        return
    taken = {name for _, module, name in source.imports() if module.startswith("prometheus_client")}
    for call, name in source.calls():
        if name in taken & _METRICS or name.startswith("prometheus_client."):
            yield call.lineno, f"{name}()"


def one_log_vocabulary(source: Source) -> Iterator[Finding]:
    """What is logged is named, not written on the spot (mypy: a `LogEvent`); nobody speaks to the libraries beneath."""
    if not source.path.startswith(("services/", "shared/")) or source.path.startswith("shared/observability/"):
        return
    for line, module, _ in source.imports():
        if module.partition(".")[0] in {"logging", "structlog"}:
            yield line, f"imports {module}"
    for call, name in source.calls():
        said = call.args[0] if call.args else call
        if re.fullmatch(r"log\.\w+", name) and not isinstance(said, ast.Attribute | ast.Name | ast.IfExp):
            yield call.lineno, f"{name}({ast.unparse(said)})"


def built_facts(source: Source) -> Iterator[Finding]:
    """A model is made by its constructor, which holds it to its contract: then no fact that breaks its own is sent."""
    if source.path.startswith(("services/", "shared/")):
        for call, name in source.calls():
            if re.search(r"\.model_(construct|copy)$", name):
                yield call.lineno, f"{name}()"


def named_columns(source: Source) -> Iterator[Finding]:
    """`*` is for what the statement itself lists, `unnest` and the like: a table may get another column any day."""
    if not source.path.startswith(("services/", "shared/")) or MIGRATION.match(source.path):
        return
    for node in source.nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            for found in _ALL_COLUMNS.finditer(node.value):
                yield node.lineno, repr(found[0])


def reasoned_suppressions(source: Source) -> Iterator[Finding]:
    """Whoever silences a check says why: ` -- reason`."""
    for line, comment in source.comments():
        if _SUPPRESSION.search(comment) and not _REASON.search(comment):
            yield line, f"{comment!r} without a reason"


RULES: tuple[Check, ...] = (
    short_files,
    short_functions,
    one_transaction,
    pure_modules,
    one_metric_catalogue,
    one_log_vocabulary,
    built_facts,
    named_columns,
    reasoned_suppressions,
)
