"""The rows of organisations."""

from collections.abc import Sequence

from services.registration.domain.organisation import Organisation, RecordOrganisation
from services.registration.tables import OrganisationRow
from shared.columns import names_of
from shared.contracts import Fact
from shared.contracts.base import Bilingual
from shared.contracts.registration import OrganisationRecorded
from shared.database import Connection
from shared.kernel import Key
from shared.lao import search_key

_LOAD = f"SELECT {names_of(OrganisationRow)} FROM organisation WHERE code = $1 FOR UPDATE"  # noqa: S608 -- constant names
_SAVE = """
INSERT INTO organisation (code, version, name_lo, name_en, abbreviation_lo, protocol_order, valid_from, valid_until,
                          search_key)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (code) DO UPDATE SET version = excluded.version, name_lo = excluded.name_lo, name_en = excluded.name_en,
  abbreviation_lo = excluded.abbreviation_lo, protocol_order = excluded.protocol_order,
  valid_from = excluded.valid_from, valid_until = excluded.valid_until, search_key = excluded.search_key
"""


async def load_organisation(connection: Connection, key: Key, command: RecordOrganisation) -> Organisation:  # noqa: ARG001 -- a `load`
    """The body, locked; version 0 where there is none."""
    row = await connection.fetchrow(_LOAD, str(key))
    if row is None:
        return Organisation(code=str(key))
    data = OrganisationRecorded(
        organisation=row["code"],
        name=Bilingual(lo=row["name_lo"], en=row["name_en"]),
        abbreviation_lo=row["abbreviation_lo"],
        protocol_order=row["protocol_order"],
        valid_from=row["valid_from"],
        valid_until=row["valid_until"],
    )
    return Organisation(code=row["code"], version=row["version"], data=data)


async def save_organisation(
    connection: Connection,
    before: Organisation,  # noqa: ARG001 -- a `save`
    after: Organisation,
    facts: Sequence[Fact],  # noqa: ARG001 -- a `save`
) -> None:
    """Write the last state."""
    data = after.data
    if data is not None:
        await connection.execute(
            _SAVE,
            after.code,
            after.version,
            data.name.lo,
            data.name.en,
            data.abbreviation_lo,
            data.protocol_order,
            data.valid_from,
            data.valid_until,
            search_key(f"{data.name.lo} {data.name.en or ''}"),
        )
