"""Every template with every hostile text in every value: what a mail server and a provider of SMS are handed."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from html.parser import HTMLParser
from typing import Any, Final

import pytest

from services.notification.adapters.mime import write
from services.notification.adapters.template_files import read_templates
from services.notification.domain.segments import segments
from services.notification.domain.templates import channels, compose
from services.notification.ports import CalendarEntry, Mail
from shared.contracts.base import Language
from tests.hostile.texts import LINES, TAKEN, UNUSABLE, mixtures
from tests.notification.test_mime import ENTRY, MAIL, SENDER, names_of_lines

TEXTS: Final = {  # also what is refused today: an older release may have stored it
    name: text.encode("utf-8", "ignore").decode()
    for name, text in {**TAKEN, **LINES, **UNUSABLE, **mixtures(10, seed=10)}.items()
}
PLAIN: Final = "ແກ້ວ"
LINKS: Final = ("link", "ticket", "code", "position", "seats", "tacit_consent")
"""Parts of the names of values that are ours, or numbers."""
TEMPLATES = read_templates()


class Elements(HTMLParser):
    """Which elements with which attributes a page has, and which of them are given an address."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[tuple[str, tuple[str, ...]]] = set()
        self.addresses: set[str | None] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add((tag, tuple(name for name, _ in attrs)))
        self.addresses |= {value for name, value in attrs if name in {"href", "src"}}

    def handle_comment(self, data: str) -> None:
        self.found.add((f"comment {data}", ()))


def values(text: str) -> dict[str, Any]:
    """What a template is given, with `text` wherever people have written something."""
    return {
        name: value if any(part in name for part in LINKS) or _is_moment(value) else _all(value, text)
        for name, value in TEMPLATES.longest_values().items()
    }


def _is_moment(value: Any) -> bool:
    return isinstance(value, str) and value[:4] == "2022"


def _all(value: Any, text: str) -> Any:
    match value:
        case dict():
            return dict.fromkeys(value, text)
        case list():
            return [_all(inner, text) for inner in value]
        case _:
            return text


def mail(key: str, language: Language, text: str) -> Mail:
    composed = compose(TEMPLATES, key, "email", language=language, values=values(text))
    entry: CalendarEntry = replace(ENTRY, summary=text, location=text, organiser=text, description=text)
    subject, html = composed.subject or "", composed.html
    return replace(MAIL, name=text, subject=subject, text=composed.text, html=html, calendar=entry)


def shape(written: bytes) -> Mapping[str, Any]:
    """All of a mail that no text may change."""
    read = message_from_bytes(written, policy=default)
    parts = [part for part in read.walk() if not part.is_multipart()]
    page, calendar = Elements(), next(part for part in parts if part.get_content_type() == "text/calendar")
    page.feed(next(part.get_content() for part in parts if part.get_content_type() == "text/html"))
    return {
        "headers": [
            line.split(b":")[0] for line in written.partition(b"\r\n\r\n")[0].split(b"\r\n") if line[:1] != b" "
        ],
        "recipients": [address.addr_spec for address in read["To"].addresses],
        "parts": [part.get_content_type() for part in parts],
        "elements": page.found,
        "addresses": page.addresses,
        "calendar": names_of_lines(str(calendar.get_content()).encode()),
        "line ends": {written.count(b"\n") - written.count(b"\r\n"), written.count(b"\r") - written.count(b"\r\n")},
        "seven bits": written.isascii(),
    }


@pytest.mark.parametrize("key", [key for key in TEMPLATES.keys if "email" in channels(TEMPLATES, key)])
def test_no_text_changes_anything_of_a_mail_but_its_words(
    key: str, record_property: Callable[[str, object], None]
) -> None:
    for language in ("lo", "en"):
        plain = shape(write(mail(key, language, PLAIN), sender=SENDER, domain="example.org"))
        plain["elements"].add(("br", ()))  # people may write lines
        for name, text in TEXTS.items():
            found = shape(write(mail(key, language, text), sender=SENDER, domain="example.org"))
            assert (name, found["elements"] - plain["elements"]) == (name, set())
            assert {**found, "elements": 0} == {**plain, "elements": 0}, name
    record_property("hostile_inputs", 2 * len(TEXTS))


@pytest.mark.parametrize("key", [key for key in TEMPLATES.keys if "sms" in channels(TEMPLATES, key)])
def test_an_sms_says_what_its_template_says(key: str, record_property: Callable[[str, object], None]) -> None:
    for language in ("lo", "en"):
        for name, text in TEXTS.items():
            said = compose(TEMPLATES, key, "sms", language=language, values=values(text)).text
            assert "".join(segments(said).parts) == said, name
    record_property("hostile_inputs", 2 * len(TEXTS))
