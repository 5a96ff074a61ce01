"""The archive against its own OpenAPI document: whatever schemathesis thinks of, on a real database."""

import asyncio
from collections.abc import Iterator
from functools import partial

import pytest
import schemathesis
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import SecretStr

from services.archive import main
from services.archive.api import ROUTERS
from services.archive.settings import ArchiveSettings
from shared.adapters.settings import StoreSettings
from shared.migrations import upgrade
from tests.archive.conftest import MIGRATIONS
from tests.hostile import requests
from tests.openapi import check, documented, labels, served
from tests.shared.conftest import street
from tests.shared.provider import AUDIENCE, ISSUER, Provider, Street
from tests.stack import Databases

__all__ = ["street"]  # the fixture is looked up here


@pytest.fixture(scope="module")
def provider(street: Street, tmp_path_factory: pytest.TempPathFactory) -> Provider:
    return street.open(tmp_path_factory.mktemp("issuer"))


@pytest.fixture(scope="module")
def dsn(databases: Databases) -> str:
    async def made() -> str:
        return await databases.fresh(await databases.template("archive", partial(upgrade, MIGRATIONS)))

    return asyncio.run(made())


@pytest.fixture(scope="module")
def document(
    dsn: str, provider: Provider, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[schemathesis.BaseSchema]:
    folder = tmp_path_factory.mktemp("archive")
    key = folder / "log.pem"
    key.write_bytes(Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    settings = ArchiveSettings(
        database_dsn=SecretStr(dsn),
        oidc_issuer=ISSUER,
        oidc_audience=AUDIENCE,
        oidc_jwks_url=f"{provider.url}/keys",
        anonymous_reads_per_minute=10_000,  # all tests come from one address
        objects=StoreSettings(folder=folder / "objects"),
        store=StoreSettings(folder=folder / "store"),
        log_key_file=key,
    )
    with served(main.build(settings)) as address:
        yield documented(address, token=provider.token("archivist", "secretary", organisation="MTC"))


@pytest.mark.parametrize("label", labels(ROUTERS))
def test_every_answer_is_the_documented_one(label: str, document: schemathesis.BaseSchema) -> None:
    check(document, label)


@pytest.mark.parametrize("label", labels(ROUTERS))
def test_no_hostile_request_finds_a_defect(label: str, document: schemathesis.BaseSchema, provider: Provider) -> None:
    token = provider.token("archivist", "secretary", organisation="MTC")
    requests.check(document, label, token=token, folder=provider.folder)
