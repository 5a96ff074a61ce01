"""The history of a run: what was asked, answered and broken, then what was found; one JSON object a line.

Load and faults are written while the run goes on (`Run` … `Poison`, `Settled`); the inspection adds what it finds from
outside once the system has settled (`Row` … `Number`, `Witnessed`). The checker reads nothing else. Moments (`at`) are
Unix seconds. There is no personal data in a history: identifiers, numbers and states only.

**Commands and their facts.** `Invoked.id` is a UUID in its usual form, the `Idempotency-Key` of all tries, and the
trace of everything that follows: each try carries the header `traceparent: <traceparent(id)>`, and the system hands the
trace on to every fact. A command that sets the scene (`draft`, `open`, …) is invoked like any other.

**Answers.** Only a final answer is `answered`: 2xx, or a refusal (4xx). A try that ended in anything else (no
connection, time-out, 5xx, 408, 425, 429, 409 `RequestInFlight`) is `unanswered`, and is sent again. Sending a command
again that was answered is allowed; the new answer is `answered` once more, with `replayed`.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Self, TypeAlias
from uuid import UUID

from pydantic import Field, TypeAdapter, ValidationError

from tests.chaos.records import (
    Answered,
    Attempt,
    Effect,
    Fact,
    Fault,
    Gateway,
    Invoked,
    Leases,
    Letter,
    Log,
    Number,
    Outbox,
    Poison,
    Position,
    Row,
    Run,
    Settled,
    Taken,
    Unanswered,
    Unreadable,
    Witnessed,
)

__all__ = [
    "COMMANDS",
    "Answered",
    "Attempt",
    "BadLine",
    "Effect",
    "Fact",
    "Fault",
    "Gateway",
    "Invoked",
    "Journal",
    "Leases",
    "Letter",
    "Log",
    "Number",
    "Outbox",
    "Poison",
    "Position",
    "Record",
    "Row",
    "Run",
    "Settled",
    "Taken",
    "Unanswered",
    "Unreadable",
    "Witnessed",
    "command_of",
    "read",
    "traceparent",
]

COMMANDS = (
    *("draft", "open", "reschedule", "cancel", "start", "end", "close", "invite"),
    *("register", "vouch", "decline", "represent", "withdraw", "check-in"),
    *("opinion", "decision", "action", "edit", "submit", "return", "approve", "publish"),
    *("hold", "release"),
)
"""The words for `Invoked.command`: what a client asks for through one request."""


class BadLine(ValueError):
    """A line of a history is no record; the message names the file and the line."""


Record: TypeAlias = (
    Run
    | Invoked
    | Answered
    | Unanswered
    | Fault
    | Poison
    | Settled
    | Row
    | Fact
    | Unreadable
    | Taken
    | Position
    | Effect
    | Attempt
    | Gateway
    | Outbox
    | Leases
    | Letter
    | Log
    | Number
    | Witnessed
)
_RECORDS: TypeAdapter[Record] = TypeAdapter(Annotated[Record, Field(discriminator="kind")])


class Journal:
    """A history being written: every record is one whole line, handed to the kernel before `write` returns."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        _drop_torn_line(path)
        self.path = path
        self._file = path.open("ab", buffering=0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def write(self, record: Record) -> None:
        """Append one record."""
        self._file.write(_RECORDS.dump_json(record) + b"\n")

    def extend(self, records: Iterable[Record]) -> int:
        """Append many, in large writes; returns how many."""
        count, lines = 0, bytearray()
        for count, record in enumerate(records, 1):  # noqa: B007 -- the last number is the answer
            lines += _RECORDS.dump_json(record) + b"\n"
            if len(lines) > _CHUNK:
                self._file.write(lines)
                lines.clear()
        self._file.write(lines)
        return count

    def close(self) -> None:
        """Nothing more will be written."""
        self._file.close()


def read(path: Path) -> Iterator[tuple[int, Record]]:
    """Each record with its line, from 1; a last line that a crash has cut is passed over. Raises `BadLine`."""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if line.endswith(b"\n"):
                yield number, _parse(path, number, line)


def traceparent(command: str) -> str:
    """The header (W3C Trace Context) that makes a command the root of all that follows from it."""
    trace = UUID(command).hex
    return f"00-{trace}-{trace[-16:]}-01"


def command_of(header: str | None) -> str:
    """The command at the root of a `traceparent`, empty where there is none."""
    parts = (header or "").split("-")
    try:
        return str(UUID(hex=parts[1]))
    except (IndexError, ValueError):
        return ""


def _parse(path: Path, number: int, line: bytes) -> Record:
    try:
        return _RECORDS.validate_json(line)
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False)[0]
        place = "/".join(map(str, found["loc"]))
        message = f"{path}:{number}: {place}: {found['msg']}" if place else f"{path}:{number}: {found['msg']}"
        raise BadLine(message) from None


def _drop_torn_line(path: Path) -> None:
    """Cut off what a crash has left behind the last whole line."""
    if path.exists():
        content = path.read_bytes()
        if not content.endswith(b"\n"):
            path.write_bytes(content[: content.rfind(b"\n") + 1])


_CHUNK = 1 << 16  # bytes
