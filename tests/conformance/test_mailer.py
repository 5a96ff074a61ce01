"""Every mailer: the same mail each time, refusals named by what to do, never sure of what it cannot know."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from deploy.local.ports import LOOPBACK, free_port
from services.notification.adapters.smtp_mailer import SmtpMailer, SmtpRelay
from services.notification.ports import Mail, OutcomeUnknown, ProviderRefused, ProviderThrottled
from shared.kernel import Unavailable
from tests.conformance.counterparts import Conversation, Program, talking
from tests.tls import private_authority

SUBJECT = "[ເຊີນປະຊຸມ] ກອງປະຊຸມປຶກສາຫາລື - 19/09/2022 08:30"


def mail(to: str = "keo@example.org") -> Mail:
    return Mail(
        key=uuid4(),
        message=uuid4(),
        at=datetime(2022, 9, 1, tzinfo=UTC),
        to=to,
        name="ແກ້ວ ພົມມະຈັນ",
        subject=SUBJECT,
        text="ຮຽນ ທ່ານ ແກ້ວ,\n",
        html="<p>ຮຽນ ທ່ານ ແກ້ວ,</p>",
    )


def relay(port: int) -> SmtpRelay:
    return SmtpRelay(
        host=LOOPBACK,
        port=port,
        sender_name="ປະຊຸມ",
        sender_address="no-reply@pasum.example.org",
        domain="pasum.example.org",
        security="none",
        timeout=2.0,
    )


def program(folder: Path, smtp_port: int, *more: str) -> Program:
    port = free_port()
    arguments = ["--smtp-port", str(smtp_port), "--http-port", str(port), "--folder", str(folder / "mail"), *more]
    return Program("deploy.local.mailbox", arguments, port, folder / "log")


def kept(mailbox: Program, message_id: str) -> list[dict[str, Any]]:
    """What the mailbox has under a Message-ID."""
    return [row for row in mailbox.get("/messages") if row["message_id"] == message_id]


SMTP_PORT = free_port()


@pytest.fixture(scope="module")
def mailbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    started = program(tmp_path_factory.mktemp("mailbox"), SMTP_PORT)
    started.start()
    yield started
    started.kill()


@pytest.fixture
async def mailer(mailbox: Program) -> AsyncIterator[SmtpMailer]:
    assert mailbox.get("/healthz") == {"status": "ok"}
    opened = SmtpMailer(relay(SMTP_PORT))
    yield opened
    await opened.close()


async def test_a_mail_arrives_as_it_was_written(mailer: SmtpMailer, mailbox: Program) -> None:
    wanted = mail()
    result = await mailer.send(wanted)
    assert result.message_id == f"{wanted.message}@pasum.example.org"
    rows = kept(mailbox, result.message_id)
    assert [(row["to"], row["subject"]) for row in rows] == [(["keo@example.org"], SUBJECT)]
    arrived = message_from_bytes(mailbox.get_bytes(f"/messages/{rows[0]['name']}"), policy=default)
    assert str(arrived["From"]) == "ປະຊຸມ <no-reply@pasum.example.org>"
    texts = [part.get_content().replace("\r\n", "\n") for part in arrived.walk() if not part.is_multipart()]
    assert texts == [wanted.text, f"{wanted.html}\n"]


async def test_a_repetition_has_the_same_message_id_and_content(mailer: SmtpMailer, mailbox: Program) -> None:
    wanted = mail()
    first, second = await mailer.send(wanted), await mailer.send(wanted)
    assert first.message_id == second.message_id
    names = [row["name"] for row in kept(mailbox, first.message_id)]
    contents = [mailbox.get_bytes(f"/messages/{name}") for name in names]
    assert (len(contents), len(set(contents))) == (2, 1)


async def test_many_at_once_all_arrive_on_few_connections(mailer: SmtpMailer, mailbox: Program) -> None:
    before = mailbox.get("/messages/count")["count"]
    results = await asyncio.gather(*(mailer.send(mail()) for _ in range(50)))
    assert len({result.message_id for result in results}) == 50
    assert mailbox.get("/messages/count")["count"] - before == 50


@pytest.mark.parametrize(
    ("to", "reason", "permanent"),
    [
        ("bounce550@example.org", "smtp-550", True),
        ("full552@example.org", "smtp-552", True),
        ("busy452@example.org", "smtp-452", False),
        ("grey450@example.org", "smtp-450", False),
        ("no address", "bad-address", True),
        ("keo@example.org\r\nBcc: noy@example.org", "bad-address", True),
        ("", "bad-address", True),
    ],
)
async def test_a_refused_recipient_is_named_by_the_reply_alone(
    mailer: SmtpMailer, mailbox: Program, *, to: str, reason: str, permanent: bool
) -> None:
    wanted = mail(to)
    with pytest.raises(ProviderRefused) as refused:
        await mailer.send(wanted)
    assert (str(refused.value), refused.value.permanent) == (reason, permanent)
    assert kept(mailbox, f"{wanted.message}@pasum.example.org") == []
    assert (await mailer.send(mail())).response.startswith("kept as ")


async def test_a_lao_address_travels_in_utf_8(mailer: SmtpMailer, mailbox: Program) -> None:
    for _ in range(2):  # on a new connection, and on one that is open
        result = await mailer.send(mail("ແກ້ວ@example.org"))
        assert [row["to"] for row in kept(mailbox, result.message_id)] == [["ແກ້ວ@example.org"]]


@pytest.mark.parametrize("to", ["keo@ປະຊຸມ.example.org", "keo@xn--y6c7at2dyb.example.org"])
async def test_a_lao_domain_reaches_relays_that_know_nothing_of_utf_8(
    to: str, mailer: SmtpMailer, mailbox: Program
) -> None:
    result = await mailer.send(mail(to))
    assert [row["to"] for row in kept(mailbox, result.message_id)] == [["keo@xn--y6c7at2dyb.example.org"]]
    async with talking(replying(GREETING)) as port:  # it does not offer SMTPUTF8
        assert (await SmtpMailer(relay(port)).send(mail(to))).response == "OK"


async def test_a_restarted_relay_is_found_again(tmp_path: Path) -> None:
    port = free_port()
    mailbox = program(tmp_path, port)
    mailbox.start()
    mailer = SmtpMailer(relay(port))
    await mailer.send(mail())
    mailbox.kill()
    with pytest.raises(Unavailable) as raised:
        await mailer.send(mail())
    assert type(raised.value) is Unavailable
    mailbox.start()
    await mailer.send(mail())
    assert mailbox.get("/messages/count") == {"count": 2}
    await mailer.close()
    mailbox.kill()


async def test_starttls_is_used_and_an_unknown_certificate_stops_it(tmp_path: Path) -> None:
    private = private_authority(tmp_path)
    port = free_port()
    mailbox = program(tmp_path, port, "--certificate", str(private.certificate), "--key", str(private.key))
    mailbox.start()
    trusting = SmtpMailer(replace(relay(port), security="starttls", tls=ssl.create_default_context(cafile=private.ca)))
    await trusting.send(mail())
    await trusting.close()
    for doubting in (replace(relay(port), security="starttls"), replace(relay(port), security="tls")):
        with pytest.raises(Unavailable):
            await SmtpMailer(doubting).send(mail())
    with pytest.raises(ProviderRefused) as refused:
        await SmtpMailer(relay(port)).send(mail())  # the mailbox wants TLS first
    assert (refused.value.reason, refused.value.permanent) == ("smtp-530", False)
    assert mailbox.get("/messages/count") == {"count": 1}
    mailbox.kill()


def replying(replies: dict[str, str]) -> Conversation:
    """An SMTP server that answers each verb as given, else 250; a blank reply breaks the connection."""

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        verb = "GREETING"
        while reply := replies.get(verb, "250 OK"):
            writer.write(f"{reply}\r\n".encode())
            if verb == "DATA" and reply.startswith("354"):
                await reader.readuntil(b"\r\n.\r\n")
                verb = "TEXT"
            else:
                verb = (await reader.readuntil()).decode().split()[0].upper()

    return converse


GREETING = {"GREETING": "220 ready", "DATA": "354 go on"}


@pytest.mark.parametrize(
    ("replies", "kind"),
    [
        ({"GREETING": "554 no"}, Unavailable),
        ({"GREETING": ""}, Unavailable),
        (GREETING | {"MAIL": "421 closing"}, Unavailable),
        (GREETING | {"MAIL": "452 too many"}, ProviderThrottled),
        (GREETING | {"MAIL": ""}, Unavailable),
        (GREETING | {"RCPT": "421 closing"}, Unavailable),
        (GREETING | {"RCPT": ""}, Unavailable),
        (GREETING | {"DATA": "451 later"}, ProviderThrottled),
        (GREETING | {"TEXT": "421 closing"}, Unavailable),
        (GREETING | {"TEXT": "452 full"}, ProviderThrottled),
        (GREETING | {"TEXT": ""}, OutcomeUnknown),
    ],
)
async def test_a_trouble_of_the_relay_is_named_by_what_to_do(replies: dict[str, str], kind: type[Unavailable]) -> None:
    async with talking(replying(replies)) as port:
        with pytest.raises(Unavailable) as raised:
            await SmtpMailer(relay(port)).send(mail())
    assert type(raised.value) is kind


@pytest.mark.parametrize(
    ("replies", "to", "reason", "permanent"),
    [
        (GREETING | {"MAIL": "550 not you"}, "keo@example.org", "smtp-550", False),
        (GREETING | {"TEXT": "554 spam"}, "keo@example.org", "smtp-554", False),
        (GREETING, "ແກ້ວ@example.org", "no-smtputf8", True),
    ],
)
async def test_a_refusal_is_the_recipients_fault_only_when_he_was_refused(
    *, replies: dict[str, str], to: str, reason: str, permanent: bool
) -> None:
    async with talking(replying(replies)) as port:
        with pytest.raises(ProviderRefused) as refused:
            await SmtpMailer(relay(port)).send(mail(to))
    assert (refused.value.reason, refused.value.permanent) == (reason, permanent)


async def test_a_relay_that_never_answers_the_text_leaves_the_outcome_unknown() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 ready\r\n")
        while not (line := await reader.readline()).startswith(b"DATA"):
            writer.write(b"250 OK\r\n" if line else b"")
        writer.write(b"354 go on\r\n")
        await reader.read()

    async with talking(silent) as port:
        with pytest.raises(OutcomeUnknown):
            await SmtpMailer(replace(relay(port), timeout=0.3)).send(mail())


async def test_nobody_there_means_it_was_not_sent() -> None:
    with pytest.raises(Unavailable) as raised:
        await SmtpMailer(relay(free_port())).send(mail())
    assert type(raised.value) is Unavailable
