"""The doors: problems in two languages, actors from tokens, idempotency keys, entity tags, pages, health."""

from shared.http.app import create_app
from shared.http.documentation import refusals
from shared.http.idempotency import Attempt, IdempotencyKeyReused, Reply, RequestInFlight, once, prune_idempotency_keys
from shared.http.identity import Authenticated, Now, require
from shared.http.paging import Cursor, InvalidCursor, Limit, Page, decode_cursor, encode_cursor
from shared.http.preconditions import IfMatch, PreconditionMissing, etag, expected_version, required_version
from shared.http.problem import PROBLEM_JSON, InvalidRequest, Problem
from shared.http.tables import IdempotencyKey

__all__ = [
    "PROBLEM_JSON",
    "Attempt",
    "Authenticated",
    "Cursor",
    "IdempotencyKey",
    "IdempotencyKeyReused",
    "IfMatch",
    "InvalidCursor",
    "InvalidRequest",
    "Limit",
    "Now",
    "Page",
    "PreconditionMissing",
    "Problem",
    "Reply",
    "RequestInFlight",
    "create_app",
    "decode_cursor",
    "encode_cursor",
    "etag",
    "expected_version",
    "once",
    "prune_idempotency_keys",
    "refusals",
    "require",
    "required_version",
]
