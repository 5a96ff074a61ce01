"""`pasum events`: prints events, one line each; the content of topics with personal data is left out."""

import asyncio
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.markup import escape

from pasum.kafka import header, observer, settings_of
from shared.contracts import TOPICS

_ALWAYS_SHOWN = ("state", "position", "reason", "channel", "template", "number", "organisation", "kind", "seats", "was")


def print_events(found: Mapping[str, Any], console: Console, *, follow: bool, topic: str | None) -> None:
    """Print the events that are there and, with `follow`, new ones until Ctrl-C."""
    chosen = [name for name in TOPICS if topic is None or topic in name]
    try:
        asyncio.run(_print(found, console, chosen, follow=follow))
    except KeyboardInterrupt:
        return


async def _print(found: Mapping[str, Any], console: Console, topics: list[str], *, follow: bool) -> None:
    async with observer(settings_of(found["kafka"]), topics) as consumer:
        ends = await consumer.end_offsets(consumer.assignment())
        while follow or [each for each, end in ends.items() if await consumer.position(each) < end]:
            batches = await consumer.getmany(timeout_ms=700, max_records=500)
            records = [record for batch in batches.values() for record in batch]
            for record in sorted(records, key=lambda one: header(one, "ce_time")):
                console.print(line(record), highlight=False, soft_wrap=True)


def line(record: Any) -> str:
    """One event as a line: time, type, aggregate and number, and some of its fields."""
    type_ = header(record, "ce_type") or "?"
    when = _clock(header(record, "ce_time"))
    fields = "" if TOPICS[record.topic].personal_data else _short_fields(record.value)
    subject = header(record, "ce_subject")[:13]
    number = header(record, "ce_sequence")
    return f"[dim]{when}[/dim] [bold]{escape(type_)}[/bold] {escape(subject)}#{number} {escape(fields)}"


def _clock(time: str) -> str:
    try:
        return datetime.fromisoformat(time).astimezone().strftime("%H:%M:%S.%f")[:-3]
    except ValueError:
        return "--:--:--"


def _short_fields(value: bytes | None) -> str:
    try:
        document = json.loads(value or b"{}")
    except ValueError:
        return "(not JSON)"
    return " ".join(f"{name}={document[name]}" for name in _ALWAYS_SHOWN if document.get(name) is not None)
