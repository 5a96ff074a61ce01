"""An SMS gateway that speaks HTTP and JSON, both sides signing with HMAC-SHA256 (RFC 2104) over the time and the body.

We ask ``POST <url>/messages`` with ``{key, to, from, text}``; 2xx answers ``{id}``. The gateway calls back with
``{id, status, at, key}``. Either way the header ``X-Signature: t=<Unix seconds>,v1=<hex>`` signs ``<t>.<body>``;
several ``v1`` may stand in it while a secret is being changed.
"""

import asyncio
import hmac
import json
import re
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Final, NoReturn
from uuid import UUID

import httpx

from services.notification.domain.states import ReceiptStatus
from services.notification.ports import (
    OutcomeUnknown,
    ProviderRefused,
    ProviderThrottled,
    Receipt,
    ReceiptNotAuthentic,
    ReceiptUnreadable,
    SmsSubmission,
    SubmissionResult,
)
from shared.kernel import Unavailable

SIGNATURE_HEADER: Final = "X-Signature"
TOLERANCE: Final = timedelta(minutes=5)
"""How far a signature's time may lie from ours, either way."""

EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""No receipt is older; a clock that says so has not been set."""

_AHEAD: Final = timedelta(days=1)
_LONGEST_ID: Final = 200
_GATEWAY: Final = "the SMS gateway"
_REASON: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_LONGEST_WAIT: Final = 3600.0
_STATUSES: Final = {
    "accepted": ReceiptStatus.ACCEPTED,
    "enroute": ReceiptStatus.ACCEPTED,
    "delivered": ReceiptStatus.DELIVERED,
    "undeliverable": ReceiptStatus.UNDELIVERABLE,
    "failed": ReceiptStatus.UNDELIVERABLE,
    "expired": ReceiptStatus.EXPIRED,
    "rejected": ReceiptStatus.REJECTED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpSmsRoute:
    """Where the gateway is and how long to wait for it (seconds); `secret` signs both ways."""

    url: str
    secret: str
    connect_timeout: float = 3.0
    answer_timeout: float = 10.0
    connections: int = 32


class HttpSmsGateway:
    """The `SmsGateway` over HTTP; one for each route, closed by `close`."""

    def __init__(self, route: HttpSmsRoute, *, clock: Callable[[], float] = time.time) -> None:
        self._secret = route.secret
        self._clock = clock
        self._url = f"{route.url.rstrip('/')}/messages"
        self._free = asyncio.Semaphore(route.connections)  # httpx's own queue grows slow when many wait in it
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(route.answer_timeout, connect=route.connect_timeout),
            limits=httpx.Limits(max_connections=route.connections, max_keepalive_connections=route.connections),
            trust_env=False,
            verify=ssl.create_default_context(),  # also reads SSL_CERT_FILE, which httpx on its own would not
        )

    async def submit(self, message: SmsSubmission) -> SubmissionResult:
        """Hand over one SMS; the gateway knows a repetition by `key`. Raises as `SmsGateway` says."""
        members = {"key": str(message.key), "to": message.to, "from": message.sender, "text": message.text}
        body = json.dumps(members, ensure_ascii=False, separators=(",", ":")).encode()
        try:
            async with self._free:
                response = await self._client.post(self._url, content=body, headers=self._signed(body))
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise Unavailable(_GATEWAY) from error
        except httpx.TransportError as error:
            raise OutcomeUnknown(_GATEWAY) from error
        return _result(response)

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    def _signed(self, body: bytes) -> dict[str, str]:
        signature = sign(body, secret=self._secret, timestamp=int(self._clock()))
        return {"Content-Type": "application/json", SIGNATURE_HEADER: signature}


class SignedReceipts:
    """The `ReceiptReader` for one route: receipts signed with the route's secret."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def read(self, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Receipt:
        """Verify, then parse. Raises `ReceiptNotAuthentic`, `ReceiptUnreadable`."""
        verify_receipt(headers, body, secret=self._secret, now=now)
        return parse_receipt(body, now=now)


def sign(body: bytes, *, secret: str, timestamp: int) -> str:
    """Give the value of the signature header for a body sent at `timestamp` (Unix seconds)."""
    return f"t={timestamp},v1={_digest(body, secret, timestamp)}"


def verify_receipt(headers: Mapping[str, str], body: bytes, *, secret: str, now: datetime) -> None:
    """Check that a call-back comes from who shares the secret, and is at most `TOLERANCE` old.

    Header names are read in any case. Raises `ReceiptNotAuthentic`.
    """
    header = next((value for name, value in headers.items() if name.lower() == SIGNATURE_HEADER.lower()), "")
    pairs = [pair.strip().partition("=")[::2] for pair in header.split(",")]
    times = [value for name, value in pairs if name == "t"]
    if len(times) != 1 or not re.fullmatch(r"[0-9]{1,12}", times[0]):
        raise ReceiptNotAuthentic
    timestamp = int(times[0])
    if abs(now.timestamp() - timestamp) > TOLERANCE.total_seconds():
        raise ReceiptNotAuthentic
    expected = _digest(body, secret, timestamp).encode()
    if not any(hmac.compare_digest(expected, value.encode()) for name, value in pairs if name == "v1"):
        raise ReceiptNotAuthentic


def parse_receipt(body: bytes, *, now: datetime) -> Receipt:
    """Read a call-back's body: its id and its status are all that it needs; a status nobody has heard of is `unknown`.

    A time that is none, or lies before `EARLIEST` or more than a day ahead of `now`, is left out, as is a key that is
    none of ours. Raises `ReceiptUnreadable`.
    """
    try:
        members = json.loads(body)
        return Receipt(
            provider_message_id=canonical_id(members["id"]),
            status=_STATUSES.get(str(members["status"]).lower(), ReceiptStatus.UNKNOWN),
            at=_moment(members.get("at"), now=now),
            key=_key(members.get("key")),
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ReceiptUnreadable from error


def _moment(written: object, *, now: datetime) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(written))
        at = at.astimezone(UTC) if at.tzinfo else EARLIEST - _AHEAD
    except (ValueError, OverflowError):
        return None
    return at if EARLIEST <= at <= now + _AHEAD else None


def _key(written: object) -> UUID | None:
    try:
        return UUID(str(written))
    except ValueError:
        return None


def canonical_id(raw: object) -> str:
    """Make one of the ways a gateway writes an id: no case, no blanks, a number without leading zeros.

    One that is too long to be an index's key, or holds what PostgreSQL cannot, stands there as its hash. Raises
    `ValueError` for what is no id.
    """
    written = str(raw).strip().lower() if isinstance(raw, str | int) and not isinstance(raw, bool) else ""
    if not written:
        raise ValueError("an id is a text or a number")
    if len(written) > _LONGEST_ID or "\x00" in written or any("\ud800" <= each <= "\udfff" for each in written):
        return f"sha256:{sha256(written.encode(errors='surrogatepass')).hexdigest()}"
    return (written.lstrip("0") or "0") if written.isascii() and written.isdigit() else written


def _digest(body: bytes, secret: str, timestamp: int) -> str:
    return hmac.digest(secret.encode(), f"{timestamp}.".encode() + body, "sha256").hex()


def _result(response: httpx.Response) -> SubmissionResult:
    if not response.is_success:
        _refuse(response)
    try:
        return SubmissionResult(provider_message_id=canonical_id(_members(response)["id"]))
    except (KeyError, ValueError) as error:
        raise OutcomeUnknown(_GATEWAY) from error


def _refuse(response: httpx.Response) -> NoReturn:
    wait = _retry_after(response)
    match response.status_code:
        case 429:
            raise ProviderThrottled(_GATEWAY, retry_after=wait or 1.0)
        case 401 | 403:  # our credentials, nobody's fault but the operator's
            raise Unavailable(f"{_GATEWAY}: credentials refused", retry_after=wait or 60.0)
        case 408 | 409 | 425 | 503:
            raise Unavailable(_GATEWAY, retry_after=wait or 5.0)
        case status if status >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise OutcomeUnknown(_GATEWAY, retry_after=wait or 5.0)
        case status:
            raise ProviderRefused(_reason(response), permanent=status == httpx.codes.UNPROCESSABLE_ENTITY)


def _retry_after(response: httpx.Response) -> float | None:
    """Read `Retry-After` in seconds, within reason; dates are not used by gateways and count as absent."""
    written = response.headers.get("Retry-After", "")
    return min(max(float(written), 0.1), _LONGEST_WAIT) if re.fullmatch(r"[0-9]{1,9}(\.[0-9]+)?", written) else None


def _reason(response: httpx.Response) -> str:
    """Take the gateway's code when it is one; never its prose, which may repeat the number."""
    try:
        code = str(_members(response).get("code", ""))
    except ValueError:
        code = ""
    return code if _REASON.fullmatch(code) else f"http-{response.status_code}"


def _members(response: httpx.Response) -> dict[str, Any]:
    members = response.json()
    if not isinstance(members, dict):
        raise ValueError("the answer is no object")  # noqa: TRY004 -- one kind of unreadable
    return members
