"""Years of use in minutes, by SQL: meetings, persons, registrations and what the messaging tables keep of them."""

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass

import asyncpg

PER_MEETING = 2_000
INBOX_PER_ROW = 10
AT_ONCE = 250_000
GROUP = "eoffice.growth"
SOURCE = "/eoffice/notification/message"

_MEETINGS = """
INSERT INTO meeting (meeting_id, version, phase, organiser, policy, waiting_list, capacity, venue, starts_at, ends_at,
                     sequence, confirmed, waitlisted, queue_last, details, search_key)
SELECT uuidv7(-(interval '1 hour' * (100000 - n))), 3, 'closed', 'MTC', 'open', 'automatic', $3,
       '{"lo": "ນະຄອນຫຼວງວຽງຈັນ"}',
       now() - interval '1 hour' * (100000 - n), now() - interval '1 hour' * (99997 - n), 0, $3, 0, 0,
       (SELECT details FROM meeting LIMIT 1), 'ກອງປະຊຸມ ' || n
FROM generate_series($1::bigint, $2::bigint) AS n
"""
_SEATS = """
WITH held AS (SELECT meeting_id, row_number() OVER (ORDER BY meeting_id) - 1 AS place
              FROM meeting WHERE phase = 'closed'),
seat AS (SELECT n, n / $3 AS place, uuidv7(-(interval '1 second' * (100000000 - n))) AS person_id,
                '+85620' || (50000000 + n % 50000000) AS mobile FROM generate_series($1::bigint, $2::bigint) AS n),
known AS (INSERT INTO person (person_id, version, given_name, rank, organisation, mobile, language)
          SELECT person_id, 1, 'ສົມພອນ', 80, 'MOF', mobile, 'lo' FROM seat)
INSERT INTO registration (registration_id, meeting_id, person_id, organisation, rank, state, code, mobile, promoted,
                          ticket_serial, answered_at)
SELECT uuidv7(-(interval '1 second' * (100000000 - n))), meeting_id, person_id, 'MOF', 80, 'confirmed',
       lpad((n % $3)::text, 8, '0'), mobile, false, 1, now()
FROM seat JOIN held USING (place)
"""
_MESSAGES = """
WITH held AS (SELECT meeting_id, row_number() OVER (ORDER BY meeting_id) - 1 AS place
              FROM meeting WHERE phase = 'closed')
INSERT INTO message_status (message_id, meeting_id, channel, status)
SELECT uuidv7(-(interval '1 second' * (100000000 - n))), meeting_id, 'sms', 'delivered'
FROM generate_series($1::bigint, $2::bigint) AS n JOIN held ON place = n / $3
"""
_POSITIONS = """
INSERT INTO stream_position (consumer, source, subject, seq)
SELECT $3, $4, uuidv7(-(interval '1 second' * (100000000 - n))), 3
FROM generate_series($1::bigint, $2::bigint) AS n
"""
_INBOX = """
INSERT INTO inbox (consumer, source, event_id, received_at)
SELECT $3, $4, uuidv7(-age), now() - age
FROM generate_series($1::bigint, $2::bigint) AS n,
     LATERAL (SELECT interval '1 millisecond' * (2000000000 - n) / 2) AS each(age)
"""
_BARE = "ALTER TABLE inbox DROP CONSTRAINT inbox_pkey; DROP INDEX inbox_received_at"
_INDEXED = """
SET maintenance_work_mem = '1GB';
ALTER TABLE inbox ADD CONSTRAINT inbox_pkey PRIMARY KEY (consumer, source, event_id);
CREATE INDEX inbox_received_at ON inbox (received_at);
"""
_JOBS = """
INSERT INTO job (kind, name, key, payload, context, state, due_at, attempts, fence, finished_at)
SELECT 'grown', n, n, '{}', '{}', 'done', now() - age, 1, 1, now() - age
FROM generate_series($1::bigint, $2::bigint) AS n, LATERAL (SELECT interval '1 second' * (n % 2000000)) AS each(age)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """What a table gets for each registration, and the statement that makes the rows of a range (`$1` to `$2`).

    `before` and `after` take the indexes away and build them anew: row by row, a hundred million would take hours.
    """

    table: str
    statement: str
    each: float = 1.0
    more: tuple[object, ...] = ()
    before: str = ""
    after: str = ""


FILLINGS = (
    Filling(table="meeting", statement=_MEETINGS, each=1 / PER_MEETING, more=(PER_MEETING,)),
    Filling(table="registration and person", statement=_SEATS, more=(PER_MEETING,)),
    Filling(table="message_status", statement=_MESSAGES, more=(PER_MEETING,)),
    Filling(table="stream_position", statement=_POSITIONS, more=(GROUP, SOURCE)),
    Filling(table="inbox", statement=_INBOX, each=INBOX_PER_ROW, more=(GROUP, SOURCE), before=_BARE, after=_INDEXED),
    Filling(table="job", statement=_JOBS, each=0.1),
)


async def fill(dsn: str, rows: int, say: Callable[[str], None], *, there: int = 0) -> None:
    """Let the registrations grow from `there` to `rows`, both full meetings; then vacuum, as autovacuum would have."""
    connection = await asyncpg.connect(dsn)
    for filling in FILLINGS:
        begin, end = round(there * filling.each), round(rows * filling.each)
        say(f"  {end - begin:,} rows of {filling.table}")
        if filling.before:
            await connection.execute(filling.before, timeout=None)
        for first in range(begin, end, AT_ONCE):
            last = min(first + AT_ONCE, end) - 1
            await connection.execute(filling.statement, first, last, *filling.more, timeout=None)
        if filling.after:
            await connection.execute(filling.after, timeout=None)
    await connection.execute("VACUUM ANALYZE", timeout=None)
    size = await connection.fetchval("SELECT pg_size_pretty(pg_database_size(current_database()))")
    say(f"  the database is {size}")
    await connection.close()
    await asyncio.to_thread(os.sync)  # or writing all this to the disk would slow down what is measured next
