"""The rows of organisations: what is recorded now, and every change with who made it and why."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.registration.domain.organisation import Organisation, OrganisationCommands
from services.registration.tables import OrganisationRow
from shared.columns import names_of
from shared.contracts import Fact
from shared.contracts.base import Bilingual
from shared.contracts.registration import OrganisationRecorded
from shared.database import Connection
from shared.kernel import Key
from shared.lao import search_key

_PLAIN: Final = (
    *("abbreviation_lo", "abbreviation_en", "protocol_order", "kind", "parent", "valid_from", "valid_until"),
    "taken_over_by",
)
_COLUMNS: Final = ("code", "version", "name_lo", "name_en", *_PLAIN, "earlier", "successors", "search_key")
_LOAD = f"SELECT {names_of(OrganisationRow)} FROM organisation WHERE code = $1 FOR UPDATE"  # noqa: S608 -- constant names
_OTHERS = "SELECT code, taken_over_by FROM organisation"
_SAVE = f"""
INSERT INTO organisation ({", ".join(_COLUMNS)}) VALUES ({", ".join(f"${n}" for n, _ in enumerate(_COLUMNS, 1))})
ON CONFLICT (code) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in _COLUMNS[1:])}
"""  # noqa: S608 -- constant names
_LOG = """
INSERT INTO organisation_change (code, version, changed_at, changed_by, reason, data) VALUES ($1, $2, $3, $4, $5, $6)
"""


async def load_organisation(connection: Connection, key: Key, command: OrganisationCommands) -> Organisation:  # noqa: ARG001 -- a `load`
    """The body, locked, with what is taken over by which other one; version 0 where there is none."""
    row = await connection.fetchrow(_LOAD, str(key))
    others = {other["code"]: other["taken_over_by"] for other in await connection.fetch(_OTHERS)}
    if row is None:
        return Organisation(code=str(key), taken_over=others)
    data = organisation_of(dict(row))
    return Organisation(code=row["code"], version=row["version"], data=data, taken_over=others)


def organisation_of(row: Mapping[str, Any]) -> OrganisationRecorded:
    """A body, from its row."""
    told = {name: row[name] for name in (*_PLAIN, "earlier", "successors")}
    name = Bilingual(lo=row["name_lo"], en=row["name_en"])
    return OrganisationRecorded(organisation=row["code"], name=name, **told)


async def save_organisation(
    connection: Connection,
    before: Organisation,  # noqa: ARG001 -- a `save`
    after: Organisation,
    facts: Sequence[Fact],  # noqa: ARG001 -- a `save`
) -> None:
    """Write the last state, and what has changed it."""
    data = after.data
    if data is None:
        return
    dumped = data.model_dump(mode="json")
    called = (data.name, *(one.name for one in data.earlier))
    names = (text for name in called for text in (name.lo, name.en) if text)
    plain = [getattr(data, name) for name in _PLAIN]
    lists = (dumped["earlier"], dumped["successors"], search_key(" ".join(names)))
    await connection.execute(_SAVE, after.code, after.version, data.name.lo, data.name.en, *plain, *lists)
    changed = (after.changed_at, after.changed_by, after.reason, dumped)
    await connection.execute(_LOG, after.code, after.version, *changed)
