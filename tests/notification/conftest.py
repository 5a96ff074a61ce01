"""Notification on a database of the test's own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.notification import main
from shared.database import Database
from shared.migrations import upgrade
from tests.conftest import FreshDatabase
from tests.notification.running_service import NotificationService
from tests.notification.scenario import drafted, ministry
from tests.stack import Databases


@pytest.fixture
async def notification_dsn(databases: Databases, fresh_database: FreshDatabase) -> str:
    """A migrated database."""
    migrations = Path(main.__file__).parent / "migrations"
    return await fresh_database(await databases.template("notification", lambda dsn: upgrade(migrations, dsn)))


@pytest.fixture
async def service(notification_dsn: str) -> AsyncIterator[NotificationService]:
    """A service that knows of the meeting and who organises it."""
    database = Database(notification_dsn, pool_size=6)
    await database.open()
    service = NotificationService(database)
    await service.hear(ministry(), drafted())
    yield service
    await database.close()
