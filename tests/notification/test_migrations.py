"""What an older version has sent is known after the migration: hosts and calendars hear of what follows."""

import asyncio
from pathlib import Path

from alembic import command

from services.notification import main
from shared.migrations import configuration, upgrade
from tests.notification import scenario
from tests.notification.running_service import NotificationService
from tests.notification.scenario import CHAIR, CONTACT, KEO

FOLDER = Path(main.__file__).parent / "migrations"
HOSTS = "SELECT person_id, audience FROM host ORDER BY audience"
ENTRIES = "SELECT address, method, sequence, revision FROM calendar_entry ORDER BY address"


async def test_contacts_and_calendars_are_taken_from_the_messages_that_were_sent(service: NotificationService) -> None:
    await service.hear(scenario.person(), scenario.person(CONTACT))
    link, ticket = service.sealer.seal("https://e-office.example.gov.la/answer/1#a"), service.sealer.seal("a ticket")
    await service.hear(scenario.invited(link, CONTACT), scenario.registered(), scenario.ticketed(ticket))
    await service.work()
    known = await service.rows(HOSTS), await service.rows(ENTRIES)
    settings = configuration(FOLDER, service.database.dsn)
    await asyncio.to_thread(command.downgrade, settings, "0001")
    await asyncio.to_thread(upgrade, FOLDER, service.database.dsn)
    assert (await service.rows(HOSTS), await service.rows(ENTRIES)) == known
    assert known[0] == [(CHAIR, "chair"), (CONTACT, "contact")]
    assert [address for address, *_ in known[1]] == sorted(f"{person}@example.la" for person in (CONTACT, KEO))
    await service.hear(scenario.cancelled())
    await service.work()
    methods = [mail.calendar.method for mail in service.providers.mails if mail.calendar]
    assert methods == ["REQUEST", "REQUEST", "CANCEL", "CANCEL"]
