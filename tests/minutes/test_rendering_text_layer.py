"""The text layer of a rendered page: each glyph says what it is, once."""

import io

import pikepdf
import pytest
import typst

from services.minutes.adapters.glyphs import FONTS, printable_characters, texts_by_outline
from services.minutes.adapters.text_layer import repair_text_layer
from tests.minutes.meeting_of_2022 import NEWS_PARAGRAPH

TEMPLATE = '#set text(lang: "lo", font: ("Noto Sans Lao", "Noto Sans"), fallback: false)\n#sys.inputs.text'
SYLLABLES = "ນ້ຳ ນ້ຳ ທີ່ ຊຶ່ງ ເຈົ້າ ຜູ້ ປູ່ ກຸ້ງ ຫຼໍ່ ປັ້ນ ຝົ້າ ນີ້ ສື່ ຮ່ວມ ໂຕຼ ບໍ່"


def typeset(text: str) -> bytes:
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
    pdf = typst.Compiler(font_paths=fonts).compile(TEMPLATE.encode(), format="pdf", sys_inputs={"text": text})
    assert isinstance(pdf, bytes)
    return pdf


def mapped_texts(pdf: bytes) -> set[str]:
    """All texts the ToUnicode maps of a file hold."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        maps = [font.ToUnicode.read_bytes().decode() for font in opened.objects if is_composite(font)]
    lines = [line.split("> <") for text in maps for line in text.splitlines() if line.startswith("<")]
    return {bytes.fromhex(right.strip("<>")).decode("utf-16-be") for _left, right in lines if right != "FFFF>"}


def is_composite(thing: object) -> bool:
    return isinstance(thing, pikepdf.Dictionary) and thing.get("/Subtype") == "/Type0"


@pytest.mark.parametrize("text", [SYLLABLES, NEWS_PARAGRAPH])
def test_every_glyph_of_lao_stands_for_one_character(text: str) -> None:
    assert {len(mapped) for mapped in mapped_texts(repair_text_layer(typeset(text)))} == {1}


def test_the_typesetter_alone_says_whole_syllables() -> None:
    assert max(len(mapped) for mapped in mapped_texts(typeset(SYLLABLES))) > 1  # when this fails the repair may go


def test_repairing_twice_changes_nothing_more() -> None:
    once = repair_text_layer(typeset(SYLLABLES))
    assert mapped_texts(repair_text_layer(once)) == mapped_texts(once)


def test_a_font_of_others_is_left_alone() -> None:
    assert texts_by_outline("Comic-Sans") == {}


@pytest.mark.parametrize("name", [path.stem for path in FONTS.glob("*.ttf")])
def test_every_font_we_ship_can_be_read_back(name: str) -> None:
    assert {"ກ", "A", "ก", "ក", "က"} & {text for texts in texts_by_outline(name).values() for text in texts} != set()


def test_lao_latin_and_the_sign_for_what_is_missing_can_be_printed() -> None:
    wanted = {*range(0x0EC0, 0x0EC5), *map(ord, "ກຳໜໝAz09“”–…\N{REPLACEMENT CHARACTER}")}
    assert wanted - printable_characters() == set()


@pytest.mark.parametrize("family", ["Noto", "PhetsarathOT"])
def test_the_licence_of_each_font_lies_beside_it(family: str) -> None:
    assert len(list(FONTS.glob(f"LICENSE-{family}-*.txt"))) == 1
