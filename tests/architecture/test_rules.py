"""The house keeps its rules, and each rule sees what it is there for."""

import pytest

from tests.architecture import rules
from tests.architecture.rules import RULES, Rule
from tests.architecture.source import Source, sources

METRIC = "from prometheus_client import Counter\nCounter('sent', '')"
LOUD = "def decide():\n    " + "\n    ".join(["pass"] * 41)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_its_rules(rule: Rule) -> None:
    assert [f"{source.path}:{line}: {finding}" for source in sources() for line, finding in rule(source)] == []


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    [
        (rules.short_files, "shared/long.py", "pass\n" * 301),
        (rules.short_functions, "shared/long.py", LOUD),
        (rules.short_functions, "tests/shared/test_long.py", LOUD),
        (rules.one_transaction, "services/minutes/store/minutes.py", "connection.transaction()"),
        (rules.one_transaction, "services/minutes/api/minutes.py", "await connection.execute('COMMIT')"),
        (rules.one_transaction, "shared/messaging/inbox.py", "await self._connection.transaction()"),
        (rules.one_transaction, "shared/messaging/taking.py", "await session.commit()"),
        (rules.pure_rooms, "services/minutes/policy.py", "async def react(): ..."),
        (rules.pure_rooms, "services/minutes/domain/minutes.py", "at = datetime.now(UTC)"),
        (rules.pure_rooms, "services/minutes/domain/minutes.py", "key = uuid4()"),
        (rules.pure_rooms, "services/minutes/domain/texts/opening.py", "text = FILE.read_text()"),
        (rules.one_metric_catalogue, "services/minutes/effects.py", METRIC),
        (
            rules.one_metric_catalogue,
            "services/minutes/effects.py",
            "import prometheus_client\nprometheus_client.Gauge('jobs', '')",
        ),
        (rules.one_log_vocabulary, "services/minutes/effects.py", "import logging"),
        (rules.one_log_vocabulary, "services/minutes/effects.py", "log.info(f'sent to {number}')"),
        (rules.reasoned_suppressions, "shared/kernel.py", "import os  # noqa" + ": F401"),
        (rules.reasoned_suppressions, "shared/kernel.py", "x = 1  # type: " + "ignore[assignment]"),
    ],
)
def test_each_rule_sees_what_breaks_it(rule: Rule, path: str, text: str) -> None:
    assert len(list(rule(Source(path, text)))) == 1


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    [
        (rules.short_functions, "tests/shared/test_long.py", LOUD.removesuffix("\n    pass")),
        (rules.one_transaction, "services/minutes/api/minutes.py", "door.database.transaction()"),
        (rules.one_transaction, "shared/messaging/consumer.py", "await self._subscriber.consumer.commit(offsets)"),
        (rules.one_transaction, "shared/messaging/taking.py", "self._connection.transaction()"),
        (rules.pure_rooms, "services/minutes/effects.py", "async def send(): at = datetime.now(UTC)"),
        (rules.one_metric_catalogue, "shared/http/app.py", "from prometheus_client import REGISTRY"),
        (rules.one_metric_catalogue, "shared/observability/metrics.py", METRIC),
        (rules.one_log_vocabulary, "services/minutes/effects.py", "log.info(Log.JOB_DONE, kind=kind)"),
        (
            rules.reasoned_suppressions,
            "shared/kernel.py",
            "import os  # noqa" + ": F401 -- imported by others from here",
        ),
        (rules.reasoned_suppressions, "shared/kernel.py", "text = '# noqa'"),
    ],
)
def test_no_rule_sees_what_is_allowed(rule: Rule, path: str, text: str) -> None:
    assert list(rule(Source(path, text))) == []
