"""After a restore, what the providers had before it is recorded as sent and not sent again."""

from pathlib import Path

import pytest

from services.notification.adapters.already_sent import read_references
from shared.observability.faults import Fault, Faulty
from tests.notification import scenario
from tests.notification.running_service import NotificationService

FIRST = "018f0000-0000-7000-8000-000000000001"
SECOND = "018f0000-0000-8000-8000-000000000002"


@pytest.fixture(name="service")
async def told(service: NotificationService) -> NotificationService:
    """One SMS is to be sent."""
    await service.hear(scenario.person(), scenario.declined())
    return service


async def test_an_sms_that_the_gateway_knows_by_its_key_is_sent_and_not_sent_again(
    service: NotificationService,
) -> None:
    [job] = await service.jobs()
    await service.ask(job)  # the gateway has it, and what followed was lost with the database
    [known] = service.providers.sms
    service.already_sent = frozenset({known.key})
    await service.work(attempts=2)
    assert service.providers.sms == [known]
    assert await service.said() == ["message-created", "message-sent"]
    assert [status for _, _, status, _ in await service.messages()] == ["sent"]


async def test_a_message_is_known_by_its_own_number_too(service: NotificationService) -> None:
    service.already_sent = frozenset({await service.only()})
    await service.work()
    assert (service.providers.sms, await service.said()) == ([], ["message-created", "message-sent"])


async def test_what_the_providers_do_not_know_is_sent(service: NotificationService) -> None:
    service.already_sent = read_references(Path("/dev/null")) | {scenario.MEETING}
    await service.work()
    assert len(service.providers.sms) == 1


def test_the_list_names_keys_message_ids_and_messages(tmp_path: Path) -> None:
    file = tmp_path / "sent.txt"
    file.write_text(f"{FIRST}\n\n <{SECOND}@pasum.example> \n", encoding="utf-8")
    assert {str(one) for one in read_references(file)} == {FIRST, SECOND}


def test_a_line_that_is_no_reference_is_named(tmp_path: Path) -> None:
    file = tmp_path / "sent.txt"
    file.write_text(f"{FIRST}\n+8562055551234\n", encoding="utf-8")
    with pytest.raises(Faulty) as refused:
        read_references(file)
    reason = f"{file}, line 2: neither the key of an SMS nor a Message-ID of ours"
    assert (refused.value.fault, refused.value.what) == (Fault.FILE_INVALID, reason)
