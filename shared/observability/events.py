"""The list of log events of the kernel and the fields that log lines may have; a service adds its own list."""

from enum import StrEnum
from typing import Final


class LogEvent(StrEnum):
    """Base of the lists of log events: the kernel's is `Log`, a service's is in its `observability.py`."""

    @classmethod
    def fields(cls) -> frozenset[str]:
        """The fields that lines with these events may have; a service overrides it to add its own fields."""
        return SAFE_FIELDS


class Log(LogEvent):
    """The log events of the kernel; only events in such a list can be logged."""

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
    SCHEMA_NEWER = "schema-newer"
    LIBRARY = "library"
    UNLISTED = "unlisted"

    # commands
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
    REPUBLISHED = "republished"

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
"""Fields with counts, identifiers or our own words. Other fields are left out of the line, and this is counted."""
