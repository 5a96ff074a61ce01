"""The inspection: once the system has settled, everything it holds is read from outside and added to the history."""

import time
from collections.abc import Mapping
from typing import Any

from tests.chaos.history import Journal, Witnessed
from tests.chaos.inspection.archive import archive_log
from tests.chaos.inspection.databases import databases
from tests.chaos.inspection.providers import providers
from tests.chaos.inspection.quiet import quiet
from tests.chaos.inspection.topics import topics

__all__ = ["inspect_system"]


async def inspect_system(found: Mapping[str, Any], journal: Journal) -> int:
    """Wait for the last ripple, then write down what is found; returns how many records.

    `found` is what `deploy.local` writes into its address file: `kafka`, `databases`, `services` (with `sms` and
    `mailbox`), `folder`. The addresses should be the servers' own, with no proxy in between. Nothing is changed, and
    nothing is asked of the services themselves. Raises what the servers' clients raise where one of them is away.
    """
    await quiet(found)
    count = 0
    async for records in topics(found["kafka"]):
        count += journal.extend(records)
    async for records in databases(found["databases"]):
        count += journal.extend(records)
    count += journal.extend(await providers(found["services"]))
    count += journal.extend([await archive_log(found)])
    journal.write(Witnessed(at=time.time(), records=count))
    return count
