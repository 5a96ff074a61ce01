"""Registers people at a steady rate until it is stopped, as clients that try once more when a connection is reset.

`python load.py --rate 100 --most 600 FILE`: stops after `most` seconds, or when FILE.stop appears; writes figures and
the acknowledged registrations into FILE as JSON. Every second client opens a connection of its own, as a telephone
does; the others share connections that stay open, as a gateway does.
"""

import argparse
import asyncio
import json
import math
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import httpx

from pasum.api import Client, bearer

SETTINGS = Path("/settings/settings.json")
MEETINGS = 10
PATIENCE_SECONDS = 30.0
_LIMITS = httpx.Limits(max_connections=None, max_keepalive_connections=32, keepalive_expiry=4.0)
_ALONE = {"Connection": "close"}
_NUMBERS = count(1_000 * int(time.time()))  # of mobiles: no run has those of the one before
_MEETING: dict[str, Any] = {
    "title": {"lo": "ກອງປະຊຸມ", "en": "Meeting"},
    "venue": {"lo": "ນະຄອນຫຼວງວຽງຈັນ"},
    "starts_at": "2030-01-01T01:30:00Z",
    "ends_at": "2030-01-01T05:00:00Z",
    "organiser": "MTC",
    "chair": {"given_name": "ປະທານ", "rank": 50, "email": "chair@example.la"},
    "capacity": 100_000,
}


@dataclass(slots=True)
class Outcome:
    """What the clients saw."""

    seconds: list[float] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    retried: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    moments: list[tuple[float, str]] = field(default_factory=list)

    def figures(self, begun: float) -> dict[str, Any]:
        """Counts and latencies, in milliseconds; `moments`: seconds since the begin of what was retried or failed."""
        latencies = sorted(self.seconds)
        worst = {f"p{each:g}_ms": _percentile(latencies, each) for each in (50, 95, 99, 99.9, 100)}
        return {
            "sent": len(latencies) + self.failed.total(),
            "acknowledged": len(self.acknowledged),
            "retried": dict(self.retried),
            "failed": dict(self.failed),
            "moments": [[round(moment - begun, 1), what] for moment, what in self.moments[:10]],
            **worst,
        }


def main() -> None:
    """Send until stopped, wait for what is on its way, write the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("file", type=Path)
    parser.add_argument("--rate", type=float, default=100.0)
    parser.add_argument("--most", type=float, default=600.0)
    options = parser.parse_args()
    found = json.loads(SETTINGS.read_text(encoding="utf-8"))
    meetings, outcome = open_meetings(found), Outcome()
    options.file.with_suffix(".begun").touch()
    begun = time.monotonic()
    asyncio.run(send(found["services"]["registration"], meetings, outcome, options))
    report = {"seconds": round(time.monotonic() - begun, 1), "meetings": meetings, **outcome.figures(begun)}
    options.file.write_text(json.dumps(report), encoding="utf-8")


async def send(url: str, meetings: list[str], outcome: Outcome, options: argparse.Namespace) -> None:
    """Send at the rate, whether or not answers come."""
    stop, begun = options.file.with_suffix(".stop"), time.monotonic()
    client = httpx.AsyncClient(base_url=url, limits=_LIMITS, timeout=PATIENCE_SECONDS, trust_env=False)
    async with client, asyncio.TaskGroup() as sending:
        for number in count():
            await asyncio.sleep(begun + number / options.rate - time.monotonic())
            if stop.exists() or time.monotonic() > begun + options.most:
                return
            sending.create_task(register(client, meetings[number % len(meetings)], number, outcome))


def open_meetings(found: dict[str, Any]) -> list[str]:
    """Meetings of the load's own."""
    opened = []
    with Client(found["services"]["registration"], bearer(found, "organiser", organisation="MTC")) as organiser:
        for _ in range(MEETINGS):
            meeting = organiser.post("/v1/meetings", _MEETING)["meeting_id"]
            organiser.post(f"/v1/meetings/{meeting}/open")
            opened.append(meeting)
    return opened


async def register(client: httpx.AsyncClient, meeting: str, number: int, outcome: Outcome) -> None:
    """One person's registration, with one more attempt if the connection breaks; the key makes it harmless."""
    key = f"{time.time_ns()}-{number}"
    person = {"given_name": "ສົມພອນ", "rank": 80, "mobile": f"+85620{55_000_000 + next(_NUMBERS) % 5_000_000}"}
    body = {"organisation": "MOF", "person": person}
    headers = {"Idempotency-Key": key, **(_ALONE if number % 2 else {})}
    begun = time.monotonic()
    for attempt in (1, 2):
        try:
            answer = await client.post(f"/v1/meetings/{meeting}/registrations", json=body, headers=headers)
        except httpx.TransportError as error:
            name = type(error).__name__
            (outcome.retried if attempt == 1 else outcome.failed)[name] += 1
            outcome.moments.append((time.monotonic(), f"{name} {'alone' if number % 2 else 'shared'} {attempt}"))
            continue
        if answer.status_code == httpx.codes.CREATED:
            outcome.seconds.append(time.monotonic() - begun)
            outcome.acknowledged.append(answer.json()["registration_id"])
        else:
            outcome.failed[str(answer.status_code)] += 1
            outcome.moments.append((time.monotonic(), f"{answer.status_code} {answer.text[:200]}"))
        return


def _percentile(latencies: list[float], percent: float) -> float:
    if not latencies:
        return math.nan
    return round(1000 * latencies[max(0, math.ceil(len(latencies) * percent / 100) - 1)], 1)


if __name__ == "__main__":
    main()
