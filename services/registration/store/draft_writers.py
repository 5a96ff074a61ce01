"""What is written when somebody else holds a meeting, and when a draft is deleted."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from services.registration.store.documents import NO_DOCUMENTS
from shared.contracts import Fact
from shared.contracts.registration import MeetingDiscarded, MeetingHostsChanged
from shared.database import Connection

_HOSTS = "UPDATE meeting SET details = details || $2 WHERE meeting_id = $1"
_BELONGING = (
    "DELETE FROM meeting_move WHERE meeting_id = $1",
    "DELETE FROM participant_import WHERE meeting_id = $1",
    NO_DOCUMENTS,
    "DELETE FROM meeting_form WHERE meeting_id = $1",
)
# The number of its facts outlives the draft: the next one of the same key goes on from it.
_DISCARD = """
WITH gone AS (DELETE FROM meeting WHERE meeting_id = $1 RETURNING meeting_id, version)
INSERT INTO discarded_meeting (meeting_id, version) SELECT meeting_id, version FROM gone
ON CONFLICT (meeting_id) DO UPDATE SET version = excluded.version
"""


async def _hosts_changed(connection: Connection, fact: MeetingHostsChanged) -> None:
    hosts = fact.model_dump(mode="json", include={"chair", "co_hosts", "co_host_contacts"})
    await connection.execute(_HOSTS, fact.meeting_id, hosts)


async def _discarded(connection: Connection, fact: MeetingDiscarded) -> None:
    for statement in (*_BELONGING, _DISCARD):
        await connection.execute(statement, fact.meeting_id)


DRAFT_WRITERS: Mapping[type[Fact], Callable[[Connection, Any], Awaitable[None]]] = {
    MeetingHostsChanged: _hosts_changed,
    MeetingDiscarded: _discarded,
}
