"""The minutes service on a database of the test's own, with its routes called in the same process."""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from deploy.local.issuer import JWKS, create_app
from deploy.local.pki import TestPki, make_test_pki
from deploy.local.ports import LOOPBACK
from services.minutes import main
from services.minutes.adapters.pyhanko_signer import FileKeySigner
from services.minutes.adapters.trust_root_verifier import TrustRootVerifier
from services.minutes.adapters.typst_renderer import TypstRenderer
from services.minutes.ports import Dependencies
from services.minutes.settings import MinutesSettings
from shared.adapters.settings import StoreSettings
from shared.adapters.stores import object_store
from shared.http.server import HttpServer
from shared.migrations import upgrade
from shared.runtime import Runtime
from shared.service import ALL_ROLES, application
from tests.api.answers import only_documented
from tests.conftest import FreshDatabase
from tests.minutes.running_service import ISSUER, MinutesService
from tests.stack import Databases

MIGRATIONS = Path(main.__file__).parent / "migrations"


@pytest.fixture(scope="session")
def signing_pki(tmp_path_factory: pytest.TempPathFactory) -> TestPki:
    return make_test_pki(tmp_path_factory.mktemp("pki"))


@pytest.fixture(scope="session")
def renderer() -> TypstRenderer:
    return TypstRenderer()


@pytest.fixture
async def minutes_settings(
    databases: Databases, fresh_database: FreshDatabase, signing_pki: TestPki, tmp_path: Path
) -> MinutesSettings:
    template = await databases.template("minutes", partial(upgrade, MIGRATIONS))
    return MinutesSettings(
        database_dsn=SecretStr(await fresh_database(template)),
        objects=StoreSettings(folder=tmp_path / "objects"),
        recorder_key_file=signing_pki.keys["recorder"],
        chair_key_file=signing_pki.keys["chair"],
        trust_root_file=signing_pki.root,
        public_url="https://minutes.example/",
        oidc_issuer=ISSUER,
    )


@pytest.fixture
async def minutes_service(
    minutes_settings: MinutesSettings, signing_pki: TestPki, renderer: TypstRenderer, tmp_path: Path
) -> AsyncIterator[MinutesService]:
    provider = HttpServer(create_app(tmp_path / "issuer", ISSUER), host=LOOPBACK, port=0)
    await provider.start()
    keys = f"http://{LOOPBACK}:{provider.port}{JWKS}"
    service = main.build(minutes_settings.model_copy(update={"oidc_jwks_url": keys}))
    await service.database.open()
    dependencies = Dependencies(
        database=service.database,
        objects=object_store(minutes_settings.objects),
        renderer=renderer,
        signer=FileKeySigner(signing_pki.keys),
        verifier=TrustRootVerifier(signing_pki.root.read_bytes()),
        public_url=minutes_settings.public_url.rstrip("/"),
    )
    app = application(service, Runtime("minutes"), ALL_ROLES)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://minutes.test", event_hooks=only_documented(app)
    ) as client:
        yield MinutesService(service.database, dependencies, client, signing_pki, tmp_path / "issuer")
    await service.database.close()
    await provider.stop()
