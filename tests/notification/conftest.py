"""Notification on a database of the test's own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.notification import main
from shared.database import Database
from shared.migrations import upgrade
from tests.conftest import FreshDatabase
from tests.notification.office import Office
from tests.notification.saying import drafted, ministry
from tests.stack import Databases


@pytest.fixture
async def notification_dsn(databases: Databases, fresh_database: FreshDatabase) -> str:
    """A migrated database."""
    migrations = Path(main.__file__).parent / "migrations"
    return await fresh_database(await databases.template("notification", lambda dsn: upgrade(migrations, dsn)))


@pytest.fixture
async def office(notification_dsn: str) -> AsyncIterator[Office]:
    """A service that knows of the meeting and who organises it."""
    database = Database(notification_dsn, pool_size=6)
    await database.open()
    office = Office(database)
    await office.hear(ministry(), drafted())
    yield office
    await database.close()
