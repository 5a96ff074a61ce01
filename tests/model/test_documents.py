"""Minutes, records and messages against the simplest model of each: a place on a line, and what has been counted."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import reduce
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from services.archive.domain import record as records
from services.archive.domain import state as record_state
from services.minutes.domain import minutes as written
from services.minutes.domain import state as minutes_state
from services.minutes.domain.commands import DraftMinutes, StartMinutes
from services.notification.domain import message as messages
from shared.contracts import Fact
from shared.contracts.minutes import ActionAssigned, DecisionRecorded, MinutesApproved
from shared.contracts.notification import MessageSent
from shared.kernel import Refusal
from tests.archive import test_service_record as archive
from tests.minutes import facts_and_commands as minutes
from tests.notification import test_message as notification

Leads = Mapping[str, str]
"""From where a command is carried out, and where it leads; from anywhere else it is refused or changes nothing."""

MINUTES: dict[str, tuple[Any, Leads]] = {
    "start": (StartMinutes(actor=minutes.SERVICE, at=minutes.AT, meeting_id=minutes.MEETING), {"absent": "opened"}),
    "draft": (DraftMinutes(actor=minutes.SERVICE, at=minutes.AT, draft=minutes.DRAFT), {"opened": "draft"}),
    "decision": (minutes.DECISION, {"opened": "opened", "draft": "draft"}),
    "action": (minutes.ACTION, {"opened": "opened", "draft": "draft"}),
    "opinion": (minutes.OPINION, {"opened": "opened", "draft": "draft"}),
    "submit": (minutes.SUBMIT, {"draft": "in-review"}),
    "return": (minutes.RETURN, {"in-review": "draft"}),
    "approve": (minutes.APPROVE, {"in-review": "approved"}),
    "sign": (minutes.SIGN, {"approved": "signed"}),
    "publish": (minutes.PUBLISH, {"signed": "published"}),
    "file": (minutes.FILE, {"published": "filed"}),
}
PERSONAL = ("decision", "action", "opinion", "submit", "return", "approve", "publish")  # not our own services'


class Line(RuleBasedStateMachine):
    """A state, all its facts, and the place where the model says it is."""

    decide: Callable[[Any, Any], Sequence[Fact]]
    evolve: Callable[[Any, Fact], Any]

    def __init__(self, fresh: Any) -> None:
        super().__init__()
        self.fresh = self.state = fresh
        self.facts: list[Fact] = []
        self.place = "absent"

    def ask(self, command: Any) -> Sequence[Fact]:
        """The facts that followed; a refusal leaves none behind."""
        try:
            facts = type(self).decide(self.state, command)
        except Refusal:
            return []
        self.facts += facts
        self.state = reduce(type(self).evolve, facts, self.state)
        return facts

    def step(self, command: Any, leads: Leads) -> Sequence[Fact]:
        """Ask, and compare with where the model goes."""
        facts = self.ask(command)
        assert bool(facts) == (self.place in leads), (self.place, facts)
        self.place = leads.get(self.place, self.place)
        return facts

    @invariant()
    def the_version_is_the_number_of_facts(self) -> None:
        assert self.state.version == len(self.facts)

    @invariant()
    def the_past_is_all_there_is(self) -> None:
        assert reduce(type(self).evolve, self.facts, self.fresh) == self.state


class MinutesLine(Line):
    """Written, reviewed, signed, published, filed; decisions and actions count up, one number is ever given."""

    decide = staticmethod(written.decide)
    evolve = staticmethod(minutes_state.evolve)

    def __init__(self) -> None:
        super().__init__(minutes.after())
        self.told = False

    @rule(name=st.sampled_from([*MINUTES]))
    def taken(self, name: str) -> None:
        self.step(*MINUTES[name])

    @rule(name=st.sampled_from(PERSONAL))
    def meddled(self, name: str) -> None:
        assert self.ask(replace(MINUTES[name][0], actor=minutes.STRANGER)) == []

    @rule(name=st.sampled_from(["submit", "return", "approve", "publish"]))
    def acted_on_an_older_text(self, name: str) -> None:
        assert self.ask(replace(MINUTES[name][0], expected_revision=frozenset({self.state.revision + 1}))) == []

    @rule()
    def made_news(self) -> None:
        fits = self.place in ("published", "filed") and not self.told
        assert bool(self.ask(minutes.PUBLISH_NEWS_COMMAND)) == fits
        self.told |= fits

    @invariant()
    def it_stands_where_the_model_stands(self) -> None:
        assert self.state.phase.value == self.place

    @invariant()
    def numbers_have_no_gaps(self) -> None:
        for kind in (DecisionRecorded, ActionAssigned):
            numbers = [fact.number for fact in self.facts if isinstance(fact, kind)]
            assert numbers == list(range(1, len(numbers) + 1))
        given = [fact.number for fact in self.facts if isinstance(fact, MinutesApproved)]
        assert given == ["0007/ຕສ"] * (self.place in ("approved", "signed", "published", "filed"))


class RecordLine(Line):
    """Collected in any order, sealed once, held and released."""

    decide = staticmethod(records.decide)
    evolve = staticmethod(record_state.evolve)

    def __init__(self) -> None:
        super().__init__(record_state.Record(record_id=archive.RECORD_ID))
        self.pieces: set[int] = set()
        self.held = False

    @rule(piece=st.integers(0, 2))
    def collected(self, piece: int) -> None:
        fits = self.place in ("absent", "collecting", "complete") and piece not in self.pieces
        facts = self.ask(archive.COLLECTED[piece])
        assert bool(facts) == fits
        if fits:
            self.pieces.add(piece)
            self.place = "complete" if len(self.pieces) == 3 else "collecting"
            assert len(facts) == 1 + (self.place == "complete")

    @rule()
    def sealing_began(self) -> None:
        self.step(archive.BEGIN, {"complete": "sealing"})

    @rule()
    def sealed(self) -> None:
        self.step(archive.SEAL, {"sealing": "sealed"})

    @rule(hold=st.booleans())
    def held_or_released(self, *, hold: bool) -> None:
        facts = self.ask(archive.HOLD if hold else archive.RELEASE)
        assert bool(facts) == (self.place == "sealed" and self.held != hold)
        self.held = hold if facts else self.held

    @invariant()
    def it_stands_where_the_model_stands(self) -> None:
        assert (self.state.phase.value, self.state.held is not None) == (self.place, self.held)


class MessageLine(Line):
    """To one recipient on one channel: told once, sent once, and at an end for ever."""

    decide = staticmethod(messages.decide)
    evolve = staticmethod(messages.evolve)

    def __init__(self) -> None:
        super().__init__(notification.after())

    @initialize(contact=st.sampled_from([None, notification.BOTH, notification.EMAIL_ONLY]))
    def addressed(self, contact: Any) -> None:
        self.fresh = self.state = notification.known(self.state, contact)

    @rule()
    def composed(self) -> None:
        self.step(notification.compose(), {"absent": "created" if self.state.contact else "awaiting_contact"})

    @rule()
    def released(self) -> None:
        if self.state.contact is None:
            assert self.ask(notification.RELEASE) == []

    @rule(contact=st.sampled_from([notification.BOTH, notification.EMAIL_ONLY, notification.ERASED]))
    def recipient_became_known(self, contact: Any) -> None:
        if self.state.contact is None and self.place == "awaiting_contact":
            self.fresh, self.state = (notification.known(one, contact) for one in (self.fresh, self.state))
            self.step(notification.RELEASE, {"awaiting_contact": "cancelled" if contact.erased else "created"})

    @rule()
    def sent(self) -> None:
        self.step(notification.SENT, {"created": "sent"})

    @rule()
    def delivered(self) -> None:
        self.step(notification.DELIVERED, {"created": "delivered", "sent": "delivered"})

    @rule(taken=st.booleans())
    def failed(self, *, taken: bool) -> None:
        command = notification.UNDELIVERABLE if taken else notification.REFUSED
        self.step(command, {"created": "permanent-failure", "sent": "permanent-failure"})

    @rule()
    def cancelled(self) -> None:
        self.step(notification.CANCEL, {"awaiting_contact": "cancelled", "created": "cancelled"})

    @invariant()
    def it_stands_where_the_model_stands(self) -> None:
        assert self.state.status.value == self.place

    @invariant()
    def a_provider_gets_it_once(self) -> None:
        assert sum(isinstance(fact, MessageSent) for fact in self.facts) <= 1


_SETTINGS = settings(max_examples=40, stateful_step_count=40, deadline=None)
TestMinutes = MinutesLine.TestCase
TestMinutes.settings = _SETTINGS
TestRecords = RecordLine.TestCase
TestRecords.settings = _SETTINGS
TestMessages = MessageLine.TestCase
TestMessages.settings = _SETTINGS
