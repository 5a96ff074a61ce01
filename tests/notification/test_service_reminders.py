"""Contacts of bodies that have not answered are reminded, with the same link; who has answered meanwhile is not."""

import pytest

from shared.contracts import Fact
from tests.notification import scenario
from tests.notification.running_service import NotificationService
from tests.notification.scenario import CONTACT, KEO
from tests.notification.test_service_changes import GONE, LINK, announced, templates, told

__all__ = ["announced"]  # the fixture is looked up here


async def test_a_contact_is_reminded_by_sms_and_by_mail_with_the_link_that_he_has(service: NotificationService) -> None:
    await told(service, scenario.reminded(service.sealer.seal(LINK), CONTACT))
    assert (await templates(service, CONTACT))[1:] == [
        ("invitation_reminder", "email", "sent"),
        ("invitation_reminder", "sms", "sent"),
    ]
    mail, (sms,) = service.providers.mails[-1], service.providers.sms
    page, _, token = LINK.partition("#")
    assert (f"{page}?answer=confirm#{token}" in mail.text, mail.calendar, "#" in sms.text) == (True, None, False)
    assert ("17/09/2022" in sms.text, "17 ກັນຍາ 2022, ເວລາ 08:30 ໂມງ" in mail.text) == (True, True)


async def test_where_an_earlier_version_has_not_kept_the_link_the_mail_names_the_one_he_has(
    service: NotificationService,
) -> None:
    await told(service, scenario.reminded(None, CONTACT))
    mail = service.providers.mails[-1]
    assert ("ຜ່ານລິ້ງທີ່ທ່ານໄດ້ຮັບແລ້ວ" in mail.text, "http" in mail.text) == (True, False)


@pytest.mark.parametrize(
    ("fact", "detail"),
    [
        (scenario.registered(KEO), "answered"),
        (scenario.declined(KEO), "answered"),
        (scenario.revoked(CONTACT), "invitation-revoked"),
        (scenario.cancelled(), "meeting-cancelled"),
        (scenario.started(), "meeting-started"),
    ],
    ids=lambda one: type(one).__name__,
)
async def test_a_reminder_that_has_waited_is_not_sent_when_it_is_not_true_any_more(
    service: NotificationService, fact: Fact, detail: str
) -> None:
    await service.hear(scenario.reminded(service.sealer.seal(LINK), CONTACT))
    service.providers.trouble.extend([GONE] * 2)
    await service.work()
    await service.hear(fact)
    await service.pass_time()
    await service.work()
    query = "SELECT status, reason FROM message WHERE template = 'invitation_reminder'"
    assert await service.rows(query) == [("cancelled", detail)] * 2
