"""What a log line may say: the kernel's events, the fields they may carry, and how a service lists its own."""

from enum import StrEnum
from typing import Final


class LogEvent(StrEnum):
    """A list of events that may be logged: the kernel's is `Log`, a service's stands in its `observability.py`."""

    @classmethod
    def fields(cls) -> frozenset[str]:
        """The fields that these events may carry; a service whose events need more gives those besides."""
        return SAFE_FIELDS


class Log(LogEvent):
    """What every process can say in a log line. A new event gets its name here first."""

    # process
    STARTING = "starting"
    STARTED = "started"
    WAITING = "waiting"
    DRAINING = "draining"
    STOPPED = "stopped"
    PART_STARTED = "part-started"
    PART_STOPPED = "part-stopped"
    PART_DIED = "part-died"
    DRAIN_TIMED_OUT = "drain-timed-out"
    UNAVAILABLE = "unavailable"
    LIBRARY = "library"
    UNLISTED = "unlisted"

    # shell
    COMMAND_ACCEPTED = "command-accepted"
    COMMAND_REFUSED = "command-refused"
    RIGHTS_REFUSED = "rights-refused"

    # HTTP
    REQUEST_FAILED = "request-failed"
    TOKEN_REFUSED = "token-refused"  # noqa: S105 -- the name of an event
    KEYS_REFRESHED = "keys-refreshed"
    KEYS_UNAVAILABLE = "keys-unavailable"

    # outbox and relay
    RELAY_LEADS = "relay-leads"
    KEY_PARKED = "key-parked"
    KEY_RELEASED = "key-released"

    # consumer and inbox
    FETCH_FAILED = "fetch-failed"
    PARTITION_UNREADABLE = "partition-unreadable"
    BATCH_RETRIED = "batch-retried"
    EVENT_DEAD_LETTERED = "event-dead-lettered"
    EVENT_REDRIVEN = "event-redriven"
    CONSUMER_HALTED = "consumer-halted"
    OFFSETS_NOT_COMMITTED = "offsets-not-committed"
    PRUNED = "pruned"
    OPERATOR_ACTED = "operator-acted"
    REBUILT = "rebuilt"
    REWOUND = "rewound"

    # jobs
    JOB_DONE = "job-done"
    JOB_RETRIED = "job-retried"
    JOB_DEAD = "job-dead"
    JOB_FENCED = "job-fenced"

    # outside systems
    OUTSIDE_CALL_FAILED = "outside-call-failed"


SAFE_FIELDS: Final = frozenset(
    {
        "actor",  # a subject: stable, never a name
        "aggregate",
        "aggregate_id",
        "attempt",
        "attempts",
        "code",
        "command",
        "consumer",
        "count",
        "delay_seconds",
        "drain_seconds",
        "event_id",
        "event_type",
        "exit_code",
        "host",
        "job",
        "job_id",
        "kind",
        "library",
        "line",
        "loop",
        "method",
        "offset",
        "outcome",
        "part",
        "partition",
        "partitions",
        "port",
        "reason",
        "release",
        "roles",
        "route",
        "seconds",
        "sequence",
        "service",
        "signal",
        "state",
        "status",
        "system",
        "topic",
        "trace_id",
        "version",
        "what",
    }
)
"""Fields that are counts, identifiers or names of our own; all others are dropped, and the drop is counted."""
