"""What the inspection asks of each database: identifiers, states and counts; never a name, a number or a text.

A query of `ROWS` gives `id`, of `EFFECTS` `ref` and `id`; every other column but `version` and `state` becomes one of
the record's `columns`.
"""

from collections.abc import Mapping
from typing import Final

ROWS: Final[Mapping[str, Mapping[str, str]]] = {
    "registration": {
        "organisation": "SELECT code AS id, version FROM organisation",
        "person": "SELECT person_id AS id, version FROM person",
        "meeting": """SELECT meeting_id AS id, version, phase AS state, capacity, confirmed, waitlisted, queue_last,
                             waiting_list, policy FROM meeting""",
        "registration": """SELECT registration_id AS id, state, meeting_id, person_id, position, ticket_serial,
                                  represents, (checked_in_at IS NOT NULL)::int AS checked_in FROM registration""",
        "check_in": """SELECT concat_ws('/', meeting_id, device, nonce) AS id, registration_id,
                              CASE WHEN reason IS NULL THEN 'checked-in' ELSE 'refused' END AS state FROM check_in""",
        "invitation": "SELECT invitation_id AS id, meeting_id, seats, used FROM invitation",
    },
    "notification": {
        "message": """SELECT message_id AS id, version, status AS state, meeting_id, cause, person_id, template, channel
                      FROM message""",
    },
    "minutes": {
        "minutes": """SELECT minutes_id AS id, version, phase AS state, meeting_id, revision, number, decisions, actions
                      FROM minutes""",
        "opinion": "SELECT opinion_id AS id, minutes_id FROM opinion",
        "decision": "SELECT decision_id AS id, minutes_id, number FROM decision",
        "action": "SELECT action_id AS id, minutes_id, number FROM action",
        "news": "SELECT news_id AS id, minutes_id FROM news",
        "number_series": "SELECT concat_ws('/', issuer, year) AS id, last FROM number_series",
    },
    "archive": {
        "record": """SELECT record_id AS id, version, phase AS state, meeting_id, log_index, facts,
                            (held IS NOT NULL)::int AS held FROM record""",
    },
}
"""Service → table → the aggregates that it owns, and what belongs to them."""

EFFECTS: Final[Mapping[str, Mapping[str, str]]] = {
    "registration": {
        "message_status": "SELECT message_id AS ref, message_id AS id, status AS state FROM message_status",
    },
    "notification": {
        "organisation": "SELECT code AS ref, code AS id FROM organisation",
        "person": """SELECT person_id AS ref, person_id AS id, (mobile IS NOT NULL)::int AS mobile,
                            (email IS NOT NULL)::int AS email, erased::int FROM person""",
        "meeting": "SELECT meeting_id AS ref, meeting_id AS id, phase AS state FROM meeting",
        "registration": """SELECT registration_id AS ref, registration_id AS id, state, checked_in::int
                           FROM registration""",
        "message": "SELECT cause AS ref, message_id AS id, status AS state, person_id, template, channel FROM message",
        "postponed": "SELECT cause AS ref, cause AS id FROM postponed",
    },
    "minutes": {
        "organisation": "SELECT code AS ref, code AS id FROM organisation",
        "person": "SELECT person_id AS ref, person_id AS id FROM person",
        "meeting": "SELECT meeting_id AS ref, meeting_id AS id FROM meeting",
        "participant": """SELECT registration_id AS ref, registration_id AS id, state,
                                 (checked_in_at IS NOT NULL)::int AS checked_in FROM participant""",
    },
    "archive": {
        "fact": "SELECT event_id AS ref, event_id AS id FROM fact",
        "log_entry": "SELECT record AS ref, position AS id FROM log_entry",
    },
}
"""Service → table → what facts of others, or a finished job, have led to there."""

NUMBERS: Final[Mapping[str, tuple[str, ...]]] = {
    "minutes": (
        """SELECT concat_ws('/', organiser, extract(year FROM approved_at AT TIME ZONE 'Asia/Vientiane')) AS series,
                  substring(number FROM '^[0-9]+')::int AS number, minutes_id AS ref
           FROM minutes JOIN meeting USING (meeting_id) WHERE number IS NOT NULL""",
        "SELECT concat('decisions of ', minutes_id) AS series, number, decision_id AS ref FROM decision",
        "SELECT concat('actions of ', minutes_id) AS series, number, action_id AS ref FROM action",
    ),
    "archive": ("SELECT 'log entries' AS series, (position + 1)::int AS number, record AS ref FROM log_entry",),
}
"""Series that must be 1, 2, 3, … without a gap."""

INBOX: Final = "SELECT source, event_id FROM inbox"
POSITIONS: Final = "SELECT source, subject, seq, missing FROM stream_position"
OUTBOX: Final = "SELECT (SELECT count(*) FROM outbox) AS pending, (SELECT count(*) FROM outbox_parked) AS parked"
LETTERS: Final = 'SELECT topic, partition, "offset", state, error FROM dead_letter ORDER BY id'
LEASES: Final = """
SELECT count(*) FILTER (WHERE state = 'ready') AS ready, count(*) FILTER (WHERE state = 'running') AS running,
       count(*) FILTER (WHERE state = 'dead') AS dead,
       count(*) FILTER (WHERE (state = 'running' AND lease_until < now())
                           OR (state <> 'running' AND lease_until IS NOT NULL)) AS orphan FROM job
"""
ATTEMPTS: Final = """
SELECT message_id, attempt.number, key, channel, outcome FROM attempt JOIN message USING (message_id)
ORDER BY message_id, attempt.number
"""
