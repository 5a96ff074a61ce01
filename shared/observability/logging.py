"""Logging as JSON lines without personal data: only listed events and fields, and exceptions without their message."""

import contextlib
import logging
import sys
from collections.abc import Iterator
from enum import Enum
from linecache import getline
from pathlib import Path
from traceback import walk_tb
from types import TracebackType
from typing import Final, Protocol, TextIO
from uuid import UUID

import structlog
from structlog.typing import EventDict, WrappedLogger

from shared.observability.events import SAFE_FIELDS, Log, LogEvent
from shared.observability.metrics import LOG_FIELDS_DROPPED
from shared.observability.tracing import current_trace_id

__all__ = ["SAFE_FIELDS", "Log", "LogEvent", "Logger", "configure_logging", "describe", "log"]

_ROOT: Final = Path(__file__).resolve().parents[2]
_OURS: Final = frozenset({"deploy", "pasum", "services", "shared"})
_LONGEST = 200
_FRAMES = 5
_OF_THE_LINE: Final = frozenset({"event", "level", "timestamp", "service", "trace_id", "dropped", "error"})


class Logger(Protocol):
    """Writes log lines: a listed event and listed fields; the field `error` may be an exception."""

    def debug(self, event: LogEvent, /, **fields: object) -> None:
        """For details that only help to find a defect."""

    def info(self, event: LogEvent, /, **fields: object) -> None:
        """For normal events."""

    def warning(self, event: LogEvent, /, **fields: object) -> None:
        """For problems that were handled; somebody should look if they repeat."""

    def error(self, event: LogEvent, /, **fields: object) -> None:
        """For defects, and for work that is not done until somebody acts."""


log: Logger = structlog.get_logger()


def configure_logging(service: str, level: str = "info", *, stream: TextIO | None = None) -> None:
    """Write lines of `level` and above to `stream` (default: standard output); of libraries, warnings and errors."""
    threshold = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            _safe,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _Context(service),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.WriteLoggerFactory(file=stream or sys.stdout),
        # A process configures this once, before its first line; tests that pass a stream may pass another one later.
        cache_logger_on_first_use=stream is None,
    )
    root = logging.getLogger()
    root.handlers = [_Library()]
    root.setLevel(logging.WARNING)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "aiokafka", "faststream", "alembic", "asyncio"):
        library = logging.getLogger(name)
        library.handlers, library.propagate = [], True
        library.setLevel(logging.WARNING)


def describe(error: BaseException) -> dict[str, object]:
    """What may be logged of an exception: its class, PostgreSQL's error code, the places in our code.

    Never its message, which may contain personal data (the DETAIL of a UniqueViolation quotes the row).
    """
    seen: dict[str, object] = {"type": _name(error), "frames": list(_frames(error.__traceback__))[-_FRAMES:]}
    state = getattr(error, "sqlstate", None)
    if isinstance(state, str):
        seen["sqlstate"] = state
    cause = error.__cause__ or error.__context__
    if cause is not None:
        seen["cause"] = _name(cause)
    if isinstance(error, BaseExceptionGroup):
        seen["errors"] = [describe(one) for one in error.exceptions[:_FRAMES]]
    return seen


def _name(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")


def _frames(traceback: TracebackType | None) -> Iterator[str]:
    """The lines of our own code in a traceback; if there are none, its last line."""
    last, any_ours = None, False
    for frame, line in walk_tb(traceback):
        last = f"{Path(frame.f_code.co_filename).name}:{line}"
        with contextlib.suppress(ValueError):
            path = Path(frame.f_code.co_filename).relative_to(_ROOT)
            if path.parts[0] in _OURS:
                any_ours = True
                yield f"{path}:{line}"
    if last is not None and not any_ours:
        yield last


def _safe(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    """Structlog processor: keep listed events, listed fields and plain values; count what was left out."""
    event, dropped = line["event"], 0
    if not isinstance(event, LogEvent):
        event, dropped = Log.UNLISTED, 1
    kept: EventDict = {"event": event}
    allowed = event.fields()
    for name, value in line.items():
        if name == "event":
            continue
        plain = _plain(name, value) if name in allowed or name in _OF_THE_LINE else None
        if plain is None and value is not None:
            dropped += 1
        else:
            kept[name] = plain
    if dropped:
        kept["dropped"] = dropped
        LOG_FIELDS_DROPPED.inc(dropped)
    return kept


def _plain(name: str, value: object) -> object:
    """The value as it may be logged, or None: scalars, texts cut to 200 characters, flat collections, exceptions."""
    match value:
        case BaseException():
            return describe(value) if name == "error" else None
        case Enum():
            return value.value
        case bool() | int() | float():
            return value
        case UUID() | str():
            return str(value)[:_LONGEST]
        case list() | tuple() | set() | frozenset():
            return sorted(str(_plain(name, one)) for one in value)
    return None


class _Context:
    """Structlog processor: adds the name of the service and the trace id to each line."""

    def __init__(self, service: str) -> None:
        self._service = service

    def __call__(self, _logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
        line["service"] = self._service
        trace_id = current_trace_id()
        if trace_id is not None:
            line["trace_id"] = trace_id
        return line


class _Library(logging.Handler):
    """Logs the messages of libraries: the library, the place, and the message without its arguments."""

    def emit(self, record: logging.LogRecord) -> None:
        fields: dict[str, object] = {
            "library": record.name,
            "what": _template(record),
            "line": f"{record.module}:{record.lineno}",
        }
        if record.exc_info and record.exc_info[1] is not None:
            fields["error"] = record.exc_info[1]
        write = log.error if record.levelno >= logging.ERROR else log.warning
        write(Log.LIBRARY, **fields)


def _template(record: logging.LogRecord) -> str:
    """The message without its arguments; if it has none it may be an f-string, so the source line is used instead."""
    if record.args and isinstance(record.msg, str):
        return record.msg
    return getline(record.pathname, record.lineno).strip() or type(record.msg).__name__
