"""The metrics that every service has; the metrics of one service are in its `observability.py`.

A label has few possible values and never an identifier, a name or anything that a client can invent: routes are
templates, refusals are class names, topics and job kinds are those of the code. Durations are in seconds.

A gauge says of what its value is: of this process, or of the database. What a database says, each process that reports
it says alike, so of several take the `max`; what processes say of themselves is added up with `sum`.
"""

from prometheus_client import Counter, Gauge, Histogram

FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
SLOW = (0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 30.0, 60.0, 300.0)
LAG = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0, 300.0, 3600.0)

# Commands and rights.
COMMANDS = Counter(
    "pasum_commands",
    "Commands decided: outcome is accepted or refused, refusal is the class name of the refusal or empty.",
    ("aggregate", "command", "outcome", "refusal"),
)
COMMAND_SECONDS = Histogram(
    "pasum_command_seconds",
    "Time of one command: load, decide, evolve, save, write facts and jobs.",
    ("command",),
    buckets=FAST,
)
GROUP_COMMIT_REQUESTS = Histogram(
    "pasum_group_commit_requests",
    "Number of requests that share one transaction, by the name of the group commit.",
    ("name",),
    buckets=(1, 2, 4, 8, 16, 32, 64, 100),
)
GROUP_COMMIT_SECONDS = Histogram(
    "pasum_group_commit_seconds",
    "Time of one transaction that several requests share, until its commit.",
    ("name",),
    buckets=FAST,
)
RIGHTS_REFUSED = Counter(
    "pasum_rights_refused", "Requests and commands refused because the actor lacks the right.", ("code",)
)

# HTTP.
HTTP_REQUESTS = Counter(
    "pasum_http_requests",
    "HTTP requests by route template; unknown paths are 'unmatched', status 499 means that the client has left.",
    ("route", "method", "status"),
)
HTTP_SECONDS = Histogram(
    "pasum_http_seconds",
    "Time from a request to the last byte of its response.",
    ("route", "method"),
    buckets=FAST,
)
HTTP_ACTIVE = Gauge("pasum_http_active_requests", "HTTP requests that this process is answering at the moment.")
HTTP_CONNECTIONS = Gauge("pasum_http_connections", "Open HTTP connections.")
HTTP_CONNECTIONS_REFUSED = Counter(
    "pasum_http_connections_refused",
    "Connections closed because of a limit: reason is connections, client, target, headers, pipeline, malformed, "
    "head-time, body-time or read-time.",
    ("reason",),
)
TOKENS_REFUSED = Counter("pasum_tokens_refused", "Bearer tokens refused, by reason.", ("reason",))
JWKS_FETCHES = Counter(
    "pasum_jwks_fetches", "Fetches of the token issuer's keys: outcome is ok or failed.", ("outcome",)
)
RATE_LIMITED = Counter("pasum_rate_limited", "Requests answered with status 429, by the name of the limit.", ("limit",))
IDEMPOTENT_REPLAYS = Counter("pasum_idempotent_replays", "Stored answers sent again for a repeated Idempotency-Key.")

# The outbox and its relay.
OUTBOX_PUBLISHED = Counter("pasum_outbox_published", "Facts published: Kafka has acknowledged them.", ("topic",))
OUTBOX_PENDING = Gauge(
    "pasum_outbox_pending", "Committed facts not yet published to Kafka; 100,000 means at least that many."
)
OUTBOX_OLDEST_SECONDS = Gauge("pasum_outbox_oldest_seconds", "Age of the oldest fact not yet published.")
OUTBOX_PARKED_KEYS = Gauge(
    "pasum_outbox_parked_keys", "Keys that the relay skips because their next fact cannot be published."
)
RELAY_LEADING = Gauge("pasum_relay_leading", "1 if the relay of this process publishes the outbox, 0 if it stands by.")

# The consumer and its inbox.
EVENTS_CONSUMED = Counter(
    "pasum_events_consumed",
    "Records processed: outcome is handled, duplicate, unknown, stale, parked, dead, undecodable or ignored.",
    ("topic", "outcome"),
)
CONSUMER_BATCH_SECONDS = Histogram(
    "pasum_consumer_batch_seconds", "Time of one batch: inbox, handlers and commit.", ("topic",), buckets=FAST
)
CONSUMER_LAG_SECONDS = Histogram(
    "pasum_consumer_lag_seconds", "Time from an event's own time to the end of its handling.", ("topic",), buckets=LAG
)
CONSUMER_LAG_RECORDS = Gauge(
    "pasum_consumer_lag_records",
    "Records of an assigned partition that Kafka has and this process has not fetched; each partition is reported by "
    "the one process that reads it.",
    ("topic", "partition"),
)
SEQUENCE_GAPS = Counter(
    "pasum_sequence_gaps", "Events that arrived before an earlier event of their aggregate.", ("topic",)
)
DEAD_LETTERS = Gauge(
    "pasum_dead_letters", "Dead letters that wait for an operator: state is dead or parked.", ("topic", "state")
)
DEAD_LETTERS_OLDEST_SECONDS = Gauge(
    "pasum_dead_letters_oldest_seconds", "Age of the oldest dead letter that waits for an operator.", ("topic",)
)
DEAD_LETTER_KEYS = Gauge("pasum_dead_letter_keys", "Keys whose events wait behind a dead letter.", ("topic",))
CONSUMER_HALTED = Gauge(
    "pasum_consumer_halted", "1 while a consumer has halted because of too many dead letters in a row.", ("consumer",)
)
FETCH_FAILURES = Counter(
    "pasum_fetch_failures", "Fetches from Kafka that failed, by the class of the error.", ("kind",)
)
UNREADABLE_PARTITIONS = Gauge(
    "pasum_unreadable_partitions",
    "Assigned partitions that cannot be read, or for which Kafka has not answered for 30 s.",
    ("topic",),
)

# The jobs.
JOBS = Counter("pasum_jobs", "Job attempts ended: outcome is done, retried, dead or fenced.", ("kind", "outcome"))
JOB_SECONDS = Histogram(
    "pasum_job_seconds", "Time of one job attempt, including the call to the outside system.", ("kind",), buckets=SLOW
)
JOBS_DUE = Gauge(
    "pasum_jobs_due", "Jobs that are due and that no worker has claimed yet; 1,000 means at least that many."
)
JOBS_OLDEST_SECONDS = Gauge("pasum_jobs_oldest_seconds", "Time for which the oldest due job has been waiting.")
JOBS_DEAD = Gauge("pasum_jobs_dead", "Jobs whose attempts have all failed and that wait for an operator.", ("kind",))

# The connection pool to the database.
DATABASE_CONNECTIONS = Gauge(
    "pasum_database_connections", "Connections in the pool of this process: state is used or idle.", ("state",)
)
DATABASE_CONNECTIONS_LIMIT = Gauge(
    "pasum_database_connections_limit", "The most connections that the pool of this process opens."
)
DATABASE_WAIT_SECONDS = Histogram(
    "pasum_database_wait_seconds", "Time for which a transaction has waited for a connection of the pool.", buckets=FAST
)
DATABASE_FAILURES = Counter(
    "pasum_database_failures",
    "Transactions given up because the pool had no connection in time or PostgreSQL did not answer; they may be tried "
    "again.",
)

# The process itself.
EVENT_LOOP_DELAY_SECONDS = Histogram(
    "pasum_event_loop_delay_seconds",
    "By how much a timer of the event loop was late: for so long everything else in this process has waited too.",
    buckets=FAST,
)
GARBAGE_COLLECTION_SECONDS = Histogram(
    "pasum_garbage_collection_seconds",
    "Time of one garbage collection, in which nothing else runs in this process.",
    ("generation",),
    buckets=FAST,
)
LOOP_HEARTBEAT = Gauge("pasum_loop_heartbeat", "Unix time of the last turn of a loop.", ("loop",))
FAULTS = Gauge(
    "pasum_fault", "1 while something that this process needs does not work, by the code of the fault.", ("code",)
)
LOG_FIELDS_DROPPED = Counter(
    "pasum_log_fields_dropped", "Log fields left out because they are not in the list of safe fields."
)
