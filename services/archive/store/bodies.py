"""Which bodies were taken over by which: of each the newest fact holds."""

from collections.abc import Iterable
from typing import Final

from shared.contracts import Fact
from shared.contracts.registration import OrganisationRecorded
from shared.database import Connection

_TAKEN_OVER: Final = """
INSERT INTO taken_over (code, taken_over_by, since) VALUES ($1, $2, $3)
ON CONFLICT (code) DO UPDATE SET taken_over_by = excluded.taken_over_by, since = excluded.since
"""
_NOT_TAKEN_OVER: Final = "DELETE FROM taken_over WHERE code = $1"


async def keep_successions(connection: Connection, facts: Iterable[Fact | None]) -> None:
    """Keep who acts for each body that has ended; other facts say nothing of it."""
    for fact in facts:
        if not isinstance(fact, OrganisationRecorded):
            continue
        if fact.taken_over_by and fact.valid_until:
            await connection.execute(_TAKEN_OVER, fact.organisation, fact.taken_over_by, fact.valid_until)
        else:
            await connection.execute(_NOT_TAKEN_OVER, fact.organisation)
