"""What the glyphs of the fonts we ship mean: from a drawn shape back to text."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from fontTools.ttLib import TTFont

FONTS: Final = Path(__file__).with_name("fonts")
"""Folder of the font files, each named by its PostScript name."""

Outline = tuple[tuple[tuple[int, int], ...], tuple[int, ...]]
"""The points of a glyph and where its contours end."""

_EXTENSION: Final = 7  # GSUB lookup type that wraps another


@lru_cache
def texts_by_outline(font_name: str) -> Mapping[Outline, frozenset[str]]:
    """Which texts a drawn shape of that font (PostScript name) may stand for; empty for a font that we do not ship."""
    path = FONTS / f"{font_name}.ttf"
    shapes: dict[Outline, frozenset[str]] = {}
    if path.exists():
        with TTFont(path) as font:
            for name, texts in _texts_by_glyph(font).items():
                if outline := outline_of(font, name):
                    shapes[outline] = shapes.get(outline, frozenset()) | texts
    return shapes


@lru_cache(maxsize=1)
def printable_characters() -> frozenset[int]:
    """The code points for which one of our fonts has a glyph."""
    characters: set[int] = set()
    for path in FONTS.glob("*.ttf"):
        with TTFont(path) as font:
            characters |= font.getBestCmap().keys()
    return frozenset(characters)


def outline_of(font: TTFont, name: str) -> Outline | None:
    """The drawn shape with composites resolved, or None for a blank glyph."""
    coordinates, ends, _flags = font["glyf"][name].getCoordinates(font["glyf"])
    return (tuple(coordinates), tuple(ends)) if ends else None


def _texts_by_glyph(font: TTFont) -> dict[str, frozenset[str]]:
    """What each glyph stands for: by the character map, and through the substitutions that lead to it."""
    texts: dict[str, frozenset[str]] = {}
    for code, name in font.getBestCmap().items():
        texts[name] = texts.get(name, frozenset()) | {chr(code)}
    for sources, target in _substitutions(font):
        if target not in texts and all(source in texts for source in sources):
            texts[target] = frozenset({"".join(min(texts[source]) for source in sources)})
    return texts


def _substitutions(font: TTFont) -> Iterator[tuple[tuple[str, ...], str]]:
    """Pairs (glyphs, the one glyph that replaces them) of every lookup, in lookup order."""
    lookups = font["GSUB"].table.LookupList.Lookup if "GSUB" in font else []
    for lookup in lookups:
        for subtable in lookup.SubTable:
            yield from _pairs(subtable.ExtSubTable if lookup.LookupType == _EXTENSION else subtable)


def _pairs(subtable: Any) -> Iterator[tuple[tuple[str, ...], str]]:
    match subtable.LookupType:
        case 1:  # single
            yield from (((source,), target) for source, target in subtable.mapping.items())
        case 4:  # ligature
            for first, ligatures in subtable.ligatures.items():
                yield from (((first, *ligature.Component), ligature.LigGlyph) for ligature in ligatures)
        case _:  # one to many and contextual lookups make no new glyph out of encoded ones
            return
