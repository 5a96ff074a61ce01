"""`Idempotency-Key`: the same request of the same actor takes effect once and is answered alike each time.

The answer is stored in the transaction of the effect, and only when that commits: a refusal leaves nothing behind and
is decided anew. Keys are kept until `prune_idempotency_keys`; a client may rely on 24 hours.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Final, TypeAlias

import asyncpg
from fastapi import Depends, Header
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from shared.database import Connection, Database
from shared.kernel import Actor, Refusal
from shared.observability.metrics import IDEMPOTENT_REPLAYS

REPLAYED: Final = "idempotency-replayed"

_TAKE: Final = """
SELECT pg_try_advisory_xact_lock($3) AS free, stored.request_hash, stored.status, stored.headers, stored.body
FROM (SELECT 1) AS always LEFT JOIN idempotency_key AS stored ON stored.actor = $1 AND stored.key = $2
"""
_KEEP: Final = """
INSERT INTO idempotency_key (actor, key, request_hash, status, headers, body) VALUES ($1, $2, $3, $4, $5, $6)
"""


class RequestInFlight(Refusal):
    """The first request with this key has not been answered yet."""

    status = 409
    lao = "ຄຳຂໍດຽວກັນນີ້ກຳລັງດຳເນີນການຢູ່. ກະລຸນາລໍຖ້າ"
    english = "The same request is being carried out; wait for its answer."


class IdempotencyKeyReused(Refusal):
    """The key has been used for another request."""

    status = 422
    lao = "Idempotency-Key ນີ້ໄດ້ໃຊ້ກັບຄຳຂໍອື່ນແລ້ວ"
    english = "This Idempotency-Key was used for another request."


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What an act wants answered once it is committed; `body` None is an empty answer."""

    status: int = 200
    body: BaseModel | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestAttempt:
    """One sending of a request: its Idempotency-Key, if any, and a hash of method, path, query and body."""

    key: str | None
    fingerprint: bytes


IdempotencyKeyHeader: TypeAlias = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern=r"^[\x21-\x7e]+$",
        description="the same key with the same request takes effect once",
    ),
]


async def request_attempt(request: Request, key: IdempotencyKeyHeader = None) -> RequestAttempt:
    """Dependency: how this request is told from others with the same key."""
    if key is None:
        return RequestAttempt(key=None, fingerprint=b"")
    head = f"{request.method} {request.url.path}?{request.url.query}\0"
    return RequestAttempt(key=key, fingerprint=sha256(head.encode() + await request.body()).digest())


Attempt: TypeAlias = Annotated[RequestAttempt, Depends(request_attempt)]
Act: TypeAlias = Callable[[Connection], Awaitable[Reply]]


async def once(attempt: RequestAttempt, act: Act, *, database: Database, actor: Actor) -> Response:
    """Run `act` in one transaction and answer after its commit; a repetition is answered from what was committed.

    Without a key it is the transaction alone. Raises `RequestInFlight`, `IdempotencyKeyReused`, and what `act` raises.
    """
    if attempt.key is None:
        async with database.transaction() as connection:
            reply = await act(connection)
        return _response(reply)
    try:
        async with database.transaction() as connection:
            return await _once(connection, attempt, act, owner=actor.subject, key=attempt.key)
    except asyncpg.UniqueViolationError as error:
        if error.table_name != "idempotency_key":
            raise
        raise RequestInFlight from error  # the first one committed between our look and our lock


async def _once(connection: Connection, attempt: RequestAttempt, act: Act, *, owner: str, key: str) -> Response:
    stored = await connection.fetchrow(_TAKE, owner, key, _lock(owner, key))
    assert stored is not None  # noqa: S101 -- a left join from one row
    if stored["status"] is not None:
        return _replay(stored, attempt.fingerprint)
    if not stored["free"]:
        raise RequestInFlight
    response = _response(await act(connection))
    headers = {name: value for name, value in response.headers.items() if name != "content-length"}
    await connection.execute(_KEEP, owner, key, attempt.fingerprint, response.status_code, headers, response.body)
    return response


def _replay(stored: asyncpg.Record, fingerprint: bytes) -> Response:
    if stored["request_hash"] != fingerprint:
        raise IdempotencyKeyReused
    IDEMPOTENT_REPLAYS.inc()
    return Response(stored["body"], status_code=stored["status"], headers={**stored["headers"], REPLAYED: "true"})


def _response(reply: Reply) -> Response:
    if reply.body is None:
        return Response(status_code=reply.status, headers=reply.headers)
    content = reply.body.model_dump_json(by_alias=True)
    return Response(content, status_code=reply.status, headers=reply.headers, media_type="application/json")


def _lock(owner: str, key: str) -> int:
    """The advisory lock of one key of one actor; the transaction holds it, so that a crash leaves nothing behind."""
    return int.from_bytes(sha256(f"{owner}\0{key}".encode()).digest()[:8], "big", signed=True)


async def prune_idempotency_keys(connection: Connection, before: datetime) -> int:
    """Forget answers older than `before`; returns how many."""
    status = await connection.execute("DELETE FROM idempotency_key WHERE created_at < $1", before)
    return int(status.rpartition(" ")[2])
