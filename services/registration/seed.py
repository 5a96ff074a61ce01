"""The bodies of government that ship with the product: loaded into a fresh database, and into one that knew less.

What somebody has edited is left alone.
"""

import csv
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from services.registration.domain.organisation import RecordOrganisation
from services.registration.policy import SERVICE
from services.registration.store import ORGANISATIONS
from shared.application import execute
from shared.contracts.base import Bilingual
from shared.contracts.registration import OrganisationRecorded
from shared.database import Connection, Database

FILE = Path(__file__).parent / "data" / "organisations.tsv"
# A version before the list of changes has written the first one without an entry.
_EDITED: Final = """
SELECT code FROM organisation o LEFT JOIN organisation_change c USING (code)
GROUP BY code, o.version HAVING bool_or(c.changed_by <> $1) OR o.version - count(c.version) > 1
"""


def read_organisations(file: Path = FILE) -> list[OrganisationRecorded]:
    """The bodies of a tab-separated file, each after those it names; `abbr_lo` is filled where it was seen in print."""
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    bodies = [_body(row) for row in rows]
    return sorted(bodies, key=_after_those_it_names)


def _body(row: dict[str, str]) -> OrganisationRecorded:
    return OrganisationRecorded(
        organisation=row["code"],
        name=Bilingual(lo=row["lao"], en=row["english"]),
        abbreviation_lo=row["abbr_lo"] or None,
        abbreviation_en=row["abbr_en"] or None,
        kind=row["kind"],
        parent=row["parent"] or None,
        protocol_order=int(row["order"]),
        valid_from=_day(row["since"]),
        valid_until=_day(row["until"]),
        successors=tuple(row["successors"].split()),
        taken_over_by=row["taken_over_by"] or None,
    )


def _after_those_it_names(body: OrganisationRecorded) -> tuple[bool, int]:
    """Whoever ended later comes first: a successor lasts longer than its predecessor."""
    return body.parent is not None, -(body.valid_until or date.max).toordinal()


def _day(text: str) -> date | None:
    """`2011`, `2021-03` or `2025-03-20`; the first day of what is named."""
    return date.fromisoformat("-".join([*text.split("-"), "01", "01"][:3])) if text else None


async def load_organisations(database: Database) -> None:
    """Record what is not recorded yet or was recorded by an earlier release, in one transaction, as facts."""
    await database.open()
    async with database.transaction() as connection:
        edited = await _edited(connection)
        for body in read_organisations():
            if body.organisation not in edited:
                command = RecordOrganisation(actor=SERVICE, at=datetime.now(UTC), data=body)
                await execute(connection, ORGANISATIONS, body.organisation, command)
    await database.close()


async def _edited(connection: Connection) -> set[str]:
    return {row["code"] for row in await connection.fetch(_EDITED, SERVICE.subject)}
