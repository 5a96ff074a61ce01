"""Composing a message: template, channel, language and values give the text that will travel, or a refusal."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import jinja2

from services.notification.domain.segments import segments
from services.notification.domain.short_titles import PLACE, with_least_title, with_short_title
from services.notification.domain.template_source import (
    LANGUAGES,
    BilingualText,
    EmailTemplate,
    MessageTemplate,
    TemplateSet,
)
from shared.contracts.base import Language
from shared.contracts.notification import Channel
from shared.kernel import InvalidValue, NotFound

TICKET_CID: Final = "ticket"
"""Content-ID under which the HTML of an e-mail shows the ticket's QR code; present when `values` hold a `ticket`."""

SHORT_TITLE: Final = "short_title"
"""The name by which an SMS calls its meeting."""

ADDRESSEE: Final = "addressee"
"""The name that an SMS begins with, where several people read the messages to its number."""

_FOR: Final[Mapping[Language, str]] = {"lo": "ເຖິງ {}: ", "en": "For {}: "}
_RULE: Final = "\n" + "-" * 40 + "\n\n"
_BLANK_LINES: Final = re.compile(r"\n{3,}")
_UNDEFINED_NAME: Final = re.compile(r"'(\w+)' is undefined")


class TemplateValueMissing(InvalidValue):
    """A value that the template needs was not given, or was blank; the message cannot be composed."""

    lao = "ຂາດຂໍ້ມູນສຳລັບປະກອບຂໍ້ຄວາມ"
    english = "A value that the message needs is missing."


class TemplateValueUnreadable(InvalidValue):
    """A date or an instant among the values cannot be read (ISO 8601, instants with an offset)."""

    lao = "ຂໍ້ມູນວັນທີ ຫຼື ເວລາ ບໍ່ຖືກຕ້ອງ"
    english = "A date or time among the message's values cannot be read."


class NoSuchTemplate(NotFound):
    """There is no template of that name, or it has no text for that channel."""

    lao = "ບໍ່ພົບແມ່ແບບຂໍ້ຄວາມ"
    english = "There is no such message template."


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """What the recipient will read: an SMS is a text alone; an e-mail has a subject and HTML too.

    `template` names the template with its version: `registered.v1`.
    """

    subject: str | None
    text: str
    html: str | None
    template: str


def channels(templates: TemplateSet, template_key: str) -> tuple[Channel, ...]:
    """Tell for which channels a template has a text."""
    return _channels(_found(templates, template_key))


def compose(
    templates: TemplateSet, template_key: str, channel: Channel, *, language: Language, values: Mapping[str, Any]
) -> Composed:
    """Compose a message in the recipient's language; an e-mail holds the other language below a rule.

    An SMS takes the fullest of the variants that need the fewest segments, at most as many as the template allows; its
    `short_title` is as much of the title as there is room for (`short_titles.py`). With an `addressee` it begins with
    his name and may have a segment more. Values: text, numbers, ISO 8601
    dates and instants, `{lo, en}` pairs and lists of them (`templates/values.yaml` names all). `None` and blank count
    as not given.
    Raises `TemplateValueMissing`, `TemplateValueUnreadable`, `NoSuchTemplate`.
    """
    return compose_from(templates, _found(templates, template_key), channel, language=language, values=values)


def compose_from(
    templates: TemplateSet, source: MessageTemplate, channel: Channel, *, language: Language, values: Mapping[str, Any]
) -> Composed:
    """Compose from a template that need not be one of `templates`; else as `compose`."""
    if channel not in _channels(source):
        raise NoSuchTemplate(template=source.key, channel=channel)
    name = f"{source.key}.v{source.version}"
    try:
        if channel == "email" and source.email:
            return _email(source.email, templates.html_layout(), language=language, values=values, name=name)
        text = _sms(source, language, values)
        return Composed(subject=None, text=text, html=None, template=name)
    except jinja2.UndefinedError as error:
        missing = _UNDEFINED_NAME.search(error.message or "")
        raise TemplateValueMissing(template=name, value=missing[1] if missing else None) from error
    except ValueError as error:
        raise TemplateValueUnreadable(template=name) from error


def _found(templates: TemplateSet, template_key: str) -> MessageTemplate:
    if template_key not in templates.keys:
        raise NoSuchTemplate(template=template_key)
    return templates.template(template_key)


def _channels(source: MessageTemplate) -> tuple[Channel, ...]:
    offered: dict[Channel, object] = {"sms": source.sms, "email": source.email}
    return tuple(channel for channel, half in offered.items() if half)


def _sms(source: MessageTemplate, language: Language, values: Mapping[str, Any]) -> str:
    known = _in(language, values)
    title = known.get("title")
    named = known | ({SHORT_TITLE: PLACE} if title else {})
    addressee = known.get(ADDRESSEE)
    beginning = _FOR[language].format(addressee) if addressee else ""
    texts = [beginning + variant.compiled.render(named) for variant in source.sms[language]]
    most_parts = source.sms_parts + (1 if addressee else 0)
    fitting = (with_short_title(text, str(title), most_parts=most_parts) for text in texts)
    named_texts = [text for text in fitting if text is not None]
    fewest = min(named_texts, key=lambda text: len(segments(text).parts), default=None)
    return with_least_title(texts[-1], str(title)) if fewest is None else fewest


def _email(
    source: EmailTemplate, layout: jinja2.Template, *, language: Language, values: Mapping[str, Any], name: str
) -> Composed:
    subject = " ".join(source.subject[language].compiled.render(_in(language, values)).split())
    order = (language, *(other for other in LANGUAGES if other != language))
    sections = [_section(source, each, _in(each, values)) for each in order]
    ticket = {"ticket_cid": TICKET_CID} if values.get("ticket") else {}
    return Composed(
        subject=subject,
        text=_RULE.join(_plain(section) for section in sections),
        html=layout.render(sections=sections, subject=subject, **ticket),
        template=name,
    )


def _section(source: EmailTemplate, language: Language, values: Mapping[str, Any]) -> dict[str, Any]:
    text = _BLANK_LINES.sub("\n\n", source.text[language].compiled.render(values)).strip()
    return {
        "language": language,
        "text": text,
        "paragraphs": [paragraph.split("\n") for paragraph in text.split("\n\n")],
        "facts": _pairs(source.facts, language, values),
        "buttons": _pairs(source.buttons, language, values),
    }


def _plain(section: Mapping[str, Any]) -> str:
    pairs = ("\n".join(f"{label}: {value}" for label, value in section[name]) for name in ("facts", "buttons"))
    return "\n\n".join(block for block in (section["text"], *pairs) if block) + "\n"


def _pairs(
    pairs: Iterable[tuple[BilingualText, BilingualText]], language: Language, values: Mapping[str, Any]
) -> list[tuple[str, str]]:
    rendered = ((label[language].source, value[language].compiled.render(values)) for label, value in pairs)
    return [(label, value) for label, value in rendered if value]


def _in(language: Language, values: Mapping[str, Any]) -> dict[str, Any]:
    """Choose one language of every value and drop what is blank, so that a template finds it undefined."""
    spoken = {name: _chosen(language, value) for name, value in values.items()}
    return {name: value for name, value in spoken.items() if not _blank(value)}


def _chosen(language: Language, value: Any) -> Any:
    match value:
        case {"lo": in_lao}:
            in_language = value.get(language)
            return in_lao if _blank(in_language) else in_language
        case list() | tuple():
            return [_chosen(language, each) for each in value]
        case _:
            return value


def _blank(value: object) -> bool:
    return value is None or value == [] or (isinstance(value, str) and not value.strip())
