"""E-mails and calendar messages: readable everywhere, the same each time, no Lao character cut."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import default
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from services.notification.adapters.calendar import calendar_message
from services.notification.adapters.mime import write
from services.notification.ports import CalendarEntry, Mail

TITLE = "ກອງປະຊຸມປຶກສາຫາລື ກ່ຽວກັບການສ້າງຍຸດທະສາດ ແລະ ແຜນແມ່ບົດ ການຫັນເປັນລັດຖະບານດິຈິຕອນ"
STARTS = datetime(2022, 9, 19, 1, 30, tzinfo=UTC)
ENTRY = CalendarEntry(
    method="REQUEST",
    uid="0192@pasum.example.org",
    sequence=0,
    summary=TITLE,
    location="ໂຮງແຮມ ຄລາວພລາຊາ, ນະຄອນຫຼວງວຽງຈັນ",
    starts=STARTS,
    ends=STARTS + timedelta(hours=3, minutes=30),
    stamped=datetime(2022, 9, 1, tzinfo=UTC),
    organiser="ກະຊວງເຕັກໂນໂລຊີ ແລະ ການສື່ສານ",
    organiser_address="no-reply@pasum.example.org",
    link="https://example.org/meetings/1",
)
MAIL = Mail(
    key=UUID(int=1),
    message=UUID(int=2),
    at=datetime(2022, 9, 1, tzinfo=UTC),
    to="keo@example.org",
    name="ແກ້ວ ພົມມະຈັນ",
    subject=TITLE,
    text="ຮຽນ ທ່ານ ແກ້ວ,\n",
)
SENDER = Address("ປະຊຸມ", addr_spec="no-reply@pasum.example.org")


def written(mail: Mail) -> bytes:
    return write(mail, sender=SENDER, domain="pasum.example.org")


def read(mail: Mail) -> EmailMessage:
    return message_from_bytes(written(mail), policy=default)


def shape(part: Any) -> Any:
    """The content types of a mail, nested as its parts are."""
    inner = [shape(each) for each in part.iter_parts()] if part.is_multipart() else []
    return (part.get_content_type(), inner) if inner else part.get_content_type()


def event(content: bytes) -> Any:
    return Calendar.from_ical(content).walk("VEVENT")[0]


FULL = replace(MAIL, html='<img src="cid:ticket">', calendar=ENTRY, ticket="v1.ticket", unsubscribe="https://e.org/u")


def test_a_mail_nests_its_parts_as_mail_programs_expect() -> None:
    related = ("multipart/related", ["text/html", "image/png"])
    alternative = ("multipart/alternative", ["text/plain", related, "text/calendar"])
    assert shape(read(FULL)) == ("multipart/mixed", [alternative, "application/ics"])
    assert shape(read(MAIL)) == "text/plain"
    assert shape(read(replace(MAIL, html="<p>"))) == ("multipart/alternative", ["text/plain", "text/html"])
    assert shape(read(replace(MAIL, calendar=ENTRY))) == (
        "multipart/mixed",
        [("multipart/alternative", ["text/plain", "text/calendar"]), "application/ics"],
    )


def test_a_mail_is_written_in_short_lines_of_ascii_the_same_each_time() -> None:
    content = written(FULL)
    assert content == written(FULL)
    assert content.isascii()
    assert max(map(len, content.split(b"\r\n"))) <= 78
    assert content.count(b"\n") == content.count(b"\r\n")


def test_the_headers_are_those_of_an_automatic_letter() -> None:
    mail = read(FULL)
    assert {name: str(mail[name]) for name in ("From", "To", "Subject", "Message-ID", "Auto-Submitted")} == {
        "From": "ປະຊຸມ <no-reply@pasum.example.org>",
        "To": "ແກ້ວ ພົມມະຈັນ <keo@example.org>",
        "Subject": TITLE,
        "Message-ID": "<00000000-0000-0000-0000-000000000002@pasum.example.org>",
        "Auto-Submitted": "auto-generated",
    }
    assert str(mail["List-Unsubscribe"]) == "<https://e.org/u>"
    assert str(mail["List-Unsubscribe-Post"]) == "List-Unsubscribe=One-Click"
    assert read(MAIL)["List-Unsubscribe"] is None


def test_the_ticket_is_a_picture_inside_the_page() -> None:
    picture = next(part for part in read(FULL).walk() if part.get_content_type() == "image/png")
    drawn = BytesIO()
    segno.make_qr("v1.ticket", error="m").save(drawn, kind="png", scale=6)
    assert (picture["Content-ID"], picture.get_content_disposition()) == ("<ticket>", "inline")
    assert picture.get_content() == drawn.getvalue()


def test_the_calendar_travels_with_its_method_in_both_places() -> None:
    parts = [part for part in read(FULL).walk() if part.get_content_type() in {"text/calendar", "application/ics"}]
    expected = calendar_message(ENTRY, attendee="keo@example.org", name="ແກ້ວ ພົມມະຈັນ")
    assert [part.get_payload(decode=True) for part in parts] == [expected, expected]
    assert parts[0]["Content-Type"].params == {"method": "REQUEST", "charset": "utf-8"}


def test_a_meeting_is_shown_in_the_time_of_vientiane() -> None:
    content = calendar_message(ENTRY, attendee="keo@example.org")
    lines = content.replace(b"\r\n ", b"").decode().split("\r\n")
    assert lines[lines.index("BEGIN:VTIMEZONE") : lines.index("END:VTIMEZONE") + 1] == [
        "BEGIN:VTIMEZONE",
        "TZID:Asia/Vientiane",
        "BEGIN:STANDARD",
        "DTSTART:19700101T000000",
        "TZNAME:+07",
        "TZOFFSETFROM:+0700",
        "TZOFFSETTO:+0700",
        "END:STANDARD",
        "END:VTIMEZONE",
    ]
    assert [line for line in lines if line.startswith(("DTSTART;", "DTEND", "METHOD", "STATUS", "SEQUENCE"))] == [
        "METHOD:REQUEST",
        "DTSTART;TZID=Asia/Vientiane:20220919T083000",
        "DTEND;TZID=Asia/Vientiane:20220919T120000",
        "SEQUENCE:0",
        "STATUS:CONFIRMED",
    ]


def test_a_cancellation_names_the_same_meeting_with_a_higher_sequence() -> None:
    cancelled = calendar_message(replace(ENTRY, method="CANCEL", sequence=3), attendee="keo@example.org")
    calendar = Calendar.from_ical(cancelled)
    assert (str(calendar["METHOD"]), str(event(cancelled)["STATUS"])) == ("CANCEL", "CANCELLED")
    assert (str(event(cancelled)["UID"]), event(cancelled)["SEQUENCE"]) == (ENTRY.uid, 3)


def test_organiser_and_attendee_are_named() -> None:
    named = event(calendar_message(ENTRY, attendee="keo@example.org", name='ທ່ານ "ແກ້ວ", ນ.'))
    assert (str(named["ORGANIZER"]), named["ORGANIZER"].params["CN"]) == (
        "mailto:no-reply@pasum.example.org",
        ENTRY.organiser,
    )
    assert (str(named["ATTENDEE"]), named["ATTENDEE"].params["CN"]) == ("mailto:keo@example.org", 'ທ່ານ "ແກ້ວ", ນ.')
    assert event(calendar_message(ENTRY, attendee="keo@example.org"))["ATTENDEE"].params.get("CN") is None


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("keo.p+minutes@example.org", "mailto:keo.p+minutes@example.org"),
        ("a%b#c@example.org", "mailto:a%25b%23c@example.org"),
        ("a?b&c=d/e@example.org", "mailto:a%3Fb%26c%3Dd%2Fe@example.org"),
        ("a`{|}^~'*!$@example.org", "mailto:a%60%7B%7C%7D%5E~'*!$@example.org"),
        ("ແກ້ວ@example.org", "mailto:%E0%BB%81%E0%BA%81%E0%BB%89%E0%BA%A7@example.org"),
    ],
)
def test_an_address_in_a_calendar_is_written_as_an_address_of_the_web(address: str, written: str) -> None:
    content = calendar_message(replace(ENTRY, organiser_address=address), attendee=address)
    assert (str(event(content)["ATTENDEE"]), str(event(content)["ORGANIZER"])) == (written, written)


HOSTILE = "\r\nATTENDEE:mailto:noy@example.org\nEND:VEVENT\x00\x07\x85\u2028\u202e\ufffe;X=1:\\,\\n^n\"'"


def test_no_text_adds_a_line_to_a_calendar() -> None:
    entry = replace(ENTRY, summary=HOSTILE, location=HOSTILE, description=HOSTILE, organiser=HOSTILE)
    content = calendar_message(entry, attendee="keo@example.org", name=HOSTILE)
    plain = calendar_message(replace(ENTRY, description="x"), attendee="keo@example.org", name="x")
    assert [names_of_lines(each) for each in (content, content.replace(b"\r\n ", b""))] == [names_of_lines(plain)] * 2
    assert [byte for byte in b"\x00\x07\x0b\x7f" if bytes([byte]) in content] == []
    assert [mark for mark in "\x85\u2028\u202e\ufffe" if mark.encode() in content] == []


def names_of_lines(content: bytes) -> list[bytes]:
    """What stands before the first colon or semicolon of each unfolded line."""
    return [re.split(rb"[:;]", line)[0] for line in content.replace(b"\r\n ", b"").split(b"\r\n")]


TEXTS = st.text(st.sampled_from("ກຂໍ້ຳເແໝ😀aé,;:\\\"' \n"), max_size=300)


@given(TEXTS, TEXTS)
def test_no_line_is_longer_than_75_octets_and_none_cuts_a_character(summary: str, description: str) -> None:
    entry = replace(ENTRY, summary=summary, description=description, link=None)
    content = calendar_message(entry, attendee="keo@example.org")
    lines = content.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert "\r\n".join(line.decode() for line in lines).encode() == content
    assert str(event(content)["SUMMARY"]) == summary.replace("\n", " ")  # it is one line in every calendar


ADDRESSES = st.text(st.sampled_from('ab@."\\ <>(),;:[]\t\r\n\0ກé-\u00a0'), max_size=10)


@given(ADDRESSES.map(lambda local: f"{local}@example.org") | ADDRESSES)
def test_an_address_is_written_as_it_is_or_refused(address: str) -> None:
    try:
        content = written(replace(MAIL, to=address))
    except ValueError:
        return
    assert len(message_from_bytes(content, policy=default)["To"].addresses) == 1
