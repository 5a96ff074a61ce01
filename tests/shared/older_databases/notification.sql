BEGIN;
CREATE TABLE alembic_version (
    version_num VARCHAR(32) NOT NULL,
    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
-- Running upgrade  -> 0001
CREATE TABLE dead_letter (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    consumer TEXT NOT NULL,
    topic TEXT NOT NULL,
    partition INTEGER NOT NULL,
    "offset" BIGINT NOT NULL,
    key TEXT NOT NULL,
    raw_key BYTEA,
    headers JSONB NOT NULL,
    value BYTEA,
    error TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    first_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    last_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    state TEXT NOT NULL,
    handled_by TEXT,
    handled_why TEXT,
    PRIMARY KEY (id)
);
CREATE INDEX dead_letter_key ON dead_letter (consumer, topic, key) WHERE state IN ('dead', 'parked');
CREATE UNIQUE INDEX dead_letter_record ON dead_letter (consumer, topic, partition, "offset");
CREATE TABLE idempotency_key (
    actor TEXT NOT NULL,
    key TEXT NOT NULL,
    request_hash BYTEA NOT NULL,
    status SMALLINT NOT NULL,
    headers JSONB NOT NULL,
    body BYTEA NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    PRIMARY KEY (actor, key)
);
CREATE INDEX idempotency_key_created_at ON idempotency_key (created_at);
CREATE TABLE inbox (
    consumer TEXT NOT NULL,
    source TEXT NOT NULL,
    event_id TEXT NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    PRIMARY KEY (consumer, source, event_id)
);
CREATE INDEX inbox_received_at ON inbox (received_at);
CREATE TABLE job (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    key TEXT NOT NULL,
    payload JSONB NOT NULL,
    context JSONB NOT NULL,
    state TEXT DEFAULT 'ready' NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    deadline TIMESTAMP WITH TIME ZONE,
    attempts INTEGER DEFAULT 0 NOT NULL,
    fence BIGINT DEFAULT 0 NOT NULL,
    lease_until TIMESTAMP WITH TIME ZONE,
    error TEXT,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    finished_at TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (id)
)
 WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, fillfactor = 80);
CREATE INDEX job_due ON job (due_at, id) WHERE state IN ('ready', 'running');
CREATE UNIQUE INDEX job_name ON job (kind, name);
CREATE INDEX job_serial ON job (key, id) WHERE state IN ('ready', 'running');
CREATE TABLE meeting (
    meeting_id UUID NOT NULL,
    title JSONB NOT NULL,
    venue JSONB NOT NULL,
    starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
    sequence INTEGER NOT NULL,
    phase TEXT NOT NULL,
    organiser TEXT NOT NULL,
    organiser_unit JSONB,
    chair UUID NOT NULL,
    agenda JSONB NOT NULL,
    PRIMARY KEY (meeting_id)
)
 WITH (fillfactor = 80);
CREATE TABLE message (
    message_id UUID NOT NULL,
    version BIGINT NOT NULL,
    status TEXT NOT NULL,
    meeting_id UUID NOT NULL,
    person_id UUID NOT NULL,
    cause UUID NOT NULL,
    template TEXT NOT NULL,
    channels TEXT[] NOT NULL,
    if_impossible TEXT NOT NULL,
    content JSONB NOT NULL,
    channel TEXT,
    parts INTEGER,
    reason TEXT,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    released_at TIMESTAMP WITH TIME ZONE,
    sent_at TIMESTAMP WITH TIME ZONE,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    PRIMARY KEY (message_id)
)
 WITH (fillfactor = 80);
CREATE INDEX message_meeting ON message (meeting_id, message_id);
CREATE INDEX message_unsent ON message (person_id) WHERE status IN ('awaiting_contact', 'created', 'sending');
CREATE TABLE minutes (
    minutes_id UUID NOT NULL,
    signed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (minutes_id)
);
CREATE TABLE organisation (
    code TEXT NOT NULL,
    name JSONB NOT NULL,
    PRIMARY KEY (code)
);
CREATE TABLE outbox (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    event_id UUID NOT NULL,
    aggregate_type TEXT NOT NULL,
    aggregate_id TEXT NOT NULL,
    aggregate_seq BIGINT NOT NULL,
    type TEXT NOT NULL,
    topic TEXT NOT NULL,
    key TEXT NOT NULL,
    lane SMALLINT NOT NULL,
    headers JSONB NOT NULL,
    payload BYTEA,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (event_id)
)
 WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, fillfactor = 80);
CREATE INDEX outbox_lane_id ON outbox (lane, id);
CREATE TABLE outbox_parked (
    topic TEXT NOT NULL,
    key TEXT NOT NULL,
    error TEXT NOT NULL,
    parked_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    PRIMARY KEY (topic, key)
);
CREATE TABLE person (
    person_id UUID NOT NULL,
    erased BOOLEAN NOT NULL,
    honorific TEXT,
    given_name TEXT,
    family_name TEXT,
    mobile TEXT,
    email TEXT,
    language TEXT,
    PRIMARY KEY (person_id)
);
CREATE TABLE postponed (
    cause UUID NOT NULL,
    meeting_id UUID NOT NULL,
    fact JSONB NOT NULL,
    PRIMARY KEY (cause)
);
CREATE INDEX postponed_meeting ON postponed (meeting_id);
CREATE TABLE receipt (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    provider_message_id TEXT NOT NULL,
    key UUID,
    status TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    repeated INTEGER DEFAULT 0 NOT NULL,
    message_id UUID,
    PRIMARY KEY (id)
);
CREATE UNIQUE INDEX receipt_once ON receipt (provider_message_id, status, at);
CREATE INDEX receipt_parked_key ON receipt (key) WHERE message_id IS NULL;
CREATE TABLE registration (
    registration_id UUID NOT NULL,
    meeting_id UUID NOT NULL,
    person_id UUID NOT NULL,
    state TEXT NOT NULL,
    code TEXT,
    checked_in BOOLEAN NOT NULL,
    PRIMARY KEY (registration_id)
)
 WITH (fillfactor = 80);
CREATE INDEX registration_meeting ON registration (meeting_id, registration_id);
CREATE TABLE stream_position (
    consumer TEXT NOT NULL,
    source TEXT NOT NULL,
    subject TEXT NOT NULL,
    seq BIGINT NOT NULL,
    missing BIGINT[] DEFAULT '{}' NOT NULL,
    PRIMARY KEY (consumer, source, subject)
)
 WITH (fillfactor = 80);
CREATE TABLE attempt (
    message_id UUID NOT NULL,
    number INTEGER NOT NULL,
    key UUID NOT NULL,
    parts INTEGER NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    outcome TEXT,
    provider_message_id TEXT,
    PRIMARY KEY (message_id, number),
    FOREIGN KEY(message_id) REFERENCES message (message_id)
)
 WITH (fillfactor = 80);
CREATE INDEX attempt_key ON attempt (key);
CREATE INDEX attempt_provider ON attempt (provider_message_id) WHERE provider_message_id IS NOT NULL;
INSERT INTO alembic_version (version_num) VALUES ('0001') RETURNING alembic_version.version_num;
-- Running upgrade 0001 -> 0002
CREATE TABLE consumer_halt (
    consumer TEXT NOT NULL,
    halted_at TIMESTAMP WITH TIME ZONE,
    topic TEXT,
    reason TEXT,
    allowed BIGINT DEFAULT 0 NOT NULL,
    allowed_until TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (consumer)
);
CREATE TABLE operator_action (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    who TEXT NOT NULL,
    act TEXT NOT NULL,
    what TEXT NOT NULL,
    why TEXT NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (id)
);
DROP INDEX dead_letter_key;
CREATE INDEX dead_letter_line ON dead_letter (consumer, topic, key, id) WHERE state IN ('dead', 'parked');
CREATE INDEX dead_letter_open ON dead_letter (topic, state, first_at) WHERE state IN ('dead', 'parked');
CREATE INDEX dead_letter_closed ON dead_letter (last_at) WHERE state IN ('redriven', 'discarded');
CREATE INDEX job_dead ON job (kind, id) WHERE state = 'dead';
CREATE INDEX job_ended ON job (finished_at) WHERE state IN ('done', 'discarded');
UPDATE alembic_version SET version_num='0002' WHERE alembic_version.version_num = '0001';
-- Running upgrade 0002 -> 0003
DROP INDEX outbox_lane_id;
ALTER TABLE outbox DROP COLUMN lane;
UPDATE alembic_version SET version_num='0003' WHERE alembic_version.version_num = '0002';
-- Running upgrade 0003 -> 0004
ALTER TABLE outbox_parked ALTER COLUMN "topic" TYPE text COLLATE "C", ALTER COLUMN "key" TYPE text COLLATE "C";
ALTER TABLE inbox ALTER COLUMN "consumer" TYPE text COLLATE "C", ALTER COLUMN "source" TYPE text COLLATE "C", ALTER COLUMN "event_id" TYPE text COLLATE "C";
ALTER TABLE stream_position ALTER COLUMN "consumer" TYPE text COLLATE "C", ALTER COLUMN "source" TYPE text COLLATE "C", ALTER COLUMN "subject" TYPE text COLLATE "C";
ALTER TABLE dead_letter ALTER COLUMN "consumer" TYPE text COLLATE "C", ALTER COLUMN "topic" TYPE text COLLATE "C", ALTER COLUMN "key" TYPE text COLLATE "C";
ALTER TABLE job ALTER COLUMN "kind" TYPE text COLLATE "C", ALTER COLUMN "name" TYPE text COLLATE "C", ALTER COLUMN "key" TYPE text COLLATE "C";
ALTER TABLE idempotency_key ALTER COLUMN "actor" TYPE text COLLATE "C", ALTER COLUMN "key" TYPE text COLLATE "C";
UPDATE alembic_version SET version_num='0004' WHERE alembic_version.version_num = '0003';
-- Running upgrade 0004 -> 0005
CREATE TABLE host (
    meeting_id UUID NOT NULL,
    person_id UUID NOT NULL,
    audience TEXT NOT NULL,
    PRIMARY KEY (meeting_id, person_id, audience)
);
CREATE TABLE calendar_entry (
    address TEXT NOT NULL,
    meeting_id UUID NOT NULL,
    method TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    message UUID NOT NULL,
    PRIMARY KEY (address, meeting_id)
)
 WITH (fillfactor = 80);
ALTER TABLE meeting ADD COLUMN moved INTEGER DEFAULT 0 NOT NULL;
ALTER TABLE meeting ADD COLUMN venue_changed INTEGER DEFAULT 0 NOT NULL;
ALTER TABLE meeting ADD COLUMN moved_from TIMESTAMP WITH TIME ZONE;
ALTER TABLE meeting ADD COLUMN moved_at TIMESTAMP WITH TIME ZONE;
ALTER TABLE registration ADD COLUMN represents UUID;
ALTER TABLE registration ADD COLUMN notice TEXT DEFAULT 'registered' NOT NULL;
ALTER TABLE registration ADD COLUMN ticket INTEGER DEFAULT 0 NOT NULL;
ALTER TABLE message ADD COLUMN audience TEXT;
INSERT INTO host (meeting_id, person_id, audience)
SELECT meeting_id, chair, 'chair' FROM meeting
UNION
SELECT meeting_id, person_id, 'contact' FROM message WHERE template = 'invitation';
INSERT INTO calendar_entry (address, meeting_id, method, sequence, revision, message)
SELECT DISTINCT ON (lower(p.email), m.meeting_id)
       lower(p.email), m.meeting_id, m.content->>'calendar', t.sequence, t.sequence, m.message_id
FROM message m JOIN person p USING (person_id) JOIN meeting t ON t.meeting_id = m.meeting_id
WHERE m.channel = 'email' AND m.sent_at IS NOT NULL AND m.content->>'calendar' IS NOT NULL AND p.email IS NOT NULL
ORDER BY lower(p.email), m.meeting_id, m.sent_at DESC;
UPDATE alembic_version SET version_num='0005' WHERE alembic_version.version_num = '0004';
-- Running upgrade 0005 -> 0006
ALTER TABLE message ADD COLUMN told_starts_at TIMESTAMP WITH TIME ZONE;
CREATE INDEX message_person ON message (person_id, meeting_id);
UPDATE alembic_version SET version_num='0006' WHERE alembic_version.version_num = '0005';
COMMIT;
