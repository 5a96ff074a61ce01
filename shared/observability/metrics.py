"""The metrics that every service has: counters, gauges and histograms, each with bounded label values.

A service's own stand in its `observability.py`, made in the same way.

A label never holds an identifier, a name or anything a client can invent: routes are templates, refusals are class
names, topics and job kinds come from the catalogue. Durations are in seconds.
"""

from prometheus_client import Counter, Gauge, Histogram

FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
SLOW = (0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 30.0, 60.0, 300.0)
LAG = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0, 300.0, 3600.0)

# The shell: commands and rights.
COMMANDS = Counter(
    "pasum_commands",
    "Commands decided: outcome is accepted or refused, refusal the class name of the refusal or empty.",
    ("aggregate", "command", "outcome", "refusal"),
)
COMMAND_SECONDS = Histogram(
    "pasum_command_seconds", "Load, decide, evolve, save and outbox of one command.", ("command",), buckets=FAST
)
GROUP_COMMIT_REQUESTS = Histogram(
    "pasum_group_commit_requests",
    "Requests that share one transaction, by the name of the group commit.",
    ("name",),
    buckets=(1, 2, 4, 8, 16, 32, 64, 100),
)
GROUP_COMMIT_SECONDS = Histogram(
    "pasum_group_commit_seconds", "One transaction of requests that share it, to its commit.", ("name",), buckets=FAST
)
RIGHTS_REFUSED = Counter("pasum_rights_refused", "Requests and commands refused for want of a right.", ("code",))

# HTTP.
HTTP_REQUESTS = Counter(
    "pasum_http_requests",
    "HTTP requests answered, by route template; unknown paths are 'unmatched', status 499 means the client left.",
    ("route", "method", "status"),
)
HTTP_SECONDS = Histogram(
    "pasum_http_seconds",
    "From a request to the last byte of its answer.",
    ("route", "method"),
    buckets=FAST,
)
HTTP_CONNECTIONS = Gauge("pasum_http_connections", "Connections that are open.")
HTTP_CONNECTIONS_REFUSED = Counter(
    "pasum_http_connections_refused",
    "Connections closed by the server's limits: reason is connections, client, target, headers, pipeline, malformed, "
    "head-time, body-time or read-time.",
    ("reason",),
)
TOKENS_REFUSED = Counter("pasum_tokens_refused", "Bearer tokens refused, by the class of the reason.", ("reason",))
JWKS_FETCHES = Counter("pasum_jwks_fetches", "Fetches of the issuer's keys: outcome is ok or failed.", ("outcome",))
RATE_LIMITED = Counter("pasum_rate_limited", "Requests answered 429, by the name of the limit.", ("limit",))
IDEMPOTENT_REPLAYS = Counter("pasum_idempotent_replays", "Answers given a second time for one Idempotency-Key.")

# The outbox and its relay.
OUTBOX_PUBLISHED = Counter("pasum_outbox_published", "Facts the bus has acknowledged.", ("topic",))
OUTBOX_PENDING = Gauge("pasum_outbox_pending", "Facts committed and not yet on the bus; 100,000 is at least that many.")
OUTBOX_OLDEST_SECONDS = Gauge("pasum_outbox_oldest_seconds", "Age of the oldest fact not yet on the bus.")
OUTBOX_PARKED_KEYS = Gauge("pasum_outbox_parked_keys", "Keys whose next fact can never be sent.")
RELAY_LEADING = Gauge("pasum_relay_leading", "1 where this process carries the outbox, 0 where it stands by.")

# The consumer and its inbox.
EVENTS_CONSUMED = Counter(
    "pasum_events_consumed",
    "Records taken: outcome is handled, duplicate, unknown, stale, parked, dead, undecodable or ignored.",
    ("topic", "outcome"),
)
CONSUMER_BATCH_SECONDS = Histogram(
    "pasum_consumer_batch_seconds", "One batch: inbox, handlers, commit, offsets.", ("topic",), buckets=FAST
)
CONSUMER_LAG_SECONDS = Histogram(
    "pasum_consumer_lag_seconds", "From an event's own time to the end of its handling.", ("topic",), buckets=LAG
)
SEQUENCE_GAPS = Counter("pasum_sequence_gaps", "Events that came before an earlier one of their aggregate.", ("topic",))
DEAD_LETTERS = Gauge(
    "pasum_dead_letters", "Dead letters that wait for an operator: state is dead or parked.", ("topic", "state")
)
DEAD_LETTERS_OLDEST_SECONDS = Gauge(
    "pasum_dead_letters_oldest_seconds", "Age of the oldest letter that waits for an operator.", ("topic",)
)
DEAD_LETTER_KEYS = Gauge("pasum_dead_letter_keys", "Keys whose events wait behind a dead letter.", ("topic",))
CONSUMER_HALTED = Gauge(
    "pasum_consumer_halted", "1 while a consumer has halted at too many dead letters in a row.", ("consumer",)
)
FETCH_FAILURES = Counter(
    "pasum_fetch_failures", "Fetches that failed as a whole, by the class of the error.", ("kind",)
)
UNREADABLE_PARTITIONS = Gauge(
    "pasum_unreadable_partitions",
    "Assigned partitions that cannot be read, or about which Kafka has been silent for 30 s.",
    ("topic",),
)

# The jobs.
JOBS = Counter("pasum_jobs", "Job attempts ended: outcome is done, retried, dead or fenced.", ("kind", "outcome"))
JOB_SECONDS = Histogram("pasum_job_seconds", "One attempt, the outside call included.", ("kind",), buckets=SLOW)
JOBS_DUE = Gauge("pasum_jobs_due", "Jobs whose time has come and that nobody has taken; 1,000 is at least that many.")
JOBS_OLDEST_SECONDS = Gauge("pasum_jobs_oldest_seconds", "How long the oldest due job has been waiting.")
JOBS_DEAD = Gauge("pasum_jobs_dead", "Jobs that no number of attempts has done, and nobody has dealt with.", ("kind",))

# The process itself.
LOOP_HEARTBEAT = Gauge("pasum_loop_heartbeat", "Unix time at which a loop last went round.", ("loop",))
LOG_FIELDS_DROPPED = Counter("pasum_log_fields_dropped", "Log fields left out because they are not known to be safe.")
