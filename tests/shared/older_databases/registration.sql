BEGIN;
CREATE TABLE alembic_version (
    version_num VARCHAR(32) NOT NULL,
    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
-- Running upgrade  -> 0001
CREATE EXTENSION IF NOT EXISTS pg_trgm;
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
    version BIGINT NOT NULL,
    phase TEXT NOT NULL,
    organiser TEXT NOT NULL,
    policy TEXT NOT NULL,
    waiting_list TEXT NOT NULL,
    capacity INTEGER NOT NULL,
    rank_floor INTEGER,
    venue JSONB NOT NULL,
    starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE,
    sequence INTEGER NOT NULL,
    confirmed INTEGER NOT NULL,
    waitlisted INTEGER NOT NULL,
    queue_last INTEGER NOT NULL,
    details JSONB NOT NULL,
    search_key TEXT NOT NULL,
    PRIMARY KEY (meeting_id)
)
 WITH (fillfactor = 80);
CREATE INDEX meeting_search ON meeting USING gin (search_key gin_trgm_ops);
CREATE TABLE message_status (
    message_id UUID NOT NULL,
    meeting_id UUID,
    channel TEXT NOT NULL,
    status TEXT NOT NULL,
    PRIMARY KEY (message_id)
);
CREATE INDEX ix_message_status_meeting_id ON message_status (meeting_id);
CREATE TABLE organisation (
    code TEXT NOT NULL,
    version BIGINT NOT NULL,
    name_lo TEXT NOT NULL,
    name_en TEXT,
    abbreviation_lo TEXT,
    protocol_order INTEGER NOT NULL,
    valid_from DATE,
    valid_until DATE,
    search_key TEXT NOT NULL,
    PRIMARY KEY (code),
    CONSTRAINT organisation_name_normalised CHECK (name_lo IS NFC NORMALIZED)
);
CREATE INDEX organisation_search ON organisation USING gin (search_key gin_trgm_ops);
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
    version BIGINT NOT NULL,
    honorific TEXT,
    given_name TEXT,
    family_name TEXT,
    position_title TEXT,
    rank INTEGER,
    organisation TEXT,
    mobile TEXT,
    email TEXT,
    language TEXT,
    gender TEXT,
    fictitious BOOLEAN,
    PRIMARY KEY (person_id)
);
CREATE TABLE stream_position (
    consumer TEXT NOT NULL,
    source TEXT NOT NULL,
    subject TEXT NOT NULL,
    seq BIGINT NOT NULL,
    missing BIGINT[] DEFAULT '{}' NOT NULL,
    PRIMARY KEY (consumer, source, subject)
)
 WITH (fillfactor = 80);
CREATE TABLE check_in (
    meeting_id UUID NOT NULL,
    device TEXT NOT NULL,
    nonce TEXT NOT NULL,
    registration_id UUID,
    reason TEXT,
    offline BOOLEAN NOT NULL,
    scanned_at TIMESTAMP WITH TIME ZONE NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (meeting_id, device, nonce),
    FOREIGN KEY(meeting_id) REFERENCES meeting (meeting_id)
);
CREATE TABLE invitation (
    invitation_id UUID NOT NULL,
    meeting_id UUID NOT NULL,
    organisation TEXT NOT NULL,
    seats INTEGER NOT NULL,
    used INTEGER NOT NULL,
    contact UUID NOT NULL,
    token_hash BYTEA NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (invitation_id),
    FOREIGN KEY(meeting_id) REFERENCES meeting (meeting_id),
    UNIQUE (token_hash)
)
 WITH (fillfactor = 80);
CREATE UNIQUE INDEX invitation_organisation ON invitation (meeting_id, organisation);
CREATE TABLE registration (
    registration_id UUID NOT NULL,
    meeting_id UUID NOT NULL,
    person_id UUID NOT NULL,
    invitation_id UUID,
    organisation TEXT NOT NULL,
    rank INTEGER NOT NULL,
    state TEXT NOT NULL,
    position INTEGER,
    code TEXT NOT NULL,
    represents UUID,
    mobile TEXT,
    email TEXT,
    reason TEXT,
    promoted BOOLEAN NOT NULL,
    ticket_serial INTEGER NOT NULL,
    checked_in_at TIMESTAMP WITH TIME ZONE,
    answered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (registration_id),
    FOREIGN KEY(meeting_id) REFERENCES meeting (meeting_id)
)
 WITH (fillfactor = 80);
CREATE UNIQUE INDEX registration_code ON registration (meeting_id, code);
CREATE UNIQUE INDEX registration_declined_email ON registration (meeting_id, email) WHERE state = 'declined';
CREATE UNIQUE INDEX registration_declined_mobile ON registration (meeting_id, mobile) WHERE state = 'declined';
CREATE UNIQUE INDEX registration_email ON registration (meeting_id, email) WHERE state IN ('confirmed', 'waitlisted', 'represented');
CREATE UNIQUE INDEX registration_mobile ON registration (meeting_id, mobile) WHERE state IN ('confirmed', 'waitlisted', 'represented');
CREATE INDEX registration_queue ON registration (meeting_id, position) WHERE state = 'waitlisted';
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
CREATE INDEX registration_of_meeting ON registration (meeting_id, registration_id);
CREATE INDEX registration_person ON registration (person_id);
UPDATE alembic_version SET version_num='0003' WHERE alembic_version.version_num = '0002';
-- Running upgrade 0003 -> 0004
DROP INDEX outbox_lane_id;
ALTER TABLE outbox DROP COLUMN lane;
UPDATE alembic_version SET version_num='0004' WHERE alembic_version.version_num = '0003';
-- Running upgrade 0004 -> 0005
ALTER TABLE outbox_parked ALTER COLUMN "topic" TYPE text COLLATE "C", ALTER COLUMN "key" TYPE text COLLATE "C";
ALTER TABLE inbox ALTER COLUMN "consumer" TYPE text COLLATE "C", ALTER COLUMN "source" TYPE text COLLATE "C", ALTER COLUMN "event_id" TYPE text COLLATE "C";
ALTER TABLE stream_position ALTER COLUMN "consumer" TYPE text COLLATE "C", ALTER COLUMN "source" TYPE text COLLATE "C", ALTER COLUMN "subject" TYPE text COLLATE "C";
ALTER TABLE dead_letter ALTER COLUMN "consumer" TYPE text COLLATE "C", ALTER COLUMN "topic" TYPE text COLLATE "C", ALTER COLUMN "key" TYPE text COLLATE "C";
ALTER TABLE job ALTER COLUMN "kind" TYPE text COLLATE "C", ALTER COLUMN "name" TYPE text COLLATE "C", ALTER COLUMN "key" TYPE text COLLATE "C";
ALTER TABLE idempotency_key ALTER COLUMN "actor" TYPE text COLLATE "C", ALTER COLUMN "key" TYPE text COLLATE "C";
ALTER TABLE registration ALTER COLUMN "code" TYPE text COLLATE "C", ALTER COLUMN "mobile" TYPE text COLLATE "C", ALTER COLUMN "email" TYPE text COLLATE "C";
UPDATE alembic_version SET version_num='0005' WHERE alembic_version.version_num = '0004';
COMMIT;
