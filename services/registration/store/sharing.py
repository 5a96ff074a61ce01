"""Who shares numbers and addresses in meetings whose organisers allow it, with their names."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final
from uuid import UUID

from services.registration.domain.contacts.holders import ContactHolder
from services.registration.domain.registration_batch import RegistrationRequest, contacts_of
from services.registration.domain.registration_states import ONE_EACH, RegistrationState, sql_list
from services.registration.store.contacts import TOLD_AT, named_holder
from shared.database import Connection

_HELD: Final = f"r.state IN ({sql_list(ONE_EACH)})"
_ASKED: Final = f"r.state = '{RegistrationState.REQUESTED}'"
_FOUND: Final = f"r.meeting_id, r.registration_id, r.person_id, r.organisation, {TOLD_AT} AS told_at"
# One look into an index for each, as in known_answers.py.
_SHARING: Final = f"""
SELECT asked.contact, seat.*, person.given_name, person.family_name
FROM unnest($1::uuid[], $2::text[]) AS asked(of_meeting, contact), LATERAL (
  {
    " UNION ".join(
        f"SELECT {_FOUND} FROM registration r"
        f" WHERE r.meeting_id = asked.of_meeting AND r.{column} = asked.contact AND {state}"
        for column in ("mobile", "email", "shared_mobile", "shared_email")
        for state in (_HELD, _ASKED)
    )
}
) AS seat JOIN person USING (person_id)
ORDER BY seat.registration_id
"""  # noqa: S608 -- constant names


async def load_sharing(
    connection: Connection, requests: Sequence[RegistrationRequest], *, meetings: Collection[UUID]
) -> Mapping[tuple[UUID, str], Sequence[ContactHolder]]:
    """The registrations with a number or address of the requests to these meetings, by meeting and contact."""
    sharing = [one for one in requests if one.meeting_id in meetings]
    asked = {(one.meeting_id, contact) for one in sharing for contact in contacts_of(one.person)}
    found: dict[tuple[UUID, str], list[ContactHolder]] = {}
    if asked:
        for row in await connection.fetch(_SHARING, *map(list, zip(*sorted(asked), strict=True))):
            found.setdefault((row["meeting_id"], row["contact"]), []).append(named_holder(row))
    return found
