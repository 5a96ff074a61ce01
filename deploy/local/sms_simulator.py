"""An SMS gateway for local runs and tests: it accepts messages, sends none, and calls back with receipts.

`POST /messages` as `services/notification/adapters/http_sms.py` describes it; `GET /messages`, `GET /messages/count`.
Accepted messages, repeated requests and acknowledged receipts are stored in `*.jsonl` files; a restart loses nothing.
The last four digits of a number decide what becomes of its message (`FATES`, `BAD_ADDRESS`, `THROTTLED`).
"""

import argparse
import asyncio
import hmac
import json
import random
import re
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from deploy.local.ports import LOOPBACK, on_loopback

DELIVERED = "delivered"
NO_RECEIPT = "no-receipt"
FATES = {"0001": DELIVERED, "0002": "undeliverable", "0003": "expired", "0004": "rejected", "0005": NO_RECEIPT}
BAD_ADDRESS = "0011"
THROTTLED = "0088"
_E164 = re.compile(r"\+[1-9][0-9]{7,14}")
_SIGNATURE = re.compile(r"t=(?P<t>[0-9]{1,12}),v1=(?P<v1>[0-9a-f]{64})")
_TOLERANCE = 300.0  # seconds
_SHORTEST_RETRY, _LONGEST_RETRY = 0.1, 5.0  # seconds


class Submission(BaseModel):
    """The body of `POST /messages`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: UUID
    to: str
    sender: str = Field(alias="from", min_length=1, max_length=16)
    text: str = Field(min_length=1, max_length=2000)


class Refused(Exception):
    """The gateway refuses a message: HTTP status, code, and after how many seconds to retry."""

    def __init__(self, status: int, code: str, *, retry_after: float | None = None) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How the gateway behaves; `receipt_delay` is the longest delay of a receipt, in seconds."""

    callback: str
    secret: str
    folder: Path
    throttle: Literal["once", "always"] = "once"
    receipt_delay: float = 0.3


@dataclass(slots=True)
class Gateway:
    """The accepted messages by key, and the acknowledged receipts by id."""

    options: Options
    taken: dict[str, dict[str, Any]] = field(default_factory=dict)
    repeats: Counter[str] = field(default_factory=Counter)
    receipts: dict[str, str] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    slowed: set[str] = field(default_factory=set)

    def recall(self) -> None:
        """Load what an earlier run has written."""
        self.options.folder.mkdir(parents=True, exist_ok=True)
        self.taken = {row["key"]: row for row in self._rows("messages.jsonl")}
        self.repeats = Counter(row["key"] for row in self._rows("repeats.jsonl"))
        self.receipts = {row["id"]: row["status"] for row in self._rows("receipts.jsonl")}

    def take(self, submission: Submission) -> tuple[dict[str, Any], bool]:
        """Accept a message, or find the one with the same key; also returns whether it is new. Raises `Refused`."""
        key = str(submission.key)
        wanted = {"to": submission.to, "from": submission.sender, "text": submission.text}
        if (known := self.taken.get(key)) is not None:
            if any(known[name] != value for name, value in wanted.items()):
                raise Refused(400, "key-reused")
            self._append("repeats.jsonl", {"key": key})
            self.repeats[key] += 1
            return known, False
        self._judge(key, submission.to)
        row = {"id": f"{len(self.taken) + 1:010}", "key": key, **wanted, "at": datetime.now(UTC).isoformat()}
        self._append("messages.jsonl", row)
        self.taken[key] = row
        return row, True

    def acknowledge(self, row: dict[str, Any], status: str) -> None:
        """Store that the receipt was acknowledged."""
        self._append("receipts.jsonl", {"id": row["id"], "status": status, "at": datetime.now(UTC).isoformat()})
        self.receipts[row["id"]] = status

    def pending(self) -> list[dict[str, Any]]:
        """Return the messages whose receipt is not acknowledged yet."""
        owing = (row for row in self.taken.values() if row["id"] not in self.receipts)
        return [row for row in owing if fate(row["to"]) != NO_RECEIPT]

    def listing(self) -> list[dict[str, Any]]:
        """Return all messages: `accepted` or the state in the acknowledged receipt, and how often each was sent."""
        return [row | self._standing(row) for row in self.taken.values()]

    def _standing(self, row: dict[str, Any]) -> dict[str, Any]:
        return {"status": self.receipts.get(row["id"], "accepted"), "requests": 1 + self.repeats[row["key"]]}

    def _judge(self, key: str, to: str) -> None:
        if not _E164.fullmatch(to) or to.endswith(BAD_ADDRESS):
            raise Refused(422, "bad-address")
        if to.endswith(THROTTLED) and (self.options.throttle == "always" or key not in self.slowed):
            self.slowed.add(key)
            raise Refused(429, "throttled", retry_after=1.0)

    def _append(self, name: str, row: dict[str, Any]) -> None:
        with (self.options.folder / name).open("a", encoding="utf-8") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")

    def _rows(self, name: str) -> list[dict[str, Any]]:
        """Read complete lines; an incomplete line, after a kill, belongs to a request that was not answered."""
        path = self.options.folder / name
        lines = path.read_bytes().split(b"\n") if path.exists() else [b""]
        path.write_bytes(b"".join(line + b"\n" for line in lines[:-1]))
        return [json.loads(line) for line in lines[:-1]]


def fate(to: str) -> str:
    """The final state of a message to this number."""
    return FATES.get(to[-4:], DELIVERED)


def signature(body: bytes, *, secret: str, at: int) -> str:
    """The value of the signature header for `body` at the time `at` (Unix seconds)."""
    return f"t={at},v1={hmac.digest(secret.encode(), f'{at}.'.encode() + body, 'sha256').hex()}"


def signed_by(header: str, body: bytes, *, secret: str) -> bool:
    """Whether the header is a valid signature of the body at the current time."""
    found = _SIGNATURE.fullmatch(header)
    if found is None or abs(time.time() - int(found["t"])) > _TOLERANCE:
        return False
    return hmac.compare_digest(signature(body, secret=secret, at=int(found["t"])), header)


class Postman:
    """Sends the receipts to the callback, each again and again until the response is 2xx."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._chance = random.SystemRandom()
        self._rounds: set[asyncio.Task[None]] = set()
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(5.0, pool=None), limits=httpx.Limits(max_connections=16), trust_env=False
        )

    def owe(self, row: dict[str, Any]) -> None:
        """Start to send the receipt of one message, if it is to have one."""
        if fate(row["to"]) != NO_RECEIPT:
            task = asyncio.create_task(self._carry(row))
            self._rounds.add(task)
            task.add_done_callback(self._rounds.discard)

    async def close(self) -> None:
        """Stop; receipts that are not acknowledged are sent in the next run."""
        for task in self._rounds:
            task.cancel()
        await asyncio.gather(*self._rounds, return_exceptions=True)
        await self._client.aclose()

    async def _carry(self, row: dict[str, Any]) -> None:
        await asyncio.sleep(self._chance.uniform(0, self._gateway.options.receipt_delay))
        status = fate(row["to"])
        # As with real gateways, the id in the receipt is written differently from that in the response.
        receipt = {"id": int(row["id"]), "key": row["key"], "status": status, "at": datetime.now(UTC).isoformat()}
        wait = _SHORTEST_RETRY
        while not await self._acknowledged(json.dumps(receipt).encode()):
            await asyncio.sleep(wait * self._chance.uniform(0.5, 1.5))
            wait = min(wait * 2, _LONGEST_RETRY)
        self._gateway.acknowledge(row, status)

    async def _acknowledged(self, body: bytes) -> bool:
        options = self._gateway.options
        headers = {
            "Content-Type": "application/json",
            "X-Signature": signature(body, secret=options.secret, at=int(time.time())),
        }
        try:
            return (await self._client.post(options.callback, content=body, headers=headers)).is_success
        except httpx.TransportError:
            return False


def create_app(options: Options) -> FastAPI:
    """The gateway as a web application; receipts are sent as long as it runs."""
    gateway = Gateway(options)
    postman = Postman(gateway)

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        gateway.recall()
        for row in gateway.pending():
            postman.owe(row)
        yield
        await postman.close()

    app = FastAPI(title="SMS gateway simulator", lifespan=life, openapi_url=None)
    _add_taking(app, gateway, postman)
    _add_reading(app, gateway)
    return app


def _add_taking(app: FastAPI, gateway: Gateway, postman: Postman) -> None:
    @app.post("/messages")
    async def submit(request: Request) -> JSONResponse:
        try:
            submission = _read(gateway.options, request, await request.body())
            row, new = gateway.take(submission)
        except Refused as refused:
            gateway.refused[refused.code] += 1
            headers = {"Retry-After": f"{refused.retry_after:g}"} if refused.retry_after else {}
            return JSONResponse({"code": refused.code}, status_code=refused.status, headers=headers)
        if new:
            postman.owe(row)
        return JSONResponse({"id": row["id"], "status": "accepted"}, status_code=202 if new else 200)


def _add_reading(app: FastAPI, gateway: Gateway) -> None:
    @app.get("/messages")
    async def messages() -> list[dict[str, Any]]:
        return gateway.listing()

    @app.get("/messages/count")
    async def count() -> dict[str, Any]:
        statuses = Counter(row["status"] for row in gateway.listing())
        return {
            "count": statuses.total(),
            "by_status": dict(statuses),
            "receipts_pending": len(gateway.pending()),
            "refused": dict(gateway.refused),
        }

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}


def _read(options: Options, request: Request, body: bytes) -> Submission:
    if not signed_by(request.headers.get("X-Signature", ""), body, secret=options.secret):
        raise Refused(401, "bad-signature")
    try:
        return Submission.model_validate_json(body)
    except ValidationError as error:
        raise Refused(400, "bad-request") from error


def main() -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(prog="python -m deploy.local.sms_simulator", description=__doc__)
    parser.add_argument("--host", default=LOOPBACK)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--callback", required=True, help="the URL for receipts; on loopback, if --host is")
    parser.add_argument("--secret", required=True, help="the key that signs submissions and receipts")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--throttle", choices=("once", "always"), default="once", help=f"numbers ending in {THROTTLED}")
    parser.add_argument("--receipt-delay", type=float, default=0.3, help="the longest delay of a receipt, in seconds")
    arguments = vars(parser.parse_args())
    host, port = arguments.pop("host"), arguments.pop("port")
    if on_loopback(host) and not on_loopback(urlsplit(arguments["callback"]).hostname or ""):
        parser.error("--callback is not on loopback, and --host is")
    uvicorn.run(create_app(Options(**arguments)), host=host, port=port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
