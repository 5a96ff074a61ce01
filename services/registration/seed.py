"""The bodies of government that ship with the product, loaded once into a fresh database; later edits win."""

import csv
from datetime import UTC, date, datetime
from pathlib import Path

from services.registration.domain.organisation import RecordOrganisation
from services.registration.policy import SERVICE
from services.registration.store import ORGANISATIONS
from shared.application import execute
from shared.contracts.base import Bilingual
from shared.contracts.registration import OrganisationRecorded
from shared.database import Database

FILE = Path(__file__).parent / "data" / "organisations.tsv"


def read_organisations(file: Path = FILE) -> list[OrganisationRecorded]:
    """The bodies of a tab-separated file in protocol order; `abbr_lo` is filled where one was seen in print."""
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [
        OrganisationRecorded(
            organisation=row["code"],
            name=Bilingual(lo=row["lao"], en=row["english"]),
            abbreviation_lo=row["abbr_lo"] or None,
            protocol_order=order * 10,
            valid_from=_day(row["since"]),
            valid_until=_day(row["until"]),
        )
        for order, row in enumerate(rows, 1)
    ]


def _day(text: str) -> date | None:
    """`2011`, `2021-03` or `2025-03-20`; the first day of what is named."""
    return date.fromisoformat("-".join([*text.split("-"), "01", "01"][:3])) if text else None


async def load_organisations(database: Database) -> None:
    """Record what is not recorded yet, in one transaction, as facts on the bus."""
    await database.open()
    async with database.transaction() as connection:
        known = {row["code"] for row in await connection.fetch("SELECT code FROM organisation")}
        for body in read_organisations():
            if body.organisation not in known:
                command = RecordOrganisation(actor=SERVICE, at=datetime.now(UTC), data=body)
                await execute(connection, ORGANISATIONS, body.organisation, command)
    await database.close()
