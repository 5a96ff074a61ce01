"""What is looked at from outside: databases, providers, packages."""

import asyncio
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import asyncpg
import httpx

from shared.contracts import SERVICE_NAMES
from tests.chaos.settle import moving

UNPUBLISHED: Final = "SELECT count(*) FROM outbox"
KEPT: Final = "SELECT count(*) FROM outbox_published"
TO_BE_SENT: Final = "SELECT count(*) FROM job WHERE kind LIKE 'send-%' AND state IN ('ready', 'running')"
_SEALING: Final = "SELECT record_id::text FROM record WHERE phase IN ('sealing', 'sealed')"
_LOOKS: Final = 4
_PATIENCE_SECONDS: Final = 180.0


def asked(found: Mapping[str, Any], service: str, query: str) -> list[Any]:
    """The first column of a query's answer."""
    return asyncio.run(_asked(found["databases"][service], query))


async def _asked(dsn: str, query: str) -> list[Any]:
    connection = await asyncpg.connect(dsn)
    try:
        return [row[0] for row in await connection.fetch(query)]
    finally:
        await connection.close()


def counted(found: Mapping[str, Any], query: str) -> int:
    """The sum of a count over all databases."""
    return sum(asked(found, service, query)[0] for service in SERVICE_NAMES)


def references(found: Mapping[str, Any]) -> list[str]:
    """What the providers have: the key of each SMS, the Message-ID of each e-mail."""
    urls = found["services"]
    with httpx.Client(timeout=60.0, trust_env=False) as client:
        sms = client.get(f"{urls['sms']}/messages").raise_for_status().json()
        mails: list[str] = client.get(f"{urls['mailbox']}/messages/references").raise_for_status().json()
    return [*(row["key"] for row in sms), *mails]


def set_aside_packages(found: Mapping[str, Any]) -> list[str]:
    """Move packages away whose sealing the restored database does not know: their records will be sealed anew."""
    known = {f"record-{record}" for record in asked(found, "archive", _SEALING)}
    packages = Path(found["folder"]) / "data" / "archive" / "packages"
    unknown = [package for package in packages.iterdir() if package.name not in known] if packages.exists() else []
    aside = Path(found["folder"]) / "set-aside"
    aside.mkdir(exist_ok=True)
    for package in unknown:
        shutil.move(package, aside / package.name)
    return [package.name for package in unknown]


async def only_messages_wait(system: Any) -> bool:
    """Wait until nothing moves but the messages that nobody hands over; False if that takes too long."""
    loop = asyncio.get_running_loop()
    until, still = loop.time() + _PATIENCE_SECONDS, 0
    while still < _LOOKS:
        left = {name for name in (await moving(system)).left if not name.startswith("jobs")}
        still = 0 if left else still + 1
        if loop.time() > until:
            return False
        await asyncio.sleep(1.0)
    return True
