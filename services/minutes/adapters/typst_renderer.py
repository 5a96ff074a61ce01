"""Renders minutes with Typst: PDF/A-3a and PDF/UA-1, Lao words kept whole, the structured text attached."""

import asyncio
import json
from pathlib import Path
from typing import Final, cast

import typst

from services.minutes.adapters.document_data import document_data
from services.minutes.adapters.glyphs import FONTS
from services.minutes.adapters.text_layer import repair_text_layer
from services.minutes.ports import MinutesDocument

STANDARDS: Final = ("a-3a", "ua-1")
"""PDF/A-3a (ISO 19005-3, level A: tagged) and PDF/UA-1 (ISO 14289-1) together."""

_TEMPLATE: Final = Path(__file__).with_name("minutes.typ")


def render(document: MinutesDocument) -> bytes:
    """One document, by a renderer of its own."""
    return asyncio.run(TypstRenderer().render(document))


class TypstRenderer:
    """The `Renderer` of production and of local runs; holds the compiler and the fonts, works in a thread."""

    def __init__(self) -> None:
        """Read template and fonts; fonts of the machine are not used, so that every machine renders alike."""
        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
        self._compiler = typst.Compiler(font_paths=fonts)
        self._template = _TEMPLATE.read_bytes()
        self._one_at_a_time = asyncio.Lock()

    async def render(self, document: MinutesDocument) -> bytes:
        """The finished file; a character no font of ours can draw is printed as �, and stays in the attached JSON."""
        async with self._one_at_a_time:
            return await asyncio.to_thread(self._render, document)

    def _render(self, document: MinutesDocument) -> bytes:
        pdf = self._compiler.compile(
            self._template,
            format="pdf",
            pdf_standards=list(STANDARDS),
            timestamp=int(document.created_at.timestamp()),
            sys_inputs={"document": json.dumps(document_data(document), ensure_ascii=False)},
        )
        return repair_text_layer(cast("bytes", pdf))  # a PDF is always one file
