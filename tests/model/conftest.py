"""The models log as much as a bad day does: their log is off."""

from collections.abc import AsyncIterator, Iterator

import pytest
import structlog

from shared.database import Database
from tests.conftest import FreshDatabase
from tests.shared.bus import create_kernel_tables
from tests.stack import Databases

_CRITICAL = 50


@pytest.fixture
def silence() -> Iterator[None]:
    """No log lines while the test lasts."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(_CRITICAL))
    yield
    structlog.configure(**before)


@pytest.fixture
async def kernel(databases: Databases, fresh_database: FreshDatabase) -> AsyncIterator[Database]:
    """A real database with the kernel's tables."""
    template = await databases.template("kernel", create_kernel_tables)
    opened = Database(await fresh_database(template), pool_size=6)
    await opened.open()
    yield opened
    await opened.close()
