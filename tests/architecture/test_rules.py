"""The code keeps its rules; each rule sees what it is there for, and says what to do."""

import pytest

from tests.architecture import rules
from tests.architecture.guide import GUIDE, PAGE, PARTS, advice
from tests.architecture.guide_of_tools import IMPORTS, TOOLS
from tests.architecture.rules import RULES, Check, Finding
from tests.architecture.source import ROOT, Source, sources

METRIC = "from prometheus_client import Counter\nCounter('sent', '')"
LOUD = "def decide():\n    " + "\n    ".join(["pass"] * 41)


EACH_RULE = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)


def report(rule: Check, source: Source, found: Finding) -> str:
    """A finding as the developer reads it."""
    line, finding = found
    return f"{source.path}:{line}: {advice(rule.__name__, finding)}"


@EACH_RULE
def test_the_code_keeps_its_rules(rule: Check) -> None:
    findings = [report(rule, source, found) for source in sources() for found in rule(source)]
    assert not findings, "\n".join(("", *findings))


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    [
        (rules.short_files, "shared/long.py", "pass\n" * 301),
        (rules.short_functions, "shared/long.py", LOUD),
        (rules.short_functions, "tests/shared/test_long.py", LOUD),
        (rules.one_transaction, "services/minutes/store/minutes.py", "connection.transaction()"),
        (rules.one_transaction, "services/minutes/api/minutes.py", "await connection.execute('COMMIT')"),
        (rules.one_transaction, "shared/messaging/consumer/inbox.py", "await self._connection.transaction()"),
        (rules.one_transaction, "shared/messaging/consumer/batch.py", "await session.commit()"),
        (rules.one_transaction, "shared/messaging/consumer/batch.py", "self._connection.transaction()"),
        (rules.one_transaction, "services/minutes/flows.py", "savepoint(connection)"),
        (rules.pure_modules, "services/minutes/policy.py", "async def react(): ..."),
        (rules.pure_modules, "services/minutes/domain/minutes.py", "at = datetime.now(UTC)"),
        (rules.pure_modules, "services/minutes/domain/minutes.py", "key = uuid4()"),
        (rules.pure_modules, "services/minutes/domain/texts/opening.py", "text = FILE.read_text()"),
        (rules.one_metric_catalogue, "services/minutes/effects.py", METRIC),
        (
            rules.one_metric_catalogue,
            "services/minutes/effects.py",
            "import prometheus_client\nprometheus_client.Gauge('jobs', '')",
        ),
        (rules.one_log_vocabulary, "services/minutes/effects.py", "import logging"),
        (rules.one_log_vocabulary, "services/minutes/effects.py", "log.info(f'sent to {number}')"),
        (rules.built_facts, "services/minutes/policy.py", "fact = Held.model_construct(reason='')"),
        (rules.built_facts, "shared/application.py", "fact = fact.model_copy(update={'reason': ''})"),
        (rules.named_columns, "services/minutes/store/minutes.py", "_LOAD = 'SELECT * FROM minutes'"),
        (rules.named_columns, "services/minutes/store/minutes.py", "_LOAD = f'SELECT m.*, {MORE} FROM minutes m'"),
        (rules.reasoned_suppressions, "shared/kernel.py", "import os  # noqa" + ": F401"),
        (rules.reasoned_suppressions, "shared/kernel.py", "x = 1  # type: " + "ignore[assignment]"),
    ],
)
def test_each_rule_sees_what_breaks_it_and_says_what_to_do(rule: Check, path: str, text: str) -> None:
    source = Source(path, text)
    (found,) = rule(source)
    said = report(rule, source, found)
    assert said.startswith(f"{path}:{found[0]}: {found[1]}: {GUIDE[rule.__name__].repair}")
    assert said.endswith(f"(rule `{rule.__name__}`, {PAGE})")


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    [
        (rules.short_functions, "tests/shared/test_long.py", LOUD.removesuffix("\n    pass")),
        (rules.one_transaction, "services/minutes/api/minutes.py", "dependencies.database.transaction()"),
        (
            rules.one_transaction,
            "shared/messaging/consumer/consumer.py",
            "await self._subscriber.consumer.commit(offsets)",
        ),
        (rules.one_transaction, "shared/messaging/consumer/batch.py", "savepoint(self._connection)"),
        (rules.pure_modules, "services/minutes/effects.py", "async def send(): at = datetime.now(UTC)"),
        (rules.one_metric_catalogue, "shared/http/app.py", "from prometheus_client import REGISTRY"),
        (rules.one_metric_catalogue, "shared/observability/metrics.py", METRIC),
        (rules.one_metric_catalogue, "services/minutes/observability.py", METRIC),
        (rules.one_log_vocabulary, "services/minutes/effects.py", "log.info(Log.JOB_DONE, kind=kind)"),
        (rules.named_columns, "shared/messaging/outbox.py", "_SQL = 'SELECT *, false\\nFROM unnest($1::uuid[])'"),
        (rules.named_columns, "shared/messaging/outbox.py", "_SQL = 'SELECT count(*) FROM outbox'"),
        (
            rules.reasoned_suppressions,
            "shared/kernel.py",
            "import os  # noqa" + ": F401 -- imported by others from here",
        ),
        (rules.reasoned_suppressions, "shared/kernel.py", "text = '# noqa'"),
    ],
)
def test_no_rule_sees_what_is_allowed(rule: Check, path: str, text: str) -> None:
    assert list(rule(Source(path, text))) == []


def test_a_long_file_is_told_its_length_the_limit_and_what_to_do() -> None:
    source = Source("shared/long.py", "pass\n" * 312)
    (found,) = rules.short_files(source)
    assert report(rules.short_files, source, found) == (
        "shared/long.py:312: 312 lines, at most 300: Move one part (one resource, one kind of"
        " command, one table of handlers) to a file of its own, or make the module a package of the same name"
        " (rule `short_files`, CONTRIBUTING.md#rules-and-limits)"
    )


def test_every_import_rule_is_explained() -> None:
    contracts = [contract["id"] for contract in TOOLS["importlinter"]["contracts"]]
    assert list(IMPORTS) == contracts, "tests/architecture/guide_of_tools.py explains each"


def test_no_name_of_a_rule_is_used_twice() -> None:
    assert sum(len(rules_of_part) for rules_of_part in PARTS.values()) == len(GUIDE)


def test_every_rule_of_ours_is_a_check_or_advises_in_a_test() -> None:
    tests = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "tests/architecture").glob("test_*.py"))
    named = {rule.__name__ for rule in RULES} | {
        name for name in PARTS["check-architecture"] if f'advice("{name}"' in tests
    }
    assert named == set(PARTS["check-architecture"])
