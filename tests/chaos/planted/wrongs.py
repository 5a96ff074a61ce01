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
from tests.chaos.planted import breaking
from tests.chaos.planted.breaking import Break
from tests.chaos.planted.days import TOPIC
from tests.chaos.planted.planting import UNUSED


@dataclass(frozen=True, slots=True)
class Wrong:
    """One way of going wrong: what is done to a true history, and the rules that must find it."""

    name: str
    rules: tuple[str, ...]
    plant: Break


WRONGS: Final = (
    Wrong("the history breaks off", ("history-incomplete",), lambda plot: plot.drop(plot.first(Witnessed))),
    Wrong("a service was not asked", ("history-incomplete",), lambda plot: plot.drop(plot.first(Outbox))),
    Wrong("a row read twice", ("found-twice",), lambda plot: plot.add(replace(plot.first(Row)))),
    Wrong("stuck", ("not-settled",), lambda plot: plot.change(plot.first(Settled), stuck=["lag 3"])),
    Wrong("an unknown command", ("command-unknown",), lambda plot: plot.add(
        Invoked(at=1.0, id=UNUSED, service="minutes", command="guess", target=""))),
    Wrong("an answer to nobody", ("command-unknown",), lambda plot: plot.add(Answered(at=1.0, id=UNUSED, status=200))),
    Wrong("acknowledged, nothing done", ("acknowledged-without-fact",), breaking.acknowledged_for_nothing),
    Wrong("a fact never sent", (
        "fact-missing-on-the-bus", "acknowledged-without-fact", "row-without-fact"), breaking.fact_lost),
    Wrong("a fact of a job never sent", ("fact-missing-on-the-bus",), breaking.derived_fact_lost),
    Wrong("acknowledged and done twice", ("command-took-effect-twice",), breaking.acknowledged_twice),
    Wrong("unacknowledged and done twice", ("command-took-effect-twice",), breaking.unacknowledged_twice),
    Wrong("refused and done", ("refused-took-effect",), breaking.although_refused),
    Wrong("done without being asked for", ("fact-nobody-asked-for",), breaking.by_nobody),
    Wrong("done for another command", ("fact-nobody-asked-for",), breaking.by_another_command),
    Wrong("a retry is answered otherwise", ("answers-differ",), breaking.answered_otherwise),
    Wrong("acknowledged, then refused", ("answers-differ",), breaking.refused_afterwards),
    Wrong("answered what is not so", ("answer-contradicts-fact",), lambda plot: plot.change(
        plot.first(Answered, result=lambda result: result.get("position") == 1),
        result=plot.first(Answered, result=lambda result: result.get("position") == 1).result | {"position": 2})),
    Wrong("done to another", ("target-differs",), lambda plot: plot.change(
        plot.first(Invoked, command="withdraw"), target=UNUSED)),
    Wrong("a fact without its row", ("fact-without-row",), lambda plot: plot.drop(plot.first(Row, table="opinion"))),
    Wrong("a row without a fact", ("row-without-fact",), lambda plot: plot.add(
        Row(service="minutes", table="opinion", id=UNUSED))),
    Wrong("one scan told twice", ("row-told-twice",), breaking.row_told_twice),
    Wrong("a seat in another state", ("seat-differs-from-facts",), lambda plot: plot.change(
        plot.first(Row, table="registration"), state="waitlisted")),
    Wrong("a meeting counts wrongly", ("meeting-differs-from-facts",), lambda plot: plot.columns(
        plot.first(Row, table="meeting"), confirmed=1)),
    Wrong("a message in another state", ("state-differs-from-facts",), lambda plot: plot.change(
        plot.first(Row, table="message", state="delivered"), state="sent")),
    Wrong("an edit overwritten", ("minutes-differ-from-facts",), lambda plot: plot.columns(
        plot.first(Row, table="minutes"), revision=1)),
    Wrong("two facts change places", ("facts-out-of-order",), breaking.swapped),
    Wrong("a stream changes its partition", ("facts-out-of-order",), breaking.partition_changed),
    Wrong("a number for two events", ("sequence-given-twice",), breaking.same_sequence),
    Wrong("a fact that the row does not know", ("fact-beyond-the-state",), breaking.version_behind),
    Wrong("a fact that a service misses", ("fact-not-taken",), lambda plot: plot.drop(
        plot.first(Taken, service="archive"))),
    Wrong("a fact taken twice", ("fact-taken-twice",), lambda plot: plot.add(plot.first(Taken, service="minutes"))),
    Wrong("taken, never sent", ("taken-but-never-sent",), lambda plot: plot.add(
        Taken(service="minutes", source="/eoffice/archive/record", event_id=UNUSED))),
    Wrong("a number still awaited", ("position-wrong",), lambda plot: plot.change(plot.first(Position), missing=[1])),
    Wrong("no position", ("position-missing",), lambda plot: plot.drop(plot.first(Position))),
    Wrong("a position behind", ("position-wrong",), lambda plot: plot.change(
        plot.first(Position, seq=lambda seq: seq > 1), seq=1)),
    Wrong("an effect is missing", ("effect-missing",), breaking.effect_gone("notification", "message")),
    Wrong("the archive misses a fact", ("effect-missing",), breaking.effect_gone("archive", "fact")),
    Wrong("a person nobody knows", ("effect-missing",), breaking.effect_gone("minutes", "person")),
    Wrong("an effect twice", ("effect-twice",), breaking.effect_again("notification", "message")),
    Wrong("a fact archived twice", ("effect-twice",), breaking.effect_again("archive", "fact")),
    Wrong("a projection twice", ("effect-twice",), breaking.effect_again("minutes", "participant")),
    Wrong("an effect of nothing", ("effect-without-fact",), breaking.stray_effect("minutes", "participant")),
    Wrong("a status of nothing", ("effect-without-fact",), breaking.stray_effect("registration", "message_status")),
    Wrong("minutes misheard", ("seat-heard-wrongly",), lambda plot: plot.columns(
        plot.first(Effect, service="minutes", what="participant"), state="withdrawn-twice")),
    Wrong("a status misheard", ("status-heard-wrongly",), lambda plot: plot.columns(
        plot.first(Effect, service="registration", what="message_status"), state="created")),
    Wrong("nothing followed", ("consequence-missing",), breaking.consequence_lost),
    Wrong("it followed twice", ("consequence-twice",), breaking.consequence_twice),
    Wrong("it followed from nothing", ("consequence-without-cause",), breaking.consequence_of_nothing),
    Wrong("a seat without a ticket", ("ticket-missing", "effect-without-fact"), breaking.no_ticket),
    Wrong("a ticket twice", ("ticket-issued-twice",), breaking.ticket_twice),
    Wrong("sent again without unknown", ("sent-again-without-unknown",), breaking.sent_twice),
    Wrong("sent twice for certain", ("sent-again-without-unknown",), breaking.two_attempts_sent),
    Wrong("sent, never received", ("sent-but-not-received",), breaking.never_received),
    Wrong("sent by nobody", ("sent-by-nobody",), lambda plot: plot.add(
        Gateway(channel="sms", key=UNUSED, requests=1, accepted=1))),
    Wrong("a message on its way", ("message-unfinished", "state-differs-from-facts"), lambda plot: plot.change(
        plot.first(Row, table="message", state="delivered"), state="sending")),
    Wrong("an outbox not empty", ("outbox-not-empty",), breaking.outbox(pending=1)),
    Wrong("a parked key", ("key-parked",), breaking.outbox(parked=1)),
    Wrong("a job ready", ("job-left",), breaking.leases(ready=1)),
    Wrong("a job running", ("job-left",), breaking.leases(running=1)),
    Wrong("a job dead", ("job-left",), breaking.leases(dead=1)),
    Wrong("an orphan lease", ("lease-orphaned",), breaking.leases(orphan=1)),
    Wrong("a publication postponed", ("publication-postponed",), breaking.stray_effect("notification", "postponed")),
    Wrong("an unexplained dead letter", ("letter-unexplained",), lambda plot: breaking.letter(plot, TOPIC, "dead")),
    Wrong("a fact that waits behind one", ("letter-unexplained",), lambda plot: breaking.letter(plot, TOPIC, "parked")),
    Wrong("a poison without a letter", ("poison-without-letter",), lambda plot: plot.drop(plot.first(Letter))),
    Wrong("a poison with two letters", ("poison-without-letter",), lambda plot: plot.add(plot.first(Letter))),
    Wrong("a record that Kafka forgot", ("poison-vanished",), lambda plot: plot.drop(plot.first(Unreadable))),
    Wrong("an unreadable record", ("record-unreadable",), lambda plot: plot.add(
        Unreadable(topic=TOPIC, partition=5, offset=9_999))),
    Wrong("a poison that was taken for an event", ("record-unreadable", "letter-unexplained"), lambda plot: plot.drop(
        plot.first(Poison))),
    Wrong("a number skipped", ("number-missing",), breaking.number_skipped),
    Wrong("a number lost at the end", ("number-missing",), breaking.number_promised),
    Wrong("a number given twice", ("number-given-twice",), lambda plot: plot.add(
        replace(plot.first(Number, series="MTC/2022"), ref=UNUSED))),
    Wrong("a log that does not prove itself", ("log-broken",), lambda plot: plot.change(
        plot.first(Log), intact=False, flaws=["node-differs"])),
    Wrong("an entry too few", ("log-incomplete",), lambda plot: plot.change(plot.first(Log), size=1)),
    Wrong("a package too few", ("log-incomplete",), lambda plot: plot.change(plot.first(Log), packages=1)),
    Wrong("an entry elsewhere", ("log-place-differs",), lambda plot: plot.change(
        plot.first(Effect, what="log_entry", id="1"), id="7")),
)  # fmt: skip
