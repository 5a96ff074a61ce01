"""The archive's log: recomputed from its entries, and every package in the folder verified as by `pasum verify`."""

import asyncio
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg

from pasum.verify import Outcome, verify_file
from services.archive.domain.audit import audit_log
from services.archive.domain.note import parse_key
from services.archive.views import stored_log
from tests.chaos.history import Log


async def archive_log(found: Mapping[str, Any]) -> Log:
    """Everything the log's public key proves, and what it does not."""
    folder = Path(found["folder"])
    key = parse_key((folder / "secrets" / "log.vkey").read_text(encoding="utf-8"))
    connection = await asyncpg.connect(found["databases"]["archive"])
    try:
        stored = await stored_log(connection)
    finally:
        await connection.close()
    findings = await asyncio.to_thread(audit_log, stored, key=key)
    packages = sorted((folder / "data" / "archive" / "packages").rglob("*.zip"))
    verify = partial(verify_file, checkpoint_key=key, trust_roots=folder / "secrets" / "pki" / "root.pem")
    verdicts = [await asyncio.to_thread(verify, package) for package in packages]
    flaws = [f"{each.flaw}" for each in findings]
    flaws += [f"{verdict.file.name}: {verdict.outcome}" for verdict in verdicts if verdict.outcome != Outcome.TRUSTED]
    return Log(size=stored.state.size, intact=not flaws, packages=len(packages), flaws=flaws)
