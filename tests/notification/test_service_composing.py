"""What people read: Lao first, one segment, the ticket and the calendar in the mail."""

from dataclasses import replace
from datetime import datetime

import pytest

from services.notification.domain.segments import segments
from services.notification.ports import Mail
from shared.contracts import Fact
from shared.contracts.base import Language
from shared.contracts.registration import Admission, OwnLink
from tests.notification import scenario
from tests.notification.running_service import NotificationService
from tests.notification.scenario import CHAIR, MEETING, MINUTES, NOY, STARTS

LINK = f"https://e-office.example.gov.la/answer/{MEETING}#secret"


async def mail_of(service: NotificationService, fact: Fact) -> Mail:
    """The only e-mail that follows from a fact."""
    await service.hear(fact)
    await service.work()
    [mail] = service.providers.mails
    return mail


@pytest.mark.parametrize(
    ("fact", "text"),
    [
        (scenario.registered(), "ລົງທະບຽນແລ້ວ: ປະຊຸມປຶກສາຫາລື… 19/09/2022, 08:30 ໂມງ. ລະຫັດ A7K2Q9"),
        (scenario.registered(position=12), "ປະຊຸມປຶກສາຫາລື… 19/09/2022: ບ່ອນນັ່ງເຕັມ. ທ່ານຢູ່ລຳດັບລໍຖ້າທີ 12."),
        (scenario.declined(), "ຮັບຊາບແລ້ວ: ທ່ານບໍ່ສະດວກເຂົ້າປະຊຸມປຶກສາຫາລື ຍຸດທະສາດລັດຖະ… 19/09/2022."),
        (scenario.requested(), "ໄດ້ຮັບຄຳຂໍເຂົ້າປະຊຸມປຶກສາຫາລື… 19/09/2022 ແລ້ວ. ຈະແຈ້ງຜົນໃຫ້ຊາບ."),
        (scenario.checked_in(), "ປະຊຸມປຶກສາຫາລື ຍຸດທະສາດລັດຖະບ…: ຢືນຢັນການເຂົ້າຮ່ວມແລ້ວ ເວລາ 08:21 ໂມງ."),
    ],
)
async def test_an_sms_is_one_segment_of_lao(service: NotificationService, fact: Fact, text: str) -> None:
    await service.hear(scenario.person(), fact)
    await service.work()
    assert [(sms.text, sms.sender, len(segments(sms.text).parts)) for sms in service.providers.sms] == [
        (text, "MTC", 1)
    ]


@pytest.mark.parametrize("email", [None, "keo@example.la"], ids=["a mobile only", "an e-mail address too"])
async def test_the_link_to_the_own_answer_is_in_the_sms_only_for_whoever_gets_no_mail(
    service: NotificationService, email: str | None
) -> None:
    link = "https://e-office.example.gov.la/r#0123456789ABCDEF"
    own = OwnLink(token_sha256="0" * 64, sealed=service.sealer.seal(link))
    fact = scenario.registered(own_link=own)
    ticket = scenario.ticketed(service.sealer.seal("ticket"))
    await service.hear(scenario.person(email=email), fact, ticket)
    await service.work()
    title = "ປະຊຸມປຶກສາຫາລື…" if email else "ປະຊຸມປຶກສາຫາລື ຍຸດທະສາດລັດຖະບານ…"
    code = f"ລົງທະບຽນແລ້ວ: {title} 19/09/2022, 08:30 ໂມງ. ລະຫັດ A7K2Q9"
    assert [sms.text for sms in service.providers.sms] == [code if email else f"{code} {link}"]
    assert [mail.text.count(link) for mail in service.providers.mails] == ([2] if email else [])


async def test_who_must_confirm_is_told_the_digits_until_he_has(service: NotificationService) -> None:
    fact = scenario.registered(proven=False, sealed_confirm_code=service.sealer.seal("048213"))
    ticket = scenario.ticketed(service.sealer.seal("ticket"))
    await service.hear(scenario.person(email="keo@example.la"), fact, ticket)
    await service.work()
    [sms], [mail] = service.providers.sms, service.providers.mails
    assert sms.text == "ກະລຸນາຢືນຢັນ: ປະຊຸມປຶກສາຫາລື ຍຸດທະສາດ… 19/09/2022. ລະຫັດຢືນຢັນ 048213"
    assert (len(segments(sms.text).parts), mail.text.count("048213")) == (1, 2)  # Lao and English
    await service.hear(scenario.proven(), scenario.promoted())
    await service.work()
    texts = [one.text for one in service.providers.sms[1:]] + [one.text for one in service.providers.mails[1:]]
    assert [text.count("048213") for text in texts] == [0]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("lo", "ເຖິງ ທ່ານ ແກ້ວ (ສົມມຸດ): ລົງທະບຽນແລ້ວ: ປະຊຸມທົບທວນ ຍຸດທະສາດ 19/09/2022, 08:30 ໂມງ. ລະຫັດ A7K2Q9"),
        (
            "en",
            "For ທ່ານ ແກ້ວ (ສົມມຸດ): You are registered: Review of the strategy, 19 September 2022 at 08:30. Code: A7K2Q9",
        ),
    ],
)
async def test_where_people_share_numbers_an_sms_names_whom_it_is_for(
    language: Language, text: str, service: NotificationService
) -> None:
    shared = Admission(shared_contacts=True)
    await service.hear(scenario.changed("admission", admission=shared))
    await service.hear(scenario.person(language=language), scenario.registered())
    await service.work()
    assert [sms.text for sms in service.providers.sms] == [text]


async def test_who_reads_english_gets_english(service: NotificationService) -> None:
    await service.hear(scenario.person(language="en"), scenario.registered())
    await service.work()
    assert [sms.text for sms in service.providers.sms] == [
        "You are registered: Consultation on the Digital Government strategy, 19 September 2022 at 08:30. Code: A7K2Q9"
    ]


async def test_a_code_that_the_fact_does_not_name_is_that_of_the_registration(service: NotificationService) -> None:
    await service.hear(scenario.person(NOY), scenario.person(), scenario.registered(), scenario.represented(by=NOY))
    await service.run("DELETE FROM job WHERE id = 1")
    await service.work()
    assert [sms.text for sms in service.providers.sms] == [
        "ທ່ານຖືກມອບໝາຍໃຫ້ເຂົ້າປະຊຸມປຶກສາຫາລື ຍຸດທະສາດ… 19/09/2022. ລະຫັດ B8L3R2"
    ]


async def test_a_ticket_is_in_the_mail_as_a_picture_and_as_a_link(service: NotificationService) -> None:
    await service.hear(scenario.person(), scenario.registered())
    await service.run("DELETE FROM job")
    mail = await mail_of(service, scenario.ticketed(service.sealer.seal("aa.bb-_.cc")))
    lines = [line for line in mail.text.splitlines() if "/tickets/" in line]
    assert lines == [
        f"ບັດເຂົ້າປະຊຸມ: https://e-office.example.gov.la/tickets/{MEETING}#aa.bb-_.cc",
        f"Ticket: https://e-office.example.gov.la/tickets/{MEETING}#aa.bb-_.cc",
    ]
    assert (mail.ticket, (mail.html or "").count("cid:ticket")) == ("aa.bb-_.cc", 1)


async def test_an_invitation_opens_its_link_for_its_recipient_alone(service: NotificationService) -> None:
    await service.hear(scenario.person(), scenario.person(CHAIR, given_name="ສັນຕິສຸກ", family_name=None))
    sealed = service.sealer.seal(LINK)
    mail = await mail_of(service, scenario.invited(sealed))
    page, _, token = LINK.partition("#")
    links = [f"{page}?answer={answer}#{token}" for answer in ("confirm", "delegate", "decline")]
    assert [line.partition(": ")[2] for line in mail.text.splitlines() if "?answer=" in line][1:4] == links
    assert "ປະທານ: ທ່ານ ສັນຕິສຸກ" in mail.text.splitlines()
    stored = await service.rows("SELECT content::text FROM message")
    assert (sealed in stored[0][0], "secret" in stored[0][0]) == (True, False)


async def test_the_calendar_entry_is_the_meetings_own_and_grows_with_it(service: NotificationService) -> None:
    await service.hear(scenario.person())
    entry = (await mail_of(service, scenario.invited(service.sealer.seal(LINK)))).calendar
    assert entry is not None
    assert (entry.method, entry.uid, entry.sequence) == ("REQUEST", f"{MEETING}@example.gov.la", 0)
    assert (entry.starts, entry.summary, entry.location) == (STARTS, scenario.TITLE.lo, scenario.HOTEL.lo)
    assert (entry.organiser, entry.link) == ("ກະຊວງເຕັກໂນໂລຊີ ແລະ ການສື່ສານ", LINK)


async def test_a_message_that_was_late_tells_what_is_true_now(service: NotificationService) -> None:
    await service.hear(scenario.person(), scenario.registered(), scenario.rescheduled())
    await service.run("DELETE FROM job WHERE id > 1")
    await service.work()
    assert [sms.text for sms in service.providers.sms] == [
        "ລົງທະບຽນແລ້ວ: ປະຊຸມປຶກສາຫາລື… 26/09/2022, 08:30 ໂມງ. ລະຫັດ A7K2Q9"
    ]


async def test_minutes_lead_to_their_document_and_say_when_they_were_signed(service: NotificationService) -> None:
    await service.hear(scenario.person(), scenario.registered(), scenario.held(), scenario.minutes_signed())
    await service.run("DELETE FROM job")
    mail = await mail_of(service, scenario.minutes_published())
    link = f"https://minutes.example.gov.la/v1/minutes/{MINUTES}/document"
    assert (mail.text.count(link), mail.text.count("21 ກັນຍາ 2022"), mail.text.count("21 September 2022")) == (2, 1, 1)


async def test_every_attempt_writes_the_same_mail(service: NotificationService) -> None:
    await service.hear(scenario.person())
    await service.hear(scenario.invited(service.sealer.seal(LINK)))
    [job] = await service.jobs()
    await service.ask(job)
    await service.ask(replace(job, attempts=2))
    first, second = service.providers.mails
    assert (first, isinstance(first.at, datetime)) == (second, True)


async def test_a_seal_of_a_foreign_key_is_a_technical_failure(service: NotificationService) -> None:
    await service.hear(scenario.person(), scenario.invited("not sealed by us"))
    await service.work()
    assert await service.messages() == [("invitation", "email", "technical-failure", "seal-broken")]


async def test_a_value_that_is_missing_is_a_technical_failure_never_a_blank(service: NotificationService) -> None:
    await service.hear(scenario.person(), scenario.registered())
    await service.run("UPDATE registration SET code = NULL")
    await service.work()
    assert await service.messages() == [("registered", "sms", "technical-failure", "template-value-missing")]


async def test_an_address_that_is_gone_meanwhile_is_a_technical_failure(service: NotificationService) -> None:
    await service.hear(scenario.person(), scenario.declined(), scenario.invited(service.sealer.seal(LINK)))
    await service.run("UPDATE person SET mobile = NULL, email = NULL")
    await service.work()
    assert await service.messages() == [
        ("declined", "sms", "technical-failure", "address-gone"),
        ("invitation", "email", "technical-failure", "address-gone"),
    ]
