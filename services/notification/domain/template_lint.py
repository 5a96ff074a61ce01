"""The lint of the templates: stored Lao spelling, formal words, known values, one segment with the longest of them."""

import re
from collections.abc import Iterator
from typing import Final

from services.notification.domain.segments import SINGLE, Encoding, count_units, segments
from services.notification.domain.template_source import LANGUAGES, EmailTemplate, Line, MessageTemplate, TemplateSet
from services.notification.domain.templates import compose_from
from shared.contracts.base import Language
from shared.kernel import Refusal
from shared.lao import normalise

# ເຈົ້າ (you) and ຂ້ອຍ (I) are for friends; in ເຈົ້າແຂວງ (governor), ເຈົ້າໜ້າທີ່ (officer) and the like it is no pronoun.
_FAMILIAR: Final = re.compile("ເຈົ້າ(?!ແຂວງ|ເມືອງ|ຄອງ|ໜ້າທີ່|ພາບ|ການ)|ຂ້ອຍ")


def lint(templates: TemplateSet, template: MessageTemplate) -> list[str]:
    """What is wrong with a template that is to be one of `templates`, in plain words; nothing when it may be used."""
    flaws = [flaw for language, line in _lines(template) for flaw in _flaws_of_text(templates, language, line)]
    if template.sms and set(template.sms) != set(LANGUAGES):
        return [*flaws, "the SMS is not in every language"]
    return [*flaws, *_flaws_of_sms(templates, template), *_flaws_of_email(templates, template)]


def _flaws_of_text(templates: TemplateSet, language: Language, line: Line) -> Iterator[str]:
    where = f"{language}: {line.source!r}"
    if normalise(line.source) != line.source:
        yield f"{where} is not in the stored spelling"
    if _FAMILIAR.search(line.source):
        yield f"{where} is not formal"
    yield from (
        f"{where} uses the unknown value {name}" for name in sorted(line.names - set(templates.longest_values()))
    )


def _flaws_of_sms(templates: TemplateSet, template: MessageTemplate) -> Iterator[str]:
    for language in template.sms:
        try:
            text = compose_from(templates, template, "sms", language=language, values=templates.longest_values()).text
        except Refusal as refusal:
            yield f"{language}: the SMS cannot be composed: {refusal.code}"
            continue
        units = count_units(text, Encoding.UCS_2)
        parts, most = len(segments(text).parts), template.sms_parts
        if parts > most or (most == 1 and language == "lo" and units > SINGLE[Encoding.UCS_2]):
            yield f"{language}: the SMS needs more than {_parts(most)}, {units} units with the longest values"


def _parts(most: int) -> str:
    return "one segment" if most == 1 else f"{most} segments"


def _flaws_of_email(templates: TemplateSet, template: MessageTemplate) -> Iterator[str]:
    for language in LANGUAGES if template.email else ():
        try:
            compose_from(templates, template, "email", language=language, values=templates.longest_values())
        except Refusal as refusal:
            yield f"{language}: the e-mail cannot be composed: {refusal.code}"


def _lines(template: MessageTemplate) -> Iterator[tuple[Language, Line]]:
    for language, variants in template.sms.items():
        yield from ((language, line) for line in variants)
    if template.email:
        yield from _lines_of(template.email)


def _lines_of(source: EmailTemplate) -> Iterator[tuple[Language, Line]]:
    pairs = (*source.facts, *source.buttons)
    for spoken in (source.subject, source.text, *(each for pair in pairs for each in pair)):
        yield from spoken.items()
