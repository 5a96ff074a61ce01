"""The work of every function on text of strangers is in proportion to its length; a new one is a new line here."""

import asyncio
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import TypeAdapter

from services.archive.domain.checkpoint import parse_checkpoint
from services.archive.domain.note import VerifierKey, open_note, parse_key
from services.archive.domain.proof import parse_proof
from services.minutes.adapters.document_data import clean, text_splitter
from services.notification.adapters import mail_headers
from services.notification.adapters.calendar import calendar_message
from services.notification.adapters.http_sms import canonical_id, parse_receipt
from services.notification.adapters.template_files import read_templates
from services.notification.domain.segments import segments
from services.notification.domain.templates import compose
from services.registration.adapters.ed25519_tickets import Ed25519Tickets
from services.registration.api.phone_numbers import e164
from shared.auth import TokenVerifier
from shared.contracts.base import LongText
from shared.http import EmailInput, LongTextInput, ShortTextInput, decode_cursor, expected_version
from shared.kernel import Refusal
from shared.lao import normalise, parse_digits, search_key
from shared.lao.collation import dictionary_key
from shared.lao.words import breakable_piece, unbroken_pieces
from shared.messaging.cloudevents import Unreadable, read
from shared.sealing import Sealer
from shared.text import is_blank, printable
from tests.hostile.cost import MOST_GROWTH, growth
from tests.hostile.test_messages import values as template_values
from tests.notification.test_mime import ENTRY
from tests.shared.bus import Sent

TEMPLATES = read_templates()


class Case(NamedTuple):
    """A function, and how a hard input of about so many characters is made."""

    call: Callable[[Any], object]
    make: Callable[[int], Any]
    length: int = 4_000


def repeated(piece: str, *, start: str = "", end: str = "") -> Callable[[int], str]:
    """Inputs that repeat one piece."""
    return lambda length: start + piece * (length // len(piece)) + end


MIXED_MARKS = repeated("\u0eb4\u0334", start="ກ\u0ec8")
UNSORTED_MARKS = repeated("\u0315\u0301\u0334", start="a")
HALF_WIDTH_MARKS = repeated("\uff9e\u0334", start="a")
TONES = repeated("\u0ec8\u0eb8", start="ກ")


def quiet(call: Callable[[Any], object]) -> Callable[[Any], object]:
    """The same for inputs that are refused at the end."""

    def tried(value: Any) -> object:
        with suppress(Refusal, ValueError, Unreadable):
            return call(value)
        return None

    return tried


def as_bytes(make: Callable[[int], str]) -> Callable[[int], bytes]:
    return lambda length: make(length).encode()


def record_with(payload: str, *, name: str = "ce_id", value: str = "1") -> Sent:
    """An event of a known type."""
    headers = {"ce_specversion": "1.0", "ce_source": "/eoffice/registration/meeting", "ce_id": "1", "ce_time": NOON}
    headers |= {"ce_type": "registration.meeting-cancelled.v1", "ce_subject": "1", name: value}
    pairs = [(each, text.encode()) for each, text in headers.items()]
    return Sent(key=b"1", value=payload.encode(), headers=pairs, topic="eoffice.registration.meeting.v1")


def cancelled_because(reason: str) -> Sent:
    return record_with(json.dumps({"meeting_id": str(UUID(int=1)), "reason": reason, "sequence": 1}))


def nested_token(length: int) -> str:
    return f"{urlsafe_b64encode(b'[' * (length * 3 // 4)).decode().rstrip('=')}.e30.AA"


NOON = "2022-09-19T05:00:00Z"
NOW = datetime(2022, 9, 19, tzinfo=UTC)
KEY = VerifierKey("archive.example/log", bytes(range(32)))
TICKETS = Ed25519Tickets(Ed25519PrivateKey.generate(), key_id="1")
VERIFIER = TokenVerifier("http://127.0.0.1:1", "pasum")
SEALER = Sealer([Fernet.generate_key().decode()])
SHORT, LONG, EMAIL = TypeAdapter(ShortTextInput), TypeAdapter(LongTextInput), TypeAdapter(EmailInput)
STORED = TypeAdapter(LongText)
CLUSTERS = repeated("\u0eb4\u0334", start="ກ\u0ec8")
HOSTILE_LINE = repeated('=?utf-8?q?a?= ,"<(\\ກ')

CASES = {
    "short text": Case(quiet(SHORT.validate_python), MIXED_MARKS),
    "long text: marks": Case(quiet(LONG.validate_python), UNSORTED_MARKS),
    "long text: invisible": Case(quiet(LONG.validate_python), repeated("\u200b\u202e", start="ก")),
    "long text: line breaks": Case(quiet(LONG.validate_python), repeated("\r\u2028ກ")),
    "text of a fact": Case(quiet(STORED.validate_python), repeated("\x01é")),
    "printable": Case(printable, repeated("z\u0301\u0301\x07\u202e")),
    "is_blank": Case(is_blank, repeated("\u0301")),
    "e-mail address": Case(quiet(EMAIL.validate_python), repeated("a.", end="a@example.org"), 100),
    "telephone number": Case(quiet(partial(e164, field="/mobile")), repeated("(0)-")),
    "cursor": Case(quiet(lambda cursor: decode_cursor(cursor, UUID)), repeated("W1tb"), 200),
    "If-Match": Case(quiet(expected_version), repeated('"1",')),
    "ticket": Case(lambda text: TICKETS.read(text, meeting_id=UUID(int=1)), repeated("1.")),
    "sealed text": Case(quiet(SEALER.open), repeated("gAAA")),
    "header: text": Case(lambda text: mail_headers.text(text, header="Subject"), HOSTILE_LINE),
    "header: mailbox": Case(lambda name: mail_headers.mailbox(name, "a@b.la", header="To"), HOSTILE_LINE),
    "header: address": Case(quiet(lambda to: mail_headers.mailbox("", to, header="To")), repeated("a.")),
    "header: domain": Case(quiet(lambda to: mail_headers.mailbox("", to, header="To")), repeated("a-", start="a@")),
    "calendar": Case(lambda text: calendar_message(replace(ENTRY, summary=text), attendee="a@b.la"), HOSTILE_LINE),
    "template": Case(
        lambda text: compose(TEMPLATES, "cancelled", "email", language="lo", values=template_values(text)), HOSTILE_LINE
    ),
    "template of an SMS": Case(
        lambda text: compose(TEMPLATES, "registered", "sms", language="lo", values=template_values(text)), CLUSTERS
    ),
    "segments: clusters": Case(segments, CLUSTERS),
    "segments: GSM": Case(segments, repeated("[]€")),
    "segments: pictures": Case(segments, repeated("🇱🇦")),
    "record: text": Case(quiet(lambda text: read(cancelled_because(text))), UNSORTED_MARKS),
    "record: depth": Case(quiet(lambda text: read(record_with(text))), repeated("[")),
    "record: attribute": Case(quiet(lambda text: read(record_with("{}", name="ce_time", value=text))), repeated("1:")),
    "receipt": Case(quiet(partial(parse_receipt, now=NOW)), as_bytes(repeated("[", start='{"id":'))),
    "identifier of a provider": Case(quiet(canonical_id), repeated("0f"), 1_000),
    "token": Case(quiet(lambda token: asyncio.run(VERIFIER.verify(token, now=NOW))), repeated("a.")),
    "token: depth": Case(quiet(lambda token: asyncio.run(VERIFIER.verify(token, now=NOW))), nested_token, 20_000),
    "note": Case(quiet(lambda note: open_note(note, key=KEY)), as_bytes(repeated("— a AAAA\n", start="a\n\n"))),
    "key of a log": Case(quiet(parse_key), repeated("a+")),
    "checkpoint": Case(quiet(parse_checkpoint), repeated("1\n", start="a\n")),
    "proof": Case(quiet(parse_proof), as_bytes(repeated("AAAA\n", start="c2sp.org/tlog-proof@v1\nindex 1\n"))),
    "print: clean": Case(clean, repeated("\x07\u202eກ\r")),
    "print: cut": Case(text_splitter(), repeated("ກະຊວງ ")),
    "print: a word without end": Case(text_splitter(), repeated("ກ")),
    "print: marks": Case(text_splitter(), CLUSTERS),
    "order of names": Case(dictionary_key, repeated("ເກ")),
    "normalise: signs and marks": Case(normalise, MIXED_MARKS),
    "normalise: unsorted marks": Case(normalise, UNSORTED_MARKS),
    "normalise: marks of two parts": Case(normalise, repeated("\u0f73\u0344")),
    "normalise: Lao signs alone": Case(normalise, TONES),
    "normalise: Thai signs": Case(normalise, repeated("\u0e34\u0e48", start="ກ")),
    "search_key: signs and marks": Case(search_key, MIXED_MARKS),
    "search_key: marks by compatibility": Case(search_key, HALF_WIDTH_MARKS),
    "search_key: ligatures": Case(search_key, repeated("\ufdfa")),
    "search_key: spaces": Case(search_key, repeated(" ກ ", start="ກ")),
    "unbroken_pieces": Case(unbroken_pieces, repeated("ກະ")),
    "breakable_piece": Case(breakable_piece, repeated("ກະ")),
    "parse_digits": Case(parse_digits, repeated("\u0ed0")),
}


@pytest.mark.parametrize("name", CASES)
def test_the_work_grows_with_the_length_and_no_faster(
    name: str, record_property: Callable[[str, object], None]
) -> None:
    case = CASES[name]
    measured = growth(case.call, case.make, length=case.length)
    record_property("growth", round(measured, 2))
    assert measured < MOST_GROWTH
