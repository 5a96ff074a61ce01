"""Registration behind its doors, on a database of the test's own with the bodies that ship."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import SecretStr

from services.registration import main, seed
from services.registration.settings import RegistrationSettings
from shared.database import Database
from shared.migrations import upgrade
from tests.conftest import FreshDatabase
from tests.registration.office import Office, front
from tests.shared.conftest import street
from tests.shared.provider import AUDIENCE, ISSUER, Provider, Street
from tests.stack import Databases

__all__ = ["street"]  # the fixture is looked up here


@pytest.fixture(scope="session")
def provider(street: Street, tmp_path_factory: pytest.TempPathFactory) -> Provider:
    """Whose tokens registration trusts."""
    return street.open(tmp_path_factory.mktemp("issuer"))


@pytest.fixture(scope="session")
def settings(provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> RegistrationSettings:
    """All but the database."""
    key = tmp_path_factory.mktemp("keys") / "ticket.pem"
    key.write_bytes(Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return RegistrationSettings(
        database_dsn=SecretStr("postgresql://nobody@127.0.0.1:1/none"),
        oidc_issuer=ISSUER,
        oidc_audience=AUDIENCE,
        oidc_jwks_url=f"{provider.url}/keys",
        sealing_keys=SecretStr(Fernet.generate_key().decode()),
        ticket_key_file=key,
        database_pool=20,  # as many racers
    )


@pytest.fixture
async def settled(
    databases: Databases, fresh_database: FreshDatabase, settings: RegistrationSettings
) -> RegistrationSettings:
    """With a database of the test's own."""

    def migrate(dsn: str) -> None:
        upgrade(Path(main.__file__).parent / "migrations", dsn)
        service = main.build(settings.model_copy(update={"database_dsn": SecretStr(dsn)}))
        asyncio.run(seed.load_organisations(service))

    dsn = await fresh_database(await databases.template("registration-with-bodies", migrate))
    database = Database(dsn)
    await database.open()
    async with database.transaction() as connection:
        await connection.execute("DELETE FROM outbox")  # the bodies are said already
    await database.close()
    return settings.model_copy(update={"database_dsn": SecretStr(dsn)})


@pytest.fixture
async def office(settled: RegistrationSettings, provider: Provider) -> AsyncIterator[Office]:
    """The service, its callers and its rows."""
    service = main.build(settled)
    app = front(service)
    await service.database.open()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://registration.test") as http:
        yield Office(service, app, http, provider)
    await service.database.close()
