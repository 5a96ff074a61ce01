"""Whether there is a text for everything that anybody is told: asked when a process starts, not when it sends."""

from collections.abc import Iterator, Mapping

from services.notification.domain.changes import VENUE_CHANGED
from services.notification.domain.details import TICKET_RENEWED
from services.notification.domain.table_cells import AudienceRow, Tell
from services.notification.domain.template_source import LANGUAGES, MessageTemplate, TemplateSet
from services.notification.domain.who_is_told import TOLD
from shared.contracts import Fact
from shared.contracts.notification import Channel


class TextsMissing(Exception):
    """A message of the table who is told what has no text; the service must not start."""


def check_texts(templates: TemplateSet) -> TemplateSet:
    """The templates, which have a text for every message, channel and language. Raises `TextsMissing`."""
    missing = missing_texts(templates)
    if missing:
        raise TextsMissing(f"messages without a text: {', '.join(missing)}")
    return templates


def missing_texts(templates: TemplateSet, told: Mapping[type[Fact], Mapping[str, AudienceRow]] = TOLD) -> list[str]:
    """Template, channel and language of each message that somebody may get and that has no text."""
    wanted = {*_wanted(told), *_instead()}
    return sorted(
        f"{template} {channel} {language}"
        for template, channel in wanted
        for language in LANGUAGES
        if not _has(templates, template, channel, language)
    )


def _wanted(told: Mapping[type[Fact], Mapping[str, AudienceRow]]) -> Iterator[tuple[str, Channel]]:
    cells = (cell for cases in told.values() for row in cases.values() for cell in row.values())
    for cell in cells:
        if isinstance(cell, Tell):
            yield from (
                (template, channel) for template in cell.templates for channel in (*cell.channels, *cell.with_ticket)
            )


def _instead() -> Iterator[tuple[str, Channel]]:
    """What is sent instead of a change that its reader knows (`details.Details.template`)."""
    yield from ((VENUE_CHANGED, "sms"), (VENUE_CHANGED, "email"), (TICKET_RENEWED, "email"))


def _has(templates: TemplateSet, key: str, channel: Channel, language: str) -> bool:
    if key not in templates.keys:
        return False
    try:
        source: MessageTemplate = templates.template(key)
    except KeyError:  # a half of it is there in one language alone
        return False
    if channel == "sms":
        return any(language == each and variants for each, variants in source.sms.items())
    return source.email is not None
