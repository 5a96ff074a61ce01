"""What strangers write into names and titles stays a name or a title in the bytes that go to the mail server."""

import re
from dataclasses import replace
from email import message_from_bytes
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.policy import default
from typing import Final
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notification.adapters.mime import write
from services.notification.ports import Mail
from tests.notification.test_mime import MAIL, SENDER

INJECTIONS: Final = (
    "=?utf-8?q?=0D=0AReply-To=3A_noy=40example.com?=",
    "=?utf-8?q?=0D=0A=0D=0A=3Ch1=3EPay_here=3C/h1=3E?=",
    "=?utf-8?b?DQpCY2M6IG5veUBleGFtcGxlLmNvbQ0KDQpib2R5?=",
    "=?utf-8?q?=0D?= =?utf-8?q?=0ABcc:_noy@example.com?=",
    "=?utf-16?q?=0D=00=0A=00?=",
    "=?us-ascii?q?noy=40example.com=2C?=",
    "Keo\r\nBcc: noy@example.com",
    "Keo\nBcc: noy@example.com\n\nbody",
    "Keo\rBcc: noy@example.com",
    "Keo\x85Bcc: noy@example.com\u2028Bcc: noy@example.com\x0bX: y\x0cX: y\x00",
    "ແກ້ວ =?utf-8?q?=0D=0AReply-To=3A_noy=40example.com?=",
)
LISTS: Final = (
    'Keo "Noy" P., Vice-Minister (fictitious), Ministry of Technology and Communications, Vientiane Capital',
    "Keo (open",
    "Keo ) closed",
    "Keo <noy@example.com>, ",
    '"',
    "\\",
    "noy@example.com, mali@example.com",
    "Friends: noy@example.com, mali@example.com;",
    "A very long name of plain letters " * 20,
    "x" * 900,
    "ທ່ານ ແກ້ວ, " * 60,
    "=?utf-8?q?open",
)


def written(mail: Mail, *, sender: Address = SENDER) -> bytes:
    return write(mail, sender=sender, domain="pasum.example.org")


def names(content: bytes) -> list[str]:
    """The names of the headers, read from the bytes alone: until the first empty line, continuation lines left out."""
    head = content.partition(b"\r\n\r\n")[0]
    return [line.partition(b":")[0].decode() for line in head.split(b"\r\n") if line[:1] not in {b" ", b"\t"}]


HEADERS: Final = names(written(MAIL))


def body(content: bytes) -> bytes:
    return content.partition(b"\r\n\r\n")[2]


def one_mailbox(mail: Mail) -> str:
    """The display name of the one recipient; encoded words that follow each other are joined (RFC 2047 §6.2)."""
    content = written(mail)
    assert (names(content), body(content)) == (HEADERS, body(written(MAIL)))
    assert content.count(b"\n") == content.count(b"\r\n") == content.count(b"\r")
    raw = message_from_bytes(content)["To"]
    assert re.findall(r"<[^>]*>", raw) == [f"<{mail.to}>"]
    found = message_from_bytes(content, policy=default)["To"].addresses
    assert [address.addr_spec for address in found] == [mail.to]
    return str(make_header(decode_header(raw.rpartition("<")[0].strip())))


@pytest.mark.parametrize("text", INJECTIONS)
def test_a_name_or_a_title_is_never_decoded_into_another_header(text: str) -> None:
    for mail in (replace(MAIL, name=text), replace(MAIL, subject=text)):
        one_mailbox(mail)
    sender = Address(text.translate({13: " ", 10: " "}), addr_spec="no-reply@pasum.example.org")
    assert names(written(MAIL, sender=sender)) == HEADERS


@pytest.mark.parametrize("name", LISTS)
def test_whatever_a_name_holds_it_names_one_mailbox(name: str) -> None:
    assert one_mailbox(replace(MAIL, name=name)) == " ".join(name.split())


@pytest.mark.parametrize("text", [*LISTS, "=?utf-8?q?=41?=", "ກອງປະຊຸມ", "Plain", " ", ""])
def test_a_title_arrives_as_it_was_given(text: str) -> None:
    content = written(replace(MAIL, subject=text))
    found = message_from_bytes(content, policy=default)["Subject"]
    assert names(content) == HEADERS
    assert str(found) == " ".join(text.split())


@given(st.text(st.sampled_from('=?utf8qbB_-AB0D\r\n ",;:<>()[]@\\.ກ້\x00\x7f\u202e\ufffe😀'), max_size=120))
def test_no_combination_of_signs_breaks_out_of_its_header(text: str) -> None:
    for mail in (replace(MAIL, name=text), replace(MAIL, subject=text)):
        content = written(mail)
        assert (names(content), body(content)) == (HEADERS, body(written(MAIL)))
        assert len(message_from_bytes(content, policy=default)["To"].addresses) == 1


@pytest.mark.parametrize(
    "address", ["=?utf-8?q?=0A?=@example.org", "keo@=?utf-8?q?=0A?=.org", "keo@example.org\r\nBcc: noy@example.org"]
)
def test_an_address_that_reads_like_an_encoded_word_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="no e-mail address"):
        written(replace(MAIL, to=address))


def test_nothing_else_of_a_mail_can_start_a_line_of_its_own() -> None:
    with pytest.raises(ValueError, match="line"):
        written(replace(MAIL, unsubscribe="https://example.org/\r\nBcc: noy@example.org"))


def test_headers_are_the_same_for_the_same_mail() -> None:
    mail = replace(MAIL, name=LISTS[0], subject=INJECTIONS[0], message=UUID(int=7))
    assert written(mail) == written(mail)
