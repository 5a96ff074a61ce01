"""The texts of the pages: written in English in the templates, in Lao in the `lo.po` of each area.

A text without its translation stops the process at its start rather than a reader: a test finds it before.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from babel.messages.pofile import read_po
from markupsafe import Markup, escape

from services.portal.web.languages import Language
from services.portal.web.lines import wrapped

ROOT: Final = Path(__file__).parents[1]


class Texts:
    """The texts in one language, called as `_` in templates."""

    def __init__(self, translations: Mapping[str, str] | None) -> None:
        self._translations = translations
        self._marked = wrapped if translations is not None else escape

    def __call__(self, english: str, **values: object) -> Markup:
        """A text as HTML; `values` are written where it has them in braces, and are escaped."""
        return self._marked(self.plain(english)).format(**{name: self._value(one) for name, one in values.items()})

    def plain(self, english: str, **values: object) -> str:
        """A text without marks, for attributes and titles. Raises `KeyError` if it has no translation."""
        text = english if self._translations is None else self._translations[english]
        return text.format(**values) if values else text

    def _value(self, value: object) -> Markup:
        return self._marked(value) if isinstance(value, str) and not isinstance(value, Markup) else escape(value)


def catalogues() -> list[Path]:
    """The files of translations: that of the layout and one for each area."""
    return sorted(ROOT.rglob("lo.po"))


def read_translations() -> dict[str, str]:
    """English → Lao, of all areas. Raises `ValueError` if two areas translate the same text differently."""
    found: dict[str, str] = {}
    for file in catalogues():
        with file.open("rb") as opened:
            messages = [(str(one.id), str(one.string)) for one in read_po(opened, locale="lo") if one.id and one.string]
        for english, lao in messages:
            if found.setdefault(english, lao) != lao:
                message = f"{file.relative_to(ROOT)} translates {english!r} in another way"
                raise ValueError(message)
    return found


@cache
def texts_of(language: Language) -> Texts:
    """All texts in one language."""
    return Texts(read_translations() if language == "lo" else None)
