"""Counts what has happened in the demonstration, and makes the report.

All figures are counted in the system (APIs, databases, Kafka, SMS gateway, mailbox, archive), none in the client that
plays the people. Counts that must be equal are compared (`checks`); if they differ, the demonstration fails.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg

from pasum.api import Client, bearer
from pasum.demo.notified import Checks, count_notified
from pasum.demo.trained import count_trained
from pasum.demo.training import Training
from pasum.kafka import everything, header, settings_of
from shared.contracts import SERVICE_NAMES, TOPICS

SETTLE_SECONDS = 60.0
_REPORTED = (
    "invited",
    "answered",
    "confirmed",
    "declined",
    "represented",
    "waitlisted",
    "promoted",
    "withdrawn",
    "checked_in",
    "present",
    "women",
    "check_ins_refused",
)


class Disagreement(RuntimeError):
    """Two counts of the same thing differ."""


@dataclass(slots=True)
class Count:
    """What is in Kafka: records, facts by type and by aggregate, and the facts that each service must have processed.

    A killed relay publishes again what it could not delete: such a fact is in two records with the same identifier.
    """

    records: int = 0
    seen: set[str] = field(default_factory=set)
    facts: Counter[str] = field(default_factory=Counter)
    about: Counter[tuple[str, str]] = field(default_factory=Counter)
    ids: dict[str, set[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Databases:
    """What is in the databases."""

    inbox: Mapping[str, int]
    outbox: Mapping[str, int]
    jobs: Mapping[str, int]
    dead_letters: Mapping[str, int]


async def count_bus(found: Mapping[str, Any]) -> Count:
    """Read all records and count them."""
    count = Count(ids={service: set() for service in SERVICE_NAMES})
    async for record in everything(settings_of(found["kafka"])):
        count.records += 1
        identifier = header(record, "ce_id")
        if identifier in count.seen:
            continue
        count.seen.add(identifier)
        kind = header(record, "ce_type").partition(".")[2].rpartition(".v")[0]
        count.facts[kind] += 1
        count.about[kind, header(record, "ce_subject")] += 1
        for service in TOPICS[record.topic].readers:
            count.ids[service].add(identifier)
    return count


async def count_databases(found: Mapping[str, Any]) -> Databases:
    """Count the rows of the messaging tables."""
    queries = {
        "inbox": "SELECT count(*) FROM inbox",
        "outbox": "SELECT count(*) FROM outbox",
        "jobs": "SELECT count(*) FROM job WHERE state <> 'done'",
        "dead_letters": "SELECT count(*) FROM dead_letter WHERE state IN ('dead', 'parked')",
    }
    counts: dict[str, dict[str, int]] = {name: {} for name in queries}
    for service in SERVICE_NAMES:
        connection = await asyncpg.connect(found["databases"][service])
        try:
            for name, query in queries.items():
                counts[name][service] = await connection.fetchval(query)
        finally:
            await connection.close()
    return Databases(**counts)


async def settle(found: Mapping[str, Any]) -> tuple[Count, Databases]:
    """Wait until outboxes are empty, jobs done and all events processed; returns the counts."""
    until = time.monotonic() + SETTLE_SECONDS
    while True:
        before = await count_databases(found)
        bus = await count_bus(found)
        after = await count_databases(found)
        quiet = not any(after.outbox.values()) and not any(after.jobs.values()) and before == after
        taken = all(len(bus.ids[service]) == after.inbox[service] for service in SERVICE_NAMES)
        if (quiet and taken) or time.monotonic() > until:
            return bus, after
        await asyncio.sleep(0.3)


def figures(
    found: Mapping[str, Any], meeting: str, second: str, *, training: Training, seconds: float
) -> dict[str, Any]:
    """The report; raises `Disagreement` with all pairs of counts that differ."""
    bus, databases = asyncio.run(settle(found))
    report = _from_apis(found, meeting)
    report |= {
        "records": bus.records,
        "facts": dict(sorted(bus.facts.items())),
        "effects": dict(databases.inbox),
        "dead_letters": sum(databases.dead_letters.values()),
        "seconds": round(seconds, 1),
    }
    report["told"], checks = count_notified(found, second)
    report["training"], more = _trained(found, training, bus)
    report["checks"] = _checks(found, report, bus, databases) | checks | more
    wrong = [name for name, (one, other) in report["checks"].items() if one != other]
    if wrong:
        message = "; ".join(f"{name}: {report['checks'][name][0]} ≠ {report['checks'][name][1]}" for name in wrong)
        raise Disagreement(message)
    return report


def _trained(found: Mapping[str, Any], training: Training, bus: Count) -> tuple[dict[str, Any], Checks]:
    facts = {kind: number for (kind, about), number in bus.about.items() if about == training.meeting}
    token = bearer(found, "organiser", organisation="MTC", subject="demo-observer")
    with Client(found["services"]["registration"], token) as organiser:
        return count_trained(training, organiser, facts)


def _from_apis(found: Mapping[str, Any], meeting: str) -> dict[str, Any]:
    urls = found["services"]
    token = bearer(
        found, "organiser", "secretary", "archivist", "operator", organisation="MTC", subject="demo-observer"
    )
    with ExitStack() as open_:
        clients = {service: open_.enter_context(Client(urls[service], token)) for service in SERVICE_NAMES}
        return _ask(clients, urls, meeting)


def _ask(clients: Mapping[str, Client], urls: Mapping[str, str], meeting: str) -> dict[str, Any]:
    statistics = clients["registration"].get(f"/v1/meetings/{meeting}/statistics")
    messages = clients["notification"].get("/v1/messages/counts", meeting_id=meeting)
    minutes = clients["minutes"].get("/v1/minutes", meeting_id=meeting)["items"][0]
    all_messages = clients["notification"].get("/v1/messages/counts")
    news = clients["minutes"].get(f"/v1/minutes/{minutes['minutes_id']}/news")
    record = clients["archive"].get("/v1/records", meeting_id=meeting)["items"][0]
    return {
        "meeting": meeting,
        **{name: statistics[name] for name in _REPORTED},
        "sms": messages["sms"],
        "emails": messages["email"],
        "handed_over": all_messages["handed_over"],
        "minutes": {
            "state": minutes["state"],
            "number": minutes["number"],
            "present": minutes["present"],
            "women": minutes["women"],
            "address": f"{urls['minutes']}/v1/minutes/{minutes['minutes_id']}/document",
        },
        "news": {"title": news["title"], "address": f"{urls['minutes']}/v1/news/{news['news_id']}"},
        "archive": {
            "record": record["record_id"],
            "package": record["package_sha256"],
            "log_size": record["log_size"],
            "log_root": record["log_root"],
        },
    }


def _checks(
    found: Mapping[str, Any], report: Mapping[str, Any], bus: Count, databases: Databases
) -> dict[str, tuple[Any, Any]]:
    """Name → two counts from different places that must be equal."""
    urls, facts, handed_over = found["services"], bus.facts, report["handed_over"]
    of_meeting = {kind: number for (kind, about), number in bus.about.items() if about == report["meeting"]}
    with Client(urls["sms"]) as gateway, Client(urls["mailbox"]) as mailbox:
        sms, mails = (client.get("/messages/count")["count"] for client in (gateway, mailbox))
    folder = Path(found["folder"]) / "data" / "archive"
    return {
        **{
            f"events taken by {service} / on the bus": (databases.inbox[service], len(bus.ids[service]))
            for service in SERVICE_NAMES
        },
        "events waiting in outboxes / none": (sum(databases.outbox.values()), 0),
        "jobs not done / none": (sum(databases.jobs.values()), 0),
        "dead letters / none": (report["dead_letters"], 0),
        "check-ins in registration / facts on the bus": (report["checked_in"], of_meeting["participant-checked-in"]),
        "refused at the door / facts on the bus": (
            sum(report["check_ins_refused"].values()),
            of_meeting["check-in-refused"],
        ),
        "declined / facts on the bus": (report["declined"], of_meeting["invitation-declined"]),
        "promoted / facts on the bus": (report["promoted"], of_meeting["participant-promoted"]),
        "present in the minutes / in registration": (report["minutes"]["present"], report["present"]),
        "women in the minutes / in registration": (report["minutes"]["women"], report["women"]),
        "SMS handed over / in the gateway": (handed_over["sms"], sms),
        "e-mails handed over / in the mailbox": (handed_over["email"], mails),
        "messages sent / facts on the bus": (sum(handed_over.values()), facts["message-sent"]),
        "packages in the archive's folder / records sealed": (len(list(folder.rglob("*.zip"))), facts["record-sealed"]),
    }
