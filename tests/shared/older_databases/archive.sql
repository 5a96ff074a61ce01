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
CREATE TABLE log (
    id SMALLSERIAL NOT NULL,
    size BIGINT NOT NULL,
    edge BYTEA[] NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT log_one CHECK (id = 1)
)
 WITH (fillfactor = 80);
CREATE TABLE log_checkpoint (
    size BIGINT NOT NULL,
    note TEXT NOT NULL,
    signed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    PRIMARY KEY (size)
);
CREATE TABLE log_entry (
    position BIGINT NOT NULL,
    kind TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    record TEXT NOT NULL,
    root BYTEA NOT NULL,
    appended_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    PRIMARY KEY (position)
);
CREATE UNIQUE INDEX log_entry_once ON log_entry (kind, record);
CREATE TABLE log_node (
    level SMALLINT NOT NULL,
    position BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (level, position)
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
CREATE TABLE record (
    record_id UUID NOT NULL,
    meeting_id UUID NOT NULL,
    version BIGINT NOT NULL,
    phase TEXT NOT NULL,
    title JSONB,
    organiser TEXT,
    minutes JSONB,
    news JSONB,
    held TEXT,
    search_key TEXT NOT NULL,
    sealed_at TIMESTAMP WITH TIME ZONE,
    retain_until DATE,
    package_sha256 TEXT,
    package_size BIGINT,
    facts INTEGER,
    log_index BIGINT,
    log_size BIGINT,
    log_root TEXT,
    PRIMARY KEY (record_id),
    UNIQUE (meeting_id)
)
 WITH (fillfactor = 80);
CREATE INDEX record_search ON record USING gin (search_key gin_trgm_ops);
CREATE TABLE stream_position (
    consumer TEXT NOT NULL,
    source TEXT NOT NULL,
    subject TEXT NOT NULL,
    seq BIGINT NOT NULL,
    missing BIGINT[] DEFAULT '{}' NOT NULL,
    PRIMARY KEY (consumer, source, subject)
)
 WITH (fillfactor = 80);
CREATE TABLE fact (
    source TEXT NOT NULL,
    event_id TEXT NOT NULL,
    type TEXT NOT NULL,
    topic TEXT NOT NULL,
    subject TEXT NOT NULL,
    sequence BIGINT,
    occurred_at TIMESTAMP WITH TIME ZONE NOT NULL,
    meeting_id UUID,
    sha256 BYTEA NOT NULL,
    sealed_in UUID,
    heard_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    PRIMARY KEY (source, event_id),
    FOREIGN KEY(sealed_in) REFERENCES record (record_id)
)
 WITH (fillfactor = 80);
CREATE INDEX ix_fact_meeting_id ON fact (meeting_id);
CREATE TABLE view (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    record_id UUID NOT NULL,
    actor TEXT NOT NULL,
    viewed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(record_id) REFERENCES record (record_id)
);
CREATE INDEX ix_view_record_id ON view (record_id);
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
COMMIT;
