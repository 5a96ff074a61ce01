"""Registration over HTTP, on a real database with the bodies that ship."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import httpx
import pytest
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from fastapi import FastAPI
from pydantic import SecretStr

from services.registration import main, seed
from services.registration.settings import RegistrationSettings
from shared.adapters.settings import StoreSettings
from shared.migrations import upgrade
from shared.service import Service, database_of
from tests.api.answers import only_documented
from tests.conftest import FreshDatabase
from tests.registration.running_service import RegistrationService, http_application
from tests.shared.conftest import street
from tests.shared.provider import AUDIENCE, ISSUER, Provider, Street
from tests.stack import Databases

__all__ = ["street"]  # the fixture is looked up here
MANY = 1_000_000
BuiltService = tuple[Service, FastAPI]


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
        objects=StoreSettings(folder=tmp_path_factory.mktemp("documents")),
        database_pool=20,  # as many racers
        anonymous_reads_per_minute=MANY,  # all tests come from one address
        anonymous_writes_per_minute=MANY,
        drafts_per_organiser_per_day=MANY,
        unproven_seats_per_client=0,
    )


@pytest.fixture(scope="session")
def kept() -> list[BuiltService]:
    """The shared service, once it is built: its keys of tokens are fetched once."""
    return []


@pytest.fixture
async def template(databases: Databases, settings: RegistrationSettings) -> str:
    """A migrated database with the bodies that ship, which are said already."""
    return await _template(databases, settings)


@pytest.fixture(scope="module")
def shared_settings(databases: Databases, settings: RegistrationSettings) -> RegistrationSettings:
    """With a database that the tests of one module share."""

    async def made() -> str:
        return await databases.fresh(await _template(databases, settings))

    return settings.model_copy(update={"database_dsn": SecretStr(asyncio.run(made()))})


async def _template(databases: Databases, settings: RegistrationSettings) -> str:
    def migrate(dsn: str) -> None:
        upgrade(Path(main.__file__).parent / "migrations", dsn)
        asyncio.run(_load_bodies(settings.model_copy(update={"database_dsn": SecretStr(dsn)})))

    return await databases.template("registration-with-bodies", migrate)


async def _load_bodies(settings: RegistrationSettings) -> None:
    await seed.load_organisations(database_of(settings))
    connection = await asyncpg.connect(settings.database_dsn.get_secret_value())
    await connection.execute("DELETE FROM outbox")
    await connection.close()


@pytest.fixture
async def settings_with_database(
    template: str, fresh_database: FreshDatabase, settings: RegistrationSettings, tmp_path: Path
) -> RegistrationSettings:
    """With a database and a store of the test's own."""
    own = {
        "database_dsn": SecretStr(await fresh_database(template)),
        "objects": StoreSettings(folder=tmp_path / "documents"),
    }
    return settings.model_copy(update=own)


@pytest.fixture
async def service(
    settings_with_database: RegistrationSettings, provider: Provider
) -> AsyncIterator[RegistrationService]:
    """The service, its callers and its rows: nobody else's."""
    async with opened_service(settings_with_database, provider) as opened:
        yield opened


@pytest.fixture
async def shared_service(
    template: str, databases: Databases, kept: list[BuiltService], settings: RegistrationSettings, provider: Provider
) -> AsyncIterator[RegistrationService]:
    """The same on a database that tests share, for those who look at their own meeting only."""
    if not kept:
        dsn = SecretStr(await databases.fresh(template))
        built = main.build(settings.model_copy(update={"database_dsn": dsn}))
        kept.append((built, http_application(built)))
    async with _opened(*kept[0], provider) as opened:
        yield opened


@asynccontextmanager
async def opened_service(settings: RegistrationSettings, provider: Provider) -> AsyncIterator[RegistrationService]:
    """The service with these settings."""
    built = main.build(settings)
    async with _opened(built, http_application(built), provider) as opened:
        yield opened


@asynccontextmanager
async def _opened(built: Service, app: FastAPI, provider: Provider) -> AsyncIterator[RegistrationService]:
    await built.database.open()
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://registration.test", event_hooks=only_documented(app)
    ) as http:
        yield RegistrationService(built, http, provider)
    await built.database.close()
