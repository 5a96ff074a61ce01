"""The persons who hold a meeting, as they were last recorded."""

from uuid import UUID

from shared.contracts.registration import MeetingDrafted, PersonRecorded
from shared.database import Connection

_DETAILS = "SELECT details FROM meeting WHERE meeting_id = $1 FOR UPDATE"
_PERSONS = f"""
SELECT {", ".join(PersonRecorded.model_fields)} FROM person WHERE person_id = ANY($1::uuid[]) AND given_name IS NOT NULL
"""  # noqa: S608 -- constant names


async def lock_hosts(
    connection: Connection, meeting_id: UUID
) -> tuple[MeetingDrafted | None, dict[UUID, PersonRecorded]]:
    """The meeting as it was drafted, locked, and by identifier its chair and the contacts of its co-hosts.

    There is no meeting and nobody where none was drafted; who was erased is left out.
    """
    details = await connection.fetchval(_DETAILS, meeting_id)
    if details is None:
        return None, {}
    drafted = MeetingDrafted.model_validate(details)
    rows = await connection.fetch(_PERSONS, [drafted.chair, *drafted.co_host_contacts])
    return drafted, {row["person_id"]: PersonRecorded(**dict(row)) for row in rows}
