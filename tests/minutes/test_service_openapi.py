"""Minutes against its own OpenAPI document: whatever schemathesis thinks of, on a real database."""

import asyncio
from collections.abc import Iterator
from functools import partial
from uuid import UUID

import pytest
import schemathesis
from pydantic import SecretStr

from deploy.local.pki import TestPki
from services.minutes import main, views
from services.minutes.api import ROUTERS
from services.minutes.domain.commands import DraftMinutes
from services.minutes.domain.drafting import draft
from services.minutes.domain.state import minutes_id_of
from services.minutes.policy import SERVICE
from services.minutes.settings import MinutesSettings
from services.minutes.store import MINUTES
from services.minutes.subscribers import handle
from shared.adapters.settings import StoreSettings
from shared.application import execute
from shared.contracts.ids import new_id
from shared.database import Database
from shared.messaging.consumer.handlers import handle_run
from shared.migrations import upgrade
from tests.hostile import requests
from tests.minutes.conftest import MIGRATIONS
from tests.minutes.registration_facts import END, everybody, meeting_facts
from tests.minutes.running_service import envelope
from tests.openapi import check, documented, labels, served
from tests.shared.conftest import street
from tests.shared.provider import AUDIENCE, ISSUER, Provider, Street
from tests.stack import Databases

__all__ = ["street"]  # the fixture is looked up here
ROLES = ("secretary", "chair")


async def drafted(dsn: str) -> UUID:
    """Minutes of a meeting that is over."""
    database, meeting = Database(dsn, pool_size=1), new_id()
    await database.open()
    async with database.transaction() as connection:
        facts = (*everybody(), *meeting_facts(meeting))
        await handle_run(connection, handle, [envelope(fact) for fact in facts])
        minutes = minutes_id_of(meeting)
        command = DraftMinutes(actor=SERVICE, at=END, draft=draft(await views.meeting(connection, minutes)))
        await execute(connection, MINUTES, minutes, command)
    await database.close()
    return minutes


@pytest.fixture(scope="module")
def prepared(databases: Databases) -> tuple[str, UUID]:
    """A database with one draft in it."""

    async def prepare() -> tuple[str, UUID]:
        dsn = await databases.fresh(await databases.template("minutes", partial(upgrade, MIGRATIONS)))
        return dsn, await drafted(dsn)

    return asyncio.run(prepare())


@pytest.fixture(scope="module")
def provider(street: Street, tmp_path_factory: pytest.TempPathFactory) -> Provider:
    return street.open(tmp_path_factory.mktemp("issuer"))


@pytest.fixture(scope="module")
def document(
    prepared: tuple[str, UUID], provider: Provider, signing_pki: TestPki, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[schemathesis.BaseSchema]:
    settings = MinutesSettings(
        database_dsn=SecretStr(prepared[0]),
        objects=StoreSettings(folder=tmp_path_factory.mktemp("objects")),
        recorder_key_file=signing_pki.keys["recorder"],
        chair_key_file=signing_pki.keys["chair"],
        trust_root_file=signing_pki.root,
        oidc_issuer=ISSUER,
        oidc_audience=AUDIENCE,
        anonymous_reads_per_minute=10_000,  # all tests come from one address
        oidc_jwks_url=f"{provider.url}/keys",
    )
    with served(main.build(settings)) as address:
        yield documented(address, token=provider.token(*ROLES, organisation="MTC"))


@pytest.mark.parametrize("label", labels(ROUTERS))
def test_every_answer_is_the_documented_one(
    label: str, document: schemathesis.BaseSchema, prepared: tuple[str, UUID]
) -> None:
    check(document, label, known={"minutes_id": str(prepared[1])})


@pytest.mark.parametrize("label", labels(ROUTERS))
def test_no_hostile_request_finds_a_defect(
    label: str, document: schemathesis.BaseSchema, prepared: tuple[str, UUID], provider: Provider
) -> None:
    token, known = provider.token(*ROLES, organisation="MTC"), {"minutes_id": str(prepared[1])}
    requests.check(document, label, token=token, folder=provider.folder, known=known)
