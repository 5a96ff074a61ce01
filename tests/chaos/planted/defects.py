"""Histories with one thing wrong, each with the rules that must find it; the first is the one that is meant.

Where more rules than one are named, the others see the same wrong from another side.
"""

from dataclasses import dataclass, replace
from typing import Final

from tests.chaos.history import (
    Answered,
    Effect,
    Gateway,
    Invoked,
    Letter,
    Log,
    Number,
    Outbox,
    Poison,
    Position,
    Row,
    Settled,
    Taken,
    Unreadable,
    Witnessed,
)
from tests.chaos.planted import breakages
from tests.chaos.planted.breakages import Break
from tests.chaos.planted.editable_history import UNUSED
from tests.chaos.planted.scenarios import TOPIC


@dataclass(frozen=True, slots=True)
class Defect:
    """One way of going wrong: what is done to a true history, and the rules that must find it."""

    name: str
    rules: tuple[str, ...]
    plant: Break


DEFECTS: Final = (
    Defect("the history breaks off", ("history-incomplete",), lambda history: history.drop(history.first(Witnessed))),
    Defect("a service was not asked", ("history-incomplete",), lambda history: history.drop(history.first(Outbox))),
    Defect("a row read twice", ("found-twice",), lambda history: history.add(replace(history.first(Row)))),
    Defect("stuck", ("not-settled",), lambda history: history.change(history.first(Settled), stuck=["lag 3"])),
    Defect("an unknown command", ("command-unknown",), lambda history: history.add(
        Invoked(at=1.0, id=UNUSED, service="minutes", command="guess", target=""))),
    Defect("an answer to nobody", ("command-unknown",), lambda history: history.add(
        Answered(at=1.0, id=UNUSED, status=200))),
    Defect("acknowledged, nothing done", ("acknowledged-without-fact",), breakages.acknowledged_for_nothing),
    Defect("a fact never sent", (
        "fact-missing-on-the-bus", "acknowledged-without-fact", "row-without-fact"), breakages.fact_lost),
    Defect("a fact of a job never sent", ("fact-missing-on-the-bus",), breakages.derived_fact_lost),
    Defect("acknowledged and done twice", ("command-took-effect-twice",), breakages.acknowledged_twice),
    Defect("unacknowledged and done twice", ("command-took-effect-twice",), breakages.unacknowledged_twice),
    Defect("refused and done", ("refused-took-effect",), breakages.although_refused),
    Defect("done without being asked for", ("fact-nobody-asked-for",), breakages.by_nobody),
    Defect("done for another command", ("fact-nobody-asked-for",), breakages.by_another_command),
    Defect("a retry is answered otherwise", ("answers-differ",), breakages.answered_otherwise),
    Defect("acknowledged, then refused", ("answers-differ",), breakages.refused_afterwards),
    Defect("answered what is not so", ("answer-contradicts-fact",), lambda history: history.change(
        history.first(Answered, result=lambda result: result.get("position") == 1),
        result=history.first(Answered, result=lambda result: result.get("position") == 1).result | {"position": 2})),
    Defect("done to another", ("target-differs",), lambda history: history.change(
        history.first(Invoked, command="withdraw"), target=UNUSED)),
    Defect("a fact without its row", ("fact-without-row",), lambda history: history.drop(
        history.first(Row, table="opinion"))),
    Defect("a row without a fact", ("row-without-fact",), lambda history: history.add(
        Row(service="minutes", table="opinion", id=UNUSED))),
    Defect("one scan told twice", ("row-told-twice",), breakages.row_told_twice),
    Defect("a seat in another state", ("seat-differs-from-facts",), lambda history: history.change(
        history.first(Row, table="registration"), state="waitlisted")),
    Defect("a meeting counts wrongly", ("meeting-differs-from-facts",), lambda history: history.columns(
        history.first(Row, table="meeting"), confirmed=1)),
    Defect("a message in another state", ("state-differs-from-facts",), lambda history: history.change(
        history.first(Row, table="message", state="delivered"), state="sent")),
    Defect("an edit overwritten", ("minutes-differ-from-facts",), lambda history: history.columns(
        history.first(Row, table="minutes"), revision=1)),
    Defect("two facts change places", ("facts-out-of-order",), breakages.swapped),
    Defect("a stream changes its partition", ("facts-out-of-order",), breakages.partition_changed),
    Defect("a number for two events", ("sequence-given-twice",), breakages.same_sequence),
    Defect("a fact that the row does not know", ("fact-beyond-the-state",), breakages.version_behind),
    Defect("a fact that a service misses", ("fact-not-taken",), lambda history: history.drop(
        history.first(Taken, service="archive"))),
    Defect("a fact taken twice", ("fact-taken-twice",), lambda history: history.add(
        history.first(Taken, service="minutes"))),
    Defect("taken, never sent", ("taken-but-never-sent",), lambda history: history.add(
        Taken(service="minutes", source="/eoffice/archive/record", event_id=UNUSED))),
    Defect("a number still awaited", ("position-wrong",), lambda history: history.change(
        history.first(Position), missing=[1])),
    Defect("no position", ("position-missing",), lambda history: history.drop(history.first(Position))),
    Defect("a position behind", ("position-wrong",), lambda history: history.change(
        history.first(Position, seq=lambda seq: seq > 1), seq=1)),
    Defect("an effect is missing", ("effect-missing",), breakages.effect_gone("notification", "message")),
    Defect("the archive misses a fact", ("effect-missing",), breakages.effect_gone("archive", "fact")),
    Defect("a person nobody knows", ("effect-missing",), breakages.effect_gone("minutes", "person")),
    Defect("an effect twice", ("effect-twice",), breakages.effect_again("notification", "message")),
    Defect("a fact archived twice", ("effect-twice",), breakages.effect_again("archive", "fact")),
    Defect("a projection twice", ("effect-twice",), breakages.effect_again("minutes", "participant")),
    Defect("an effect of nothing", ("effect-without-fact",), breakages.stray_effect("minutes", "participant")),
    Defect("a status of nothing", ("effect-without-fact",), breakages.stray_effect("registration", "message_status")),
    Defect("minutes misheard", ("seat-heard-wrongly",), lambda history: history.columns(
        history.first(Effect, service="minutes", what="participant"), state="withdrawn-twice")),
    Defect("a status misheard", ("status-heard-wrongly",), lambda history: history.columns(
        history.first(Effect, service="registration", what="message_status"), state="created")),
    Defect("nothing followed", ("consequence-missing",), breakages.consequence_lost),
    Defect("it followed twice", ("consequence-twice",), breakages.consequence_twice),
    Defect("it followed from nothing", ("consequence-without-cause",), breakages.consequence_of_nothing),
    Defect("a seat without a ticket", ("ticket-missing", "effect-without-fact"), breakages.no_ticket),
    Defect("a ticket twice", ("ticket-issued-twice",), breakages.ticket_twice),
    Defect("sent again without unknown", ("sent-again-without-unknown",), breakages.sent_twice),
    Defect("sent twice for certain", ("sent-again-without-unknown",), breakages.two_attempts_sent),
    Defect("sent, never received", ("sent-but-not-received",), breakages.never_received),
    Defect("sent by nobody", ("sent-by-nobody",), lambda history: history.add(
        Gateway(channel="sms", key=UNUSED, requests=1, accepted=1))),
    Defect("a message on its way", ("message-unfinished", "state-differs-from-facts"), lambda history: history.change(
        history.first(Row, table="message", state="delivered"), state="sending")),
    Defect("an outbox not empty", ("outbox-not-empty",), breakages.outbox(pending=1)),
    Defect("a parked key", ("key-parked",), breakages.outbox(parked=1)),
    Defect("a job ready", ("job-left",), breakages.leases(ready=1)),
    Defect("a job running", ("job-left",), breakages.leases(running=1)),
    Defect("a job dead", ("job-left",), breakages.leases(dead=1)),
    Defect("an orphan lease", ("lease-orphaned",), breakages.leases(orphan=1)),
    Defect("a publication postponed", ("publication-postponed",), breakages.stray_effect("notification", "postponed")),
    Defect("an unexplained dead letter", ("letter-unexplained",), lambda history: breakages.letter(
        history, TOPIC, "dead")),
    Defect("a fact that waits behind one", ("letter-unexplained",), lambda history: breakages.letter(
        history, TOPIC, "parked")),
    Defect("a poison without a letter", ("poison-without-letter",), lambda history: history.drop(
        history.first(Letter))),
    Defect("a poison with two letters", ("poison-without-letter",), lambda history: history.add(history.first(Letter))),
    Defect("a record that Kafka forgot", ("poison-vanished",), lambda history: history.drop(history.first(Unreadable))),
    Defect("an unreadable record", ("record-unreadable",), lambda history: history.add(
        Unreadable(topic=TOPIC, partition=5, offset=9_999))),
    Defect("a poison that was taken for an event", ("record-unreadable", "letter-unexplained"),
        lambda history: history.drop(history.first(Poison))),
    Defect("a number skipped", ("number-missing",), breakages.number_skipped),
    Defect("a number lost at the end", ("number-missing",), breakages.number_promised),
    Defect("a number given twice", ("number-given-twice",), lambda history: history.add(
        replace(history.first(Number, series="MTC/2022"), ref=UNUSED))),
    Defect("a log that does not prove itself", ("log-broken",), lambda history: history.change(
        history.first(Log), intact=False, flaws=["node-differs"])),
    Defect("an entry too few", ("log-incomplete",), lambda history: history.change(history.first(Log), size=1)),
    Defect("a package too few", ("log-incomplete",), lambda history: history.change(history.first(Log), packages=1)),
    Defect("an entry elsewhere", ("log-place-differs",), lambda history: history.change(
        history.first(Effect, what="log_entry", id="1"), id="7")),
)  # fmt: skip
