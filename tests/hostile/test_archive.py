"""The archive and notification are asked with every hostile text in every text member."""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest

from deploy.local.issuer import issue_token
from services.notification.adapters.http_sms import SIGNATURE_HEADER, sign
from shared.database import Database
from tests.archive.callers import ISSUER, SUBJECT, Callers
from tests.archive.conftest import archive_service, callers
from tests.archive.running_service import ArchiveService, sealed
from tests.hostile.fields import Document
from tests.hostile.probing import JSON, OPERATING, Answers, ask_everything, harm_in_events, harm_in_log
from tests.notification.callers import Callers as NotificationCallers
from tests.notification.callers import serving as serving_notification
from tests.notification.conftest import notification_dsn
from tests.notification.running_service import SECRET, NotificationService
from tests.shared.conftest import lines
from tests.shared.lines import Lines

__all__ = ["archive_service", "callers", "lines", "notification_dsn"]  # fixtures are looked up here
ROLES = ("archivist", "operator", "secretary")


@pytest.fixture
async def notification(notification_dsn: str) -> AsyncIterator[NotificationCallers]:
    database = Database(notification_dsn, pool_size=2)
    async with serving_notification(NotificationService(database)) as opened:
        yield opened


async def asked(caller: Callers | NotificationCallers, record: UUID) -> Answers:
    """Hold and release follow each other, so that either can be taken."""

    async def send(route: str, query: Mapping[str, Any], body: bytes | None) -> httpx.Response:
        method, _, path = route.partition(" ")
        path = path.replace("{record_id}", str(record))
        headers = {**token(caller), **(JSON | signature(body) if body else {})}
        return await caller.client.request(method, path, params=query, content=body, headers=headers)

    document = Document(root=(await caller.client.get("/openapi.json")).json())
    return await ask_everything(document, send, leaving=OPERATING)


def token(caller: Callers | NotificationCallers) -> dict[str, str]:
    issued = issue_token(caller.issuer, issuer=ISSUER, roles=ROLES, subject=SUBJECT, organisation="MTC")
    return {"authorization": f"Bearer {issued}"}


def signature(body: bytes) -> dict[str, str]:
    """As the provider of SMS signs its receipts."""
    return {SIGNATURE_HEADER: sign(body, secret=SECRET, timestamp=int(datetime.now(UTC).timestamp()))}


async def test_no_text_breaks_the_archive_or_gets_through_it(
    archive_service: ArchiveService, callers: Callers, lines: Lines, record_property: Callable[[str, object], None]
) -> None:
    answers = await asked(callers, await sealed(archive_service))
    record_property("hostile_inputs", answers.counts.total())
    assert answers.findings == []
    assert (await harm_in_events(archive_service.database), harm_in_log(lines.getvalue())) == ([], [])
    assert answers.counts.total() >= 50


async def test_no_text_breaks_notification(
    notification: NotificationCallers, lines: Lines, record_property: Callable[[str, object], None]
) -> None:
    answers = await asked(notification, UUID(int=1))
    record_property("hostile_inputs", answers.counts.total())
    assert (answers.findings, harm_in_log(lines.getvalue())) == ([], [])
    assert answers.counts.total() >= 10
