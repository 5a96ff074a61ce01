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
    organiser TEXT NOT NULL,
    details JSONB NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE,
    ended_at TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (meeting_id)
);
CREATE TABLE number_series (
    issuer TEXT NOT NULL,
    year INTEGER NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (issuer, year)
);
CREATE TABLE organisation (
    code TEXT NOT NULL,
    name_lo TEXT NOT NULL,
    abbreviation_lo TEXT,
    protocol_order INTEGER NOT NULL,
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
CREATE TABLE participant (
    registration_id UUID NOT NULL,
    meeting_id UUID NOT NULL,
    person_id UUID NOT NULL,
    organisation TEXT NOT NULL,
    rank INTEGER,
    state TEXT NOT NULL,
    represents UUID,
    checked_in_at TIMESTAMP WITH TIME ZONE,
    reason TEXT,
    PRIMARY KEY (registration_id)
);
CREATE INDEX participant_meeting ON participant (meeting_id);
CREATE TABLE person (
    person_id UUID NOT NULL,
    honorific TEXT,
    given_name TEXT,
    family_name TEXT,
    position_title TEXT,
    rank INTEGER,
    gender TEXT,
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
CREATE TABLE minutes (
    minutes_id UUID NOT NULL,
    meeting_id UUID NOT NULL,
    version BIGINT NOT NULL,
    revision INTEGER NOT NULL,
    phase TEXT NOT NULL,
    decisions INTEGER NOT NULL,
    actions INTEGER NOT NULL,
    draft JSONB,
    edits JSONB NOT NULL,
    returned TEXT,
    number TEXT,
    approved_at TIMESTAMP WITH TIME ZONE,
    signed JSONB,
    published_at TIMESTAMP WITH TIME ZONE,
    news_id UUID,
    record_id UUID,
    PRIMARY KEY (minutes_id),
    FOREIGN KEY(meeting_id) REFERENCES meeting (meeting_id),
    UNIQUE (meeting_id)
)
 WITH (fillfactor = 80);
CREATE TABLE action (
    action_id UUID NOT NULL,
    minutes_id UUID NOT NULL,
    number INTEGER NOT NULL,
    organisation TEXT NOT NULL,
    owner TEXT NOT NULL,
    text TEXT NOT NULL,
    due DATE,
    PRIMARY KEY (action_id),
    FOREIGN KEY(minutes_id) REFERENCES minutes (minutes_id)
);
CREATE UNIQUE INDEX action_number ON action (minutes_id, number);
CREATE TABLE decision (
    decision_id UUID NOT NULL,
    minutes_id UUID NOT NULL,
    number INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (decision_id),
    FOREIGN KEY(minutes_id) REFERENCES minutes (minutes_id)
);
CREATE UNIQUE INDEX decision_number ON decision (minutes_id, number);
CREATE TABLE news (
    news_id UUID NOT NULL,
    minutes_id UUID NOT NULL,
    item JSONB NOT NULL,
    published_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (news_id),
    FOREIGN KEY(minutes_id) REFERENCES minutes (minutes_id),
    UNIQUE (minutes_id)
);
CREATE TABLE opinion (
    opinion_id UUID NOT NULL,
    minutes_id UUID NOT NULL,
    organisation TEXT NOT NULL,
    speaker TEXT NOT NULL,
    agenda_item TEXT,
    position TEXT NOT NULL,
    text TEXT NOT NULL,
    text_en TEXT,
    PRIMARY KEY (opinion_id),
    FOREIGN KEY(minutes_id) REFERENCES minutes (minutes_id)
);
CREATE INDEX opinion_minutes ON opinion (minutes_id);
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
