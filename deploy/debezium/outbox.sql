-- Once in each service's database, as a superuser; PostgreSQL 18 or later, which publishes generated columns.
-- The role is made before: CREATE ROLE debezium LOGIN REPLICATION PASSWORD '…'

-- The event router takes headers from columns; the CloudEvents attributes stand in one JSON object. A function and not
-- ->>, whose literal Debezium would take for the default of the column, and send wherever the value is NULL.
ALTER TABLE outbox
  ADD COLUMN IF NOT EXISTS ce_specversion text GENERATED ALWAYS AS (jsonb_extract_path_text(headers, 'ce_specversion')) STORED,
  ADD COLUMN IF NOT EXISTS ce_id text GENERATED ALWAYS AS (jsonb_extract_path_text(headers, 'ce_id')) STORED,
  ADD COLUMN IF NOT EXISTS ce_source text GENERATED ALWAYS AS (jsonb_extract_path_text(headers, 'ce_source')) STORED,
  ADD COLUMN IF NOT EXISTS ce_type text GENERATED ALWAYS AS (jsonb_extract_path_text(headers, 'ce_type')) STORED,
  ADD COLUMN IF NOT EXISTS ce_time text GENERATED ALWAYS AS (jsonb_extract_path_text(headers, 'ce_time')) STORED,
  ADD COLUMN IF NOT EXISTS ce_subject text GENERATED ALWAYS AS (jsonb_extract_path_text(headers, 'ce_subject')) STORED,
  ADD COLUMN IF NOT EXISTS ce_dataschema text GENERATED ALWAYS AS (jsonb_extract_path_text(headers, 'ce_dataschema')) STORED,
  ADD COLUMN IF NOT EXISTS ce_sequence text GENERATED ALWAYS AS (jsonb_extract_path_text(headers, 'ce_sequence')) STORED,
  ADD COLUMN IF NOT EXISTS ce_partitionkey text GENERATED ALWAYS AS (jsonb_extract_path_text(headers, 'ce_partitionkey')) STORED,
  ADD COLUMN IF NOT EXISTS ce_correlationid text GENERATED ALWAYS AS (jsonb_extract_path_text(headers, 'ce_correlationid')) STORED,
  ADD COLUMN IF NOT EXISTS ce_causationid text GENERATED ALWAYS AS (jsonb_extract_path_text(headers, 'ce_causationid')) STORED,
  ADD COLUMN IF NOT EXISTS ce_actor text GENERATED ALWAYS AS (jsonb_extract_path_text(headers, 'ce_actor')) STORED,
  ADD COLUMN IF NOT EXISTS content_type text GENERATED ALWAYS AS (jsonb_extract_path_text(headers, 'content-type')) STORED,
  ADD COLUMN IF NOT EXISTS traceparent text GENERATED ALWAYS AS (jsonb_extract_path_text(headers, 'traceparent')) STORED;

-- Only inserts: nobody else wants to know that the table was cleaned.
CREATE PUBLICATION outbox FOR TABLE outbox (
  id, event_id, topic, key, payload, ce_specversion, ce_id, ce_source, ce_type, ce_time, ce_subject, ce_dataschema,
  ce_sequence, ce_partitionkey, ce_correlationid, ce_causationid, ce_actor, content_type, traceparent
) WITH (publish = 'insert');

GRANT USAGE ON SCHEMA public TO debezium;
GRANT SELECT ON outbox TO debezium;
