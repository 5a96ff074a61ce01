"""The routes of notification in this process, for callers with whatever roles they say they have."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from cryptography.fernet import Fernet
from pydantic import SecretStr

from deploy.local.issuer import JWKS, create_app, issue_token
from deploy.local.ports import LOOPBACK
from services.notification.main import build
from services.notification.settings import NotificationSettings
from shared.http.server import HttpServer
from shared.runtime import Runtime
from shared.service import ProcessRole, application
from tests.api.answers import only_documented
from tests.notification.running_service import SECRET, NotificationService

ISSUER = "https://issuer.test"


@dataclass(frozen=True, slots=True)
class Callers:
    """A caller."""

    client: httpx.AsyncClient
    issuer: Path

    async def get(self, path: str, *roles: str, organisation: str = "MTC", **query: Any) -> httpx.Response:
        """Ask, with these roles or without a token."""
        token = issue_token(self.issuer, issuer=ISSUER, roles=roles, organisation=organisation)
        headers = {"Authorization": f"Bearer {token}"} if roles else {}
        return await self.client.get(path, params=query, headers=headers)


def settings(dsn: str, **members: Any) -> NotificationSettings:
    """All that a test has no opinion about."""
    given = {"sms_url": "http://127.0.0.1:1", "smtp_host": LOOPBACK, "smtp_port": 1, "smtp_security": "none"}
    sealing = SecretStr(Fernet.generate_key().decode())
    secrets = {"database_dsn": SecretStr(dsn), "sealing_keys": sealing, "sms_secret": SecretStr(SECRET)}
    return NotificationSettings(**{**given, **secrets, **members})


@asynccontextmanager
async def serving(service: NotificationService) -> AsyncIterator[Callers]:
    """The service's web application, on the service's database."""
    with tempfile.TemporaryDirectory() as folder:
        issuer = Path(folder)
        provider = HttpServer(create_app(issuer, ISSUER), host=LOOPBACK, port=0)
        await provider.start()
        keys = f"http://{LOOPBACK}:{provider.port}{JWKS}"
        built = build(settings(service.database.dsn, oidc_issuer=ISSUER, oidc_jwks_url=keys))
        await built.database.open()
        app = application(built, Runtime("notification"), [ProcessRole.API])
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://notification", event_hooks=only_documented(app)
        ) as client:
            yield Callers(client, issuer)
        await built.database.close()
        await provider.stop()
