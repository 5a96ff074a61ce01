"""HTTP conventions of all services: problem+json, bearer tokens, idempotency keys, entity tags, paging, health."""

from shared.http.app import create_app, create_management
from shared.http.body import Input
from shared.http.documentation import refusals
from shared.http.idempotency import (
    Attempt,
    Attempted,
    IdempotencyKeyHeader,
    IdempotencyKeyReused,
    Reply,
    RequestAttempt,
    RequestInFlight,
    once,
    once_each,
    request_attempt,
)
from shared.http.identity import Authenticated, Now, now, require
from shared.http.paging import (
    Cursor,
    CursorInput,
    InvalidCursor,
    Limit,
    LimitInput,
    Page,
    decode_cursor,
    encode_cursor,
    page_of,
)
from shared.http.preconditions import (
    IfMatch,
    IfNoneMatch,
    PreconditionMissing,
    Versions,
    etag,
    expected_version,
    required_version,
    unwanted_version,
)
from shared.http.problem import PROBLEM_JSON, InvalidRequest, Problem
from shared.http.tables import IdempotencyKey
from shared.http.text import EmailInput, LongTextInput, SearchInput, ShortTextInput, text_schema
from shared.http.values import BooleanInput, DayInput, InstantInput, IntegerInput

__all__ = [
    "PROBLEM_JSON",
    "Attempt",
    "Attempted",
    "Authenticated",
    "BooleanInput",
    "Cursor",
    "CursorInput",
    "DayInput",
    "EmailInput",
    "IdempotencyKey",
    "IdempotencyKeyHeader",
    "IdempotencyKeyReused",
    "IfMatch",
    "IfNoneMatch",
    "Input",
    "InstantInput",
    "IntegerInput",
    "InvalidCursor",
    "InvalidRequest",
    "Limit",
    "LimitInput",
    "LongTextInput",
    "Now",
    "Page",
    "PreconditionMissing",
    "Problem",
    "Reply",
    "RequestAttempt",
    "RequestInFlight",
    "SearchInput",
    "ShortTextInput",
    "Versions",
    "create_app",
    "create_management",
    "decode_cursor",
    "encode_cursor",
    "etag",
    "expected_version",
    "now",
    "once",
    "once_each",
    "page_of",
    "refusals",
    "request_attempt",
    "require",
    "required_version",
    "text_schema",
    "unwanted_version",
]
