"""Faults: why a process waits or cannot do its work. Each has a stable code, a sentence, and a row in the documents.

A fault is logged once, however many parts of the process it stops and however often they try again; then every
`REMIND_SECONDS` as long as it lasts, and once when it is over. `standing` lists the present ones for `/readyz`.
"""

import time
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from shared.kernel import Unavailable
from shared.observability.logging import Log, log
from shared.observability.metrics import FAULTS

REMIND_SECONDS: Final = 300.0
PAGE: Final = "docs/reference/readiness.md"


class Fault(StrEnum):
    """The code of a fault; operators and alerts may depend on it."""

    SETTING_INVALID = "setting-invalid"
    FILE_MISSING = "file-missing"
    FILE_INVALID = "file-invalid"
    DATABASE_UNREACHABLE = "database-unreachable"
    DATABASE_STARTING = "database-starting"
    DATABASE_FULL = "database-full"
    DATABASE_LOGIN_REFUSED = "database-login-refused"
    DATABASE_MISSING = "database-missing"
    DATABASE_CERTIFICATE_REFUSED = "database-certificate-refused"
    DATABASE_READ_ONLY = "database-read-only"
    SCHEMA_TOO_OLD = "schema-too-old"
    SCHEMA_TOO_NEW = "schema-too-new"
    KAFKA_UNREACHABLE = "kafka-unreachable"
    KAFKA_LOGIN_REFUSED = "kafka-login-refused"
    KAFKA_CERTIFICATE_REFUSED = "kafka-certificate-refused"
    KAFKA_TOPIC_MISSING = "kafka-topic-missing"
    KAFKA_RIGHT_MISSING = "kafka-right-missing"
    IDENTITY_KEYS_UNAVAILABLE = "identity-keys-unavailable"
    OBJECT_STORE_UNAVAILABLE = "object-store-unavailable"
    CONSUMER_HALTED = "consumer-halted"
    PARTITION_UNREADABLE = "partition-unreadable"


MEANING: Final = {
    Fault.SETTING_INVALID: "An environment variable is missing or has a wrong value.",
    Fault.FILE_MISSING: "A file that a setting names does not exist or may not be read.",
    Fault.FILE_INVALID: "A file that a setting names is not what it should be, or its passphrase is another one.",
    Fault.DATABASE_UNREACHABLE: "PostgreSQL does not answer at this address.",
    Fault.DATABASE_STARTING: "PostgreSQL is starting, recovering or shutting down.",
    Fault.DATABASE_FULL: "PostgreSQL has no free connection for this user.",
    Fault.DATABASE_LOGIN_REFUSED: "PostgreSQL refuses this user: its password, its role or its right to connect.",
    Fault.DATABASE_MISSING: "PostgreSQL has no database of this name.",
    Fault.DATABASE_CERTIFICATE_REFUSED: "The certificate of PostgreSQL is not trusted, or TLS fails.",
    Fault.DATABASE_READ_ONLY: "This PostgreSQL only reads: it is a standby, or it was set so.",
    Fault.SCHEMA_TOO_OLD: "The database has not had all migrations of this version.",
    Fault.SCHEMA_TOO_NEW: "A migration of a newer version does not support this version any more.",
    Fault.KAFKA_UNREACHABLE: "Kafka does not answer at this address, or speaks another security protocol.",
    Fault.KAFKA_LOGIN_REFUSED: "Kafka refuses this user or its password.",
    Fault.KAFKA_CERTIFICATE_REFUSED: "The certificate of Kafka is not trusted, or TLS fails.",
    Fault.KAFKA_TOPIC_MISSING: "Kafka does not have these topics, or does not show them to this user.",
    Fault.KAFKA_RIGHT_MISSING: "Kafka refuses this user a topic, a group or a transactional id.",
    Fault.IDENTITY_KEYS_UNAVAILABLE: "The keys of the identity provider cannot be read.",
    Fault.OBJECT_STORE_UNAVAILABLE: "The object store does not answer, or refuses what is needed.",
    Fault.CONSUMER_HALTED: "Too many events in a row failed; the consumer waits for an operator.",
    Fault.PARTITION_UNREADABLE: "Kafka does not answer for a partition, or its records cannot be read.",
}


class Faulty(Unavailable):
    """Something that a process needs does not work; `what` says which: an address, a file, topics; never a secret."""

    def __init__(self, fault: Fault, what: str = "", *, retry_after: float = 5.0) -> None:
        super().__init__(fault, retry_after=retry_after)
        self.fault = fault
        self.what = what


def expected(error: Exception) -> Faulty:
    """The error itself if it is a `Faulty`; raises any other."""
    if not isinstance(error, Faulty):
        raise error
    return error


@dataclass(slots=True)
class _Standing:
    """A fault that lasts, and the parts of the process that it stops; times are of the monotonic clock."""

    since: float
    logged: float = float("-inf")
    parts: set[str] = field(default_factory=set)


_Key = tuple[Fault, str]
_STANDING: dict[_Key, _Standing] = {}
_OF_PART: dict[str, _Key] = {}


def report(part: str, faulty: Faulty) -> None:
    """Say that `part` cannot work, and why; call it after every failed attempt, it does not log each of them."""
    key, now = (faulty.fault, faulty.what), time.monotonic()
    if _OF_PART.get(part, key) != key:
        forget(part)  # it still cannot work
    _OF_PART[part] = key
    standing = _STANDING.setdefault(key, _Standing(since=now))
    standing.parts.add(part)
    FAULTS.labels(code=faulty.fault).set(1)
    if now - standing.logged >= REMIND_SECONDS:
        standing.logged = now
        log.warning(Log.WAITING, part=part, seconds=round(now - standing.since), **explanation(*key))


def resolve(part: str) -> None:
    """Say that `part` works, or has ended."""
    key = _OF_PART.pop(part, None)
    if key is None:
        return
    since = _STANDING[key].since
    if _leave(part, key):
        log.info(Log.RECOVERED, part=part, code=key[0], seconds=round(time.monotonic() - since))


def forget(part: str) -> None:
    """Remove the fault of a part that has ended, which says nothing about whether the fault is over."""
    key = _OF_PART.pop(part, None)
    if key is not None:
        _leave(part, key)


def _leave(part: str, key: _Key) -> bool:
    """Take a part from its fault; returns whether no other part has it."""
    standing = _STANDING[key]
    standing.parts.discard(part)
    if not standing.parts:
        del _STANDING[key]
        FAULTS.labels(code=key[0]).set(any(fault == key[0] for fault, _ in _STANDING))
    return not standing.parts


def explanation(fault: Fault, what: str) -> dict[str, str]:
    """The code, the sentence, what it is about, and the place in the documents."""
    return {"code": fault, "reason": MEANING[fault], "what": what, "look": f"{PAGE}#{fault}"}


def standing() -> list[dict[str, Any]]:
    """The present faults, oldest first: their explanation, the parts that they stop, and for how many seconds."""
    now = time.monotonic()
    return [
        {**explanation(*key), "parts": sorted(one.parts), "seconds": round(now - one.since)}
        for key, one in sorted(_STANDING.items(), key=lambda item: item[1].since)
    ]
