"""The templates, compiled from the texts of their files: one file a purpose, with Lao and English, SMS and e-mail."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Final, TypeAlias, get_args

import jinja2
import yaml
from jinja2 import meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

from shared import lao
from shared.contracts.base import Language
from shared.kernel import OFFICE_ZONE

LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)

SHARED: Final = frozenset({"values", "facts"})
"""Files that are no template: what all templates share."""

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


BilingualText: TypeAlias = Mapping[Language, Line]
"""One text in each language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailTemplate:
    """The e-mail half of a template; `facts` become a table (label, value), `buttons` links (label, address)."""

    subject: BilingualText
    text: BilingualText
    facts: tuple[tuple[BilingualText, BilingualText], ...]
    buttons: tuple[tuple[BilingualText, BilingualText], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageTemplate:
    """One version of one purpose: the SMS variants of each language, the fullest first, and the e-mail.

    `sms_parts` is how many segments an SMS may take: one, unless a link makes it longer.
    """

    key: str
    version: int
    sms_parts: int
    sms: Mapping[Language, tuple[Line, ...]]
    email: EmailTemplate | None


@dataclass(frozen=True, slots=True)
class TemplateSet:
    """The templates of the service, from the texts of their files by name; each is compiled when it is first asked for.

    `values.yaml` and `facts.yaml` hold what all share, `email.html.j2` the page into which an e-mail is set.
    """

    files: Mapping[str, str]

    @property
    def keys(self) -> tuple[str, ...]:
        """Every purpose for which a message is sent, in the order of the alphabet: one file each."""
        names = (name.removesuffix(".yaml") for name in self.files if name.endswith(".yaml"))
        return tuple(sorted(name for name in names if name not in SHARED))

    def template(self, key: str) -> MessageTemplate:
        """One of `keys`."""
        return _compiled(key, self.files[f"{key}.yaml"], self.files["facts.yaml"])

    def parse(self, key: str, source: Mapping[str, Any]) -> MessageTemplate:
        """A template from the members of a file: `version`, `sms`, `sms_parts` and `email`."""
        return _parsed(key, source, _loaded(self.files["facts.yaml"]))

    def longest_values(self) -> Mapping[str, Any]:
        """Every value that templates may use, each at the longest that is to be expected."""
        return _loaded(self.files["values.yaml"])

    def html_layout(self) -> jinja2.Template:
        """The page into which an e-mail is set; it escapes whatever it is given."""
        return _layout(self.files["email.html.j2"])


@cache
def _compiled(key: str, text: str, facts: str) -> MessageTemplate:
    return _parsed(key, _loaded(text), _loaded(facts))


@cache
def _layout(text: str) -> jinja2.Template:
    return _environment(autoescape=True).from_string(text)


@cache
def _loaded(text: str) -> Mapping[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def _parsed(key: str, source: Mapping[str, Any], facts: Mapping[str, Any]) -> MessageTemplate:
    sms: Mapping[Language, list[str]] = source.get("sms", {})
    return MessageTemplate(
        key=key,
        version=source["version"],
        sms_parts=source.get("sms_parts", 1),
        sms={language: tuple(_line(text, language) for text in texts) for language, texts in sms.items()},
        email=_email(source["email"], facts) if "email" in source else None,
    )


def _email(source: Mapping[str, Any], known: Mapping[str, Any]) -> EmailTemplate:
    facts = [known[name] for name in source["facts"]]
    return EmailTemplate(
        subject=_spoken(source["subject"]),
        text=_spoken(source["text"]),
        facts=tuple((_spoken(fact["label"]), _spoken(fact["value"])) for fact in facts),
        buttons=tuple((_spoken(each["label"]), _spoken(each["link"])) for each in source.get("buttons", ())),
    )


def _spoken(source: str | Mapping[Language, str]) -> BilingualText:
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
    return at.astimezone(OFFICE_ZONE)


def _english_date(day: date) -> str:
    return f"{day.day} {_ENGLISH_MONTHS[day.month - 1]} {day.year}"


def _hour(at: datetime) -> str:
    return f"{at:%H:%M}"
