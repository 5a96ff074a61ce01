"""The records of a history: what was asked, answered and broken, then what was found."""

from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from pydantic import ConfigDict

Refs: TypeAlias = dict[str, str]
"""Identifiers and short words by name: `{"registration_id": "0192…", "state": "confirmed"}`."""

Columns: TypeAlias = dict[str, str | int | None]
"""The few members of a row or an answer that the checks need."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Record:
    __pydantic_config__ = ConfigDict(extra="forbid", strict=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run(_Record):
    """The run has begun; `topology` is free: brokers, replicas, roles, rate."""

    kind: Literal["run"] = "run"
    at: float
    seed: int
    minutes: float
    topology: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoked(_Record):
    """A command was sent for the first time, or is about to be; written before its first try.

    `target`: the aggregate, as known before: the meeting of `register` and `check-in`, the registration of `withdraw`
    and `represent`, the minutes of `opinion`, … . `refs`: what else tells it from others; a `check-in` is one scan, its
    `device` and `nonce` are here.
    """

    kind: Literal["invoked"] = "invoked"
    at: float
    id: str
    service: str
    command: str
    target: str
    refs: Refs = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered(_Record):
    """A final answer has come.

    `result`: identifiers from the answer's body, under the body's own names (`registration_id`, `state`, `position`,
    `opinion_id`, `revision`, `number`, `outcome`, …); of a refusal its `code`. Never a registration's code.
    """

    kind: Literal["answered"] = "answered"
    at: float
    id: str
    status: int
    result: Columns = field(default_factory=dict)
    replayed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered(_Record):
    """A try has ended without an answer; whether it took effect is unknown. `why`: a class name or a status."""

    kind: Literal["unanswered"] = "unanswered"
    at: float
    id: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault(_Record):
    """A fault has `begun`, `ended` (we undid it), and the system has `recovered`.

    Recovered: the part that was struck works again, shown by those legs of a probe that need it. A fault that
    it does not recover from has no third line.
    """

    kind: Literal["fault"] = "fault"
    at: float
    number: int
    fault: str
    target: str
    phase: Literal["begun", "ended", "recovered"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Poison(_Record):
    """A record that no consumer can take was put into a topic, outside of the services."""

    kind: Literal["poison"] = "poison"
    at: float
    topic: str
    partition: int
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled(_Record):
    """The load has ended and the system has come to rest, or has not in time: `stuck` says what still moved."""

    kind: Literal["settled"] = "settled"
    at: float
    stuck: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row(_Record):
    """A row of a service's database.

    `version` is the aggregate's, None where the row has none; `columns` the few that the checks need.
    """

    kind: Literal["row"] = "row"
    service: str
    table: str
    id: str
    version: int | None = None
    state: str | None = None
    columns: Columns = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact(_Record):
    """A record of a topic that is an event; `trace` is the id of the command at its root, empty without one."""

    kind: Literal["fact"] = "fact"
    topic: str
    partition: int
    offset: int
    event_id: str
    source: str
    subject: str
    sequence: int
    type: str
    key: str
    trace: str = ""
    refs: Refs = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable(_Record):
    """A record of a topic that is no event."""

    kind: Literal["unreadable"] = "unreadable"
    topic: str
    partition: int
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken(_Record):
    """A row of the inbox of `service`."""

    kind: Literal["taken"] = "taken"
    service: str
    source: str
    event_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Position(_Record):
    """How far `service` has taken the events of one aggregate, and the numbers below that have not come."""

    kind: Literal["position"] = "position"
    service: str
    source: str
    subject: str
    seq: int
    missing: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect(_Record):
    """What a fact has led to in the database of `service`.

    `what` names the table, `ref` the cause (an event id, or the aggregate the fact is about), `id` the row itself.
    """

    kind: Literal["effect"] = "effect"
    service: str
    what: str
    ref: str
    id: str
    columns: Columns = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt(_Record):
    """An attempt to hand a message over, as notification has it; no `outcome`: it was never closed."""

    kind: Literal["attempt"] = "attempt"
    message_id: str
    number: int
    key: str
    channel: str
    outcome: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway(_Record):
    """What a provider has of one message: `requests` it has taken under `key`, `accepted` messages that came of it."""

    kind: Literal["gateway"] = "gateway"
    channel: str
    key: str
    requests: int
    accepted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox(_Record):
    """Facts of a service that are not on the bus, and keys that never will be."""

    kind: Literal["outbox"] = "outbox"
    service: str
    pending: int
    parked: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Leases(_Record):
    """Jobs of a service by state; `orphan`: a running one whose lease is over, or a lease without a running job."""

    kind: Literal["leases"] = "leases"
    service: str
    ready: int
    running: int
    dead: int
    orphan: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter(_Record):
    """A dead letter of a service; `error` is its reason, which holds no values."""

    kind: Literal["letter"] = "letter"
    service: str
    topic: str
    partition: int
    offset: int
    state: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Log(_Record):
    """The archive's log, verified: its size, whether it is sound, and how many packages the folder proves by it."""

    kind: Literal["log"] = "log"
    size: int
    intact: bool
    packages: int
    flaws: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Number(_Record):
    """A number that was issued, of a series that must not have gaps."""

    kind: Literal["number"] = "number"
    series: str
    number: int
    ref: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnessed(_Record):
    """The inspection has read everything; a history without this line proves nothing."""

    kind: Literal["witnessed"] = "witnessed"
    at: float
    records: int
