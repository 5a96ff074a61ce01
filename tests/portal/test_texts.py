"""Every text of the pages is there in both languages, in one spelling."""

from pathlib import Path

from babel.messages.extract import extract_from_dir

from services.portal.web.rendering import ROOT
from services.portal.web.texts import catalogues, read_translations
from shared.lao import normalise


def used() -> set[str]:
    """The texts that templates name."""
    methods = [("**.j2", "jinja2")]
    found = extract_from_dir(str(ROOT), methods, keywords={"_": None, "said": None})
    return {str(message) for _, _, message, _, _ in found}


def test_every_text_of_a_template_has_its_translation() -> None:
    assert used() - set(read_translations()) == set()


def test_translations_are_in_the_spelling_that_searches_expect() -> None:
    assert [lao for lao in read_translations().values() if normalise(lao) != lao] == []


def test_translations_take_the_same_values() -> None:
    fields = {english: lao for english, lao in read_translations().items() if braces(english) != braces(lao)}
    assert fields == {}


def test_every_area_has_its_own_file_of_texts() -> None:
    areas = {folder.name for folder in (ROOT / "pages").iterdir() if (folder / "__init__.py").is_file()}
    assert {Path(file).parent.name for file in catalogues()} == {*areas, "layout", "meetings", "office"}


def braces(text: str) -> list[str]:
    """The names in braces, in the order of the alphabet."""
    return sorted(part.partition("}")[0] for part in text.split("{")[1:])
