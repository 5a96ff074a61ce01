"""Counts the messages about the second meeting: in notification, and in the mailbox and the SMS gateway."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, Final

import httpx

from pasum.api import Client, bearer
from pasum.demo.second_meeting import AUDIENCES, TOLD
from shared.lao import parse_digits

OCCASIONS: Final = {
    "left": (("withdrawn", "represented"), ("[ຖອນຊື່]", "[ມອບໝາຍຜູ້ແທນແລ້ວ]"), ("ຮັບຊາບແລ້ວ: ຖອນຊື່", "ຜູ້ຕາງໜ້າ")),
    "moved": (("rescheduled",), ("[ເລື່ອນປະຊຸມ]",), ("ເລື່ອນປະຊຸມ",)),
    "cancelled": (("cancelled",), ("[ຍົກເລີກປະຊຸມ]",), ("ຍົກເລີກ",)),
}
"""Occasion → templates, and how their subjects and their SMS begin."""

_LINK: Final = re.compile(r"https?://[^\s\"'<>]+")
_METHOD, _SEQUENCE = re.compile(r"^METHOD:(\w+)", re.MULTILINE), re.compile(r"^SEQUENCE:(\d+)", re.MULTILINE)
_CHANNELS: Final = ("sms", "email")

Checks = dict[str, tuple[Any, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """The e-mails and SMS that were received: recipient and mail, recipient and text; in the order of arrival."""

    mails: list[tuple[str, EmailMessage]]
    sms: list[tuple[str, str]]


def count_notified(found: Mapping[str, Any], meeting: str) -> tuple[dict[str, Any], Checks]:
    """The messages by occasion, audience and channel, and each count with that of the mailbox or the gateway."""
    rows, received = _rows(found, meeting), _received(found)
    told: dict[str, Any] = {}
    checks: Checks = {}
    for occasion, (templates, subjects, texts) in OCCASIONS.items():
        inside = Counter((row["audience"], row["channel"]) for row in rows if row["template"] in templates)
        seen = _seen(received, subjects, texts)
        told[occasion] = {name: {channel: inside[name, channel] for channel in _CHANNELS} for name in AUDIENCES}
        for name in AUDIENCES:
            pair = [[counted[name, channel] for channel in _CHANNELS] for counted in (inside, seen)]
            checks[f"{occasion}: {name} told by SMS, e-mail / in gateway, mailbox"] = (pair[0], pair[1])
    asked, ended = _calendars(received, meeting)
    told["calendars"] = {"requested": asked, "cancelled": ended}
    checks["calendars with the second meeting / that were told of its end"] = (asked, ended)
    opened, all_ = _follow(received)
    told["links"] = {"followed": all_, "opened": opened}
    checks["links in mails and SMS / that open something"] = (all_, opened)
    return told, checks


def _rows(found: Mapping[str, Any], meeting: str) -> list[dict[str, Any]]:
    token = bearer(found, "operator", subject="demo-observer")
    with Client(found["services"]["notification"], token) as notification:
        items = notification.get("/v1/messages", meeting_id=meeting, limit=200)["items"]
    return [item for item in items if item["status"] in TOLD]


def _received(found: Mapping[str, Any]) -> Received:
    with ExitStack() as open_:
        gateway, mailbox = (open_.enter_context(Client(found["services"][name])) for name in ("sms", "mailbox"))
        return Received(
            mails=[(each["to"][0], _mail(mailbox, each["name"])) for each in mailbox.get("/messages")],
            sms=[(each["to"], each["text"]) for each in gateway.get("/messages")],
        )


def _mail(mailbox: Client, name: str) -> EmailMessage:
    return message_from_bytes(mailbox.read(f"/messages/{name}"), policy=default)


def _seen(received: Received, subjects: tuple[str, ...], texts: tuple[str, ...]) -> Counter[tuple[str, str]]:
    """Received messages by audience and channel; the audience is known from the address or number."""
    seen: Counter[tuple[str, str]] = Counter()
    for audience, people in AUDIENCES.items():
        addresses = {person.get("email") for person in people}
        numbers = {_international(person["mobile"]) for person in people if "mobile" in person}
        mails = [mail for to, mail in received.mails if to in addresses]
        seen[audience, "email"] += sum(mail["Subject"].startswith(subjects) for mail in mails)
        seen[audience, "sms"] += sum(to in numbers and text.startswith(texts) for to, text in received.sms)
    return seen


def _international(number: str) -> str:
    return "+856" + parse_digits(number).replace(" ", "").removeprefix("0")


def _calendars(received: Received, meeting: str) -> tuple[int, int]:
    """Two numbers: addresses with a calendar REQUEST for this meeting; those with one CANCEL, last and in sequence."""
    calendars: dict[str, list[tuple[str, int]]] = {}
    for to, mail in received.mails:
        for text in (part.get_content() for part in mail.walk() if part.get_content_type() == "text/calendar"):
            method, sequence = _METHOD.search(text), _SEQUENCE.search(text)
            if meeting in text.replace("\r\n ", "") and method and sequence:
                calendars.setdefault(to, []).append((method[1], int(sequence[1])))
    requested = [entries for entries in calendars.values() if "REQUEST" in dict(entries)]
    return len(requested), sum(_ended(entries) for entries in requested)


def _ended(entries: list[tuple[str, int]]) -> bool:
    methods, sequences = [method for method, _ in entries], [sequence for _, sequence in entries]
    rising = sequences == sorted(sequences) and sequences[-1] > max(sequences[:-1])
    return methods.count("CANCEL") == 1 and methods[-1] == "CANCEL" and rising


def _follow(received: Received) -> tuple[int, int]:
    """How many links in all messages work, and how many different ones there are (the part after `#` is ignored)."""
    links = {link.rstrip(".,;").partition("#")[0] for text in _texts(received) for link in _LINK.findall(text)}
    with httpx.Client(timeout=30.0, trust_env=False, follow_redirects=True) as http:
        opened = sum(http.get(link).status_code == httpx.codes.OK for link in sorted(links))
    return opened, len(links)


def _texts(received: Received) -> Iterator[str]:
    yield from (text for _, text in received.sms)
    for _, mail in received.mails:
        for part in mail.walk():
            if part.get_content_maintype() == "text":
                yield part.get_content().replace("\r\n ", "")
