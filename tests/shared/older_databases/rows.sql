INSERT INTO outbox (event_id, aggregate_type, aggregate_id, aggregate_seq, type, topic, key, lane, headers, payload)
VALUES ('6f0cf7f4-8f0a-7c52-9a3a-1f6a3f8e7b10', 'meeting', 'm', 1, 't', 'eoffice.t', 'k', 0, '{}', 'fact');
INSERT INTO outbox_parked (topic, key, error) VALUES ('eoffice.t', 'k', 'too large');
INSERT INTO inbox (consumer, source, event_id) VALUES ('c', 's', 'e');
INSERT INTO stream_position (consumer, source, subject, seq) VALUES ('c', 's', 'm', 7);
INSERT INTO dead_letter (consumer, topic, partition, "offset", key, headers, error, attempts, state)
VALUES ('c', 'eoffice.t', 0, 5, 'k', '[]', 'no', 1, 'dead');
INSERT INTO job (kind, name, key, payload, context) VALUES ('send', 'n', 'k', '{}', '{}');
INSERT INTO idempotency_key (actor, key, request_hash, status, headers, body)
VALUES ('a', 'k', 'h', 201, '{}', 'answer');
