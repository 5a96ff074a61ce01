"""What an older version has sent is known after the migration: hosts and calendars hear of what follows."""

import asyncio
from pathlib import Path

from alembic import command

from services.notification import main
from shared.migrations import configuration, upgrade
from tests.notification import saying
from tests.notification.office import Office
from tests.notification.saying import CHAIR, CONTACT, KEO

FOLDER = Path(main.__file__).parent / "migrations"
HOSTS = "SELECT person_id, audience FROM host ORDER BY audience"
ENTRIES = "SELECT address, method, sequence, revision FROM calendar_entry ORDER BY address"


async def test_contacts_and_calendars_are_taken_from_the_messages_that_were_sent(office: Office) -> None:
    await office.hear(saying.person(), saying.person(CONTACT))
    link, ticket = office.sealer.seal("https://e-office.example.gov.la/answer/1#a"), office.sealer.seal("a ticket")
    await office.hear(saying.invited(link, CONTACT), saying.registered(), saying.ticketed(ticket))
    await office.work()
    known = await office.rows(HOSTS), await office.rows(ENTRIES)
    settings = configuration(FOLDER, office.database.dsn)
    await asyncio.to_thread(command.downgrade, settings, "0004")
    await asyncio.to_thread(upgrade, FOLDER, office.database.dsn)
    assert (await office.rows(HOSTS), await office.rows(ENTRIES)) == known
    assert known[0] == [(CHAIR, "chair"), (CONTACT, "contact")]
    assert [address for address, *_ in known[1]] == sorted(f"{person}@example.la" for person in (CONTACT, KEO))
    await office.hear(saying.cancelled())
    await office.work()
    methods = [mail.calendar.method for mail in office.providers.mails if mail.calendar]
    assert methods == ["REQUEST", "REQUEST", "CANCEL", "CANCEL"]
