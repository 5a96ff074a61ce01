"""The HTTP client of the command line: calls the services with a token of the local issuer, as any other client."""

import json
import random
import secrets
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Self

import httpx

from deploy.local.issuer import issue_token

ADDRESSES: Final = Path(".local/stack.json")
PATIENCE_SECONDS: Final = 60.0


class NotRunning(RuntimeError):
    """No system is running in this folder."""


class Refused(RuntimeError):
    """A service has answered with an error; the message has its problem in Lao and English."""

    def __init__(self, response: httpx.Response) -> None:
        self.status = response.status_code
        try:
            self.problem: dict[str, Any] = response.json()
        except ValueError:
            self.problem = {}
        title = f"{self.problem.get('title', '')} / {self.problem.get('title_en', response.reason_phrase)}"
        super().__init__(
            f"{response.request.method} {response.url.path}: {self.status} {self.problem.get('code', '')} {title}"
        )

    @property
    def code(self) -> str:
        """The code of the problem; empty if the response was not problem+json."""
        return str(self.problem.get("code", ""))


def addresses(file: Path = ADDRESSES) -> dict[str, Any]:
    """The address file that `pasum run` has written; raises `NotRunning` if there is none."""
    try:
        found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        message = f"nothing runs here ({file} is missing): start it with `make run`"
        raise NotRunning(message) from None
    return found


def bearer(found: Mapping[str, Any], *roles: str, organisation: str | None = None, subject: str | None = None) -> str:
    """An access token of the local issuer."""
    services = found["services"]
    folder = Path(services["issuer_folder"])
    return issue_token(folder, issuer=services["issuer"], roles=roles, organisation=organisation, subject=subject)


class Client:
    """Calls one service as one actor; responses are JSON, errors raise `Refused`.

    If the service does not answer, it retries for `PATIENCE_SECONDS`. Every POST has an Idempotency-Key, so that a
    retry is harmless.
    """

    def __init__(self, url: str, token: str | None = None) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._http = httpx.Client(base_url=url, headers=headers, timeout=30.0, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def get(self, path: str, **params: str | int) -> Any:
        """GET; returns the JSON of the response."""
        return self._send("GET", path, params=params).json()

    def get_if_changed(self, path: str, known: str | None, **params: str | int) -> tuple[Any, str | None]:
        """GET; the JSON of the response and its ETag, or None and `known` where nothing has changed since."""
        headers = {"If-None-Match": known} if known else {}
        response = self._send("GET", path, params=params, headers=headers)
        if response.status_code == httpx.codes.NOT_MODIFIED:
            return None, known
        return response.json(), response.headers.get("ETag")

    def read(self, path: str) -> bytes:
        """GET; returns the bytes of the response."""
        return self._send("GET", path).content

    def post(self, path: str, body: Any = None, *, match: str | None = None) -> Any:
        """POST; `match` is sent as If-Match. Returns the JSON of the response, None if it is empty."""
        headers = {"Idempotency-Key": secrets.token_hex(16), **({"If-Match": match} if match else {})}
        response = self._send("POST", path, json=body, headers=headers)
        return response.json() if response.content else None

    def upload(self, path: str, content: bytes, media_type: str) -> Any:
        """POST of a file; returns the JSON of the response."""
        return self._send("POST", path, content=content, headers={"Content-Type": media_type}).json()

    def put(self, path: str, body: Any, *, match: str | None = None) -> Any:
        """PUT; `match` is sent as If-Match. Returns the JSON of the response."""
        return self._send("PUT", path, json=body, headers={"If-Match": match} if match else {}).json()

    def _send(self, method: str, path: str, **request: Any) -> httpx.Response:
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                response = self._http.request(method, path, **request)
            except httpx.TransportError:
                if time.monotonic() > until:
                    raise
            else:
                if response.status_code != httpx.codes.SERVICE_UNAVAILABLE or time.monotonic() > until:
                    return _answered(response)
            time.sleep(random.uniform(0.1, 0.5))  # noqa: S311 -- jitter


def _answered(response: httpx.Response) -> httpx.Response:
    if response.is_error:
        raise Refused(response)
    return response
