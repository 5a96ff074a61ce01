"""How the command line speaks to the services: over HTTP, with a token of the issuer, as any other client."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import httpx

from deploy.local.issuer import issue_token

ADDRESSES: Final = Path(".local/stack.json")


class NotRunning(RuntimeError):
    """No system runs here."""


class Refused(RuntimeError):
    """A service said no; the message is its problem in Lao and English."""

    def __init__(self, response: httpx.Response) -> None:
        self.status = response.status_code
        try:
            self.problem: dict[str, Any] = response.json()
        except ValueError:
            self.problem = {}
        title = f"{self.problem.get('title', '')} / {self.problem.get('title_en', response.reason_phrase)}"
        super().__init__(f"{response.request.method} {response.url.path}: {self.status} {self.problem.get('code', '')} {title}")

    @property
    def code(self) -> str:
        """The stable name of the refusal, empty when it was no problem+json."""
        return str(self.problem.get("code", ""))


def addresses(file: Path = ADDRESSES) -> dict[str, Any]:
    """What `pasum run` wrote; raises `NotRunning`."""
    try:
        found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        message = f"nothing runs here ({file} is missing): start it with `make run`"
        raise NotRunning(message) from None
    return found


def bearer(found: Mapping[str, Any], *roles: str, organisation: str | None = None, subject: str | None = None) -> str:
    """A token of the local issuer."""
    services = found["services"]
    folder = Path(services["issuer_folder"])
    return issue_token(folder, issuer=services["issuer"], roles=roles, organisation=organisation, subject=subject)


class Client:
    """One service as one actor; answers are JSON, refusals raise `Refused`."""

    def __init__(self, url: str, token: str | None = None) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._http = httpx.Client(base_url=url, headers=headers, timeout=30.0, trust_env=False)

    def get(self, path: str, **params: str | int) -> Any:
        """GET, as JSON."""
        return self._answer(self._http.get(path, params=params)).json()

    def read(self, path: str) -> bytes:
        """GET, as bytes."""
        return self._answer(self._http.get(path)).content

    def post(self, path: str, body: Any = None, *, key: str | None = None, match: str | None = None) -> Any:
        """POST, with an Idempotency-Key and If-Match where they are given."""
        headers = {name: value for name, value in (("Idempotency-Key", key), ("If-Match", match)) if value}
        return self._answer(self._http.post(path, json=body, headers=headers)).json()

    def put(self, path: str, body: Any, *, match: str | None = None) -> Any:
        """PUT."""
        return self._answer(self._http.put(path, json=body, headers={"If-Match": match} if match else {})).json()

    def _answer(self, response: httpx.Response) -> httpx.Response:
        if response.is_error:
            raise Refused(response)
        return response
