"""An identity provider on loopback, whose keys and manners a test can change."""

import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from time import sleep
from typing import Any

from starlette.responses import JSONResponse, Response

from deploy.local.issuer import issue_token, jwks, rotate
from shared.auth import TokenVerifier

ISSUER = "https://issuer.test"
AUDIENCE = "pasum"


@dataclass(slots=True)
class Provider:
    """Serves the public keys of `folder`, or whatever `answer` says, and counts how often it was asked."""

    folder: Path
    url: str = ""
    asked: int = 0
    extra: list[dict[str, Any]] = field(default_factory=list)
    answer: Callable[[], Response] | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.asked += 1
        keys = jwks(self.folder)["keys"]
        response = self.answer() if self.answer else JSONResponse({"keys": [*self.extra, *keys]})
        await response(scope, receive, send)

    def verifier(self, *, cool_down: float = 0.05) -> TokenVerifier:
        return TokenVerifier(ISSUER, AUDIENCE, f"{self.url}/keys", cool_down=cool_down)

    def token(self, *roles: str, **claims: Any) -> str:
        return issue_token(self.folder, **{"issuer": ISSUER, "audience": AUDIENCE, "roles": roles, **claims})

    def rotate(self) -> None:
        rotate(self.folder)


@dataclass(slots=True)
class Street:
    """Where the providers live, each under a path of its own."""

    port: int
    paths: dict[str, Provider] = field(default_factory=dict)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.paths[scope["path"].split("/")[1]](scope, receive, send)

    def open(self, folder: Path) -> Provider:
        """A new provider with a key of its own."""
        number = str(len(self.paths))
        self.paths[number] = Provider(folder, f"http://127.0.0.1:{self.port}/{number}")
        return self.paths[number]


def wait_for(port: int) -> None:
    """Until somebody listens."""
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        sleep(0.01)
