"""The archive's routes as callers of some body and role reach them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import SecretStr

from deploy.local.issuer import JWKS, create_app, issue_token
from deploy.local.ports import LOOPBACK
from services.archive.adapters.key_file import KeyFile
from services.archive.main import build
from services.archive.settings import ArchiveSettings
from shared.adapters.settings import StoreSettings
from shared.http.server import HttpServer
from shared.runtime import Runtime
from shared.service import ALL_ROLES, application
from tests.api.answers import only_documented
from tests.archive.running_service import ORIGIN, ArchiveService

ISSUER = "https://issuer.test"
SUBJECT = "0199-archivist"


@dataclass(frozen=True, slots=True)
class Callers:
    """A caller of `body` with whatever roles he says he has."""

    client: httpx.AsyncClient
    issuer: Path
    body: str | None = "MTC"

    def of(self, body: str | None) -> "Callers":
        """The same caller in another body."""
        return replace(self, body=body)

    async def get(self, path: str, *roles: str, **query: str | int) -> httpx.Response:
        return await self.client.get(path, params=query, headers=self._headers(*roles))

    async def post(self, path: str, *roles: str, **body: str) -> httpx.Response:
        return await self.client.post(path, json=body, headers=self._headers(*roles))

    def _headers(self, *roles: str) -> dict[str, str]:
        token = issue_token(self.issuer, issuer=ISSUER, roles=roles, subject=SUBJECT, organisation=self.body)
        return {"Authorization": f"Bearer {token}"} if roles else {}


@asynccontextmanager
async def serving(archive_service: ArchiveService, tmp_path: Path) -> AsyncIterator[Callers]:
    """The routes of `archive_service`, with an issuer of their own."""
    private, key_file, issuer = Ed25519PrivateKey.generate(), tmp_path / "log.pem", tmp_path / "issuer"
    key_file.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    archive_service.signer = KeyFile(private, origin=ORIGIN)
    provider = HttpServer(create_app(issuer, ISSUER), host=LOOPBACK, port=0)
    await provider.start()
    settings = ArchiveSettings(
        database_dsn=SecretStr(archive_service.database.dsn),
        objects=StoreSettings(folder=tmp_path / "objects"),
        store=StoreSettings(folder=tmp_path / "archive"),
        log_key_file=key_file,
        log_origin=ORIGIN,
        oidc_issuer=ISSUER,
        oidc_jwks_url=f"http://{LOOPBACK}:{provider.port}{JWKS}",
        public_url="https://archive.example/",
    )
    service = build(settings)
    await service.database.open()
    app = application(service, Runtime("archive"), ALL_ROLES)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://archive.test", event_hooks=only_documented(app)
    ) as client:
        yield Callers(client, issuer)
    await service.database.close()
    await provider.stop()
