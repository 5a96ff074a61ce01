"""Repairs the text layer of a typeset PDF, so that copying and searching Lao gives back what was written.

The typesetter says of the first glyph of a Lao syllable, and of each mark on it, that it is the whole syllable
(typst#8767): readers see marks twice. Here the ToUnicode maps (ISO 32000-1, 9.10.3) are written anew, from what the
glyphs mean in the font files they came from, and replacement texts (14.9.4) stay only where they say the same as the
glyphs they cover.
"""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import pikepdf
from fontTools.ttLib import TTFont

from services.minutes.adapters.glyphs import Outline, outline_of, texts_by_outline
from shared.lao import normalise

_BFCHAR_SECTION: Final = re.compile(rb"beginbfchar(.*?)endbfchar", re.DOTALL)
_BFCHAR: Final = re.compile(rb"<([0-9A-Fa-f]{4})> <([0-9A-Fa-f]+)>")
_SUBSET_TAG: Final = re.compile(r"^/[A-Z]{6}\+")
_AM: Final = "\u0eb3"  # drawn as two glyphs
_BLOCK: Final = 100  # most entries of one beginbfchar section


def repair_text_layer(pdf: bytes) -> bytes:
    """The same pages with right ToUnicode maps; equal input gives equal bytes, and the file ends in a line feed.

    The final line feed matters: a signature is appended as an incremental update, and PDF/A wants `%%EOF` on a line
    of its own.
    """
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for font in _composite_fonts(document):
            font.ToUnicode = document.make_stream(_character_map(_repaired(font)))
        for page in document.pages:
            _drop_wrong_replacements(document, page)
        repaired = io.BytesIO()
        document.save(repaired, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.preserve)
    return repaired.getvalue().rstrip() + b"\n"


def _composite_fonts(document: pikepdf.Pdf) -> Iterator[pikepdf.Dictionary]:
    for thing in document.objects:
        if isinstance(thing, pikepdf.Dictionary) and thing.get("/Subtype") == "/Type0" and "/ToUnicode" in thing:
            yield thing


def _repaired(font: pikepdf.Dictionary) -> dict[int, str]:
    """The text of each code of one font; the typesetter embeds with the identity mapping from code to glyph."""
    declared = _declared(font)
    if all(len(text) == 1 and text != _AM for text in declared.values()):
        return declared  # no glyph stands for a part of a syllable
    known = texts_by_outline(_SUBSET_TAG.sub("", str(font.BaseFont)))
    with TTFont(io.BytesIO(font.DescendantFonts[0].FontDescriptor.FontFile2.read_bytes())) as embedded:
        names = embedded.getGlyphOrder()
        return {code: _text(known, outline_of(embedded, names[code]), declared=text) for code, text in declared.items()}


def _declared(font: pikepdf.Dictionary) -> dict[int, str]:
    sections = b"".join(_BFCHAR_SECTION.findall(bytes(font.ToUnicode.read_bytes())))
    return {int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for code, text in _BFCHAR.findall(sections)}


def _text(known: Mapping[Outline, frozenset[str]], outline: Outline | None, *, declared: str) -> str:
    """What one glyph stands for: the file's own word where the font allows it or does not know, else the font's."""
    candidates = known.get(outline, frozenset()) if outline else frozenset()
    return declared if not candidates or declared in candidates else min(candidates, key=lambda text: (len(text), text))


def _drop_wrong_replacements(document: pikepdf.Pdf, page: pikepdf.Page) -> None:
    """Take ActualText from every span whose glyphs do not say it: the rest of the syllable stands outside that span."""
    fonts = page.Resources.get("/Font", pikepdf.Dictionary())
    maps = {name: _declared(font) for name, font in fonts.items() if isinstance(font, pikepdf.Dictionary)}
    instructions: list[Any] = list(pikepdf.parse_content_stream(page))
    plain_span = pikepdf.ContentStreamInstruction([pikepdf.Name.Span], pikepdf.Operator("BMC"))
    for place in list(_wrong_replacements(instructions, maps)):
        instructions[place] = plain_span
    page.Contents = document.make_stream(pikepdf.unparse_content_stream(instructions))


def _wrong_replacements(instructions: Sequence[Any], maps: Mapping[str, Mapping[int, str]]) -> Iterator[int]:
    """Where a marked-content sequence begins that claims another text than its glyphs have."""
    opened: list[tuple[int, str]] = []
    drawn = ""
    font: Mapping[int, str] = {}
    for place, instruction in enumerate(instructions):
        match str(instruction.operator):
            case "BDC" | "BMC":
                opened.append((place, _replacement(instruction)))
                drawn = ""
            case "EMC":
                start, replacement = opened.pop()
                if replacement and _folded(replacement) != _folded(drawn):
                    yield start
            case "Tf":
                font = maps.get(str(instruction.operands[0]), {})
            case "Tj" | "TJ":
                drawn += "".join(font.get(code, "") for code in _codes(instruction))


def _replacement(instruction: Any) -> str:
    properties = instruction.operands[1] if len(instruction.operands) > 1 else None
    return str(properties.get("/ActualText", "")) if isinstance(properties, pikepdf.Dictionary) else ""


def _codes(instruction: Any) -> Iterator[int]:
    """The two-byte codes shown by one text operator."""
    operand = instruction.operands[0]
    for part in operand if isinstance(operand, pikepdf.Array) else [operand]:
        if isinstance(part, pikepdf.String):
            raw = bytes(part)
            yield from (int.from_bytes(raw[at : at + 2]) for at in range(0, len(raw), 2))


def _folded(text: str) -> str:
    return "".join(normalise(text).split())


def _character_map(texts: Mapping[int, str]) -> bytes:
    """A ToUnicode CMap of two-byte codes."""
    lines = [f"<{code:04X}> <{text.encode('utf-16-be').hex().upper()}>" for code, text in sorted(texts.items())]
    blocks = [lines[start : start + _BLOCK] for start in range(0, len(lines), _BLOCK)]
    body = "\n".join("\n".join((f"{len(block)} beginbfchar", *block, "endbfchar")) for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        f"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n{body}\n"
        "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    ).encode()
