"""Counts the registrations of some meetings where they are kept; `python count.py FILE`, what load.py has written.

Waits until all outboxes are empty and all readers have consumed these events; prints the counts as JSON. Messages that
notification still has to send are its jobs, which are not lost; they are counted and not waited for.
"""

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

import asyncpg

from pasum.kafka import header, observer, settings_of

SETTINGS = Path("/settings/settings.json")
SETTLE_SECONDS = 240.0
TOPIC = "eoffice.registration.meeting.v1"
READERS = ("notification", "minutes", "archive")
TYPE = "registration.participant-registered.v1"
_ROWS = "SELECT count(*) FROM registration WHERE meeting_id = ANY($1::uuid[])"
_CONSUMED = "SELECT count(*) FROM inbox WHERE event_id = ANY($1::text[])"
_OUTBOX = "SELECT count(*) FROM outbox"
_LETTERS = "SELECT count(*) FROM dead_letter WHERE state IN ('dead', 'parked')"
_JOBS = "SELECT count(*) FROM job WHERE state <> 'done'"


def main() -> None:
    """Count and print."""
    found = json.loads(SETTINGS.read_text(encoding="utf-8"))
    meetings = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))["meetings"]
    sys.stdout.write(json.dumps(asyncio.run(count(found, meetings))) + "\n")


async def count(found: dict[str, Any], meetings: list[str]) -> dict[str, Any]:
    """Where the registrations of these meetings are."""
    begun = time.monotonic()
    databases = {service: await asyncpg.connect(dsn) for service, dsn in found["databases"].items()}
    ours = databases["registration"]
    while await ours.fetchval(_OUTBOX) and time.monotonic() < begun + SETTLE_SECONDS:  # noqa: ASYNC110 -- a database
        await asyncio.sleep(0.5)
    events = await published(found, set(meetings))
    waiting = dict.fromkeys(READERS, len(events))
    while any(waiting.values()) and time.monotonic() < begun + SETTLE_SECONDS:
        await asyncio.sleep(0.5)
        waiting = {name: len(events) - await databases[name].fetchval(_CONSUMED, list(events)) for name in READERS}
    return {
        "rows": await ours.fetchval(_ROWS, meetings),
        "events": len(events),
        "waiting": {name: number for name, number in waiting.items() if number},
        "dead_letters": sum([await each.fetchval(_LETTERS) for each in databases.values()]),
        "messages_still_to_send": await databases["notification"].fetchval(_JOBS),
        "settled_seconds": round(time.monotonic() - begun, 1),
    }


async def published(found: dict[str, Any], meetings: set[str]) -> set[str]:
    """The identifiers of the events about these registrations, each once, as a relay may publish one twice."""
    seen: set[str] = set()
    async with observer(settings_of(found["kafka"]), [TOPIC]) as consumer:
        ends = await consumer.end_offsets(consumer.assignment())
        waiting = {partition for partition, end in ends.items() if end}
        while waiting:
            for records in (await consumer.getmany(timeout_ms=500, max_records=5000)).values():
                ours = (one for one in records if header(one, "ce_subject") in meetings)
                seen |= {header(one, "ce_id") for one in ours if header(one, "ce_type") == TYPE}
            waiting = {each for each in waiting if await consumer.position(each) < ends[each]}
    return seen


if __name__ == "__main__":
    main()
