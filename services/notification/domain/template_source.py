"""The template files, read once and compiled: one file a purpose, with Lao and English, SMS and e-mail in one version.

The files are part of the programme (another syntax for the same code); reading them is the only input of this room.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pkgutil import get_data
from typing import Any, Final, get_args
from zoneinfo import ZoneInfo

import jinja2
import yaml
from jinja2 import meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

from shared import lao
from shared.contracts.base import Language

LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
ZONE: Final = ZoneInfo("Asia/Vientiane")

KEYS: Final = (
    "registered",
    "waitlisted",
    "promoted",
    "rescheduled",
    "venue_changed",
    "cancelled",
    "delegated",
    "declined",
    "invitation",
    "chair_named",
    "co_host_named",
    "withdrawn",
    "represented",
    "checked_in",
    "minutes_circulated",
    "minutes_signed",
    "reminder",
)
"""Every purpose for which a message is sent."""

_ENGLISH_MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@dataclass(frozen=True, slots=True)
class Line:
    """One text of a template in one language: its source, the values it names, and what renders it."""

    source: str
    names: frozenset[str]
    compiled: jinja2.Template


Spoken = Mapping[Language, Line]
"""One text in each language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """The e-mail half of a template; `facts` become a table (label, value), `buttons` links (label, address)."""

    subject: Spoken
    text: Spoken
    facts: tuple[tuple[Spoken, Spoken], ...]
    buttons: tuple[tuple[Spoken, Spoken], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageTemplate:
    """One version of one purpose: the SMS variants of each language, the fullest first, and the e-mail.

    `sms_parts` is how many segments an SMS may take: one, unless a link makes it longer.
    """

    key: str
    version: int
    sms_parts: int
    sms: Mapping[Language, tuple[Line, ...]]
    email: Letter | None


@cache
def template(key: str) -> MessageTemplate:
    """Read and compile one of `KEYS`."""
    return parse(key, _read(key))


def parse(key: str, source: Mapping[str, Any]) -> MessageTemplate:
    """Compile a template from the members of its file: `version`, `sms`, `sms_parts` and `email`."""
    sms: Mapping[Language, list[str]] = source.get("sms", {})
    return MessageTemplate(
        key=key,
        version=source["version"],
        sms_parts=source.get("sms_parts", 1),
        sms={language: tuple(_line(text, language) for text in texts) for language, texts in sms.items()},
        email=_letter(source["email"]) if "email" in source else None,
    )


@cache
def longest_values() -> Mapping[str, Any]:
    """Tell every value that templates may use, each at the longest that is to be expected."""
    return _read("values")


@cache
def html_layout() -> jinja2.Template:
    """Read the page into which a letter is set; it escapes whatever it is given."""
    return _environment(autoescape=True).from_string(_text("email.html.j2"))


def _letter(source: Mapping[str, Any]) -> Letter:
    known = _read("facts")
    facts = [known[name] for name in source["facts"]]
    return Letter(
        subject=_spoken(source["subject"]),
        text=_spoken(source["text"]),
        facts=tuple((_spoken(fact["label"]), _spoken(fact["value"])) for fact in facts),
        buttons=tuple((_spoken(each["label"]), _spoken(each["link"])) for each in source.get("buttons", ())),
    )


def _spoken(source: str | Mapping[Language, str]) -> Spoken:
    """Compile a text given per language, or one text for both."""
    return {
        language: _line(source if isinstance(source, str) else source[language], language) for language in LANGUAGES
    }


def _line(source: str, language: Language) -> Line:
    environment = _speaking(language)
    names = frozenset(meta.find_undeclared_variables(environment.parse(source)))
    return Line(source, names, environment.from_string(source))


@cache
def _speaking(language: Language) -> jinja2.Environment:
    environment = _environment(autoescape=False)
    in_lao = language == "lo"
    environment.filters |= {
        "short_date": lambda value: lao.short_date(_local(value)),
        "long_date": lambda value: (lao.long_date if in_lao else _english_date)(_local(value)),
        "hour": lambda value: _hour(_local_time(value)),
        "clock": lambda value: (lao.clock_time if in_lao else _hour)(_local_time(value)),
    }
    return environment


def _environment(*, autoescape: bool) -> jinja2.Environment:
    return ImmutableSandboxedEnvironment(
        undefined=jinja2.StrictUndefined,
        autoescape=autoescape,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _local(value: object) -> date:
    """Read a date, an instant with an offset, or either as ISO 8601; instants become the date in Vientiane."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and len(value) == len("2022-09-19"):
        return date.fromisoformat(value)
    return _local_time(value)


def _local_time(value: object) -> datetime:
    at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    if at.tzinfo is None:
        raise ValueError("an instant needs an offset")
    return at.astimezone(ZONE)


def _english_date(day: date) -> str:
    return f"{day.day} {_ENGLISH_MONTHS[day.month - 1]} {day.year}"


def _hour(at: datetime) -> str:
    return f"{at:%H:%M}"


def _read(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(_text(f"{name}.yaml"))
    return loaded


def _text(name: str) -> str:
    """Give a file of the package, through the import system that also gives its modules."""
    content = get_data("services.notification", f"templates/{name}")
    if content is None:
        raise FileNotFoundError(name)
    return content.decode()
