"""The tests find the known bugs: each planted one is caught under one of the seeds the true code passes."""

from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from services.archive.domain import record
from services.archive.domain.state import Record
from services.minutes.domain import minutes
from services.notification.domain import message
from services.registration.domain import registering, seats, state
from shared.contracts.archive import RecordReleased
from tests.model import test_documents, test_meetings
from tests.model.mutants import MUTANTS, first_catch

CAUGHT_FOR = {
    "relay: SKIP LOCKED instead of an owner": "order",
    "relay: a cursor without a horizon": "order",
    "relay: a horizon at the snapshot's xmax": "order",
    "relay: delete before the broker has answered": "lost",
    "relay: no fence": "old",
    "writer: publish before the commit": "never committed",
    "consumer: ACK_FIRST": "heard",
    "consumer: the inbox outside the transaction": "heard",
    "consumer: no drain at a rebalance": "given away while in hand",
    "worker: no fence": "answers",
    "http: answer before the commit": "told",
}


def _nobody(*_: Any, **__: Any) -> list[Any]:
    return []


def _anything(*_: Any) -> None:
    return None


def _begun_again(held: Record, _: Any) -> list[Any]:
    return [RecordReleased(record_id=held.record_id, meeting_id=held.meeting_id, reason="x")] if held.meeting_id else []


LIFECYCLE_CHANGES = {fact: change for fact, change in state.CHANGES.items() if fact.__name__.startswith("Meeting")}

# What is put in the place of what is right: in which machine, where, under which name.
RULES: dict[str, tuple[type[RuleBasedStateMachine], Any, str, Any]] = {
    "a freed seat stays empty": (test_meetings.Meetings, seats, "promotions", _nobody),
    "seats are given in any phase": (test_meetings.Meetings, registering, "_check_open", _anything),
    "seats are not counted": (test_meetings.Meetings, state, "CHANGES", LIFECYCLE_CHANGES),
    "steps of minutes have no turn": (test_documents.MinutesLine, minutes, "_phase", _anything),
    "a record is sealed in any phase": (test_documents.RecordLine, record, "_seal", _begun_again),
    "a message is sent without an end": (test_documents.MessageLine, message, "_ended", _nobody),
}


@pytest.mark.usefixtures("silence")
@pytest.mark.parametrize("bug", MUTANTS)
def test_a_known_bug_is_caught_for_what_it_does(bug: str) -> None:
    caught = first_catch(MUTANTS[bug])
    assert caught is not None
    assert CAUGHT_FOR[bug] in caught[1].partition("[")[0]


@pytest.mark.parametrize("bug", RULES)
def test_a_broken_rule_is_caught(bug: str) -> None:
    machine, place, name, wrong = RULES[bug]
    search = settings(max_examples=3_000, stateful_step_count=40, deadline=None, phases=[Phase.generate], database=None)
    search = settings(search, derandomize=True, suppress_health_check=list(HealthCheck))  # it ends with the first catch
    with patch.object(place, name, wrong), pytest.raises(AssertionError):
        run_state_machine_as_test(machine, settings=search)
