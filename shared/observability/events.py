"""The list of log events of the kernel and the fields that log lines may have; a service adds its own list."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, Self


class LogEvent(StrEnum):
    """Base of the lists of log events: the kernel's is `Log`, a service's is in its `observability.py`.

    A member is written as its name on the line and its meaning, for docs/reference/logs.md.
    """

    meaning: str

    def __new__(cls, name: str, meaning: str = "") -> Self:
        """The name is the value."""
        member = str.__new__(cls, name)
        member._value_, member.meaning = name, meaning
        return member

    @classmethod
    def fields(cls) -> frozenset[str]:
        """The fields that lines with these events may have; a service overrides it to add its own fields."""
        return SAFE_FIELDS


class Log(LogEvent):
    """The log events of the kernel; only events in such a list can be logged."""

    # process
    STARTING = "starting", "The process begins."
    STARTED = "started", "All parts work; the process is ready."
    WAITING = "waiting", "A part waits for a server or for the schema, and will go on by itself."
    RECOVERED = "recovered", "What a part has waited for is there again."
    SETTING_INVALID = "setting-invalid", "A setting cannot be used; the process ends."
    DRAINING = "draining", "The process was told to stop, and finishes its work."
    STOPPED = "stopped", "The process has ended."
    PART_STARTED = "part-started", "A part of the process works."
    PART_STOPPED = "part-stopped", "A part of the process has ended as asked."
    PART_DIED = "part-died", "A part has failed; the process ends with exit code 1."
    DRAIN_TIMED_OUT = (
        "drain-timed-out",
        "Work was not finished in time and is abandoned; it is done again after the next start.",
    )
    UNAVAILABLE = "unavailable", "A server or outside system does not answer; the part tries again."
    SCHEMA_NEWER = "schema-newer", "The schema is newer than this version and was left alone, as asked."
    LIBRARY = "library", "A warning or error of a library: its name, its message without arguments."
    UNLISTED = "unlisted", "A line whose event is not in any list; its event and fields were left out."

    # commands
    COMMAND_ACCEPTED = "command-accepted", "A command took effect (level debug)."
    COMMAND_REFUSED = "command-refused", "A command was refused; `code` is the name of the refusal."
    RIGHTS_REFUSED = "rights-refused", "A caller had not the role that a route asks for."

    # HTTP
    REQUEST_FAILED = "request-failed", "A request ended with a defect (status 500)."
    TOKEN_REFUSED = "token-refused", "A token was not trusted; `reason` says why."
    KEYS_REFRESHED = "keys-refreshed", "The keys of the token issuer were fetched."

    # outbox and relay
    RELAY_LEADS = "relay-leads", "This relay publishes; all others of the service stand by."
    KEY_PARKED = "key-parked", "Kafka refuses a fact for good; later facts of its key wait."
    KEY_RELEASED = "key-released", "An operator has released a parked key."
    REPUBLISHED = "republished", "Published facts were moved back into the outbox."

    # consumer and inbox
    FETCH_FAILED = "fetch-failed", "A fetch from Kafka has failed; it is repeated."
    PARTITION_UNREADABLE = (
        "partition-unreadable",
        "A partition holds bytes that cannot be read; it stops, all others go on.",
    )
    BATCH_RETRIED = "batch-retried", "A batch has failed and is tried again."
    EVENT_DEAD_LETTERED = "event-dead-lettered", "An event cannot be processed and became a dead letter."
    EVENT_REDRIVEN = "event-redriven", "A dead letter was processed."
    CONSUMER_HALTED = "consumer-halted", "Too many dead letters in a row: the consumer waits for an operator."
    OFFSETS_NOT_COMMITTED = (
        "offsets-not-committed",
        "Kafka did not take the offsets; the records are read again and recognised.",
    )
    PRUNED = "pruned", "Old rows were deleted."
    OPERATOR_ACTED = "operator-acted", "An operator has done something; it is in the audit log too."
    REBUILT = "rebuilt", "A rebuild has ended."
    REWOUND = "rewound", "A consumer group was set back to the oldest records."

    # jobs
    JOB_DONE = "job-done", "A job was done."
    JOB_RETRIED = "job-retried", "A job has failed and is tried again later."
    JOB_DEAD = "job-dead", "A job has failed for good and waits for an operator."
    JOB_FENCED = "job-fenced", "Another worker has the job now; this result was dropped."

    # outside systems
    OUTSIDE_CALL_FAILED = "outside-call-failed", "An outside system was asked for the last time, in vain."


FIELDS: Final[Mapping[str, str]] = {
    "actor": "who: the subject of the token, never a name",
    "aggregate": "kind of aggregate",
    "aggregate_id": "identifier of the aggregate",
    "attempt": "number of the attempt",
    "attempts": "number of attempts so far",
    "code": "name of a refusal",
    "command": "name of a command",
    "consumer": "consumer group",
    "count": "how many",
    "delay_seconds": "seconds until the next attempt",
    "drain_seconds": "seconds that a graceful stop may take",
    "event_id": "identifier of an event",
    "event_type": "type of an event",
    "exit_code": "exit code of the process",
    "host": "address of a server, without user and password",
    "job": "kind and name of a job",
    "job_id": "number of a job",
    "kind": "kind of job",
    "library": "name of the library's logger",
    "line": "module and line in a library",
    "look": "where to look: the section of a page",
    "loop": "name of a loop",
    "method": "HTTP method",
    "offset": "offset of a record",
    "outcome": "how something ended, in a word",
    "part": "part of the process",
    "partition": "partition of a topic",
    "partitions": "partitions of topics",
    "port": "port of the web server",
    "reason": "why, in a word of ours",
    "release": "version of the software",
    "roles": "roles of a caller or of the process",
    "route": "template of the route, never the path",
    "seconds": "duration",
    "sequence": "sequence number of a fact",
    "service": "name of the service",
    "signal": "name of a signal",
    "state": "state of something, in a word",
    "status": "status of an answer or a receipt",
    "system": "name of an outside system",
    "topic": "topic",
    "trace_id": "trace of the request that led to this line",
    "version": "version of an aggregate or a schema",
    "what": "what it is about, in words of ours",
}
"""Fields with counts, identifiers or our own words, and their meaning.

Other fields are left out of the line, and this is counted.
"""

SAFE_FIELDS: Final = frozenset(FIELDS)
