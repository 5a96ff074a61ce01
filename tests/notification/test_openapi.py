"""Notification against its own OpenAPI document: whatever schemathesis thinks of, on a real database."""

import asyncio
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import schemathesis
from cryptography.fernet import Fernet
from pydantic import SecretStr

from services.notification import main
from services.notification.api import ROUTERS
from services.notification.settings import NotificationSettings
from shared.migrations import upgrade
from shared.operations.api import ROUTERS as OPERATIONS
from tests.hostile import requests
from tests.openapi import check, documented, labels, served
from tests.shared.conftest import street
from tests.shared.provider import AUDIENCE, ISSUER, Provider, Street
from tests.stack import Databases

__all__ = ["street"]  # the fixture is looked up here
ROLES = ("organiser", "secretary", "operator")


@pytest.fixture(scope="module")
def provider(street: Street, tmp_path_factory: pytest.TempPathFactory) -> Provider:
    return street.open(tmp_path_factory.mktemp("issuer"))


@pytest.fixture(scope="module")
def dsn(databases: Databases) -> str:
    migrate = partial(upgrade, Path(main.__file__).parent / "migrations")

    async def made() -> str:
        return await databases.fresh(await databases.template("notification", migrate))

    return asyncio.run(made())


@pytest.fixture(scope="module")
def document(dsn: str, provider: Provider) -> Iterator[schemathesis.BaseSchema]:
    settings = NotificationSettings(
        database_dsn=SecretStr(dsn),
        oidc_issuer=ISSUER,
        oidc_audience=AUDIENCE,
        oidc_jwks_url=f"{provider.url}/keys",
        sealing_keys=SecretStr(Fernet.generate_key().decode()),
        sms_url="http://127.0.0.1:1",
        sms_secret=SecretStr("receipts"),
        anonymous_writes_per_minute=10_000,  # all tests come from one address
        smtp_host="127.0.0.1",
    )
    with served(main.build(settings)) as address:
        yield documented(address, token=provider.token(*ROLES, organisation="MTC"))


@pytest.mark.parametrize("label", labels([*ROUTERS, *OPERATIONS]))
def test_every_answer_is_the_documented_one(label: str, document: schemathesis.BaseSchema) -> None:
    check(document, label)


@pytest.mark.parametrize("label", labels(ROUTERS))
def test_no_hostile_request_finds_a_defect(label: str, document: schemathesis.BaseSchema, provider: Provider) -> None:
    token = provider.token(*ROLES, organisation="MTC")
    requests.check(document, label, token=token, folder=provider.folder)
